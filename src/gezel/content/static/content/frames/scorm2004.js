// The run time of SCORM 2004 (4th edition): the data model and the API that a unit talks to.
//
// scorm-again, which plays SCORM 1.2 here, departs from the standard for 2004 in some two thousand
// of the calls of ADL's own test suite (a value set to "cmi" replaces the whole model; a language
// that does not exist is taken). So this part is ours, one table of elements and the rules of the
// standard; `tests/test_adl.py` replays the suite against it.
//
// Source: ADL SCORM 2004 4th Edition, Run-Time Environment (2009), chapters 3 and 4. It knows
// nothing of windows or servers: what is committed goes to `hooks.commit`, and what the unit asks
// of navigation to `hooks.terminate`.
//
// What ISO 639 calls languages; {lang=xx} must name one of them (RTE 4.1.1.6).
const LANGUAGES = new Set(`
  aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el
  en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it
  iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo
  mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh
  si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh
  yi yo za zh zu aar abk ace ach ada ady afa afh afr ain aka akk alb ale alg alt amh ang anp apa ara arc arg arm
  arn arp art arw asm ast ath aus ava ave awa aym aze bad bai bak bal bam ban baq bas bat bej bel bem ben ber
  bho bih bik bin bis bla bnt bod bos bra bre btk bua bug bul bur byn cad cai car cat cau ceb cel ces cha chb
  che chg chi chk chm chn cho chp chr chu chv chy cmc cnr cop cor cos cpe cpf cpp cre crh crp csb cus cym cze
  dak dan dar day del den deu dgr din div doi dra dsb dua dum dut dyu dzo efi egy eka ell elx eng enm epo est
  eus ewe ewo fan fao fas fat fij fil fin fiu fon fra fre frm fro frr frs fry ful fur gaa gay gba gem geo ger
  gez gil gla gle glg glv gmh goh gon gor got grb grc gre grn gsw guj gwi hai hat hau haw heb her hil him hin
  hit hmn hmo hrv hsb hun hup hye iba ibo ice ido iii ijo iku ile ilo ina inc ind ine inh ipk ira iro isl ita
  jav jbo jpn jpr jrb kaa kab kac kal kam kan kar kas kat kau kaw kaz kbd kha khi khm kho kik kin kir kmb kok
  kom kon kor kos kpe krc krl kro kru kua kum kur kut lad lah lam lao lat lav lez lim lin lit lol loz ltz lua
  lub lug lui lun luo lus mac mad mag mah mai mak mal man mao map mar mas may mdf mdr men mga mic min mis mkd
  mkh mlg mlt mnc mni mno moh mol mon mos mri msa mul mun mus mwl mwr mya myn myv nah nai nap nau nav nbl nde
  ndo nds nep new nia nic niu nld nno nob nog non nor nqo nso nub nwc nya nym nyn nyo nzi oci oji ori orm osa
  oss ota oto paa pag pal pam pan pap pau peo per phi phn pli pol pon por pra pro pus que raj rap rar roa roh
  rom ron rum run rup rus sad sag sah sai sal sam san sas sat scc scn sco scr sel sem sga sgn shn sid sin sio
  sit sla slk slo slv sma sme smi smj smn smo sms sna snd snk sog som son sot spa sqi srd srn srp srr ssa ssw
  suk sun sus sux swa swe syc syr tah tai tam tat tel tem ter tet tgk tgl tha tib tig tir tiv tkl tlh tli tmh
  tog ton tpi tsi tsn tso tuk tum tup tur tut tvl twi tyv udm uga uig ukr umb und urd uzb vai ven vie vol vot
  wak wal war was wel wen wln wol xal xho yao yap yid yor ypk zap zbl zen zgh zha zho znd zul zun zxx zza`.trim().split(/\s+/));

