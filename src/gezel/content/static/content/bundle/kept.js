// Keeps a module or the cards on this device, whole or not at all, and asks the server whether they
// may still be here. The worker (site/worker.js) shows them when there is no connection.
const INDEX = "gezel-index";
const OWNER = "/gezel-owner";
const PART = "gezel-kept-";
const CHECK_EVERY = 45_000; // who left or signed out elsewhere loses what is kept within a minute
const can = "caches" in window && "serviceWorker" in navigator;
const owner = document.body.dataset.owner || "";
const match = { ignoreVary: true };

async function entries() {
  if (!can) return [];
  const cache = await caches.open(INDEX);
  const known = await cache.match(OWNER, match);
  const whose = owner || (known ? (await known.json()).owner : "");
  const found = [];
  for (const request of await cache.keys()) {
    if (!new URL(request.url).pathname.startsWith("/kept/")) continue;
    const entry = await (await cache.match(request, match)).json();
    if (entry.owner === whose) found.push(entry);
  }
  return found.sort((a, b) => (a.title < b.title ? -1 : 1));
}

// What it names goes before its name: a page that is closed half-way leaves nothing nobody knows of.
async function remove(id) {
  await caches.delete(PART + id);
  await caches.delete(`${PART}${id}-new`);
  await (await caches.open(INDEX)).delete(`/kept/${id}`);
  changed();
}

function changed() { document.dispatchEvent(new CustomEvent("gezel:kept")); }

async function ask(address) {
  const response = await fetch(address, { headers: { "Gezel-Keep": "1" }, signal: AbortSignal.timeout(20_000) });
  if (response.redirected || !response.ok) throw Object.assign(new Error("refused"), { status: response.redirected ? 401 : response.status });
  return response;
}

// Fetch one file to the end and tell how far; what is shorter than it should be is not kept.
async function whole(file, heard) {
  const response = await fetch(file.url, { headers: { "Gezel-Keep": "1" } });
  if (response.redirected || response.status !== 200) throw new Error("refused");
  const reader = response.body.getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    size += value.length;
    heard(size);
  }
  if (file.exact && size !== file.size) throw new Error("short");
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  headers.set("Content-Length", String(size));
  return { size, response: new Response(new Blob(pieces, { type: headers.get("Content-Type") || "" }), { headers }) };
}

// All files go to a place beside the kept one, and take its place when the last has arrived.
async function keep(address, heard = () => {}) {
  const told = await (await ask(address)).json();
  if (told.owner !== owner) throw new Error("refused");
  const room = await navigator.storage?.estimate?.();
  if (room && room.quota - room.usage < told.bytes * 1.2) throw new Error("full");
  const standing = await caches.has(PART + told.id) ? await caches.open(PART + told.id) : null;
  const name = `${PART}${told.id}-new`;
  await caches.delete(name);
  const fresh = await caches.open(name);
  let before = 0;
  try {
    for (const file of told.files) {
      // A picture or film is named by its content: what is here already need not come again.
      const same = file.exact && standing && await standing.match(file.url, match);
      const got = same ? { size: file.size, response: same } : await whole(file, (n) => heard(before + n, told.bytes));
      await fresh.put(file.url, got.response);
      before += got.size;
      heard(before, told.bytes);
    }
    await caches.delete(PART + told.id);
    const place = await caches.open(PART + told.id);
    for (const request of await fresh.keys()) await place.put(request.url, await fresh.match(request));
    const index = await caches.open(INDEX);
    const now = Date.now();
    await index.put(OWNER, Response.json({ owner, language: document.documentElement.lang.slice(0, 2) }));
    await index.put(`/kept/${told.id}`, Response.json({
      id: told.id, owner, title: told.title, page: told.page, also: told.also, stamp: told.stamp,
      address, bytes: before, left_out: told.left_out, at: now, checked: now,
    }));
  } finally {
    await caches.delete(name);
  }
  changed();
  return told;
}

