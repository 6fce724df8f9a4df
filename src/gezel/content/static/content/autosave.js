// What someone writes is kept while they write: a second and a half after the last letter, and
// when the page is left. Each time bears a turn, so that a slow request never undoes a later one.
{
  const form = document.querySelector("form[data-writing]");
  const state = form.querySelector("[data-writing-state]");
  const fields = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
    data.set("turn", String(Date.now()));
    return data;
  };
  let timer = 0;
  let told = "";

  async function keep({ last = false } = {}) {
    clearTimeout(timer);
    timer = 0;
    const data = fields();
    const now = JSON.stringify([...data.entries()].filter(([name]) => name !== "turn"));
    if (now === told) return;
    try {
      const answer = await fetch(form.dataset.writing, { method: "POST", body: data, keepalive: last });
      if (!answer.ok) throw new Error(String(answer.status));
      told = now;
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      state.textContent = form.dataset.kept.replace("{time}", time);
    } catch {
      state.textContent = form.dataset.failed;
      timer = setTimeout(keep, 10_000);
    }
  }

  told = JSON.stringify([...fields().entries()].filter(([name]) => name !== "turn"));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1_500);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); timer = 0; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) keep({ last: true }); });
}
