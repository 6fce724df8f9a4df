// What comes after the page goes on in the shorter column of the notice board, so that neither
// ends in a hole. On a phone, where there is one column, it stays below.
document.addEventListener("htmx:load", (event) => {
  const rest = event.detail.elt;
  const columns = [...document.querySelectorAll(".board > .stack:not(:empty)")];
  if (!rest.matches?.(".board-rest") || columns.length < 2) return;
  if (!matchMedia("(min-width: 62rem)").matches) return;
  for (const panel of [...rest.children]) {
    const [side, main] = columns;
    (main.offsetHeight < side.offsetHeight ? main : side).append(panel);
  }
});
