// The editor of running text: TipTap, writing Markdown into the textarea that stands there. Without
// this script, or where a text holds more than it can show, the textarea is what one writes in.
// Bundled by tools/assets.py into kit/static/kit/vendor/editor.js.
import { Editor } from "@tiptap/core";
import { Markdown } from "@tiptap/markdown";
import StarterKit from "@tiptap/starter-kit";

const LEVELS = [1, 2, 3, 4, 5, 6];
// The line below the head of a table; the editor has no tables.
const TABLE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*$/m;
const icons = document.querySelector("template[data-editor-icons]");

// Letters and digits: what may not change by going through the editor.
const essence = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "");

const actions = [
  ["bold", (e) => e.chain().focus().toggleBold().run(), (e) => e.isActive("bold")],
  ["italic", (e) => e.chain().focus().toggleItalic().run(), (e) => e.isActive("italic")],
  ["heading", (e) => e.chain().focus().toggleHeading({ level: 2 }).run(), (e) => e.isActive("heading", { level: 2 })],
  ["list", (e) => e.chain().focus().toggleBulletList().run(), (e) => e.isActive("bulletList")],
  ["numbers", (e) => e.chain().focus().toggleOrderedList().run(), (e) => e.isActive("orderedList")],
  ["quote", (e) => e.chain().focus().toggleBlockquote().run(), (e) => e.isActive("blockquote")],
  ["link", askLink, (e) => e.isActive("link")],
  ["undo", (e) => e.chain().focus().undo().run(), null],
  ["redo", (e) => e.chain().focus().redo().run(), null],
];

function askLink(editor, shell) {
  const row = shell.querySelector(".editor-link");
  row.hidden = false;
  const input = row.querySelector("input");
  input.value = editor.getAttributes("link").href ?? "";
  input.focus();
}

function button(name, words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn quiet icon-only";
  made.dataset.does = name;
  made.setAttribute("aria-label", words[name]);
  made.title = words[name];
  made.append(icons.content.querySelector(`[data-icon="${name}"] svg`).cloneNode(true));
  // The place where one writes keeps the focus when a button is pressed by mouse or thumb.
  made.addEventListener("mousedown", (event) => event.preventDefault());
  made.addEventListener("click", press);
  return made;
}

// One stop for Tab; the arrows go from button to button, as a toolbar does.
function roving(bar) {
  const all = () => [...bar.querySelectorAll("button")];
  for (const [place, one] of all().entries()) one.tabIndex = place ? -1 : 0;
  bar.addEventListener("keydown", (event) => {
    const buttons = all();
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    for (const one of buttons) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  });
}

function enrich(area) {
  const words = JSON.parse(icons.dataset.words);
  // Words between angle brackets are words to us; the editor would take them for elements.
  if (/<[a-z!/]/i.test(area.value) || TABLE.test(area.value)) return;
  const label = document.querySelector(`label[for="${area.id}"]`);
  label.id ||= `${area.id}_label`;
  const shell = document.createElement("div");
  shell.className = "editor";
  const bar = document.createElement("div");
  bar.className = "editor-bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `${words.toolbar}: ${label.textContent.trim()}`);
  const paper = document.createElement("div");
  const link = document.createElement("div");
  link.className = "editor-link";
  link.hidden = true;
  link.innerHTML = `<label></label><input type="url" maxlength="500" autocomplete="off"><button type="button" class="btn small"></button>`;
  link.querySelector("label").textContent = words.address;
  link.querySelector("input").id = `${area.id}_link`;
  link.querySelector("label").htmlFor = `${area.id}_link`;
  link.querySelector("button").textContent = words.set;
  shell.append(bar, link, paper);

  const described = area.getAttribute("aria-describedby");
  const editor = new Editor({
    element: paper,
    injectCSS: false,
    extensions: [
      StarterKit.configure({
        heading: { levels: LEVELS },
        strike: false,
        underline: false,
        link: { openOnClick: false, autolink: false, protocols: ["http", "https", "mailto", "tel"] },
      }),
      Markdown,
    ],
    content: area.value,
    contentType: "markdown",
    editorProps: {
      attributes: {
        role: "textbox", "aria-multiline": "true", "aria-labelledby": label.id,
        ...(described ? { "aria-describedby": described } : {}),
        ...(area.getAttribute("aria-invalid") ? { "aria-invalid": "true" } : {}),
        class: "editor-paper prose", dir: "auto",
      },
    },
    onUpdate() {
      area.value = editor.getMarkdown().replaceAll("\u00a0", " ");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction() { mark(); },
  });
  // What the editor cannot hold would be lost by the first letter typed: leave it be.
  if (essence(editor.getMarkdown()) !== essence(area.value)) {
    editor.destroy();
    return;
  }
  for (const [name, press] of actions) bar.append(button(name, words, () => press(editor, shell)));
  roving(bar);
  const setLink = () => {
    const href = link.querySelector("input").value.trim();
    const chain = editor.chain().focus().extendMarkRange("link");
    if (href) chain.setLink({ href: /^[a-z]+:/i.test(href) ? href : `https://${href}` }).run();
    else chain.unsetLink().run();
    link.hidden = true;
  };
  link.querySelector("button").addEventListener("click", setLink);
  link.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); setLink(); }
    if (event.key === "Escape") { link.hidden = true; editor.commands.focus(); }
  });
  label.addEventListener("click", () => editor.commands.focus());
  area.hidden = true;
  area.after(shell);

  function mark() {
    for (const [name, , active] of actions) {
      const one = active && bar.querySelector(`[data-does="${name}"]`);
      if (one) one.setAttribute("aria-pressed", String(active(editor)));
    }
  }
  mark();
}

for (const area of document.querySelectorAll("textarea[data-rich]")) enrich(area);
