"""A second client, made by others (`@xapi/xapi`), speaks to the store and understands it."""

import json
from typing import Any

import pytest

from gezel.kit.tests.node import ROOT, node, run
from gezel.people.api import Organisation
from gezel.records.tests.speaking import (
    ACTOR,
    OTHER,
    THING,
    a_speaker,
    a_statement,
    an_attachment,
    in_parts,
)

# What it was answered, by name: the data, or the status of a refusal.
SCRIPT = """
const XAPI = require("./node_modules/@xapi/xapi");
const [endpoint, auth, version, given] = process.argv.slice(1);
const { one, many, photo, agent, activityId } = JSON.parse(given);
const store = new XAPI({ endpoint, auth, version });
const told = {};
const ask = async (name, asking) => {
  try { const answer = await asking; told[name] = answer.data; return answer; }
  catch (error) { told[name] = error.response ? error.response.status : String(error); return {}; }
};
(async () => {
  await ask("about", store.getAbout());
  const [pk] = (await ask("sent", store.sendStatement({ statement: one }))).data;
  await ask("many", store.sendStatements({ statements: many }));
  await ask("one", store.getStatement({ statementId: pk }));
  await ask("ids", store.getStatement({ statementId: pk, format: "ids" }));
  const page = await ask("page", store.getStatements({ limit: 2, ascending: true }));
  await ask("next", store.getMoreStatements({ more: page.data.more }));
  await ask("by agent", store.getStatements({ agent: many[0].actor, related_agents: true }));
  await ask("with files", store.getStatement({ statementId: photo, attachments: true }));
  await ask("wrong", store.getStatements({ verb: "no iri" }));
  await ask("void", store.voidStatement({ actor: agent, statementId: pk }));
  await ask("gone", store.getStatement({ statementId: pk }));
  await ask("voided", store.getVoidedStatement({ voidedStatementId: pk }));
  await ask("activity", store.getActivity({ activityId }));
  await ask("person", store.getAgent({ agent }));
  const where = { agent, activityId, stateId: "place" };
  await ask("made", store.createState({ ...where, state: { page: 1 } }));
  await ask("merged", store.createState({ ...where, state: { film: 2 } }));
  const state = await ask("state", store.getState(where));
  const etag = state.headers.etag;
  const known = { ...where, etag, matchHeader: "If-Match" };
  await ask("set", store.setState({ ...known, state: { page: 3 } }));
  await ask("late", store.setState({ ...known, state: { page: 4 } }));
  await ask("states", store.getStates({ agent, activityId }));
  await ask("deleted", store.deleteState(where));
  await ask("no state", store.getState(where));
  const profile = { activityId, profileId: "p" };
  await ask("profile made", store.setActivityProfile(
    { ...profile, profile: { a: 1 }, etag: "*", matchHeader: "If-None-Match" }));
  await ask("profile taken", store.setActivityProfile(
    { ...profile, profile: { a: 2 }, etag: "*", matchHeader: "If-None-Match" }));
  await ask("profile", store.getActivityProfile(profile));
  const own = { agent, profileId: "p", profile: { b: 1 } };
  await ask("agent profile made", store.createAgentProfile(own));
  await ask("agent profiles", store.getAgentProfiles({ agent }));
  console.log(JSON.stringify(told, (_key, value) => value instanceof ArrayBuffer
    ? Buffer.from(value).toString() : value));
})();
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("version", ["2.0.0", "1.0.3"])
def test_a_client_of_others_understands_the_store(
    van_dijk: Organisation, live_server: Any, settings: Any, tmp_path: Any, version: str
) -> None:
    program = node()
    if program is None or not (ROOT / "node_modules/@xapi/xapi").exists():
        pytest.skip("no Node or @xapi/xapi here: ./gezel run brings them in")
    settings.MEDIA_ROOT = tmp_path
    system = a_speaker(van_dijk, version)
    # A file is sent by us: in Node this client loses the type of what it sends in parts.
    photo = b"here is a photo"
    body, kind = in_parts(a_statement(attachments=[an_attachment(photo)]), photo)
    answer = system.ask("POST", "statements", body, content_type=kind)
    given = {
        "one": a_statement(),
        "many": [a_statement(actor=OTHER), a_statement(), a_statement()],
        "photo": json.loads(answer.content)[0],
        "agent": ACTOR,
        "activityId": THING["id"],
    }
    told = json.loads(
        run(
            program, SCRIPT, f"{live_server.url}/xapi/", system.authorization, version,
            json.dumps(given), module=False,
        )
    )  # fmt: skip

    assert set(told["about"]["version"]) == {"1.0.3", "2.0.0"}
    assert [len(told["sent"]), len(told["many"])] == [1, 3]
    assert told["one"]["object"] == THING
    assert set(told["ids"]["verb"]) == {"id"}
    page, after = (told[name]["statements"] for name in ("page", "next"))
    sent = [given["photo"], *told["sent"], *told["many"]]
    assert [said["id"] for said in page + after] == sent[:4]
    assert [said["id"] for said in told["by agent"]["statements"]] == told["many"][:1]
    statement, file = told["with files"]
    assert (statement["id"], file) == (given["photo"], photo.decode())
    assert (told["wrong"], told["gone"], told["voided"]["id"]) == (400, 404, told["sent"][0])
    assert told["activity"]["definition"] == THING["definition"]
    assert told["person"]["mbox"] == [ACTOR["mbox"]]
    assert told["state"] == {"page": 1, "film": 2}
    assert (told["late"], told["states"], told["no state"]) == (412, ["place"], 404)
    assert (told["profile taken"], told["profile"]) == (412, {"a": 1})
    assert told["agent profiles"] == ["p"]
