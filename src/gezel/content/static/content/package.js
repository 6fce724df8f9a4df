// Our page around a package. The package runs in a frame at an origin of its own and reaches us by
// messages alone; see `content/players/__init__.py` for what they say. We believe only the window
// we opened, at the origin we opened it, with the nonce we gave it.
const box = document.querySelector("[data-package]");
const room = box.querySelector("[data-room]");
const registration = box.dataset.registration;
const leaveForm = document.querySelector("[data-leave]");
const RENEW = 10 * 60_000;
// A slow phone needs time for what a unit does when it goes; one that hangs may not hold the page.
const LONGEST_GOODBYE = 15_000;

let playing = null; // { frame, origin, nonce, session, unit, sequence }
let goodbye = null; // what waits for the frame to have left
let busy = false;
let waits = null; // what to do when the connection is back

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, told: await response.json().catch(() => ({})) };
}

function word(text, { again = false, out: leave = false } = {}) {
  const line = box.querySelector("[data-word]");
  line.hidden = !text;
  line.querySelector("[data-word-text]").textContent = text;
  line.querySelector("[data-again]").hidden = !again;
  line.querySelector("[data-out]").hidden = !leave;
}

function showState(name, words = "") {
  const line = document.querySelector("[data-state]");
  line.dataset.now = name;
  line.querySelector("[data-state-words]").textContent = words || line.dataset[name] || "";
  line.querySelector("[data-signin-link]").hidden = name !== "signin";
  line.querySelector("[data-reload-link]").hidden = name !== "reload";
}

function newNonce() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The part of the page that goes elsewhere in the package.
function showWays(ways) {
  if (!ways) return;
  const toc = document.querySelector("[data-toc]");
  if (toc) {
    const list = toc.querySelector("[data-entries]");
    list.replaceChildren(...ways.entries.map((entry) => {
      const item = document.createElement("li");
      item.dataset.depth = Math.min(entry.depth, 5);
      const way = document.createElement(entry.open && !entry.here ? "button" : "span");
      if (way instanceof HTMLButtonElement) { way.type = "button"; way.dataset.unit = entry.unit; }
      if (entry.here) way.setAttribute("aria-current", "true");
      way.textContent = entry.title;
      way.dir = "auto";
      item.append(way);
      if (entry.done || entry.letOff) {
        item.dataset.done = "";
        const done = document.createElement("small");
        done.textContent = entry.letOff ? list.dataset.letOff : list.dataset.done;
        item.append(" ", done);
      }
      return item;
    }));
    toc.hidden = !ways.entries.length;
  }
  for (const [name, where] of [["back", ways.back], ["on", ways.on]]) {
    const way = box.querySelector(`[data-${name}]`);
    if (!way) continue;
    way.hidden = !where;
    way.dataset.unit = where;
  }
}

// What a unit may ask of navigation changes with what it commits.
function tellValid(valid) {
  if (!valid || !playing.frame) return;
  const { frame, nonce, origin, opaque } = playing;
  frame.contentWindow.postMessage({ gezel: nonce, say: "valid", valid }, opaque ? "*" : origin);
}

function showProgress(progress) {
  const bar = document.querySelector("[data-progress]");
  if (!progress || !bar) return;
  bar.max = progress.whole;
  bar.value = progress.done;
}

async function open(unit = "", session = "") {
  word("");
  end();
  try {
    // What this device still holds goes first, so that we begin where it left off.
    await window.gezelCommits.send();
    const { status, told } = await post(box.dataset.open, { unit, ...(session && { session }), ...("looksBack" in box.dataset && { back: true }) });
    if (status === 401) { showState("signin"); return; }
    if (status === 403) { showState("reload"); return; }
    if (status === 409) { word(box.dataset.over); return; }
    if (status !== 200) { word(box.dataset.broken, { again: true }); return; }
    begin(told);
  } catch {
    word(navigator.onLine ? box.dataset.broken : box.dataset.offline, { again: true });
    waits = () => open(unit, session);
  }
}

function begin(told) {
  showWays(told.ways);
  showProgress(told.progress);
  if (!told.address) { choose(told); return; }
  if (told.apart) { beginApart(told); return; }
  const nonce = newNonce();
  const frame = document.createElement("iframe");
  frame.title = box.dataset.frameTitle;
  frame.setAttribute("sandbox", "allow-scripts allow-forms allow-modals allow-popups allow-downloads"
    + (told.opaque ? "" : " allow-same-origin"));
  frame.allow = "fullscreen; autoplay; unload";
  frame.allowFullscreen = true;
  frame.referrerPolicy = "no-referrer";
  frame.name = JSON.stringify({ ...told.told, nonce, ours: location.origin });
  frame.src = told.address;
  playing = {
    frame, nonce, session: told.session, unit: told.unit, sequence: told.sequence,
    origin: told.opaque ? "null" : told.origin, opaque: told.opaque, silent: told.told.silent === true,
  };
  room.replaceChildren(frame);
  if (told.alone) word(told.alone);
}

