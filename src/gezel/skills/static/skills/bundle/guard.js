// A long form that was changed asks before it is left: `<form data-guard>`.
let changed = false;
document.addEventListener("input", (event) => {
  if (event.target.closest?.("form[data-guard]")) changed = true;
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-guard]")) changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
