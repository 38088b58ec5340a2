// Asks the server, while somebody writes, what it would store and which numbers it does not find.

import { ask } from "./page.js";

const PAUSE_MS = 350;
let timer = 0;
let asking = null;

async function check(area) {
  const place = document.getElementById("check");
  asking?.abort();
  asking = new AbortController();
  try {
    place.innerHTML = await ask(area.dataset.check, { body: { output: area.value }, signal: asking.signal });
  } catch (error) {
    if (error.name !== "AbortError") place.textContent = "";
  }
}

export function listen() {
  document.addEventListener("input", (event) => {
    const area = event.target.closest?.("textarea[data-check]");
    if (!area) return;
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS, area);
  });
}
