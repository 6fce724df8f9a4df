// The trainer's list: one key for each kind, arrows to go up and down, and every mark kept on this
// device until the server has it. Without this the list is a plain form.
for (const form of document.querySelectorAll("[data-marks]")) {
  const KEYS = { p: "present", l: "late", d: "partly", a: "absent", e: "excused" };
  const PREFIX = `gezel:mark:${document.body.dataset.owner || ""}:${form.dataset.marks}:`;
  const told = form.querySelector("[data-marks-told]");
  const rows = [...form.querySelectorAll("[data-mark]")];
  const all = form.querySelector("[data-marks-all]");
  const chosen = (row) => row.querySelector("input[type=radio]:checked");
  const token = () => form.elements.csrfmiddlewaretoken.value;
  let sending = false;
  let timer = 0;

  const say = (words) => { told.textContent = words; told.hidden = !words; };

  function entries() {
    const found = [];
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const name = localStorage.key(i);
        if (name.startsWith(PREFIX)) found.push(JSON.parse(localStorage.getItem(name)));
      }
    } catch { /* nothing is kept here */ }
    return found;
  }

  function keep(row) {
    const input = chosen(row);
    if (!input) return;
    const person = row.dataset.mark;
    // A change of mind is another mark, with a key of its own; the one before may be on its way.
    const key = crypto.randomUUID();
    const minutes = row.querySelector("input[type=number]").value;
    const entry = { person: Number(person), kind: input.value, key, at: Date.now() };
    if (minutes) entry.minutes = Number(minutes);
    try { localStorage.setItem(PREFIX + person, JSON.stringify(entry)); } catch { return; }
    send();
  }

  async function send() {
    const waiting = entries();
    if (sending || !waiting.length) return;
    sending = true;
    clearTimeout(timer);
    try {
      const marks = waiting.map(({ at, ...mark }) => ({ ...mark, ago: Math.max(0, Math.round((Date.now() - at) / 1000)) }));
      const reason = form.elements.reason ? form.elements.reason.value : "";
      const response = await fetch(form.action, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ marks, reason }),
        signal: AbortSignal.timeout(20_000),
      });
      if (response.ok) {
        const { kept } = await response.json();
        for (const entry of waiting) {
          const name = PREFIX + entry.person;
          const now = JSON.parse(localStorage.getItem(name) || "null");
          if (now && kept.includes(now.key)) localStorage.removeItem(name);
        }
        say(form.dataset.sent);
      } else {
        const answer = await response.json().catch(() => ({}));
        say(answer.error || form.dataset.kept);
      }
    } catch {
      say(form.dataset.kept);
      timer = setTimeout(send, 5_000);
    } finally {
      sending = false;
    }
    if (entries().some((entry) => !waiting.some((sent) => sent.key === entry.key))) send();
  }

  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-mark]");
    if (row) keep(row);
  });
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-mark]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.type === "number") return;
    const at = rows.indexOf(row);
    const kind = KEYS[event.key.toLowerCase()];
    if (kind) {
      const input = row.querySelector(`input[value=${kind}]`);
      input.checked = true;
      keep(row);
      go(at + 1);
      event.preventDefault();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      go(at + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    }
  });

  function go(to) {
    const row = rows[to];
    if (row) (chosen(row) || row.querySelector("input[type=radio]")).focus();
  }

  all.hidden = false;
  all.addEventListener("click", () => {
    for (const row of rows) {
      if (chosen(row)) continue;
      row.querySelector("input[value=present]").checked = true;
      keep(row);
    }
  });
  addEventListener("online", send);
  send();
}
