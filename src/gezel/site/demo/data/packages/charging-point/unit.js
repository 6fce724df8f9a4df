// A small cmi5 unit: what it needs stands in the address, what it did goes to the record store.
const given = Object.fromEntries(new URLSearchParams(location.search));
const actor = JSON.parse(given.actor);
const began = Date.now();
const CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
const MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon";
const MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
let token = "";
let data = {};

export const language = () => preferences.languagePreference?.startsWith("en") ? "en" : "nl";
let preferences = {};

async function ask(method, path, parameters, body) {
  const query = new URLSearchParams(parameters);
  const answer = await fetch(`${given.endpoint}${path}?${query}`, {
    method,
    headers: {
      Authorization: `Basic ${token}`,
      "X-Experience-API-Version": "1.0.3",
      "Content-Type": "application/json",
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

export function say(verb, result) {
  const context = structuredClone(data.contextTemplate);
  context.registration = given.registration;
  const moves = result && ("success" in result || "completion" in result);
  context.contextActivities.category = [CMI5, ...(moves ? [MOVE_ON] : [])].map((id) => ({ id }));
  if (result?.score && data.masteryScore !== undefined) context.extensions[MASTERY] = data.masteryScore;
  return ask("POST", "statements", {}, [{
    id: crypto.randomUUID(),
    actor,
    verb: { id: `http://adlnet.gov/expapi/verbs/${verb}`, display: { en: verb } },
    object: { objectType: "Activity", id: given.activityId },
    context,
    ...(result ? { result } : {}),
    timestamp: new Date().toISOString(),
  }]);
}

export const lasted = () => `PT${Math.round((Date.now() - began) / 1000)}S`;
export const may = () => data.launchMode === "Normal";
export const enough = () => data.masteryScore ?? 0.6;

export async function begin() {
  const fetched = await (await fetch(given.fetch, { method: "POST" })).json();
  if (!fetched["auth-token"]) throw new Error(fetched["error-text"]);
  token = fetched["auth-token"];
  const agent = JSON.stringify(actor);
  data = await ask("GET", "activities/state", {
    stateId: "LMS.LaunchData", activityId: given.activityId, agent, registration: given.registration,
  });
  preferences = await ask("GET", "agents/profile", { profileId: "cmi5LearnerPreferences", agent });
  await say("initialized");
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll("[data-nl]")) {
    element.textContent = element.dataset[language()];
  }
  document.querySelector("main").hidden = false;
}

export async function end() {
  await say("terminated", { duration: lasted() });
  if (data.returnURL) location.href = data.returnURL;
}

export function trouble(error) {
  const main = document.querySelector("main");
  main.hidden = false;
  main.textContent = `Dit onderdeel kan niet beginnen. This part cannot begin. (${error.message})`;
}
