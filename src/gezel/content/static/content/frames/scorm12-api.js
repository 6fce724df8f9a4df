// The run time of SCORM 1.2: scorm-again, with what it kept before, and what it must not be asked.
//
// scorm-again takes a value for a whole group ("cmi", "cmi.core") and then stands without it, gives
// back such a group as JSON, and goes on taking and giving once the unit has finished. Here only
// names of elements go through, and nothing after the end (RTE 1.2, 3.3: 301).
const ELEMENT = /^(?!.*\.(score|objectives|correct_responses)$)cmi\.(_version|core\.[a-z_]+(\.[a-z_]+)?|suspend_data|launch_data|comments|comments_from_lms|student_data\.[a-z_]+|student_preference\.[a-z_]+|(objectives|interactions)\.(_children|_count|\d+\.[a-z_]+(\.(\d+\.)?[a-z_]+)?))$/;

/** The API for a unit of SCORM 1.2; `told.cmi` is what it kept, `hooks` as for `Scorm2004`. */
export function scorm12(told, hooks) {
  const api = new window.Scorm12API({ autocommit: false, logLevel: 5, mastery_override: true, autoCompleteLessonStatus: false });
  api.loadFromJSON(told.cmi ?? {}, "cmi");
  api.state = "new";
  const get = api.LMSGetValue.bind(api);
  const set = api.LMSSetValue.bind(api);
  const initialize = api.LMSInitialize.bind(api);
  const finish = api.LMSFinish.bind(api);

  api.snapshot = () => {
    const { cmi } = api.renderCMIToJSONObject();
    cmi.core.total_time = api.cmi.getCurrentTotalTime();
    delete cmi.core.session_time;
    return { cmi };
  };
  const refuse = (code, answer = "false") => {
    api.lastErrorCode = code;
    return answer;
  };
  api.LMSGetValue = (element) => {
    if (api.state === "ended") return refuse("301", "");
    if (api.state === "running" && !ELEMENT.test(String(element))) return refuse("201", "");
    return get(element);
  };
  api.LMSInitialize = (argument = "") => {
    const answer = initialize(argument);
    if (answer === "true") api.state = "running";
    return answer;
  };
  api.LMSSetValue = (element, value) => {
    if (api.state === "ended") return refuse("301");
    if (api.state === "running" && !ELEMENT.test(String(element))) return refuse("201");
    const answer = set(element, value);
    if (answer === "true") hooks.changed();
    return answer;
  };
  api.LMSCommit = ((commit) => (argument = "") => {
    if (api.state === "ended") return refuse("301");
    const answer = commit(argument);
    if (answer === "true") hooks.commit(api.snapshot());
    return answer;
  })(api.LMSCommit.bind(api));
  api.LMSFinish = (argument = "") => {
    if (api.state === "ended") return refuse("301");
    if (api.state !== "running") return finish(argument);
    const before = api.snapshot();
    const answer = finish(argument);
    if (answer !== "true") return answer;
    api.state = "ended";
    const after = api.snapshot();
    // What finishing decides (passed by the mastery score) counts; the time was told before.
    after.cmi.core.total_time = before.cmi.core.total_time;
    after.cmi.core.exit = before.cmi.core.exit ?? "";
    if (after.cmi.core.lesson_status === "not attempted") after.cmi.core.lesson_status = "completed";
    hooks.terminate(after, "_none_");
    return answer;
  };
  return api;
}
