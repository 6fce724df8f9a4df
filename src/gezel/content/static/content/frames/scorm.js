// Holds the SCORM API at the origin of one attempt, where the unit's frames find it in `parent`,
// and speaks with our page by messages. It knows this one launch and nothing else.
//
// Where every document is alone (no star in GEZEL_CONTENT_URL), this script stands inside the
// unit's own page instead, which then finds the API in its own window.
import { Scorm2004 } from "./scorm2004.js";
import { scorm12 } from "./scorm12-api.js";

const QUIET = 700; // ms without a call before what was set is handed over by itself
let told = {};
try { told = JSON.parse(window.name); } catch { /* not opened by our page */ }
// What runs inside may not read the nonce of this launch from our window's name.
if (told.wrapped) window.name = "";

let ended = false; // the unit said that it is done
let leaving = false;
let timer = 0;

const say = (message) => parent.postMessage({ gezel: told.nonce, ...message }, told.ours);
function commit(data, end = false) {
  clearTimeout(timer);
  say({ say: "commit", data, end });
}

const hooks = {
  commit: (data) => commit(data),
  changed: () => { clearTimeout(timer); timer = setTimeout(() => commit(api.snapshot()), QUIET); },
  terminate: (data, request) => {
    ended = true;
    commit(data, true);
    // Where the learner is going comes before what the unit asks meanwhile.
    if (leaving) return;
    const where = ["time-out", "logout"].includes(data.cmi?.exit) ? "exitAll" : request;
    // The call must return to the unit before its frame goes.
    if (where && where !== "_none_") setTimeout(() => say({ say: "go", where, left: true }));
  },
};

const api = told.form === "scorm2004"
  ? new Scorm2004({ cmi: told.cmi, stores: told.stores, rules: told.rules }, hooks)
  : scorm12(told, hooks);
window[told.form === "scorm2004" ? "API_1484_11" : "API"] = api;

let frame = null;
if (told.wrapped) {
  frame = document.createElement("iframe");
  frame.title = told.title || "SCORM";
  frame.allow = "fullscreen; autoplay; unload";
  frame.allowFullscreen = true;
  frame.src = told.address;
  document.body.append(frame);
}

// Whatever the unit does when its frame goes is done before the new page is there.
function leave() {
  leaving = true;
  const done = () => {
    clearTimeout(timer);
    if (!ended && told.tracked) commit(api.snapshot(), true);
    say({ say: "left" });
  };
  if (!frame) { done(); return; }
  frame.addEventListener("load", done, { once: true });
  frame.src = "about:blank";
}

addEventListener("message", (event) => {
  if (event.source !== parent || event.origin !== told.ours || event.data?.gezel !== told.nonce) return;
  if (event.data.say === "leave") leave();
  if (event.data.say === "valid" && api.rules) api.rules.valid = event.data.valid;
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden && !ended && told.tracked && api.state === "running") commit(api.snapshot());
});
// An asset says nothing by itself; that it was opened is all there is to know.
if (!told.tracked) commit({ cmi: {}, opened: true });
