// The trainer's list: one key for each kind, arrows to go up and down, and every mark kept on this
// device until the server has it. Without this the list is a plain form.
for (const form of document.querySelectorAll("[data-marks]")) {
  const KEYS = { p: "present", l: "late", d: "partly", a: "absent", e: "excused" };
  const PREFIX = `gezel:mark:${document.body.dataset.owner || ""}:${form.dataset.marks}:`;
  const told = form.querySelector("[data-marks-told]");
  const rows = [...form.querySelectorAll("[data-mark]")];
  const all = form.querySelector("[data-marks-all]");
  const noted = form.querySelector("[data-marks-noted]");
  const none = form.querySelector("[data-marks-none]");
  const narrow = document.querySelector("[data-marks-narrow]");
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
    count();
    try { localStorage.setItem(PREFIX + person, JSON.stringify(entry)); } catch { return; }
    send();
  }

  function count() {
    noted.textContent = rows.filter(chosen).length;
  }

  // What was refused is told and leaves the phone: sent again it would be refused again.
  function drop(refused, waiting) {
    const lines = [];
    for (const entry of waiting) {
      if (!(entry.key in refused)) continue;
      const row = rows.find((one) => one.dataset.mark === String(entry.person));
      lines.push(`${row ? row.dataset.name : entry.person}: ${refused[entry.key]}`);
      forget(entry, entry.key);
    }
    return lines.length ? `${form.dataset.refused} ${lines.join(" ")}` : "";
  }

  function forget(entry, key) {
    const name = PREFIX + entry.person;
    const now = JSON.parse(localStorage.getItem(name) || "null");
    if (now && now.key === key) localStorage.removeItem(name);
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
        const { kept, refused } = await response.json();
        for (const entry of waiting) if (kept.includes(entry.key)) forget(entry, entry.key);
        say(drop(refused, waiting) || form.dataset.sent);
      } else {
        const answer = await response.json().catch(() => ({}));
        const lost = drop(answer.refused || {}, waiting);
        say([answer.error || form.dataset.kept, lost].filter(Boolean).join(" "));
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
    else if (event.target.name === "reason") send();
  });
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-mark]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.type === "number") return;
    const at = shown().indexOf(row);
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
    const row = shown()[to];
    if (row) (chosen(row) || row.querySelector("input[type=radio]")).focus();
  }

  // Who is noted stays where they are until one looks again: nothing slips away under a thumb.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const shown = () => rows.filter((row) => !row.hidden);

  function look() {
    const sought = plain(narrow.elements.name.value.trim());
    const only = narrow.elements.only.checked;
    for (const row of rows) {
      row.hidden = !plain(row.dataset.name).includes(sought) || (only && Boolean(chosen(row)));
    }
    none.hidden = shown().length > 0;
    all.hidden = Boolean(sought);
  }

  if (narrow) {
    narrow.querySelector("button").hidden = true;
    narrow.addEventListener("input", look);
    narrow.addEventListener("submit", (event) => { event.preventDefault(); look(); });
    look();
  }

  all.hidden = Boolean(narrow && narrow.elements.name.value.trim());
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
