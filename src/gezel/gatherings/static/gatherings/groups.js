// Drag someone to another group; while over it, what that would bring stands there.
// Without a mouse the link "Move" beside each name leads to the same.
(() => {
  const board = document.querySelector("[data-groups]");
  const form = document.getElementById("group-dragged");
  if (!board || !form) return;
  let dragged = null;
  let effects = null;

  const cards = () => board.querySelectorAll("[data-group]");
  const tell = (card, text) => {
    const drop = card.querySelector("[data-drop]");
    drop.textContent = text;
    drop.hidden = !text;
  };
  const done = () => {
    dragged?.classList.remove("dragged");
    for (const card of cards()) {
      card.classList.remove("over");
      tell(card, "");
    }
    dragged = null;
    effects = null;
  };

  // What each group would bring, read from the page that tells it to everyone.
  const look = async (url) => {
    const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    const found = new Map();
    for (const way of page.querySelectorAll("[data-way]")) {
      const told = [...way.querySelectorAll(".group-way:first-of-type p")];
      found.set(way.dataset.way, told.map((p) => p.textContent.trim()).join(" "));
    }
    return found;
  };

  for (const person of board.querySelectorAll("[data-person]")) {
    person.draggable = true;
    person.addEventListener("dragstart", (event) => {
      dragged = person;
      person.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", person.dataset.person);
      const mine = person;
      look(person.dataset.url).then((found) => {
        if (dragged !== mine) return;
        effects = found;
        const over = board.querySelector(".over");
        if (over) tell(over, effects.get(over.dataset.group) ?? "");
      });
    });
    person.addEventListener("dragend", done);
  }

  for (const card of cards()) {
    card.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      if (card.classList.contains("over")) return;
      for (const other of cards()) {
        other.classList.toggle("over", other === card);
        if (other !== card) tell(other, "");
      }
      const here = card.contains(dragged);
      const told = effects?.get(card.dataset.group) ?? board.dataset.looking;
      tell(card, here ? board.dataset.here : told);
    });
    card.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || card.contains(dragged)) return done();
      form.action = dragged.dataset.url;
      form.elements.group.value = card.dataset.group;
      form.submit();
    });
  }
})();
