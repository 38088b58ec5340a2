// Keys press what the page shows: each control names its own in data-key.

import { isSettled, say } from "./page.js";
import { fold, unfold } from "./panels.js";

const isTyping = (target) =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && !["radio", "checkbox", "button"].includes(target.type));

function moveInList(step) {
  const entries = [...document.querySelectorAll("[data-entry]")];
  if (!entries.length) return false;
  const now = entries.indexOf(document.activeElement);
  const next = now < 0 ? (step > 0 ? 0 : entries.length - 1) : now + step;
  entries[Math.min(Math.max(next, 0), entries.length - 1)].focus();
  return true;
}

function choose(digit) {
  const list = document.activeElement?.closest("[data-digits]");
  const radio = list?.querySelectorAll("input[type=radio]")[digit - 1];
  if (!radio) return false;
  radio.click();
  radio.focus();
  if ("steps" in list.dataset) {
    const next = list.nextElementSibling?.closest("[data-digits]");
    next?.querySelector("input:checked, input").focus();
  }
  return true;
}

function use(control) {
  if (control instanceof HTMLSelectElement) {
    control.selectedIndex = (control.selectedIndex + 1) % control.length;
    say(`Goes to: ${control.selectedOptions[0].text}.`);
  } else if (control instanceof HTMLInputElement && control.type === "checkbox") {
    control.click();
    say(control.checked ? "Marked as critical." : "Not critical.");
  } else if (control instanceof HTMLInputElement) {
    control.focus();
    control.select();
  } else if (control.matches("button, a, summary")) {
    control.click();
  } else {
    control.scrollIntoView({ block: "start" });
    control.focus({ preventScroll: true });
  }
}

function press(key) {
  if ((key === "j" || key === "k") && moveInList(key === "j" ? 1 : -1)) return true;
  if (/^[1-9]$/.test(key) && choose(Number(key))) return true;
  const control = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!control) return false;
  if (control.disabled) return say(control.dataset.off ?? "This is not possible here."), true;
  const closed = control.closest("details.panel:not([open])");
  if (closed) unfold(closed.id, { focus: false });
  if (!control.getClientRects().length) return false;
  use(control);
  return true;
}

function submitPanel(target, event) {
  const button = target.closest("details.panel")?.querySelector("button[name=verdict]");
  const long = target instanceof HTMLTextAreaElement;
  if (!button || (long && !(event.ctrlKey || event.metaKey))) return;
  event.preventDefault();
  target.form.requestSubmit(button);
}

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat) return;
    const target = event.target;
    if (event.key === "Enter" && target.form?.id === "decision") return submitPanel(target, event);
    if (event.key === "Escape" && isTyping(target)) return target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return;
    if (document.querySelector("dialog[open]") || !isSettled()) return;
    if (event.key === "Escape") return fold();
    if (press(event.key)) event.preventDefault();
  });
}
