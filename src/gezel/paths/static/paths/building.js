// Steps are dragged by their grip, also into another block; the buttons up and down, and "stands
// in" on the page of a step, do the same by keyboard.
{
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const begin = () => {
    const builder = document.querySelector("#builder");
    if (!builder) return;
    for (const grip of builder.querySelectorAll(".path-grip")) grip.hidden = false;
    for (const list of builder.querySelectorAll("[data-path-into]")) {
      Sortable.create(list, {
        group: "path",
        handle: ".path-grip",
        animation: still ? 0 : 150,
        onEnd({ item, to, from, oldIndex, newIndex }) {
          if (to === from && oldIndex === newIndex) return;
          const form = item.querySelector("form");
          const values = {
            csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
            seen: form.elements.seen.value,
            into: to.dataset.pathInto,
            place: newIndex,
          };
          // Once the drag is over: the style it leaves behind may not be copied to what comes.
          setTimeout(() => {
            for (const moved of builder.querySelectorAll("[style]")) moved.removeAttribute("style");
            htmx.ajax("POST", item.dataset.pathMove, { target: "#builder", swap: "outerHTML show:none", values });
          });
        },
      });
    }
  };
  begin();
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "builder" || event.detail.elt?.id === "builder") begin();
  });
}
