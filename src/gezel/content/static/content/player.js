// The player with scripts: all steps are in the page already, so turning one needs no
// connection. What is answered goes to the outbox, which keeps it until the server has it.
const player = document.querySelector("[data-player]");
const steps = [...player.querySelectorAll("[data-step]")];
const preview = "preview" in player.dataset;
const kept = "kept" in player.dataset;
const last = steps.length;
const moment = () => new Date().toISOString();
function recall(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } }
function remind(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* not here */ } }

// The round: as the server began it, or as this device did while there was no connection.
const beginning = `gezel:begun:${window.gezelOutbox.owner}:${player.dataset.module}`;
let round = player.dataset.attempt ? { attempt: player.dataset.attempt } : null;
if (kept) {
  const begun = recall(beginning);
  if (begun && (!round || begun.attempt === round.attempt)) round = begun;
}
const attemptOf = () => round?.attempt || "";
function begin() {
  round ||= { attempt: newKey(), began: moment(), pass: player.dataset.pass };
  if (kept) remind(beginning, round);
  return round;
}
const asked = new URLSearchParams(location.search).get("step");
let now = Number(player.dataset.at);
let finishing = false;

const step = (number) => steps[number - 1];
const firstOpen = () => steps.findIndex((s) => s.dataset.kind && !("done" in s.dataset)) + 1 || last;
const { newKey } = window.gezelOutbox;

const asks = (section) => window.gezelKinds.asks(section);
const kindOf = (section) => window.gezelKinds.of(section);

function valueOf(section) {
  const form = section.querySelector("form");
  if (kindOf(section)) return kindOf(section).value(form);
  const picked = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map((i) => i.value);
  if (section.dataset.kind === "question") return { chosen: picked("chosen").sort() };
  if (section.dataset.kind === "checklist") return { ticked: picked("ticked").map(Number) };
  if (section.dataset.kind === "reflection") return { text: form.elements.text.value };
  return { seen: true };
}

function put(section, value) {
  const form = section.querySelector("form");
  if (kindOf(section)) { kindOf(section).put(form, value); return; }
  for (const input of form.querySelectorAll("[name=chosen]")) input.checked = value.chosen.includes(input.value);
  for (const input of form.querySelectorAll("[name=ticked]")) input.checked = value.ticked.includes(Number(input.value));
  if (form.elements.text) form.elements.text.value = value.text;
}

function judge(section) {
  const options = [...section.querySelectorAll(".play-option")];
  const right = (option) => option.classList.contains("is-right");
  const picked = (option) => option.querySelector("input").checked;
  for (const option of options) {
    option.querySelector("input").disabled = true;
    option.querySelector(".play-why").hidden = !right(option) && !picked(option);
  }
  const hits = options.filter((o) => right(o) && picked(o)).length;
  const extras = options.filter((o) => !right(o) && picked(o)).length;
  const whole = options.filter(right).length;
  const verdict = section.querySelector("[data-verdict]");
  const good = hits === whole && !extras;
  const several = options[0].querySelector("input").type === "checkbox";
  verdict.dataset.tone = good ? "ok" : "warn";
  verdict.textContent = good ? player.dataset.right
    : several ? player.dataset.partly.replace("{hits}", hits).replace("{whole}", whole).replace("{extras}", extras)
      : player.dataset.wrong;
  section.querySelector("[data-check]").hidden = true;
  section.querySelector("[data-after]").hidden = false;
}

function mark(section) {
  section.dataset.done = "";
  if (kindOf(section)) window.gezelKinds.judge(section, player.dataset);
  else if (section.dataset.kind === "question") judge(section);
  const done = steps.filter((s) => "done" in s.dataset).length;
  document.querySelector("[data-progress]").value = done;
  const open = firstOpen() !== last;
  player.querySelector("[data-open]").hidden = !open;
  player.querySelector("[data-ready]").hidden = open;
}

function answer(section) {
  const value = valueOf(section);
  const said = JSON.stringify(value);
  if (section.dataset.said === said) return;
  section.dataset.said = said;
  if (!preview) {
    const block = Number(section.querySelector("form").dataset.block);
    window.gezelOutbox.put({
      ...begin(), key: newKey(), url: player.dataset.answers, at: moment(), block, value,
    });
    // The kept page is as old as the day it was kept; what was said since, this device remembers.
    const known = `gezel:said:${attemptOf()}`;
    remind(known, { ...recall(known), [block]: value });
    forget(section);
  }
  mark(section);
}

// What someone is writing survives a closed tab, until it is an answer.
const draft = (section) => `gezel:draft:${attemptOf() || player.dataset.module}:${section.querySelector("form").dataset.block}`;
function remember(section, text) { try { localStorage.setItem(draft(section), text); } catch { /* not here */ } }
function forget(section) { try { localStorage.removeItem(draft(section)); } catch { /* not here */ } }

