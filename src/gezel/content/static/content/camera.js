// On a phone: one press and the camera opens, for a photo or for a film.
{
  for (const row of document.querySelectorAll("[data-camera]")) {
    const input = document.getElementById(row.dataset.camera);
    if (!matchMedia("(pointer: coarse)").matches) continue;
    row.hidden = false;
    for (const button of row.querySelectorAll("[data-accept]")) {
      button.addEventListener("click", () => {
        const accept = input.accept;
        input.accept = button.dataset.accept;
        input.setAttribute("capture", "environment");
        input.click();
        input.accept = accept;
        input.removeAttribute("capture");
      });
    }
  }
}
