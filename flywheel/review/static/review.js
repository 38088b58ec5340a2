"use strict";
// Keys press what the page shows already: without this script everything works by hand.

const SETTLE_MS = 350; // a key pressed twice must not decide a case that nobody has read yet

const isTyping = (target) =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && ["text", "password"].includes(target.type));

function unfold(id) {
  for (const panel of document.querySelectorAll("details.panel")) panel.open = panel.id === id;
  const panel = document.getElementById(id);
  const field = panel.querySelector("textarea, input:checked, input[type=radio]");
  panel.scrollIntoView({ block: "nearest" });
  field.focus();
  if (field instanceof HTMLTextAreaElement) field.setSelectionRange(0, 0);
}

function moveInList(step) {
  const entries = [...document.querySelectorAll("[data-entry]")];
  if (!entries.length) return false;
  const now = entries.indexOf(document.activeElement);
  const next = now < 0 ? (step > 0 ? 0 : entries.length - 1) : now + step;
  entries[Math.min(Math.max(next, 0), entries.length - 1)].focus();
  return true;
}

function press(key) {
  if ((key === "j" || key === "k") && moveInList(key === "j" ? 1 : -1)) return true;
  const control = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const shown = control && control.getClientRects().length > 0; // not in a panel that is closed
  if (!shown || control.disabled) return false;
  control.focus();
  control.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isTyping(event.target)) {
    event.preventDefault();
    return event.target.form.requestSubmit();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || performance.now() < SETTLE_MS) return;
  if (press(event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-unfolds], [data-opens]");
  if (!control) return;
  if (control.dataset.unfolds) unfold(control.dataset.unfolds);
  else document.getElementById(control.dataset.opens).showModal();
});

// One decision a page: a second press while the first is on its way would hit the next case.
let sent = false;
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => {
  sent = false;
});

setTimeout(() => {
  document.documentElement.dataset.ready = "";
}, Math.max(0, SETTLE_MS - performance.now()));