function show(number, { push = true, focus = true } = {}) {
  const goal = Math.min(Math.max(1, number), last);
  for (const [place, section] of steps.entries()) {
    section.hidden = place + 1 !== goal;
    if (section.hidden) section.querySelector("video")?.pause();
  }
  if (push && goal !== now) history.pushState({ step: goal }, "", `?step=${goal}`);
  now = goal;
  if (push) placeSoon();
  document.querySelector("[data-here]").value = `${location.pathname}?step=${goal}`;
  if (focus) {
    scrollTo(0, 0);
    step(goal).querySelector("[tabindex='-1']").focus({ preventScroll: true });
  }
}

// Where someone is, for the next time and for their other devices. The newest counts.
const placeName = () => `gezel:place:${attemptOf()}`;
const seconds = {};
let placeTimer = 0;
function here() {
  const form = step(now).dataset.kind ? step(now).querySelector("form") : null;
  return { block: form ? Number(form.dataset.block) : null, seconds, at: moment() };
}
function placeSoon() {
  clearTimeout(placeTimer);
  placeTimer = setTimeout(tellPlace, 1_500);
}
function tellPlace() {
  clearTimeout(placeTimer);
  placeTimer = 0;
  if (preview || !round || round.finished) return;
  const place = here();
  remind(placeName(), place);
  if (!navigator.onLine) return;
  const { attempt, pass, began } = round;
  window.gezelOutbox.post(player.dataset.answers, {
    attempt, pass, began, owner: window.gezelOutbox.owner, answers: [], place,
  }, { keepalive: true }).catch(() => {});
}

// What someone showed beforehand is passed over, unless they go back to it.
function onward(number) {
  let next = number + 1;
  while (next < last && "shownBefore" in step(next).dataset) next += 1;
  return next;
}

function showState(name, words = "") {
  const line = document.querySelector("[data-state]");
  line.dataset.now = name;
  line.querySelector("[data-state-words]").textContent = words || line.dataset[name];
  line.querySelector("[data-signin-link]").hidden = name !== "signin";
  line.querySelector("[data-reload-link]").hidden = name !== "reload";
}

// Finishing is kept like an answer: closing the app does not lose it.
function tryToFinish() {
  if (!finishing) return;
  const waiting = window.gezelOutbox.of(attemptOf()).length > 0;
  player.querySelector("[data-offline]").hidden = !waiting && navigator.onLine;
  if (waiting || !navigator.onLine || round.finished) return;
  finishing = false;
  player.querySelector("[data-finish]").submit();
}
function finishHere() {
  if (round.finished) return;
  const open = steps.some((s) => s.dataset.kind && !("done" in s.dataset));
  if (open) { show(firstOpen()); return; }
  const { attempt, pass, began } = round;
  window.gezelOutbox.put({
    attempt, pass, began, key: newKey(), url: player.dataset.answers, at: moment(), finish: true,
  });
  round.finished = true;
  remind(beginning, round);
  player.querySelector("[data-offline]").hidden = false;
}

player.addEventListener("submit", (event) => {
  const section = event.target.closest("[data-step]");
  if (event.target.matches("[data-finish]")) {
    if (preview) return;
    event.preventDefault();
    if (kept || !navigator.onLine) {
      if (round || steps.every((s) => !s.dataset.kind)) { begin(); finishHere(); } else show(firstOpen());
      return;
    }
    finishing = true;
    window.gezelOutbox.send();
    tryToFinish();
    return;
  }
  event.preventDefault();
  if (asks(section)) {
    const value = valueOf(section);
    const ready = kindOf(section) ? kindOf(section).ready(event.target, value) : value.chosen.length > 0;
    if (!ready) {
      section.querySelector(".play-question :is(input, select)").focus();
      section.querySelector("[data-verdict]").textContent = player.dataset.unready;
      return;
    }
    answer(section);
    section.querySelector("[data-after]").focus();
    return;
  }
  if (!("shownBefore" in section.dataset)) answer(section);
  show(onward(now));
});

