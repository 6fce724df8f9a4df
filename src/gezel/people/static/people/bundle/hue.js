/* The accent colour shows at once while it is chosen; saving is still a plain form. */
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-hue-form]");
  if (!form) return;
  const range = form.querySelector("[data-hue]");
  if (event.target === range) form.querySelector("[name=hue][value=own]").checked = true;
  else if (event.target.name !== "hue") return;
  const chosen = form.querySelector("[name=hue]:checked").value;
  const hue = chosen === "own" ? range.value : chosen;
  if (chosen !== "own") range.value = hue;
  document.documentElement.style.setProperty("--brand-h", hue);
});
