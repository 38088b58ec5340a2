// What is marked: numbers in the context, of which the first is in sight, and differences. Keys go on to the next.

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

const MOST_TOLD = 60;

/** As they are read: what stands side by side, one after the other. */
function differencesOf(page) {
  const found = [...page.querySelectorAll(".versus :is(ins, del)")];
  const place = new Map(found.map((one) => [one, one.getClientRects()[0] ?? one.getBoundingClientRect()]));
  return found.sort((a, b) => place.get(a).top - place.get(b).top || place.get(a).left - place.get(b).left);
}

const told = (difference) => {
  const text = difference.textContent.trim();
  const short = text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}…` : text;
  return `“${short}” ${difference.matches("del") ? "in the answer" : "in the ideal output"}`;
};

const SOUGHT = {
  marks: {
    find: marksOf,
    tell: (mark) => `${mark.textContent}, ${mark.title}`,
    none: "No number of the answer or the ideal output stands in the context.",
  },
  differences: { find: differencesOf, tell: told, none: "Answer and ideal output are the same." },
};

/** Go to the next one, and from the last to the first. */
export function next(kind) {
  const { find, tell, none } = SOUGHT[kind];
  const all = find(document);
  if (!all.length) return say(none);
  const now = all.findIndex((one) => one.hasAttribute("data-here"));
  const at = (now + 1) % all.length;
  all[now]?.removeAttribute("data-here");
  all[at].setAttribute("data-here", "");
  all[at].scrollIntoView({ block: "center", inline: "center" });
  say(`${at + 1} of ${all.length}: ${tell(all[at])}.`);
}