const MESSAGES = {
  0: "No Error", 101: "General Exception", 102: "General Initialization Failure", 103: "Already Initialized",
  104: "Content Instance Terminated", 111: "General Termination Failure", 112: "Termination Before Initialization",
  113: "Termination After Termination", 122: "Retrieve Data Before Initialization", 123: "Retrieve Data After Termination",
  132: "Store Data Before Initialization", 133: "Store Data After Termination", 142: "Commit Before Initialization",
  143: "Commit After Termination", 201: "General Argument Error", 301: "General Get Failure", 351: "General Set Failure",
  391: "General Commit Failure", 401: "Undefined Data Model Element", 402: "Unimplemented Data Model Element",
  403: "Data Model Element Value Not Initialized", 404: "Data Model Element Is Read Only",
  405: "Data Model Element Is Write Only", 406: "Data Model Element Type Mismatch",
  407: "Data Model Element Value Out Of Range", 408: "Data Model Dependency Not Established",
};

class Fault extends Error {
  constructor(code) { super(String(code)); this.code = code; }
}
const need = (holds, code) => { if (!holds) throw new Fault(code); };

// ---- what a value may be ------------------------------------------------------------------------

function isLanguage(text) {
  if (text === "") return true;
  const [first, ...rest] = text.split("-");
  if (!rest.every((part) => /^[A-Za-z0-9]{1,8}$/.test(part))) return false;
  if (/^[ix]$/i.test(first)) return rest.length > 0;
  return LANGUAGES.has(first.toLowerCase());
}

// "{lang=nl}text": the text, and whether the language is one.
function localized(text) {
  const found = /^\{lang=([^}]*)\}/.exec(text);
  return !found || (found[1] !== "" && isLanguage(found[1]));
}
const localizedOf = (most) => (value) => need(localized(value) && value.length <= most + 250, 406);
const textOf = () => (value) => need(typeof value === "string", 406);
const oneOf = (...words) => (value) => need(words.includes(value), 406);

const isReal = (value) => /^-?\d+(\.\d+)?$|^-?\.\d+$/.test(value);
const realIn = (least = -Infinity, most = Infinity) => (value) => {
  need(isReal(value), 406);
  need(Number(value) >= least && Number(value) <= most, 407);
};

function isShortIdentifier(value) {
  if (value === "" || /[\s{}[\]<>"\\^`|]/.test(value)) return false;
  return !/^urn:/i.test(value) || /^urn:[A-Za-z0-9][-A-Za-z0-9]{1,31}:\S+$/.test(value);
}
const identifier = (value) => need(isShortIdentifier(value), 406);

const TIME = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d{1,2}(?:Z|[+-]\d\d(?::\d\d)?)?)?)?)?)?)?)?$/;
function time(value) {
  const found = TIME.exec(value);
  need(found, 406);
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  need(year >= 1970 && year <= 2038, 406);
  need(month === undefined || (month >= 1 && month <= 12), 406);
  need(day === undefined || (day >= 1 && day <= new Date(year, month, 0).getDate()), 406);
  need((hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60, 406);
  const zone = /[+-](\d\d)(?::(\d\d))?$/.exec(value.slice(19));
  need(!zone || (Number(zone[1]) < 24 && Number(zone[2] ?? 0) < 60), 406);
}

const SPAN = /^P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,2})?)S)?)?$/;
const span = (value) => need(SPAN.test(value), 406);

function added(one, other) {
  const sum = [1, 2, 3, 4, 5, 6].map((part) => Number(SPAN.exec(one)[part] ?? 0) + Number(SPAN.exec(other)[part] ?? 0));
  let [years, months, days, hours, minutes, seconds] = sum;
  seconds = Math.round(seconds * 100) / 100;
  minutes += Math.floor(seconds / 60); seconds = Math.round((seconds % 60) * 100) / 100;
  hours += Math.floor(minutes / 60); minutes %= 60;
  days += Math.floor(hours / 24); hours %= 24;
  years += Math.floor(months / 12); months %= 12;
  const told = (parts) => parts.filter(([amount]) => amount).map(([amount, unit]) => `${amount}${unit}`).join("");
  const date = told([[years, "Y"], [months, "M"], [days, "D"]]);
  const clock = told([[hours, "H"], [minutes, "M"], [seconds, "S"]]);
  return date || clock ? `P${date}${clock && `T${clock}`}` : "PT0H0M0S";
}

