// What the player must know of the kinds of question beyond choosing: reading and setting an
// answer, and judging it without connection. In the joined script, so that a kept page has it.
{
  const places = (form) => [...form.querySelectorAll(".play-order > li")];
  const plain = (text) => text.toLowerCase().replace(/ß/g, "ss").normalize("NFKD").replace(/\p{M}/gu, "")
    .split(/\s+/).filter(Boolean).join(" ").replace(/^[.,;:!? ]+|[.,;:!? ]+$/g, "");
  const figure = (text) => {
    const told = text.trim().replace("−", "-").replace(",", ".").replace(/ /g, "");
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(told) ? Number(told) : null;
  };
  const inOrder = (list) => list.every((entry, place) => entry === place);

  const kinds = {
    order: {
      value: (form) => ({ order: places(form).map((li) => Number(li.dataset.index)) }),
      put(form, value) {
        const list = form.querySelector(".play-order");
        for (const index of value.order) list.append(list.querySelector(`[data-index="${index}"]`));
      },
      ready: () => true,
      right: (form, value) => inOrder(value.order),
    },
    match: {
      value: (form) => ({ pairs: [...form.querySelectorAll(".play-match select")].map((s) => (s.value === "" ? -1 : Number(s.value))) }),
      put(form, value) {
        for (const [place, select] of form.querySelectorAll(".play-match select").entries()) select.value = String(value.pairs[place]);
      },
      ready: (form, value) => !value.pairs.includes(-1) && new Set(value.pairs).size === value.pairs.length,
      right: (form, value) => inOrder(value.pairs),
    },
    number: {
      value: (form) => ({ number: form.elements.number.value.trim() }),
      put(form, value) { form.elements.number.value = value.number; },
      ready: (form, value) => figure(value.number) !== null,
      right(form, value) {
        const { value: aim, off } = form.querySelector("[data-value]").dataset;
        // The server compares in decimals; here a hair is allowed for what a binary fraction loses.
        return Math.abs(figure(value.number) - Number(aim)) <= Number(off) + 1e-9 * Math.max(1, Math.abs(Number(aim)));
      },
    },
    short: {
      value: (form) => ({ short: form.elements.short.value.trim() }),
      put(form, value) { form.elements.short.value = value.short; },
      ready: (form, value) => value.short !== "",
      right: (form, value) => JSON.parse(form.querySelector("[data-accepted]").dataset.accepted).includes(plain(value.short)),
    },
  };

  window.gezelKinds = {
    asks: (section) => section.dataset.kind === "question" || section.dataset.kind in kinds,
    of: (section) => kinds[section.dataset.kind],
    judge(section, words) {
      const form = section.querySelector("form");
      const kind = kinds[section.dataset.kind];
      const right = kind.right(form, kind.value(form));
      for (const control of form.querySelectorAll(".play-question :is(input, select, button)")) control.disabled = true;
      form.querySelector("[data-answer]").hidden = false;
      const verdict = form.querySelector("[data-verdict]");
      verdict.dataset.tone = right ? "ok" : "warn";
      verdict.textContent = right ? words.right : words.wrong;
      form.querySelector("[data-check]").hidden = true;
      form.querySelector("[data-after]").hidden = false;
    },
  };

  for (const list of document.querySelectorAll(".play-order")) {
    for (const part of list.querySelectorAll(".play-moves")) part.hidden = false;
    for (const part of list.querySelectorAll(".play-place")) part.hidden = true;
    list.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-up], [data-down]");
      if (!button) return;
      const step = button.closest("li");
      const up = "up" in button.dataset;
      const other = up ? step.previousElementSibling : step.nextElementSibling;
      if (!other) return;
      if (up) other.before(step); else other.after(step);
      button.focus();
      list.parentElement.querySelector("[data-moved-words]").textContent = list.dataset.moved
        .replace("{step}", step.querySelector(".play-what").textContent)
        .replace("{place}", [...list.children].indexOf(step) + 1);
    });
  }

  // Nothing is fetched from elsewhere before the person says so.
  for (const box of document.querySelectorAll("[data-embed]")) {
    const button = box.querySelector("[data-embed-load]");
    button.hidden = false;
    button.addEventListener("click", () => {
      const frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation");
      frame.setAttribute("allow", "fullscreen");
      frame.referrerPolicy = "strict-origin";
      frame.title = box.dataset.title;
      frame.src = box.dataset.embed;
      box.replaceChildren(frame);
    });
  }
}
