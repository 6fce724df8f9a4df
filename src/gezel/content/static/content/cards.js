// The cards of today with scripts: all are in the page already, so turning one needs no connection.
// How it went goes to the outbox, which keeps it until the server has it.
const place = document.querySelector("[data-cards]");
const outbox = window.gezelOutbox;
const end = place.querySelector("[data-end]");
const undo = place.querySelector("[data-undo]");
const looked = `gezel:looked:${outbox.owner}`;
const day = new Date();
const today = new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
const { newKey } = outbox;
let now = null;
let shownAt = 0;
let last = null;

function recall() { try { return JSON.parse(localStorage.getItem(looked)) || {}; } catch { return {}; } }
function remind(card, at) {
  const old = new Date(Date.now() - 10 * 24 * 3600_000).toISOString();
  const known = Object.fromEntries(Object.entries(recall()).filter(([, when]) => when > old));
  if (at) known[card] = at; else delete known[card];
  try { localStorage.setItem(looked, JSON.stringify(known)); } catch { /* not here */ }
}

// A kept page is as old as the day it was kept: what was looked at since does not come again.
const since = place.dataset.madeAt || "";
const waiting = new Set(outbox.of("cards").map((entry) => entry.card));
const known = recall();
const all = [...place.querySelectorAll("[data-card]")];
const done = new Set();
const queue = all.filter((card) => {
  const id = Number(card.dataset.card);
  return card.dataset.due <= today && !waiting.has(id) && !(since && known[id] > since);
});

function show(card, focus = true) {
  for (const one of all) one.hidden = one !== card;
  now = card;
  end.hidden = Boolean(card);
  if (card) {
    card.querySelector("[data-flip]").open = false;
    shownAt = performance.now();
  }
  if (focus) {
    scrollTo(0, 0);
    (card || end).querySelector("[tabindex='-1']").focus({ preventScroll: true });
  }
}

function send(card, what) {
  const entry = {
    attempt: "cards", key: newKey(), url: place.dataset.url, at: new Date().toISOString(),
    card: Number(card.dataset.card), ...what,
  };
  outbox.put(entry);
  return entry;
}

function next() { queue.shift(); show(queue[0] || null); }

function rate(rating) {
  const card = now;
  const took = Math.min(Math.round(performance.now() - shownAt), 120_000);
  const entry = send(card, { rating, took });
  remind(card.dataset.card, entry.at);
  last = { card, entry, again: rating === 1 && !done.has(card) };
  if (last.again) queue.push(card); // once more at the end, while it is fresh
  done.add(card);
  undo.hidden = false;
  next();
}

function takeBack() {
  if (!last) return;
  const { card, entry, again } = last;
  if (entry.rating) send(card, { undoes: entry.key });
  else send(card, { rest: "back" });
  remind(card.dataset.card, null);
  if (again) queue.splice(queue.lastIndexOf(card), 1);
  done.delete(card);
  queue.unshift(card);
  last = null;
  undo.hidden = true;
  show(card);
}

place.addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, value } = event.submitter;
  if (name === "rating") rate(Number(value));
  if (name === "rest") {
    const card = now;
    last = { card, entry: send(card, { rest: value }), again: false };
    remind(card.dataset.card, last.entry.at);
    undo.hidden = false;
    next();
  }
});
undo.addEventListener("click", takeBack);
place.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.querySelector(".flip-back").focus({ preventScroll: true });
}, true);

// 1 to 4 and u work while one is in a card, so they get in nobody's way elsewhere.
place.addEventListener("keydown", (event) => {
  if (!now || event.altKey || event.ctrlKey || event.metaKey) return;
  const flip = now.querySelector("[data-flip]");
  if (event.key === "u") takeBack();
  else if (flip.open && "1234".includes(event.key)) rate(Number(event.key));
  else if (event.key === " " && !flip.open && !event.target.closest("button, a, summary")) {
    event.preventDefault();
    flip.open = true;
  }
});

// By thumb: a swipe to the left shows the answer.
let touch = null;
place.addEventListener("touchstart", (event) => { touch = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
place.addEventListener("touchend", (event) => {
  const ended = event.changedTouches[0];
  if (touch && now && touch.clientX - ended.clientX > 70 && Math.abs(touch.clientY - ended.clientY) < 45) {
    now.querySelector("[data-flip]").open = true;
  }
  touch = null;
}, { passive: true });

document.addEventListener("gezel:outbox", ({ detail }) => {
  if (detail.attempt && detail.attempt !== "cards") return;
  const line = place.querySelector("[data-state]");
  const words = detail.state === "told" ? detail.words : line.dataset[detail.state] || "";
  line.dataset.now = words ? detail.state : "";
  line.textContent = words;
});

show(queue[0] || null, false);
