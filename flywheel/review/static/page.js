// What all modules share: requests with the session's token, and the two places where news is told.

const NEWS_MS = 10_000;
const SETTLE_MS = 250; // a key pressed twice must not decide a case that nobody has read yet
let settled = 0;

export class Refused extends Error {
  constructor(message, { status = 0, forcible = false } = {}) {
    super(message);
    this.status = status;
    this.forcible = forcible;
  }
}

export const token = () => document.querySelector('input[name="csrf"]')?.value ?? "";

export function setToken(value) {
  for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = value;
}

const BY_STATUS = {
  401: "You are signed out. Log in in another tab, come back and try again.",
  403: "This page is out of date, or your role does not allow this.",
  429: "Too many requests at once. Try again in a moment.",
  503: "The store is busy. Try again in a moment.",
};

/** A request to this server; gives the answer or throws `Refused` with words for the reviewer. */
export async function ask(url, { body, json = false, signal, keepalive = false, fragment = true } = {}) {
  const headers = {};
  if (fragment) headers["X-Fragment"] = "1";
  if (json) headers.Accept = "application/json";
  if (body !== undefined) headers["X-CSRF-Token"] = token();
  let answer;
  try {
    answer = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      body: body === undefined ? undefined : new URLSearchParams(body),
      headers,
      keepalive,
      signal: signal ?? AbortSignal.timeout(30_000),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused("The server of this page cannot be reached.");
  }
  if (answer.ok) return json ? answer.json() : answer.text();
  const told = await answer.json().catch(() => ({}));
  const words = told.problem ?? BY_STATUS[answer.status] ?? "Something went wrong on the server.";
  throw new Refused(words, { status: answer.status, forcible: Boolean(told.forcible) });
}

let fading = 0;

/** Tell what happened, for a while; screen readers read it out. `undo`: with a way to take it back. */
export function say(text, { undo = false } = {}) {
  complain("");
  const place = document.getElementById("said");
  place.textContent = text;
  const news = place.parentElement;
  news.toggleAttribute("data-undo", undo);
  news.removeAttribute("data-gone");
  clearTimeout(fading);
  fading = setTimeout(() => news.toggleAttribute("data-gone", true), NEWS_MS);
}

/** Tell what went wrong; it stays until something goes right. `again`: a second way, as a button. */
export function complain(text, again) {
  const place = document.getElementById("problem");
  place.textContent = text;
  if (text) document.getElementById("said").textContent = "";
  if (!again) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = again.label;
  button.dataset.key = "y";
  const key = document.createElement("kbd");
  key.textContent = "y";
  button.append(" ", key);
  button.addEventListener("click", again.act);
  place.append(" ", button);
}

export const isSettled = () => performance.now() >= settled;

/** What is shown is new: keys count again in a moment. */
export function settle() {
  settled = performance.now() + SETTLE_MS;
  delete document.documentElement.dataset.ready;
  setTimeout(() => {
    if (isSettled()) document.documentElement.dataset.ready = "";
  }, SETTLE_MS + 5);
}
