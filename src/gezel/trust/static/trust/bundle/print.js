// A button that prints the page; without scripts there is the browser's own menu.
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print()
})
