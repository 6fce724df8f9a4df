// The player with scripts: all steps are in the page already, so turning one needs no
// connection. What is answered goes to the outbox, which keeps it until the server has it.
const player = document.querySelector("[data-player]");
const steps = [...player.querySelectorAll("[data-step]")];
const attempt = player.dataset.attempt;
const preview = "preview" in player.dataset;
const last = steps.length;
const asked = new URLSearchParams(location.search).get("step");
let now = Number(player.dataset.at);
let finishing = false;

const step = (number) => steps[number - 1];
const firstOpen = () => steps.findIndex((s) => s.dataset.kind && !("done" in s.dataset)) + 1 || last;
const newKey = () => (crypto.randomUUID ? crypto.randomUUID()
  : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16)));

function valueOf(section) {
  const form = section.querySelector("form");
  const picked = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map((i) => i.value);
  if (section.dataset.kind === "question") return { chosen: picked("chosen").sort() };
  if (section.dataset.kind === "checklist") return { ticked: picked("ticked").map(Number) };
  if (section.dataset.kind === "reflection") return { text: form.elements.text.value };
  return { seen: true };
}

function put(section, value) {
  const form = section.querySelector("form");
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
  if (section.dataset.kind === "question") judge(section);
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
    window.gezelOutbox.put({
      key: newKey(), attempt, url: player.dataset.answers, at: new Date().toISOString(),
      block: Number(section.querySelector("form").dataset.block), value,
    });
    forget(section);
  }
  mark(section);
}

// What someone is writing survives a closed tab, until it is an answer.
const draft = (section) => `gezel:draft:${attempt}:${section.querySelector("form").dataset.block}`;
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
  document.querySelector("[data-here]").value = `${location.pathname}?step=${goal}`;
  if (focus) {
    scrollTo(0, 0);
    step(goal).querySelector("[tabindex='-1']").focus({ preventScroll: true });
  }
}

function showState(name, words = "") {
  const line = document.querySelector("[data-state]");
  line.dataset.now = name;
  line.querySelector("[data-state-words]").textContent = words || line.dataset[name];
  line.querySelector("[data-signin-link]").hidden = name !== "signin";
  line.querySelector("[data-reload-link]").hidden = name !== "reload";
}

function tryToFinish() {
  if (!finishing) return;
  const waiting = window.gezelOutbox.of(attempt).length > 0;
  player.querySelector("[data-offline]").hidden = !waiting && navigator.onLine;
  if (waiting || !navigator.onLine) return;
  finishing = false;
  player.querySelector("[data-finish]").submit();
}

player.addEventListener("submit", (event) => {
  const section = event.target.closest("[data-step]");
  if (event.target.matches("[data-finish]")) {
    if (preview) return;
    event.preventDefault();
    finishing = true;
    window.gezelOutbox.send();
    tryToFinish();
    return;
  }
  event.preventDefault();
  if (section.dataset.kind === "question") {
    if (!valueOf(section).chosen.length) {
      section.querySelector("input[name=chosen]").focus();
      return;
    }
    answer(section);
    section.querySelector("[data-after]").focus();
    return;
  }
  answer(section);
  show(now + 1);
});

player.addEventListener("click", (event) => {
  const way = event.target.closest("[data-go], [data-go-open]");
  if (!way || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const section = way.closest("[data-step]");
  if (preview && section.dataset.kind && section.dataset.kind !== "question") mark(section);
  show("go" in way.dataset ? Number(way.dataset.go) : firstOpen());
});

player.addEventListener("input", (event) => {
  if (event.target.name === "text") remember(event.target.closest("[data-step]"), event.target.value);
});

addEventListener("popstate", () => show(Number(new URLSearchParams(location.search).get("step")) || firstOpen(), { push: false }));

document.addEventListener("gezel:outbox", ({ detail }) => {
  if (detail.attempt && detail.attempt !== attempt) return;
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
  for (const entry of window.gezelOutbox.of(attempt)) {
    const section = steps.find((s) => s.querySelector("form")?.dataset.block === String(entry.block));
    if (!section) continue;
    put(section, entry.value);
    section.dataset.said = JSON.stringify(entry.value);
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
if (!asked) show(firstOpen(), { push: false, focus: false });
history.replaceState({ step: now }, "", `?step=${now}`);
