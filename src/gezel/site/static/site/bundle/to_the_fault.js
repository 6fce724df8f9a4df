// What a form refuses is where one goes on: the first field with a fault has the focus, after a
// page and after a part of one. Who is typing elsewhere meanwhile is left alone.
(() => {
  const CONTROL = "input, select, textarea";
  const usable = (control) => control.type !== "hidden" && !control.disabled && control.offsetParent;
  const controls = (mark) =>
    mark.matches(CONTROL) ? [mark] : [...mark.closest(".field").querySelectorAll(CONTROL)];
  const go = (root) => {
    const at = document.activeElement;
    if (at && at.matches(`${CONTROL}, [contenteditable]`)) return;
    const marks = [...root.querySelectorAll(':is(input, select, textarea)[aria-invalid="true"], .field > .error')];
    marks.flatMap(controls).find(usable)?.focus();
  };
  go(document);
  document.addEventListener("htmx:afterSettle", (event) => go(event.target));
})();
