// Puts what stands in a field on the clipboard: `<button data-copy="#field" data-done="Copied">`.
document.querySelectorAll("button[data-copy]").forEach((button) => {
  if (navigator.clipboard) button.hidden = false;
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.querySelector("span").textContent = button.dataset.done;
  } catch {
    document.execCommand("copy");
  }
});
