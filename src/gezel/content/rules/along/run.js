// A module taken along: checks answers and reports them to the system it plays in, which may speak
// SCORM 2004, SCORM 1.2 or cmi5. Made by Gezel; it fetches nothing from there.
"use strict";
(async () => {
  const told = JSON.parse(document.getElementById("told").textContent);
  const say = told.words;
  const byId = (id) => document.getElementById(id);
  const began = Date.now();
  const state = { answers: {}, written: {}, done: false };

  // --- The system around us ---------------------------------------------------------------------

  function find(name) {
    const look = (from) => {
      for (let here = from, tries = 0; here && tries < 20; tries += 1) {
        try { if (here[name]) return here[name]; } catch { return null; }
        if (here === here.parent) return null;
        here = here.parent;
      }
      return null;
    };
    try { return look(window) ?? (window.opener ? look(window.opener) : null); } catch { return null; }
  }

  const spent = () => Math.max(1, Math.round((Date.now() - began) / 1000));

  function scorm2004(api) {
    const set = (name, value) => api.SetValue(name, String(value));
    let open = String(api.Initialize("")) === "true";
    return {
      read: () => api.GetValue("cmi.suspend_data"),
      keep: (text) => { set("cmi.suspend_data", text); set("cmi.exit", "suspend"); api.Commit(""); },
      answered(id, question, said, right) {
        let at = Number(api.GetValue("cmi.interactions._count")) || 0;
        const kind = question.kind === "sequencing" ? "sequencing" : question.kind;
        const joined = kind === "matching" ? said.map((to, from) => `${from}[.]${to}`).join("[,]") : said.join("[,]");
        set(`cmi.interactions.${at}.id`, id);
        set(`cmi.interactions.${at}.type`, kind);
        set(`cmi.interactions.${at}.learner_response`, joined);
        set(`cmi.interactions.${at}.result`, right ? "correct" : "incorrect");
      },
      finish({ share, passed }) {
        if (share !== null) {
          set("cmi.score.scaled", share); set("cmi.score.raw", Math.round(share * 100));
          set("cmi.score.min", 0); set("cmi.score.max", 100);
        }
        set("cmi.completion_status", "completed");
        set("cmi.success_status", passed === null ? "unknown" : passed ? "passed" : "failed");
        api.Commit("");
      },
      end() { if (open) { open = false; set("cmi.session_time", `PT${spent()}S`); api.Commit(""); api.Terminate(""); } },
    };
  }

  function scorm12(api) {
    const set = (name, value) => api.LMSSetValue(name, String(value));
    let open = String(api.LMSInitialize("")) === "true";
    if (api.LMSGetValue("cmi.core.lesson_status") === "not attempted") set("cmi.core.lesson_status", "incomplete");
    return {
      read: () => api.LMSGetValue("cmi.suspend_data"),
      keep: (text) => { if (text.length <= 4096) set("cmi.suspend_data", text); set("cmi.core.exit", "suspend"); api.LMSCommit(""); },
      answered(id, question, said, right) {
        const at = Number(api.LMSGetValue("cmi.interactions._count")) || 0;
        set(`cmi.interactions.${at}.id`, id);
        set(`cmi.interactions.${at}.type`, question.kind);
        set(`cmi.interactions.${at}.student_response`, said.join(",").slice(0, 255));
        set(`cmi.interactions.${at}.result`, right ? "correct" : "wrong");
      },
      finish({ share, passed }) {
        if (share !== null) { set("cmi.core.score.raw", Math.round(share * 100)); set("cmi.core.score.min", 0); set("cmi.core.score.max", 100); }
        set("cmi.core.lesson_status", passed === null ? "completed" : passed ? "passed" : "failed");
        api.LMSCommit("");
      },
      end() {
        if (!open) return;
        open = false;
        const all = spent(), two = (n) => String(n).padStart(2, "0");
        set("cmi.core.session_time", `${two(Math.floor(all / 3600))}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`);
        api.LMSCommit(""); api.LMSFinish("");
      },
    };
  }

  async function cmi5(given) {
    const endpoint = given.get("endpoint").replace(/\/*$/, "/");
    const token = (await (await fetch(given.get("fetch"), { method: "POST" })).json())["auth-token"];
    const headers = { Authorization: `Basic ${token}`, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json" };
    const actor = given.get("actor"), registration = given.get("registration"), activity = given.get("activityId");
    const where = (id) => `${endpoint}activities/state?${new URLSearchParams({ activityId: activity, agent: actor, registration, stateId: id })}`;
    const launch = await (await fetch(where("LMS.LaunchData"), { headers })).json();
    const profile = `${endpoint}agents/profile?${new URLSearchParams({ agent: actor, profileId: "cmi5LearnerPreferences" })}`;
    await fetch(profile, { headers }).catch(() => null);
    const normal = launch.launchMode === "Normal";
    const kept = await fetch(where("gezel"), { headers }).then((r) => (r.ok ? r.text() : "")).catch(() => "");
    const moveOn = "https://w3id.org/xapi/cmi5/context/categories/moveon";
    const span = () => `PT${spent()}S`;
    let open = true, sending = Promise.resolve();
    // A session says once whether someone passed. What was not enough is said when they leave:
    // until then they may do better.
    let short = null;
    function made(verb, result, { moves = false } = {}) {
      const context = JSON.parse(JSON.stringify(launch.contextTemplate ?? {}));
      context.registration = registration;
      context.contextActivities ??= {};
      const categories = context.contextActivities.category ??= [];
      categories.push({ id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" });
      if (moves) categories.push({ id: moveOn });
      if (moves && launch.masteryScore !== undefined && /passed|failed/.test(verb)) {
        context.extensions = { ...context.extensions, "https://w3id.org/xapi/cmi5/context/extensions/masteryscore": launch.masteryScore };
      }
      return {
        id: crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b, i) => ((i === 6 ? (b & 15) | 64 : i === 8 ? (b & 63) | 128 : b).toString(16).padStart(2, "0")) + ([3, 5, 7, 9].includes(i) ? "-" : "")).join(""),
        actor: JSON.parse(actor), verb: { id: `http://adlnet.gov/expapi/verbs/${verb}`, display: { en: verb } },
        object: { objectType: "Activity", id: activity }, context, timestamp: new Date().toISOString(), ...(result ? { result } : {}),
      };
    }
    function tell(...statements) {
      sending = sending.then(() => fetch(`${endpoint}statements`,
        { method: "POST", headers, body: JSON.stringify(statements), keepalive: true })).catch(() => null);
      return sending;
    }
    async function end() {
      if (!open) return;
      open = false;
      await tell(...(short ? [made("failed", short, { moves: true })] : []), made("terminated", { duration: span() }));
    }
    await tell(made("initialized"));
    return {
      read: () => kept,
      keep: (text) => { if (normal) fetch(where("gezel"), { method: "PUT", headers: { ...headers, "Content-Type": "text/plain" }, body: text, keepalive: true }).catch(() => null); },
      answered() {},
      async finish({ share, passed, first }) {
        if (!normal || !first) return;
        const result = { duration: span() };
        if (passed !== null) {
          Object.assign(result, { score: { scaled: share }, success: share >= (launch.masteryScore ?? told.pass / 100) });
          short = result.success ? null : result;
          if (short) return;
          await tell(made("passed", result, { moves: true }));
        }
        await tell(made("completed", { completion: true, duration: span() }, { moves: true }));
      },
      end,
      async done() { await end(); if (launch.returnURL) location.assign(launch.returnURL); },
    };
  }

  async function around() {
    const given = new URLSearchParams(location.search);
    if (given.get("endpoint") && given.get("fetch")) return cmi5(given);
    const newer = find("API_1484_11");
    if (newer) return scorm2004(newer);
    const older = find("API");
    return older ? scorm12(older) : null;
  }

  // --- Answers ----------------------------------------------------------------------------------

  const fold = (text) => text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
  const figure = (text) => Number(text.trim().replace("−", "-").replace(/\s/g, "").replace(",", "."));

  function saidIn(form) {
    const picked = [...form.querySelectorAll("input:checked")].map((input) => input.value).sort();
    const selects = [...form.querySelectorAll("select")];
    if (selects.length) return selects.every((s) => s.value) ? selects.map((s) => s.value) : [];
    const line = form.querySelector("input[inputmode]");
    if (line) return line.value.trim() ? [line.value.trim()] : [];
    return picked;
  }

  function isRight(question, said) {
    if (question.kind === "fill-in") return question.right.some((text) => fold(text) === fold(said[0]));
    if (question.kind === "numeric") {
      const [value, off] = question.right.map(Number);
      const told_ = figure(said[0]);
      return Number.isFinite(told_) && Math.abs(told_ - value) <= off + Math.abs(value) * 1e-12;
    }
    return said.length === question.right.length && said.every((one, at) => one === question.right[at]);
  }

  function judge(form, id, said) {
    const question = told.questions[id];
    const right = isRight(question, said);
    const verdict = form.querySelector(".verdict");
    const whys = question.whys ? said.map((key) => question.whys[key]).filter(Boolean) : [];
    verdict.dataset.tone = right ? "good" : "bad";
    verdict.textContent = [right ? say.right : say.wrong, ...whys, question.why].filter(Boolean).join("\n");
    return right;
  }

  const system = await around().catch(() => null);
  try { Object.assign(state, JSON.parse(system?.read() || "{}")); } catch { /* kept by another edition */ }
  if (!system) byId("result").textContent = say.alone;
  const keep = () => system?.keep(JSON.stringify(state));

  for (const form of document.querySelectorAll("[data-question]")) {
    const id = form.closest("section").id;
    const said = state.answers[id];
    if (Array.isArray(said)) {
      const selects = form.querySelectorAll("select");
      const line = form.querySelector("input[inputmode]");
      if (selects.length) selects.forEach((select, at) => { select.value = said[at] ?? ""; });
      else if (line) line.value = said[0] ?? "";
      else for (const input of form.querySelectorAll("input")) input.checked = said.includes(input.value);
      if (said.length) judge(form, id, said);
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const now = saidIn(form);
      if (!now.length) { form.querySelector(".verdict").textContent = say.open; return; }
      state.answers[id] = now;
      system?.answered(`${id}`, told.questions[id], now, judge(form, id, now));
      keep();
    });
  }
  for (const field of document.querySelectorAll("textarea, section[data-kind=checklist] input")) {
    const id = field.id || `${field.closest("section").id}-${field.value}`;
    if (field.type === "checkbox") field.checked = state.written[id] === true;
    else if (typeof state.written[id] === "string") field.value = state.written[id];
    field.addEventListener("change", () => {
      state.written[id] = field.type === "checkbox" ? field.checked : field.value.slice(0, 1000);
      keep();
    });
  }

  byId("finish").addEventListener("click", async () => {
    const asked = Object.keys(told.questions);
    const open = asked.find((id) => !state.answers[id]);
    if (open) {
      byId("result").textContent = say.open;
      byId(open).scrollIntoView();
      byId(open).querySelector("input, select")?.focus();
      return;
    }
    const right = asked.filter((id) => isRight(told.questions[id], state.answers[id])).length;
    const share = asked.length ? right / asked.length : null;
    const passed = asked.length ? right * 100 >= told.pass * asked.length : null;
    const first = !state.done;
    state.done = passed !== false;
    keep();
    await system?.finish({ share, passed, first });
    const words = asked.length ? say.result.replace("{right}", right).replace("{questions}", asked.length) : "";
    const short = passed === false ? say.score.replace("{percent}", told.pass) : say.done;
    byId("result").textContent = [words, short].filter(Boolean).join(" ");
    // Only cmi5 knows a way back.
    if (passed !== false) await system?.done?.();
  });
  addEventListener("pagehide", () => system?.end());
  document.documentElement.dataset.ready = "";
})();
