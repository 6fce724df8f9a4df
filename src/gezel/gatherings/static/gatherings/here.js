// "I am here" without a connection: kept on this phone and sent when there is one, once. What is
// sent is how long ago it was, by this phone alone: what its clock says does not matter.
{
  const form = document.querySelector("[data-here]");
  const name = `gezel:here:${form.dataset.here}`;
  const told = form.querySelector("[data-here-told]");
  const button = form.querySelector("button");
  let kept = null;

  try { kept = JSON.parse(localStorage.getItem(name)); } catch { /* nothing is kept here */ }

  function say(words) {
    told.textContent = words;
    told.hidden = !words;
  }

  function keep() {
    kept = { key: form.elements.key.value, code: form.elements.code.value, at: Date.now() };
    try { localStorage.setItem(name, JSON.stringify(kept)); } catch { /* only on this page, then */ }
    say(form.dataset.kept);
  }

  function forget() {
    kept = null;
    try { localStorage.removeItem(name); } catch { /* was not there */ }
  }

  function send() {
    if (!kept || !navigator.onLine) return;
    form.elements.key.value = kept.key;
    form.elements.code.value = kept.code;
    form.elements.ago.value = Math.max(0, Math.round((Date.now() - kept.at) / 1000));
    forget();
    form.submit();
  }

  form.addEventListener("submit", (event) => {
    if (navigator.onLine || !form.elements.code.value.trim()) return;
    event.preventDefault();
    keep();
  });
  addEventListener("online", send);
  if (kept) send();
  else if ("scanned" in form.dataset && navigator.onLine) form.requestSubmit(button);
}