// ---- interactions: what a response and a pattern may be (RTE 4.2.9) -----------------------------

const split = (value, sign) => (value === "" ? [] : value.split(sign));
const identifiers = (value, { unique, empty }) => {
  const parts = split(value, "[,]");
  need((empty || parts.length) && parts.every(isShortIdentifier), 406);
  need(!unique || new Set(parts).size === parts.length, 406);
};
const pairs = (value) => {
  need(split(value, "[,]").length > 0, 406);
  for (const pair of split(value, "[,]")) {
    const both = pair.split("[.]");
    need(both.length === 2 && both.every(isShortIdentifier), 406);
  }
};
const range = (value) => {
  const ends = value.split("[:]");
  need(ends.length === 2 && ends.every((end) => end === "" || isReal(end)), 406);
  need(ends.includes("") || Number(ends[0]) <= Number(ends[1]), 406);
};
const steps = (value, { pattern }) => {
  const all = split(value, "[,]");
  need(all.length > 0, 406);
  for (const step of all) {
    const both = step.split("[.]");
    need(both.length === 2 && (both[0] !== "" || both[1] !== ""), 406);
    need(both[0] === "" || isShortIdentifier(both[0]), 406);
    if (pattern && both[1].includes("[:]")) range(both[1]);
  }
};
// The signs before a pattern, in any order: "{case_matters=true}{order_matters=false}". What comes
// after a language is text, whatever it looks like.
const unsigned = (value, ...allowed) => {
  const found = /^\{(case_matters|order_matters)=([^}]*)\}/.exec(value);
  if (!found || !allowed.includes(found[1])) return value;
  need(["true", "false"].includes(found[2]), 406);
  return unsigned(value.slice(found[0].length), ...allowed);
};
const texts = (value) => need(value.split("[,]").every(localized), 406);
const TYPES = {
  "true-false": { response: oneOf("true", "false"), pattern: oneOf("true", "false"), single: true },
  choice: {
    response: (value) => identifiers(value, { unique: true, empty: true }),
    pattern: (value) => identifiers(value, { unique: true, empty: true }), distinct: (value) => split(value, "[,]").sort().join("[,]"),
  },
  "fill-in": { response: texts, pattern: (value) => texts(unsigned(value, "case_matters", "order_matters")) },
  "long-fill-in": { response: (value) => need(localized(value), 406), pattern: (value) => need(localized(unsigned(value, "case_matters")), 406) },
  likert: { response: identifier, pattern: identifier, single: true },
  matching: { response: pairs, pattern: pairs },
  performance: {
    response: (value) => steps(value, { pattern: false }),
    pattern: (value) => steps(unsigned(value, "order_matters"), { pattern: true }),
  },
  sequencing: {
    response: (value) => identifiers(value, { unique: false, empty: false }),
    pattern: (value) => identifiers(value, { unique: false, empty: false }), distinct: (value) => value,
  },
  numeric: { response: (value) => need(isReal(value), 406), pattern: range, single: true },
  other: { response: textOf(), pattern: textOf(), single: true },
};
const RESULTS = ["correct", "incorrect", "unanticipated", "neutral"];

// ---- the table of elements ----------------------------------------------------------------------