player.addEventListener("click", (event) => {
  const way = event.target.closest("[data-go], [data-go-open]");
  if (!way || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const section = way.closest("[data-step]");
  if (preview && section.dataset.kind && !asks(section)) mark(section);
  const goal = "go" in way.dataset ? Number(way.dataset.go) : firstOpen();
  show(goal === now + 1 ? onward(now) : goal);
});

player.addEventListener("input", (event) => {
  if (event.target.name === "text") remember(event.target.closest("[data-step]"), event.target.value);
});

addEventListener("popstate", () => show(Number(new URLSearchParams(location.search).get("step")) || firstOpen(), { push: false }));

document.addEventListener("gezel:outbox", ({ detail }) => {
  if (detail.attempt && detail.attempt !== attemptOf()) return;
  if (detail.state === "finished") {
    location.assign(detail.url);
    return;
  }
  const line = document.querySelector("[data-state]");
  if (detail.state === "told") showState("told", detail.words);
  else if (line.dataset.now === "told" && detail.state === "saved") { /* leave the reason in view */ }
  else if (line.dataset[detail.state]) showState(detail.state);
  tryToFinish();
});
addEventListener("online", tryToFinish);

// A question that must be chosen says so by itself; the rest of the form is ours.
for (const section of steps) {
  if (!section.dataset.kind) continue;
  if ("done" in section.dataset) section.dataset.said = JSON.stringify(valueOf(section));
}
if (!preview) {
  const waiting = window.gezelOutbox.of(attemptOf()).filter((entry) => entry.block);
  const said = { ...recall(`gezel:said:${attemptOf()}`) };
  for (const entry of waiting) said[entry.block] = entry.value;
  for (const section of steps) {
    const block = section.querySelector("form")?.dataset.block;
    if (!section.dataset.kind || !(block in said)) continue;
    if ("done" in section.dataset && !waiting.some((entry) => String(entry.block) === block)) continue;
    put(section, said[block]);
    section.dataset.said = JSON.stringify(said[block]);
    mark(section);
  }
  for (const section of steps) {
    if (section.dataset.kind !== "reflection") continue;
    try {
      const text = localStorage.getItem(draft(section));
      if (text !== null) section.querySelector("textarea").value = text;
    } catch { /* nothing is kept here */ }
  }
}

// Films go on where they were, here or on another device.
const ours = recall(placeName());
const newer = ours && ours.at > (player.dataset.placeAt || "") ? ours : null;
Object.assign(seconds, JSON.parse(player.dataset.seconds || "{}"), newer?.seconds);
for (const film of player.querySelectorAll("video")) {
  const block = film.closest("form").dataset.block;
  film.addEventListener("loadedmetadata", () => {
    if (seconds[block] && seconds[block] < film.duration - 5) film.currentTime = seconds[block];
  }, { once: true });
  film.addEventListener("timeupdate", () => { seconds[block] = Math.floor(film.currentTime); });
  film.addEventListener("pause", placeSoon);
}
addEventListener("pagehide", () => { if (placeTimer) tellPlace(); });
document.addEventListener("visibilitychange", () => { if (document.hidden && !preview && round) tellPlace(); });

// By thumb: a swipe turns the step where the button would. By keyboard: the arrows do.
function turn(way) {
  if (way < 0) { if (now > 1) show(now - 1); return; }
  const on = [...step(now).querySelectorAll(".play-bar .play-on")].find((b) => !b.hidden);
  if (on && !on.matches("[data-check]") && !on.closest("[data-finish]")) on.click();
}
const inSomething = (target) => target.closest("input, textarea, select, video, audio, iframe, pre, table, [contenteditable]");
let touch = null;
player.addEventListener("touchstart", (event) => {
  touch = event.touches.length === 1 && !inSomething(event.target) ? event.touches[0] : null;
}, { passive: true });
player.addEventListener("touchend", (event) => {
  const end = event.changedTouches[0];
  const across = touch ? end.clientX - touch.clientX : 0;
  if (touch && Math.abs(across) > 70 && Math.abs(end.clientY - touch.clientY) < 45) turn(across < 0 ? 1 : -1);
  touch = null;
}, { passive: true });
addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || inSomething(event.target)) return;
  if (event.key === "ArrowRight") turn(1);
  if (event.key === "ArrowLeft") turn(-1);
});

// Pictures of later steps come once the page stands, so that who loses the connection half-way has
// them; one that did not come is asked for again when the connection is back.
const pictures = [...player.querySelectorAll("img")];
const fetchPictures = () => { for (const picture of pictures) picture.loading = "eager"; };
if (!navigator.connection?.saveData) {
  if (document.readyState === "complete") fetchPictures(); else addEventListener("load", fetchPictures);
}
addEventListener("online", () => {
  for (const picture of pictures) if (picture.complete && !picture.naturalWidth) picture.src = picture.src;
});

if (!asked) {
  const place = newer && (newer.block === null ? last
    : steps.findIndex((s) => s.querySelector("form")?.dataset.block === String(newer.block)) + 1);
  show(place || (player.dataset.placeAt ? now : firstOpen()), { push: false, focus: false });
}
history.replaceState({ step: now }, "", `?step=${now}`);
if (round?.finished) {
  show(last, { push: false, focus: false });
  player.querySelector("[data-offline]").hidden = false;
  window.gezelOutbox.send();
}
