// Keeps answers on this device until the server has said that it has them. Runs on every page,
// so that what was answered without connection is sent wherever someone comes back.
//
// One entry in localStorage for each answer: two tabs never overwrite each other, and an answer
// leaves only by its own key. The server knows the key too, so sending twice is one answer.
const PREFIX = "gezel:answer:";
const LONGEST_WAIT = 60_000;
const A_BATCH = 50;
const memory = new Map(); // where the browser keeps nothing
let sending = false;
let wait = 2_000;
let timer = 0;

function tell(state, detail = {}) {
  document.dispatchEvent(new CustomEvent("gezel:outbox", { detail: { state, ...detail } }));
}

// What was not simply kept is always said: in the player, or on top of whatever page this is.
function say(attempt, words) {
  tell("told", { attempt, words });
  if (document.querySelector("[data-player]")) return;
  const notice = document.createElement("div");
  notice.className = "notice warn";
  notice.role = "status";
  notice.textContent = words;
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
  return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1));
}

function put(entry) {
  try {
    localStorage.setItem(PREFIX + entry.key, JSON.stringify(entry));
  } catch {
    memory.set(entry.key, entry);
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
  try { return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] || ""; } catch { return ""; }
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

async function sendBatch(url, attempt, batch) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify({ attempt, answers: batch.map(({ key, block, at, value }) => ({ key, block, at, value })) }),
    signal: AbortSignal.timeout(20_000),
  });
  if (response.status === 401) return "signin";
  if (response.status === 403) return "reload";
  if (response.status === 404) return "elsewhere"; // of someone else on this device: it stays theirs
  if (response.status !== 200 && response.status !== 409) return "kept";
  const told = await response.json();
  for (const answer of told.answers) {
    drop(answer.key);
    if (answer.message) say(attempt, answer.message);
  }
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
      const state = await sendBatch(url, attempt, open.filter((e) => e.attempt === attempt).slice(0, A_BATCH));
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

window.gezelOutbox = { put, send, of: (attempt) => entries().filter((e) => e.attempt === attempt) };
addEventListener("online", () => { wait = 2_000; send(); });
addEventListener("pageshow", () => { if (entries().length) send(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && entries().length) send(); });
