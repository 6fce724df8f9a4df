// Keeps what a package commits on this device until the server has said that it has it. Runs on
// every page, like the outbox of answers.
//
// A commit is the whole state of one unit, so only the newest of each unit has to arrive; the
// server knows its sequence, so sending it twice is one commit.
const PREFIX = "gezel:commit:";
const LONGEST_WAIT = 60_000;
const KEEPALIVE_MOST = 60_000; // what a browser still sends for a page that is going away
const memory = new Map(); // where the browser keeps nothing
let sending = null;
let wait = 2_000;
let timer = 0;

const nameOf = (entry) => `${PREFIX}${entry.registration}:${entry.unit}`;
const newest = (a, b) => a.session === b.session && a.sequence === b.sequence;

function tell(state, detail = {}) {
  document.dispatchEvent(new CustomEvent("gezel:commits", { detail: { state, ...detail } }));
}

function entries() {
  const found = new Map(memory);
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (name.startsWith(PREFIX) && !found.has(name)) found.set(name, JSON.parse(localStorage.getItem(name)));
    }
  } catch { /* nothing is kept here */ }
  return [...found.values()].sort((a, b) => a.at - b.at);
}

function put(entry) {
  const name = nameOf(entry);
  try {
    localStorage.setItem(name, JSON.stringify(entry));
    memory.delete(name);
  } catch {
    memory.set(name, entry);
    tell("nowhere", { registration: entry.registration });
  }
  wait = 2_000;
  return send();
}

function drop(entry) {
  const name = nameOf(entry);
  if (memory.has(name) && newest(memory.get(name), entry)) memory.delete(name);
  try {
    const kept = localStorage.getItem(name);
    if (kept && newest(JSON.parse(kept), entry)) localStorage.removeItem(name);
  } catch { /* was not there */ }
}

function token() {
  try { return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] || ""; } catch { return ""; }
}

function posted(entry, more) {
  const { unit, session, sequence, data, end } = entry;
  return fetch(entry.url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify({ unit, session, sequence, data, end }),
    ...more,
  });
}

async function sendOne(entry) {
  const response = await posted(entry, { signal: AbortSignal.timeout(20_000) });
  if (response.status === 401) return { state: "signin" };
  if (response.status === 403) return { state: "reload" };
  if (response.status === 404) return { state: "elsewhere" }; // of someone else on this device: it stays theirs
  if (response.status === 400 || response.status === 413) { drop(entry); return { state: "refused" }; }
  if (response.status !== 200) return { state: "kept" };
  const told = await response.json();
  drop(entry);
  return { ...told, state: ["kept", "known"].includes(told.state) ? "saved" : told.state };
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

async function sendAll() {
  const passed = new Set();
  clearTimeout(timer);
  try {
    for (;;) {
      const entry = entries().find((e) => !passed.has(nameOf(e)));
      if (!entry) break;
      tell("sending", { registration: entry.registration });
      const told = await sendOne(entry);
      if (["signin", "reload", "elsewhere", "kept"].includes(told.state)) passed.add(nameOf(entry));
      tell(told.state, { ...told, registration: entry.registration, unit: entry.unit, session: entry.session });
      if (told.state === "kept") again(); else wait = 2_000;
    }
  } catch {
    tell("kept");
    again();
  }
}

function send() {
  // What is put while we are sending is looked at again after.
  sending = (sending || Promise.resolve()).then(sendAll);
  return sending;
}

window.gezelCommits = {
  put, send,
  of: (registration) => entries().filter((entry) => entry.registration === registration),
};
addEventListener("online", () => { wait = 2_000; send(); });
addEventListener("pageshow", () => { if (entries().length) send(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && entries().length) send(); });
addEventListener("pagehide", () => {
  for (const entry of entries()) {
    if (JSON.stringify(entry).length < KEEPALIVE_MOST) posted(entry, { keepalive: true }).catch(() => { /* it is kept here */ });
  }
});