// What the server no longer agrees with goes; what changed there is fetched anew.
let checking = null;
function check() {
  checking ||= really().catch(() => {}).finally(() => { checking = null; });
  return checking;
}
async function really() {
  const here = await entries();
  if (!here.length || !owner) return;
  const address = `/modules/kept/?ids=${here.map((e) => encodeURIComponent(e.id)).join(",")}`;
  let told;
  try {
    told = await (await ask(address)).json();
  } catch (wrong) {
    if (wrong.status === 401) for (const entry of here) await remove(entry.id);
    return;
  }
  const index = await caches.open(INDEX);
  for (const entry of here) {
    const stamp = told.things[entry.id];
    if (told.owner !== entry.owner || stamp === undefined) await remove(entry.id);
    else if (stamp !== entry.stamp && !document.querySelector("[data-player], [data-cards]")) await keep(entry.address).catch(() => {});
    else await index.put(`/kept/${entry.id}`, Response.json({ ...entry, checked: Date.now() }));
  }
}

function size(bytes) {
  const lang = document.documentElement.lang || "en";
  const mega = bytes / 1_000_000;
  return `${new Intl.NumberFormat(lang, { maximumFractionDigits: mega < 10 ? 1 : 0 }).format(Math.max(mega, 0.1))} MB`;
}

async function list(place) {
  const here = await entries();
  place.hidden = false;
  place.querySelector("[data-kept-none]").hidden = here.length > 0;
  const rows = place.querySelector("[data-kept-rows]");
  rows.replaceChildren(...here.map((entry) => {
    const row = place.querySelector("[data-kept-row]").content.cloneNode(true);
    const link = row.querySelector("[data-kept-link]");
    link.href = entry.also[0] || entry.page;
    link.textContent = entry.title;
    row.querySelector("[data-kept-name]").textContent = `: ${entry.title}`;
    row.querySelector("[data-kept-size]").textContent = size(entry.bytes);
    row.querySelector("[data-kept-remove]").addEventListener("click", () => remove(entry.id));
    return row;
  }));
}

// The button at a module and at the cards: <div data-keep="address" data-keep-id="module-7">.
async function button(place) {
  const entry = (await entries()).find((e) => e.id === place.dataset.keepId);
  place.hidden = false;
  place.querySelector("[data-keep-do]").hidden = Boolean(entry);
  place.querySelector("[data-keep-done]").hidden = !entry;
  if (entry) place.querySelector("[data-keep-size]").textContent = size(entry.bytes);
}

async function press(place) {
  const line = place.querySelector("[data-keep-told]");
  const bar = place.querySelector("progress");
  const button_ = place.querySelector("[data-keep-do]");
  button_.disabled = true;
  bar.hidden = false;
  line.textContent = place.dataset.busy;
  try {
    const told = await keep(place.dataset.keep, (now, most) => {
      bar.max = Math.max(most, now, 1);
      bar.value = now;
    });
    line.textContent = told.note || "";
  } catch (wrong) {
    line.textContent = wrong.message === "full" ? place.dataset.full : place.dataset.failed;
  } finally {
    button_.disabled = false;
    bar.hidden = true;
  }
}

function draw() {
  if (!can) return;
  for (const place of document.querySelectorAll("[data-kept-list]")) list(place);
  for (const place of document.querySelectorAll("[data-keep]")) button(place);
}

document.addEventListener("click", (event) => {
  const place = event.target.closest("[data-keep]");
  if (place && event.target.closest("[data-keep-do]")) press(place);
  if (place && event.target.closest("[data-keep-remove]")) remove(place.dataset.keepId);
  if (event.target.closest("[data-try-again]")) location.reload();
});
document.addEventListener("gezel:kept", draw);
document.addEventListener("htmx:afterSettle", draw);

if (can) {
  if (owner) addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
  draw();
  check();
  setInterval(() => { if (!document.hidden) check(); }, CHECK_EVERY);
  addEventListener("online", check);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) check(); });
}
// A finished round needs no memory on this device any more.
const done = document.querySelector("[data-finished]");
if (done) {
  try {
    for (const name of Object.keys(localStorage)) {
      const begun = name.startsWith("gezel:begun:") && localStorage.getItem(name).includes(done.dataset.finished);
      if (begun || /^gezel:(said|place|draft):/.test(name) && name.includes(done.dataset.finished)) localStorage.removeItem(name);
    }
  } catch { /* nothing is kept here */ }
}
window.gezelKept = { keep, remove, entries, check };
