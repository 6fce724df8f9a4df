// Keeps answers on this device until the server has said that it has them. Runs on every page,
// so that what was answered without connection is sent wherever someone comes back.
//
// One entry in localStorage for each answer: two tabs never overwrite each other, and an answer
// leaves only by its own key. The server knows the key too, so sending twice is one answer.
//
// An entry: { key, attempt, url, owner, at, … }. `attempt` says what is sent together: a round of a
// module (`block` and `value`; `pass` and `began` when it was begun on this device; `finish` when it
// was finished here), or "cards" (`card` with `rating` and `took`, `undoes`, or `rest`). What someone else left on this
// device waits until they come back.
const PREFIX = "gezel:answer:";
const LONGEST_WAIT = 60_000;
const A_BATCH = 50;
const memory = new Map(); // where the browser keeps nothing
const owner = document.body.dataset.owner || "";
let sending = false;
let wait = 2_000;
let timer = 0;
let renewed = "";

function tell(state, detail = {}) {
  document.dispatchEvent(new CustomEvent("gezel:outbox", { detail: { state, ...detail } }));
}

// What was not simply kept is always said: in the player, or on top of whatever page this is.
function say(attempt, words, url = "") {
  tell("told", { attempt, words });
  if (document.querySelector("[data-player]")) return;
  const notice = document.createElement("div");
  notice.className = "notice warn";
  notice.role = "status";
  const line = document.createElement(url ? "a" : "div");
  if (url) line.href = url;
  line.textContent = words;
  notice.append(line);
  document.querySelector("main")?.prepend(notice);
}

function entries() {
  const found = [...memory.values()];
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (name.startsWith(PREFIX)) found.push(JSON.parse(localStorage.getItem(name)));
    }
  } catch { /* nothing is kept here */ }
  return found
    .filter((e) => !owner || !e.owner || e.owner === owner)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1));
}

function put(entry) {
  const whole = { owner, ...entry };
  try {
    localStorage.setItem(PREFIX + entry.key, JSON.stringify(whole));
  } catch {
    memory.set(entry.key, whole);
    tell("nowhere");
  }
  wait = 2_000;
  send();
}

function drop(key) {
  memory.delete(key);
  try { localStorage.removeItem(PREFIX + key); } catch { /* was not there */ }
}

function token() {
  if (renewed) return renewed;
  try { return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] || ""; } catch { return ""; }
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function bodyOf(attempt, batch, all) {
  const whose = batch.find((e) => e.owner)?.owner;
  if (attempt === "cards") {
    return { owner: whose, reviews: batch.map(({ key, card, rating, at, took, undoes, rest }) => ({ key, card, rating, at, took, undoes, rest })) };
  }
  const begun = all.find((e) => e.pass);
  const finish = batch.find((e) => e.finish);
  return {
    attempt, owner: whose,
    ...(begun ? { pass: begun.pass, began: begun.began } : {}),
    ...(finish && batch.length === all.length ? { finish: finish.key } : {}),
    answers: batch.filter((e) => !e.finish).map(({ key, block, at, value }) => ({ key, block, at, value })),
  };
}

// A page that was kept carries the token of the day it was kept: ask for one of today.
async function renew() {
  const response = await fetch("/modules/kept/", { headers: { "Gezel-Keep": "1" } });
  if (response.redirected || !response.ok) return false;
  renewed = (await response.json()).csrf;
  return true;
}

async function post(url, body, options = {}) {
  return fetch(url, {
    ...options,
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
}

async function sendBatch(url, attempt, batch, all) {
  const body = bodyOf(attempt, batch, all);
  let response = await post(url, body);
  if (response.status === 403 && !renewed && await renew()) response = await post(url, body);
  if (response.status === 401) return "signin";
  if (response.status === 403) return "reload";
  if (response.status === 404) return "elsewhere"; // of someone else on this device: it stays theirs
  if (response.status !== 200 && response.status !== 409) return "kept";
  const told = await response.json();
  for (const answer of told.answers) {
    drop(answer.key);
    if (answer.message) say(attempt, answer.message, answer.url);
  }
  if (told.finished) tell("finished", { attempt, url: told.finished });
  if (body.pass) tell("begun", { attempt });
  return told.answers.length ? "saved" : "kept";
}

async function send() {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  const passed = new Set();
  try {
    for (;;) {
      const open = entries().filter((entry) => !passed.has(entry.attempt));
      if (!open.length) break;
      const { url, attempt } = open[0];
      tell("sending", { attempt });
      const all = open.filter((e) => e.attempt === attempt);
      const state = await sendBatch(url, attempt, all.slice(0, A_BATCH), all);
      const left = entries().some((entry) => entry.attempt === attempt);
      if (state !== "saved") passed.add(attempt);
      if (state !== "saved" || !left) tell(state, { attempt });
      if (state === "saved") wait = 2_000;
      if (state === "kept") again();
    }
  } catch {
    tell("kept");
    again();
  } finally {
    sending = false;
  }
}

// Not every place we run in is one a browser calls secure.
const newKey = () => (crypto.randomUUID ? crypto.randomUUID()
  : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16)));

window.gezelOutbox = { newKey, put, send, post, owner, of: (attempt) => entries().filter((e) => e.attempt === attempt) };
addEventListener("online", () => { wait = 2_000; send(); });
addEventListener("pageshow", () => { if (entries().length) send(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && entries().length) send(); });

// A page that was made before what waited here had arrived is told anew.
document.addEventListener("gezel:outbox", ({ detail }) => {
  if (detail.state === "begun" && document.querySelector("[data-before-begun]")) location.reload();
});
const waiting = document.querySelector("[data-waiting]");
if (waiting && entries().length) {
  const n = entries().length;
  waiting.textContent = n === 1 ? waiting.dataset.one : waiting.dataset.many.replace("{n}", n);
  waiting.hidden = false;
}
