// Taking a test with scripts: an answer goes to the outbox of `content`, which keeps it on this
// device until the server has it; then the next question is fetched. The server chooses it, so it
// cannot be here beforehand.
const sit = document.querySelector("[data-sit]");
const attempt = sit.dataset.attempt;
let waiting = 0;
let fetching = false;

const form = () => sit.querySelector("form[data-kind]");

function valueOf() {
  const kind = form().dataset.kind;
  if (kind === "number") {
    const told = form().elements.figure.value.trim();
    return told && { number: told };
  }
  if (kind === "order") return { places: [...form().querySelectorAll("[data-place]")].map((li) => Number(li.dataset.place)) };
  const places = [...form().querySelectorAll("[name=chosen]:checked")].map((i) => Number(i.value));
  return places.length ? { places } : null;
}

function lock(locked) {
  form().querySelector("[data-fields]").disabled = locked;
  for (const button of form().querySelectorAll(".play-bar button")) button.disabled = locked;
}

function showState(name) {
  const line = document.querySelector("[data-state]");
  line.dataset.now = name;
  line.querySelector("[data-state-words]").textContent = line.dataset[name] || "";
  line.querySelector("[data-signin-link]").hidden = name !== "signin";
  line.querySelector("[data-reload-link]").hidden = name !== "reload";
}

function ready() {
  for (const part of form().querySelectorAll(".test-move")) part.hidden = false;
  for (const part of form().querySelectorAll(".test-at")) part.hidden = true;
}

async function next() {
  if (fetching) return;
  fetching = true;
  clearTimeout(waiting);
  try {
    const response = await fetch(location.pathname, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(20_000) });
    if (response.redirected || !response.ok) return location.assign(response.redirected ? response.url : location.pathname);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    sit.querySelector("[data-question]").replaceWith(page.querySelector("[data-question]"));
    showState("saved");
    ready();
    scrollTo(0, 0);
    sit.querySelector("#question-number").focus({ preventScroll: true });
  } catch {
    showState("kept");
    waiting = setTimeout(next, 5_000);
  } finally {
    fetching = false;
  }
}

function move(button, way) {
  const step = button.closest("[data-place]");
  const other = way < 0 ? step.previousElementSibling : step.nextElementSibling;
  if (!other) return;
  if (way < 0) other.before(step); else other.after(step);
  button.focus();
  const place = [...step.parentElement.children].indexOf(step) + 1;
  form().querySelector("[data-told]").textContent = sit.dataset.moved
    .replace("{step}", step.querySelector(".test-step").textContent).replace("{place}", place);
}

sit.addEventListener("click", (event) => {
  const button = event.target.closest("[data-up], [data-down]");
  if (button) move(button, "up" in button.dataset ? -1 : 1);
});

sit.addEventListener("submit", (event) => {
  event.preventDefault();
  const unknown = event.submitter?.name === "unknown";
  const value = unknown ? { unknown: true } : valueOf();
  const missing = form().querySelector("[data-missing]");
  missing.hidden = Boolean(value);
  if (!value) {
    missing.textContent = sit.dataset.choose;
    form().querySelector("input:not([type=hidden])").focus();
    return;
  }
  lock(true);
  showState("sending");
  window.gezelOutbox.put({
    key: form().elements.key.value, attempt, url: sit.dataset.answers, at: new Date().toISOString(),
    block: Number(form().dataset.number), value,
  });
});

document.addEventListener("gezel:outbox", ({ detail }) => {
  if (detail.attempt && detail.attempt !== attempt) return;
  if (detail.state === "saved") next();
  else if (detail.state !== "told") showState(detail.state);
});
addEventListener("online", () => { if (document.querySelector("[data-state]").dataset.now === "kept" && !window.gezelOutbox.of(attempt).length) next(); });
addEventListener("pageshow", (event) => { if (event.persisted) next(); });

ready();
if (window.gezelOutbox.of(attempt).length) {
  lock(true);
  showState("kept");
  window.gezelOutbox.send();
}
