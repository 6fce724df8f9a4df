// The service worker. It keeps three kinds of things, each in a place of its own:
//
//   gezel-shell-<version>   styles, scripts and the offline page: of nobody, renewed with each version
//   gezel-kept-<id>         one module or the cards, only when someone pressed "Keep on this phone"
//   gezel-index             what is kept, whose it is, and when the server last agreed
//
// Pages come from the server whenever it answers; what is kept is shown only when it does not. Each
// page says whose it is (Gezel-Owner). As soon as one says otherwise than the index (someone else
// signed in, or nobody is), all that was kept goes. Answers that wait to be sent are no part of this.
const INDEX = "gezel-index";
const OWNER = "/gezel-owner";
const PART = "gezel-kept-";
const PATIENCE = 4_000; // with a kept copy at hand, nobody waits longer for a bad connection
const LONGEST = 30 * 24 * 3600_000; // not seen by the server for so long: no longer shown
const shell = `gezel-shell-${SHELL.version}`;
const match = { ignoreVary: true };

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(shell);
    await cache.addAll(SHELL.files.map((file) => new Request(file, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("gezel-shell-") && name !== shell) await caches.delete(name);
    }
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  })());
});

async function told(name) {
  const kept = await (await caches.open(INDEX)).match(name, match);
  return kept ? kept.json() : null;
}

async function forgetAll() {
  for (const name of await caches.keys()) if (name.startsWith(PART)) await caches.delete(name);
  await caches.delete(INDEX);
}

// Whose page came in, and in which language they read.
async function note(response) {
  const owner = response.headers.get("Gezel-Owner");
  if (!owner) return;
  const language = (response.headers.get("Content-Language") || "").slice(0, 2);
  const known = await told(OWNER);
  if (known && known.owner === owner && known.language === language) return;
  if (known && known.owner !== owner) await forgetAll();
  await (await caches.open(INDEX)).put(OWNER, Response.json({ owner, language }));
}

async function keptPage(url) {
  const known = await told(OWNER);
  const cache = await caches.open(INDEX);
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname;
    if (!path.startsWith("/kept/")) continue;
    const entry = await (await cache.match(request, match)).json();
    if (!known || entry.owner !== known.owner || Date.now() - entry.checked > LONGEST) continue;
    if (![entry.page, ...entry.also].includes(url.pathname)) continue;
    const page = await caches.match(entry.page, { ...match, cacheName: PART + entry.id });
    if (page) return page;
  }
  return null;
}

async function offlinePage() {
  const known = await told(OWNER);
  const language = known?.language || navigator.language.slice(0, 2);
  const page = await (await caches.open(shell)).match(SHELL.offline[language] || SHELL.offline.en, match);
  return page || Response.error();
}

async function navigate(event) {
  const fromServer = (async () => (await event.preloadResponse) || fetch(event.request))();
  const kept = await keptPage(new URL(event.request.url));
  const late = kept && new Promise((done) => setTimeout(done, PATIENCE));
  try {
    const response = await (late ? Promise.race([fromServer, late]) : fromServer);
    if (response) {
      event.waitUntil(note(response));
      return response;
    }
    fromServer.catch(() => {});
    return kept;
  } catch {
    return kept || offlinePage();
  }
}

// A film is asked for in parts; what is kept is whole.
async function partOf(whole, range) {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range);
  const blob = await whole.blob();
  if (!asked || (!asked[1] && !asked[2])) return new Response(blob, { headers: whole.headers });
  const first = asked[1] ? Number(asked[1]) : Math.max(0, blob.size - Number(asked[2]));
  const last = asked[1] && asked[2] ? Math.min(Number(asked[2]), blob.size - 1) : blob.size - 1;
  if (first > last) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${blob.size}` } });
  const headers = new Headers(whole.headers);
  headers.set("Content-Range", `bytes ${first}-${last}/${blob.size}`);
  headers.set("Content-Length", String(last - first + 1));
  return new Response(blob.slice(first, last + 1, blob.type), { status: 206, headers });
}

async function anywhere(request) {
  for (const name of await caches.keys()) {
    if (name !== shell && !name.startsWith(PART)) continue;
    // Asked without opening: that would make it anew, empty, if it went since we read the names.
    const kept = await caches.match(request.url, { ...match, cacheName: name });
    if (!kept) continue;
    const range = request.headers.get("Range");
    return range ? partOf(kept, range) : kept;
  }
  return null;
}

async function keptFirst(request) {
  return (await anywhere(request)) || fetch(request);
}

async function serverFirst(request) {
  try {
    return await fetch(request);
  } catch (gone) {
    const kept = await anywhere(request);
    if (kept) return kept;
    throw gone;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(navigate(event));
    return;
  }
  if (request.headers.has("Gezel-Keep")) return;
  // Named by their content: what is kept under that name is what the server would send.
  const named = url.pathname.startsWith("/kit/bundle/") || /^\/modules\/\d+\/media\//.test(url.pathname)
    || (SHELL.hashed && url.pathname.startsWith("/static/"));
  if (named) event.respondWith(keptFirst(request));
  else if (url.pathname.startsWith("/static/") || /^\/modules\/\d+\/captions\//.test(url.pathname)) {
    event.respondWith(serverFirst(request));
  }
});
