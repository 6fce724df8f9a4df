// Vindt de SCORM-API in het venster erboven, zoals SCORM 1.2 het vraagt.
function api() {
  let venster = window;
  for (let hoog = 0; hoog < 10; hoog++) {
    if (venster.API) return venster.API;
    if (venster.parent === venster) return null;
    venster = venster.parent;
  }
  return null;
}

const scorm = api();
const delen = [...document.querySelectorAll("section")];
const begin = Date.now();
let plek = 0;
let klaar = false;

const zeg = (naam, waarde) => scorm?.LMSSetValue(naam, String(waarde));

function toon(nummer) {
  plek = Math.min(Math.max(nummer, 0), delen.length - 1);
  delen.forEach((deel, welk) => { deel.hidden = welk !== plek; });
  document.getElementById("waar").textContent = `${plek + 1} van ${delen.length}`;
  document.getElementById("terug").disabled = plek === 0;
  document.getElementById("verder").disabled = plek === delen.length - 1;
  zeg("cmi.core.lesson_location", plek);
  scorm?.LMSCommit("");
}

document.getElementById("terug").addEventListener("click", () => toon(plek - 1));
document.getElementById("verder").addEventListener("click", () => toon(plek + 1));
document.querySelector("form").addEventListener("submit", (gebeurtenis) => {
  gebeurtenis.preventDefault();
  const gekozen = new FormData(gebeurtenis.target).get("antwoord");
  if (!gekozen) return;
  const goed = gekozen === "uit";
  document.querySelector("[role=status]").textContent = goed
    ? "Precies: eerst de stroom, anders zijn er straks twee slachtoffers."
    : "Nog niet. Zolang er spanning op staat, loop jij hetzelfde gevaar. Probeer het nog eens.";
  zeg("cmi.core.score.min", 0);
  zeg("cmi.core.score.max", 100);
  zeg("cmi.core.score.raw", goed ? 100 : 0);
  zeg("cmi.core.lesson_status", goed ? "passed" : "incomplete");
  klaar = klaar || goed;
  scorm?.LMSCommit("");
});

addEventListener("pagehide", () => {
  const seconden = Math.round((Date.now() - begin) / 1000);
  const twee = (getal) => String(getal).padStart(2, "0");
  zeg("cmi.core.session_time", `${twee(Math.floor(seconden / 3600))}:${twee(Math.floor(seconden / 60) % 60)}:${twee(seconden % 60)}`);
  zeg("cmi.core.exit", klaar ? "" : "suspend");
  scorm?.LMSFinish("");
});

if (scorm) {
  scorm.LMSInitialize("");
  if (scorm.LMSGetValue("cmi.core.lesson_status") === "not attempted") zeg("cmi.core.lesson_status", "incomplete");
  toon(Number(scorm.LMSGetValue("cmi.core.lesson_location")) || 0);
} else {
  toon(0);
}
