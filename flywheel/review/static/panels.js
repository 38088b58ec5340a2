// Opens one panel of the decision at a time, and dialogs; seeks what is marked.

import { next } from "./marks.js";

export function unfold(id, { focus = true } = {}) {
  for (const panel of document.querySelectorAll("details.panel")) panel.open = panel.id === id;
  const panel = document.getElementById(id);
  panel.scrollIntoView({ block: "nearest" });
  const field =
    panel.querySelector("[data-first]") ??
    panel.querySelector("textarea, input:checked") ??
    panel.querySelector("input:not([type=hidden]), select");
  if (!focus || !field) return;
  field.focus({ preventScroll: true });
  if (field instanceof HTMLTextAreaElement) field.setSelectionRange(0, 0);
}

/** Close what is open, and be back at the case. */
export function fold() {
  const open = document.querySelector("details.panel[open]");
  if (!open) return;
  open.open = false;
  document.querySelector(".case-page h1")?.focus({ preventScroll: true });
}

export function listen() {
  document.addEventListener("click", (event) => {
    const control = event.target.closest?.("[data-unfolds], [data-opens], [data-seeks]");
    if (!control) return;
    if (control.dataset.seeks) next(control.dataset.seeks);
    else if (control.dataset.unfolds) unfold(control.dataset.unfolds);
    else document.getElementById(control.dataset.opens).showModal();
  });
}