// What wants a window of its own: a way to open it, and one to go on here afterwards.
function beginApart(told) {
  const card = document.querySelector("[data-apart]").content.cloneNode(true);
  card.querySelector("[data-apart-open]").href = told.address;
  card.querySelector("[data-apart-done]").addEventListener("click", () => go("exit", { left: true }));
  playing = { frame: null, session: told.session, unit: told.unit, sequence: told.sequence };
  room.replaceChildren(card);
}

// The package opens nothing by itself: its contents stand open, and one chooses.
function choose(told) {
  playing = { frame: null, session: told.session, unit: "", sequence: 0 };
  showWays(told.ways);
  word(box.dataset.choose);
  document.querySelector("[data-toc]")?.setAttribute("open", "");
}

function end() {
  playing = null;
  room.replaceChildren();
}

function commit(data, last) {
  if (!playing || typeof data !== "object" || data === null) return;
  playing.sequence += 1;
  window.gezelCommits.put({
    url: box.dataset.commit, registration, unit: playing.unit, session: playing.session,
    sequence: playing.sequence, data, end: last === true, at: Date.now(),
  });
}

addEventListener("message", (event) => {
  const told = event.data;
  if (!playing?.frame || event.source !== playing.frame.contentWindow || event.origin !== playing.origin) return;
  if (typeof told !== "object" || told === null || told.gezel !== playing.nonce) return;
  if (told.say === "commit") {
    commit(told.data, told.end);
    // It ended by itself, and nothing more of it is kept: the way out is shown.
    if (told.end === true && !goodbye && told.data?.opened !== true) word(box.dataset.ended, { out: true });
  }
  if (told.say === "left") goodbye?.();
  else if (told.say === "go" && typeof told.where === "string") go(told.where, { left: told.left === true });
});

// Ask the frame to end what runs in it, so that it commits for the last time; then wait for that.
function left() {
  if (!playing?.frame || playing.silent) return Promise.resolve();
  const { frame, nonce, origin, opaque } = playing;
  return new Promise((done) => {
    const timer = setTimeout(done, LONGEST_GOODBYE);
    goodbye = () => { clearTimeout(timer); done(); };
    frame.contentWindow.postMessage({ gezel: nonce, say: "leave" }, opaque ? "*" : origin);
  }).finally(() => { goodbye = null; });
}

// Whether everything of this attempt has arrived.
async function arrived() {
  await window.gezelCommits.send();
  return !window.gezelCommits.of(registration).length;
}

async function go(where, { left: gone = false } = {}) {
  if (busy || !playing) return;
  busy = true;
  try {
    if (!gone) await left();
    await move(where);
  } finally {
    busy = false;
  }
}

async function move(where) {
  const { session } = playing;
  waits = null;
  try {
    if (!(await arrived())) throw new Error("not yet");
    const { status, told } = await post(box.dataset.go, { where, session });
    if (status === 409) {
      await open(playing.unit, session);
      if (told.message) word(told.message);
    } else if (status !== 200) throw new Error(String(status));
    else if (told.unit) await open(told.unit, session);
    else out();
  } catch {
    word(box.dataset.offline);
    waits = () => { word(""); return move(where); };
  }
}

function out() {
  end();
  leaveForm.submit();
}

leaveForm.addEventListener("submit", (event) => {
  event.preventDefault();
  if (playing) go("suspendAll"); else leaveForm.submit();
});
for (const form of box.querySelectorAll("form")) {
  form.addEventListener("submit", async (event) => {
    if (!playing || busy) return;
    event.preventDefault();
    busy = true;
    await left();
    if (await arrived()) withButton(form, event.submitter).submit();
    else { word(box.dataset.offline); busy = false; }
  });
}

// `submit()` leaves out the button that was pressed.
function withButton(form, button) {
  if (!button?.name) return form;
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = button.name;
  hidden.value = button.value;
  form.append(hidden);
  return form;
}

document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-unit]");
  if (!way) return;
  event.preventDefault();
  document.querySelector("[data-toc]")?.removeAttribute("open");
  go(way.dataset.unit);
});
box.querySelector("[data-again]").addEventListener("click", () => open());
box.querySelector("[data-out]").addEventListener("click", () => leaveForm.requestSubmit());

document.addEventListener("gezel:commits", ({ detail }) => {
  if (detail.registration && detail.registration !== registration) return;
  const ours = playing && detail.session === playing.session;
  if (ours) { showWays(detail.ways); showProgress(detail.progress); tellValid(detail.valid); }
  if (ours && (detail.state === "late" || detail.state === "over")) {
    end();
    word(detail.state === "late" ? box.dataset.elsewhere : box.dataset.over, { again: detail.state === "late" });
  } else if (detail.message) showState("told", detail.message);
  else showState(detail.state);
});

async function renew() {
  if (!playing) return;
  const { session } = playing;
  try {
    const { status } = await post(box.dataset.renew, { session });
    if (status === 409 && playing?.session === session) {
      end();
      word(box.dataset.elsewhere, { again: true });
    } else if (status === 401) showState("signin");
  } catch { /* no connection: the commits say so */ }
}
setInterval(renew, RENEW);
document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });
addEventListener("online", () => { const what = waits; waits = null; what?.(); });

open();
