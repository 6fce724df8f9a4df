// Captions are written while the film plays: a key or a button sets its time at the line.
{
  const desk = document.querySelector("[data-captions]");
  if (desk) {
    const film = desk.querySelector("video");
    const lines = desk.querySelector("textarea");
    const state = desk.querySelector("[data-captions-state]");
    const clock = (seconds) => {
      const tenths = Math.round(seconds * 10);
      const [minutes, rest] = [Math.floor(tenths / 600), tenths % 600];
      const hours = Math.floor(minutes / 60);
      const told = `${String(Math.floor(rest / 10)).padStart(2, "0")}${rest % 10 ? `.${rest % 10}` : ""}`;
      return hours ? `${hours}:${String(minutes % 60).padStart(2, "0")}:${told}` : `${minutes}:${told}`;
    };
    // A new line behind the one where the cursor is; on an empty line, that line.
    const stamp = () => {
      const text = lines.value;
      const end = text.indexOf("\n", lines.selectionEnd);
      const at = end < 0 ? text.length : end;
      const empty = text.slice(text.lastIndexOf("\n", at - 1) + 1, at).trim() === "";
      const told = clock(film.currentTime);
      lines.focus();
      lines.setRangeText(`${empty ? "" : "\n"}${told} `, at, at, "end");
      lines.dispatchEvent(new Event("input", { bubbles: true }));
      state.textContent = desk.dataset.stamped.replace("{time}", told);
    };
    const back = () => { film.currentTime = Math.max(0, film.currentTime - 3); };
    const toggle = () => { if (film.paused) film.play().catch(() => {}); else film.pause(); };
    const does = { stamp, back, toggle };
    for (const button of desk.querySelectorAll("[data-does]")) {
      button.addEventListener("click", does[button.dataset.does]);
    }
    const keys = { KeyT: stamp, KeyJ: back, KeyK: toggle };
    desk.addEventListener("keydown", (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || !keys[event.code]) return;
      event.preventDefault();
      keys[event.code]();
    });
    desk.querySelector("[data-captions-tools]").hidden = false;
  }
}
