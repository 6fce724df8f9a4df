// What someone typed outlives a session that ended: it waits in this tab until the same person
// has signed in again and is back where it was. Someone else's sign-in throws it away.
(() => {
  const SHELF = "gezel:typed";
  const owner = document.body.dataset.owner || "";
  const read = () => {
    try { return JSON.parse(sessionStorage.getItem(SHELF)); } catch { return null; }
  };
  const keep = (typed) => {
    try { sessionStorage.setItem(SHELF, JSON.stringify(typed)); } catch { /* full or forbidden */ }
  };
  const forms = () => [...document.querySelectorAll("main form")].filter((form) => form.method === "post");
  const named = (form) => form.getAttribute("action") || "";

  const putBack = (typed) => {
    const form = forms().find((found) => named(found) === typed.action
      && typed.fields.every(([name]) => found.elements.namedItem(name)));
    if (!form) return;
    const of = (name) => typed.fields.filter(([key]) => key === name).map(([, value]) => value);
    for (const control of form.elements) {
      if (!control.name || ["password", "file", "submit"].includes(control.type)) continue;
      if (control.name === "csrfmiddlewaretoken") continue;
      const values = of(control.name);
      if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
      else if (control.multiple) for (const option of control.options) option.selected = values.includes(option.value);
      else if (values.length) control.value = values[0];
    }
    const notice = document.createElement("div");
    notice.className = "notice ok";
    notice.setAttribute("role", "status");
    notice.tabIndex = -1;
    notice.textContent = typed.words;
    form.prepend(notice);
    notice.focus();
  };

  const typed = read();
  const door = document.querySelector("[data-typed]");
  if (typed && door) { // the sign-in page came instead of an answer
    door.hidden = false;
    keep({ ...typed, lost: true, words: door.dataset.typed });
  } else if (owner) {
    const waits = typed?.lost && typed.owner === owner;
    const here = waits && typed.page === location.pathname;
    if (here || !waits) sessionStorage.removeItem(SHELF);
    if (here) putBack(typed);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!owner || form.method !== "post" || !form.closest("main")) return;
    if (named(form).endsWith("/logout/")) return; // who signs out loses nothing at the door
    const fields = [...new FormData(form)].filter(([name, value]) =>
      typeof value === "string" && name !== "csrfmiddlewaretoken"
      && form.elements.namedItem(name)?.type !== "password");
    keep({ owner, page: location.pathname, action: named(form), fields });
  });
})();
