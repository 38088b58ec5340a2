// While a case is open it is this reviewer's: renewed as a heart beats, given back on leaving.

import { ask, say } from "./page.js";

let held = null;
let timer = 0;

async function beat() {
  const { url } = held;
  const told = await ask(`${url}/lease`, { body: {}, json: true }).catch(() => null);
  if (told?.holder && held?.url === url) say(`${told.holder} has this case open: j takes the next.`);
}

export function hold(page) {
  held = { url: page.dataset.case };
  clearInterval(timer);
  timer = setInterval(beat, (Number(page.dataset.lease) * 1000) / 3);
  beat();
}

export function release({ decided = false } = {}) {
  clearInterval(timer);
  if (held && !decided) {
    ask(`${held.url}/leave`, { body: {}, json: true, keepalive: true }).catch(() => null);
  }
  held = null;
}

addEventListener("pagehide", () => release());
addEventListener("pageshow", (event) => {
  const page = document.querySelector(".case-page");
  if (event.persisted && page) hold(page);
});
