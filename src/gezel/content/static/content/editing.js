// Blocks are dragged by their grip; the buttons up and down do the same by keyboard.
{
  const list = document.querySelector("[data-order]");
  if (list) {
    const state = document.querySelector("[data-order-state]");
    for (const grip of list.querySelectorAll(".making-grip")) grip.hidden = false;
    Sortable.create(list, {
      handle: ".making-grip",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      async onEnd(event) {
        if (event.oldIndex === event.newIndex) return;
        const data = new FormData();
        data.set("csrfmiddlewaretoken", list.querySelector("[name=csrfmiddlewaretoken]").value);
        data.set("order", [...list.children].map((li) => li.dataset.block).join(","));
        try {
          const answer = await fetch(list.dataset.order, { method: "POST", body: data });
          if (!answer.ok) throw new Error(String(answer.status));
          for (const [place, number] of list.querySelectorAll("[data-number]").entries()) number.textContent = place + 1;
          state.textContent = list.dataset.moved.replace("{place}", event.newIndex + 1);
        } catch {
          // What the page shows must be what stands.
          location.reload();
        }
      },
    });
  }
}