const SCORE = { scaled: { check: realIn(-1, 1) }, raw: { check: realIn() }, min: { check: realIn() }, max: { check: realIn() } };
const STATUS = { check: oneOf("passed", "failed", "unknown"), otherwise: "unknown" };
const COMPLETION = { check: oneOf("completed", "incomplete", "not attempted", "unknown"), otherwise: "unknown" };
const readOnly = { readOnly: true };
const comments = (extra) => ({ list: { comment: { check: localizedOf(4000), ...extra }, location: { check: textOf(), ...extra }, timestamp: { check: time, ...extra } } });
const ELEMENTS = {
  cmi: {
    group: {
      _version: { readOnly: true, otherwise: "1.0" },
      comments_from_learner: comments({}),
      comments_from_lms: comments(readOnly),
      completion_status: COMPLETION,
      completion_threshold: readOnly,
      credit: { readOnly: true, otherwise: "credit" },
      entry: { readOnly: true, otherwise: "" },
      exit: { writeOnly: true, check: oneOf("time-out", "suspend", "logout", "normal", "") },
      interactions: {
        key: "id",
        list: {
          id: { check: identifier },
          type: { check: oneOf(...Object.keys(TYPES)) },
          objectives: { key: "id", unique: true, list: { id: { check: identifier } } },
          timestamp: { check: time },
          correct_responses: { patterns: true, list: { pattern: {} } },
          weighting: { check: realIn() },
          learner_response: {},
          result: { check: (value) => need(RESULTS.includes(value) || isReal(value), 406) },
          latency: { check: span },
          description: { check: localizedOf(250) },
        },
      },
      launch_data: readOnly,
      learner_id: readOnly,
      learner_name: readOnly,
      learner_preference: {
        group: {
          audio_level: { check: realIn(0), otherwise: "1" },
          language: { check: (value) => need(isLanguage(value), 406), otherwise: "" },
          delivery_speed: { check: realIn(0), otherwise: "1" },
          audio_captioning: { check: oneOf("-1", "0", "1"), otherwise: "0" },
        },
      },
      location: { check: textOf() },
      max_time_allowed: readOnly,
      mode: { readOnly: true, otherwise: "normal" },
      objectives: {
        key: "id", unique: true,
        list: {
          id: { check: identifier, once: true },
          score: { group: SCORE },
          success_status: STATUS,
          completion_status: COMPLETION,
          progress_measure: { check: realIn(0, 1) },
          description: { check: localizedOf(250) },
        },
      },
      progress_measure: { check: realIn(0, 1) },
      scaled_passing_score: readOnly,
      score: { group: SCORE },
      session_time: { writeOnly: true, check: span },
      success_status: STATUS,
      suspend_data: { check: textOf() },
      time_limit_action: { readOnly: true, otherwise: "continue,no message" },
      total_time: { readOnly: true, otherwise: "PT0H0M0S" },
    },
  },
  adl: {
    group: {
      nav: {
        group: {
          request: { check: navigation, otherwise: "_none_" },
          request_valid: { group: { continue: readOnly, previous: readOnly, choice: { asks: true }, jump: { asks: true } } },
        },
      },
      data: { list: { id: readOnly, store: { check: textOf() } }, closed: true },
    },
  },
};
const REQUESTS = ["continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll", "_none_"];
function navigation(value) {
  need(REQUESTS.includes(value) || /^\{target=[^{}\s]+\}(choice|jump)$/.test(value), 406);
}

const children = (table) => Object.keys(table).filter((name) => !name.startsWith("_")).join(",");

// ---- the API ------------------------------------------------------------------------------------

/** The API of one unit of one attempt.
 *
 * `kept` is {cmi, stores}: the data model as JSON, and the shared data buckets as a list of
 * {id, store, read, write}. `rules` is {threshold, passing, valid}: the completion threshold and
 * passing score as text where the manifest sets them, and what navigation is possible:
 * {continue, previous, choice: {activity: true or false}, jump: {…}}. */
export class Scorm2004 {
  constructor({ cmi = {}, stores = [], rules = {} }, hooks = {}) {
    this.cmi = cmi;
    this.stores = stores;
    this.rules = rules;
    this.hooks = hooks;
    this.nav = {};
    this.session = null;
    this.state = "new";
    this.code = 0;
    for (const name of ["Initialize", "Terminate", "GetValue", "SetValue", "Commit", "GetLastError", "GetErrorString", "GetDiagnostic"]) {
      this[name] = this[name].bind(this);
    }
  }

