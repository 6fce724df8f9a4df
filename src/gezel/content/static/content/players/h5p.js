// The player of H5P content, inside the box. It holds h5p-standalone, listens to what the content
// reports (xAPI), keeps where someone is, and tells the page around it; see content/players.
"use strict";
(() => {
  const told = JSON.parse(window.name || "{}");
  const room = document.getElementById("room");
  const EVERY = 5_000;
  const began = Date.now();
  const before = told.kept && typeof told.kept === "object" ? told.kept : {};
  const now = {
    state: typeof before.state === "string" ? before.state : "",
    completed: before.completed === true,
    passed: typeof before.passed === "boolean" ? before.passed : null,
    score: typeof before.score === "number" ? before.score : null,
    seconds: Number.isInteger(before.seconds) ? before.seconds : 0,
    parts: before.parts && typeof before.parts === "object" ? before.parts : {},
  };
  const DONE = ["completed", "passed", "failed", "answered", "mastered"];
  const PART = "http://h5p.org/x-api/h5p-subContentId";
  const MOST_PARTS = 300;
  const spentBefore = now.seconds;
  let sent = JSON.stringify({ ...now, seconds: 0 });

  const say = (words) => window.parent.postMessage({ gezel: told.nonce, ...words }, told.ours);

  // Where every document stands alone, the browser keeps nothing for it; H5P expects a place.
  try {
    window.localStorage.length;
  } catch {
    for (const name of ["localStorage", "sessionStorage"]) {
      const kept = new Map();
      Object.defineProperty(window, name, { value: {
        getItem: (key) => kept.get(String(key)) ?? null,
        setItem: (key, value) => kept.set(String(key), String(value)),
        removeItem: (key) => kept.delete(String(key)),
        clear: () => kept.clear(),
        key: (at) => [...kept.keys()][at] ?? null,
        get length() { return kept.size; },
      } });
    }
  }

  function look() {
    try {
      const state = window.H5P?.instances?.[0]?.getCurrentState?.();
      if (state !== undefined && state !== null) now.state = JSON.stringify(state);
    } catch { /* content that cannot tell where it is begins anew next time */ }
  }

  function commit(end = false) {
    look();
    const said = JSON.stringify({ ...now, seconds: 0 });
    if (!end && said === sent) return;
    sent = said;
    now.seconds = spentBefore + Math.round((Date.now() - began) / 1000);
    say({ say: "commit", data: { ...now }, end });
  }

  // From -1 to 1, however it was told; null where it was not.
  function shareOf({ scaled, raw, max } = {}) {
    const share = Number.isFinite(scaled) ? scaled : max > 0 && Number.isFinite(raw) ? raw / max : null;
    return share === null ? null : Math.max(-1, Math.min(1, share));
  }

  function hear(event) {
    const statement = event?.data?.statement;
    const verb = String(statement?.verb?.id ?? "").split("/").pop();
    if (!DONE.includes(verb)) return;
    const result = statement.result ?? {};
    const share = shareOf(result.score);
    const success = typeof result.success === "boolean" ? result.success
      : verb === "passed" || verb === "mastered" ? true : verb === "failed" ? false : null;
    // A part says what it is a part of, or by its own number that it is one; some say only one of
    // these. What it came to is in the sum of the whole, and counts as the whole says.
    const number = statement.object?.definition?.extensions?.[PART];
    if (number || statement.context?.contextActivities?.parent?.length) {
      hearPart(String(number ?? statement.object?.id ?? "").slice(-200), verb, statement, success, share);
    } else {
      now.completed = true;
      // Content may be tried again: the best counts.
      if (share !== null) now.score = Math.max(share, now.score ?? -1);
      if (success !== null) now.passed = success || now.passed === true;
    }
    commit();
  }

  function hearPart(name, verb, statement, success, score) {
    const known = Object.hasOwn(now.parts, name);
    if (!known && Object.keys(now.parts).length >= MOST_PARTS) return;
    const said = statement.object?.definition ?? {};
    const words = said.name ?? said.description ?? {};
    const response = statement.result?.response;
    now.parts[name] = {
      tries: (known ? now.parts[name].tries : 0) + 1,
      title: String(words["en-US"] ?? Object.values(words)[0] ?? "").trim().slice(0, 250),
      answered: verb === "answered" || Boolean(said.interactionType) || response !== undefined,
      response: response === undefined ? null : String(response).slice(0, 500),
      success,
      score,
    };
  }

  function broken(error) {
    room.replaceChildren(Object.assign(document.createElement("p"), {
      className: "said", role: "alert",
      textContent: `This content does not open: ${error?.message ?? error}`,
    }));
  }

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== told.ours) return;
    if (event.data?.gezel !== told.nonce || event.data.say !== "leave") return;
    commit(true);
    say({ say: "left" });
  });
  window.addEventListener("pagehide", () => commit());

  const script = document.createElement("script");
  script.src = "h5p/main.bundle.js";
  script.onerror = () => broken("the player is missing");
  script.onload = async () => {
    try {
      const here = new URL("h5p/", location.href).href;
      await new window.H5PStandalone.H5P(room, {
        id: "gezel",
        h5pJsonPath: told.content,
        frameJs: `${here}frame.bundle.js`,
        frameCss: `${here}styles/h5p.css`,
        embedType: "div",
        title: told.title,
        metadata: { title: told.title, license: "U" },
        saveFreq: EVERY / 1000,
        icon: false,
        reportingIsEnabled: true,
        contentUserData: now.state ? [{ state: now.state }] : undefined,
      });
      window.H5P.externalDispatcher.on("xAPI", hear);
      setInterval(() => commit(), EVERY);
    } catch (error) {
      broken(error);
    }
  };
  document.head.append(script);
})();
