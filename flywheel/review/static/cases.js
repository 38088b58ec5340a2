// From case to case without a page load: decides, and shows what was fetched while one was read.

import { discard, isBegun, keep, restore } from "./drafts.js";
import { hold, release } from "./lease.js";
import { showFirstMark } from "./marks.js";
import { ask, complain, Refused, say, setToken, settle } from "./page.js";

const SLOW_MS = 700; // a decision that takes longer says that it is under way
/** Where the page's head would take what little room a case has. */
const CRAMPED = "(max-width: 40rem), (max-height: 30rem)";

const main = document.getElementById("main");
let ahead = { url: null, html: null };
let shownAt = performance.now();
let busy = false;

const current = () => main.querySelector(".case-page");
const absolute = (url) => new URL(url, location.href).href;
const isCase = (url) => new URL(url, location.href).pathname.startsWith("/cases/");

function lookAhead() {
  const link = main.querySelector("a[rel=next][data-swap]");
  const url = link ? link.href : null;
  ahead = { url, html: url && ask(url).catch(() => null) };
}

async function loadAround() {
  const place = main.querySelector("#around[data-load]");
  if (!place) return;
  const html = await ask(place.dataset.load).catch(() => null);
  if (html && place.isConnected) place.innerHTML = html;
}

/** What a case needs once it is on the page. */
function attend() {
  const page = current();
  if (!page) return;
  shownAt = performance.now();
  restore(page);
  hold(page);
  showFirstMark(page);
  lookAhead();
  loadAround();
}

/** Show another case in place of this one. */
async function show(url, { push = true } = {}) {
  url = absolute(url);
  if (!isCase(url)) return location.assign(url);
  const known = ahead.url === url ? await ahead.html : null;
  const html = known ?? (await ask(url));
  keep(current());
  release();
  settle();
  main.innerHTML = html;
  const page = current();
  if (!page) return location.assign(url);
  document.title = page.dataset.title;
  if (push) history.pushState(null, "", url);
  const title = page.querySelector("h1");
  if (matchMedia(CRAMPED).matches) title.scrollIntoView();
  else scrollTo(0, 0);
  title.focus({ preventScroll: true });
  attend();
}

async function move(url, options) {
  if (busy) return;
  busy = true;
  try {
    await show(url, options);
  } catch (error) {
    complain(error.message);
  } finally {
    busy = false;
  }
}

/** Another tab may have logged in anew: the token of the page that is there now. */
async function renewToken() {
  const html = await ask(location.href);
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector('input[name="csrf"]');
  if (fresh) setToken(fresh.value);
}

async function submit(form, button, extra = {}) {
  const read = () => {
    const body = new FormData(form, button);
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    if (body.has("seconds")) body.set("seconds", ((performance.now() - shownAt) / 1000).toFixed(1));
    return body;
  };
  try {
    return await ask(form.action, { body: read(), json: true });
  } catch (error) {
    if (error.status !== 403 && error.status !== 401) throw error;
    await renewToken();
    return ask(form.action, { body: read(), json: true });
  }
}

/** The case after a decision that is recorded: that it cannot be shown takes nothing back. */
async function goOn(url) {
  try {
    await show(url);
    complain("");
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const again = { label: "Try again", act: () => goOn(url) };
    complain(`Recorded, but the next case cannot be shown. ${error.message}`, again);
    return false;
  }
}

function setUndo(decision) {
  const form = document.getElementById("undo");
  form.elements.decision.value = decision;
  form.querySelector("button").disabled = decision === "";
}

function notDone(form, page, error) {
  if (form.id === "undo") return `Not taken back. ${error.message}`;
  return `Not recorded. ${error.message}${isBegun(page) ? " What you typed is still here." : ""}`;
}

/** Send a form and go on to what the server names; whatever goes wrong, what was typed stays. */
async function send(form, button, extra) {
  if (busy) return;
  busy = true;
  document.documentElement.dataset.busy = "";
  const from = form.id === "decision" ? current() : null;
  const slow = setTimeout(say, SLOW_MS, "Being recorded …");
  try {
    const done = await submit(form, button, extra);
    clearTimeout(slow);
    setUndo(done.last);
    if (from) discard(from);
    release({ decided: true });
    if (!(await goOn(done.next))) return;
    say(done.said, { undo: from !== null && done.last !== "" });
    const bar = document.getElementById("bar");
    if (bar && done.bar) bar.outerHTML = done.bar;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const again = error.forcible && {
      label: "Decide all the same",
      act: () => send(form, button, { force: "1" }),
    };
    complain(notDone(form, from, error), again);
  } finally {
    clearTimeout(slow);
    busy = false;
    delete document.documentElement.dataset.busy;
  }
}

export function begin() {
  attend();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id !== "decision" && !(form.id === "undo" && current())) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    move(link.href);
  });
  addEventListener("popstate", () => {
    if (current() && isCase(location.href)) move(location.href, { push: false });
    else location.reload();
  });
}