  Initialize(argument = "") {
    return this.#call("false", () => {
      need(this.state !== "running", 103);
      need(this.state !== "ended", 104);
      need(argument === "" || argument === null, 201);
      this.state = "running";
      return "true";
    });
  }

  Terminate(argument = "") {
    return this.#call("false", () => {
      need(this.state !== "new", 112);
      need(this.state !== "ended", 113);
      need(argument === "" || argument === null, 201);
      this.state = "ended";
      if (this.session !== null) this.cmi.total_time = added(this.cmi.total_time || "PT0S", this.session);
      this.session = null;
      this.hooks.terminate?.(this.snapshot(), this.nav.request ?? "_none_");
      return "true";
    });
  }

  Commit(argument = "") {
    return this.#call("false", () => {
      need(this.state !== "new", 142);
      need(this.state !== "ended", 143);
      need(argument === "" || argument === null, 201);
      this.hooks.commit?.(this.snapshot());
      return "true";
    });
  }

  GetValue(element) {
    return this.#call("", () => {
      need(this.state !== "new", 122);
      need(this.state !== "ended", 123);
      need(String(element ?? "") !== "", 301);
      return this.#get(String(element));
    });
  }

  SetValue(element, value) {
    return this.#call("false", () => {
      need(this.state !== "new", 132);
      need(this.state !== "ended", 133);
      need(String(element ?? "") !== "", 351);
      need(value !== undefined && value !== null, 406);
      this.#set(String(element), String(value));
      this.hooks.changed?.();
      return "true";
    });
  }

  GetLastError() { return String(this.code); }

  GetErrorString(code) { return MESSAGES[/^(0|[1-9]\d{0,4})$/.test(String(code)) ? Number(code) : -1] ?? ""; }

  GetDiagnostic(code) { return this.GetErrorString(code === "" || code === undefined ? this.code : code); }

  /** Everything to keep, with what this session adds to the time. What a unit never set is not
   * there: sequencing presumes something for it. */
  snapshot() {
    const cmi = structuredClone(this.cmi);
    if (this.session !== null) cmi.session_time = this.session;
    return { cmi, stores: this.stores.map(({ id, store }) => ({ id, store })) };
  }

  #call(otherwise, what) {
    try {
      const answer = what();
      this.code = 0;
      return answer;
    } catch (fault) {
      this.code = fault instanceof Fault ? fault.code : 101;
      return otherwise;
    }
  }

  // Follow the parts of an element's name through the table and the values at once.
  #find(element, { setting }) {
    const failed = setting ? 351 : 301;
    const asks = /^adl\.nav\.request_valid\.(choice|jump)\.\{target=(.*)\}$/.exec(element);
    if (asks) return { asks: asks[1], target: asks[2] };
    const parts = element.split(".");
    need(parts[0] in ELEMENTS, 401);
    let table = ELEMENTS[parts[0]];
    let value = parts[0] === "cmi" ? this.cmi : { nav: this.nav, data: this.stores };
    let item = null;
    for (let at = 1; at < parts.length; at++) {
      const part = parts[at];
      const last = at === parts.length - 1;
      if (table.group) {
        if (last && part === "_children") return { children: children(table.group) };
        need(!(last && part === "_count") && !(last && part === "_version" && !(part in table.group)), last && ["_count", "_version"].includes(part) ? failed : 401);
        need(Object.hasOwn(table.group, part), 401);
        table = table.group[part];
        if (last) return { table, holder: value, name: part, item };
        if (!(part in value)) value[part] = table.list ? [] : {};
        value = value[part];
      } else if (table.list) {
        if (last && part === "_children") return { children: children(table.list) };
        if (last && part === "_count") return { count: value.length };
        need(/^\d+$/.test(part), 401);
        need(!last, 401);
        const index = Number(part);
        const name = parts[at + 1];
        need(Object.hasOwn(table.list, name), 401);
        const fresh = index === value.length && setting && !table.closed;
        need(index < value.length || fresh, failed);
        const list = value;
        const entry = fresh ? {} : value[index];
        const inner = table.list[name];
        item = { list, index, entry, fresh, table, up: item };
        if (at + 1 === parts.length - 1) return { table: inner, holder: entry, name, item };
        need(inner.group || inner.list, 401);
        if (!(name in entry)) entry[name] = inner.list ? [] : {};
        table = inner;
        value = entry[name];
        at += 1;
      } else {
        need(!(last && ["_children", "_count", "_version"].includes(part)), failed);
        throw new Fault(401);
      }
    }
    throw new Fault(401);
  }

  #get(element) {
    const found = this.#find(element, { setting: false });
    if (found.asks) return String(this.rules.valid?.[found.asks]?.[found.target] ?? false);
    if (found.children !== undefined) return found.children;
    if (found.count !== undefined) return String(found.count);
    const { table, holder, name, item } = found;
    need(!table.group && !table.list && !table.asks, 401);
    need(!table.writeOnly, 405);
    if (item && holder === item.entry && item.list === this.stores && name === "store") need(holder.read !== false, 405);
    if (element.startsWith("adl.nav.request_valid.")) return String(this.rules.valid?.[name] ?? "unknown");
    if (element === "cmi.completion_status") return this.#completion();
    if (element === "cmi.success_status") return this.#success();
    if (element === "cmi.completion_threshold") return this.#set_by_manifest("threshold");
    if (element === "cmi.scaled_passing_score") return this.#set_by_manifest("passing");
    const value = holder[name];
    // An empty bucket is as one that was never filled (RTE 4.3.1).
    if (value !== undefined && !(holder.id !== undefined && name === "store" && value === "")) return value;
    need(table.otherwise !== undefined, 403);
    return table.otherwise;
  }

  #set_by_manifest(name) {
    need(this.rules[name] !== undefined && this.rules[name] !== null, 403);
    return String(this.rules[name]);
  }

  // What the manifest's measure says comes before what the unit says (RTE 4.2.4.1, 4.2.22.1).
  #completion() {
    if (this.rules.threshold === undefined || this.rules.threshold === null) return this.cmi.completion_status ?? "unknown";
    if (this.cmi.progress_measure === undefined) return "unknown";
    return Number(this.cmi.progress_measure) >= Number(this.rules.threshold) ? "completed" : "incomplete";
  }

  #success() {
    if (this.rules.passing === undefined || this.rules.passing === null) return this.cmi.success_status ?? "unknown";
    if (this.cmi.score?.scaled === undefined) return "unknown";
    return Number(this.cmi.score.scaled) >= Number(this.rules.passing) ? "passed" : "failed";
  }

  #set(element, value) {
    const found = this.#find(element, { setting: true });
    need(!found.asks && found.children === undefined && found.count === undefined, 404);
    const { table, holder, name, item } = found;
    need(!table.group && !table.list && !table.asks, 401);
    need(!table.readOnly, 404);
    if (item && item.list === this.stores && name === "store") need(holder.write !== false, 404);
    if (item) this.#depends(item, holder, name, value, table);
    table.check?.(value);
    if (element === "cmi.session_time") { this.session = value; return; }
    holder[name] = value;
    for (let one = item; one; one = one.up) if (one.fresh && one.list[one.index] === undefined) one.list[one.index] = one.entry;
  }

  // What must be there before, and what may be there only once.
  #depends(item, holder, name, value, table) {
    const interaction = [item, item.up].find((one) => one?.table === ELEMENTS.cmi.group.interactions);
    if (item.table.key && !(holder === item.entry && name === item.table.key)) need(item.entry[item.table.key] !== undefined, 408);
    if (interaction && interaction !== item) need(interaction.entry.id !== undefined, 408);
    if (item.table.key === name && holder === item.entry) {
      table.check(value);
      if (item.table.unique) need(!item.list.some((other, at) => at !== item.index && other.id === value), 351);
      if (table.once) need(item.fresh || holder.id === undefined || holder.id === value, 351);
    }
    if (!interaction) return;
    const type = interaction.entry.type;
    if (name === "learner_response" || name === "pattern") need(type !== undefined, 408);
    if (name === "learner_response") TYPES[type].response(value);
    if (name === "pattern") {
      need(!TYPES[type].single || item.index === 0, 351);
      TYPES[type].pattern(value);
      const same = TYPES[type].distinct;
      if (same) need(!item.list.some((other, at) => at !== item.index && same(other.pattern) === same(value)), 351);
    }
  }
}
