// The numbers that are marked in the context: the first is in sight, a key goes on to the next.

import { say } from "./page.js";

const marksOf = (page) => [...(page?.querySelectorAll(".context details[open] mark") ?? [])];

/** A context that scrolls by itself begins where the first marked number is seen. */
export function showFirstMark(page) {
  const [mark] = marksOf(page);
  const context = mark?.closest(".context");
  if (!context || context.scrollHeight <= context.clientHeight) return;
  const below = mark.getBoundingClientRect().bottom - context.getBoundingClientRect().top;
  if (below > context.clientHeight) context.scrollTop += below - context.clientHeight / 2;
}

export function nextMark() {
  const marks = marksOf(document);
  if (!marks.length) return say("No number of the answer or the ideal output stands in the context.");
  const now = marks.findIndex((mark) => mark.hasAttribute("data-here"));
  const at = (now + 1) % marks.length;
  marks[now]?.removeAttribute("data-here");
  const mark = marks[at];
  mark.setAttribute("data-here", "");
  mark.scrollIntoView({ block: "center", inline: "center" });
  say(`${at + 1} of ${marks.length}: ${mark.textContent}, ${mark.title}.`);
}
