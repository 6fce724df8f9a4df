# mypy: disable-error-code="arg-type,var-annotated,misc,dict-item"
"""The door of the record store: versions, parameters, both syntaxes, scopes, signatures.

Sections are those of xAPI 1.0.3, part three (Communication).
"""

import base64
import datetime as dt
import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from django.core.management import CommandError, call_command

from gezel.people.api import Organisation
from gezel.records.models import Key
from gezel.records.tests.speaking import (
    ACTOR,
    OTHER,
    THING,
    Speaker,
    a_speaker,
    a_statement,
    an_attachment,
    in_parts,
    voiding,
)

pytestmark = pytest.mark.django_db
SOME = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"


@pytest.fixture
def one(van_dijk: Organisation) -> Speaker:
    return a_speaker(van_dijk)


@pytest.fixture
def old(van_dijk: Organisation) -> Speaker:
    return a_speaker(van_dijk, "1.0.3")


@pytest.mark.parametrize(
    ("header", "status", "answered"),
    [
        ("2.0.0", 200, "2.0.0"), ("2.0.7", 200, "2.0.0"), ("2.0", 200, "2.0.0"),
        ("1.0.3", 200, "1.0.3"), ("1.0.0", 200, "1.0.3"), ("1.0", 200, "1.0.3"),
        ("1.0.9", 200, "1.0.3"), ("", 400, "2.0.0"), ("0.9.5", 400, "2.0.0"),
        ("1.1.0", 400, "2.0.0"), ("2.1.0", 400, "2.0.0"), ("3.0.0", 400, "2.0.0"),
        ("x", 400, "2.0.0"), ("1.0.3, 2.0.0", 400, "2.0.0"),
    ],
)  # fmt: skip
def test_3_3_the_version_is_chosen_by_the_header(
    one: Speaker, header: str, status: int, answered: str
) -> None:
    answer = one.ask("GET", "statements", headers={"X-Experience-API-Version": header})

    assert (answer.status_code, answer["X-Experience-API-Version"]) == (status, answered)


@pytest.mark.parametrize(
    "query",
    [
        "strange=1", "StatementId=x", "verb=x", "verb=", "activity=x", "agent=x", "agent=%7B%7D",
        "agent=%7B%22objectType%22%3A%22Group%22%2C%22member%22%3A%5B%5D%7D", "registration=x",
        "since=x", "until=x", "limit=x", "limit=-1", "limit=1.5", "format=x", "format=IDS",
        "attachments=1", "ascending=yes", "related_agents=1", "related_activities=True",
        "statementId=x", "voidedStatementId=x", "limit=1&limit=2", "verb=urn:a&verb=urn:a",
        f"statementId={SOME}&voidedStatementId={SOME}",
        f"statementId={SOME}&limit=1", f"voidedStatementId={SOME}&verb=urn:a",
        "verb=%ff",
    ],
)  # fmt: skip
def test_2_1_3_a_parameter_that_is_wrong_is_refused(one: Speaker, query: str) -> None:
    answer = one.client.get(
        f"/xapi/statements?{query}",
        headers={"X-Experience-API-Version": "2.0.0", "Authorization": one.authorization},
    )
    assert answer.status_code == 400, answer.content


def test_2_1_put_asks_the_id_and_post_has_none(one: Speaker) -> None:
    said = a_statement(id=str(uuid.uuid4()))
    assert one.ask("PUT", "statements", said).status_code == 400
    assert one.ask("PUT", "statements", said, statementId="x").status_code == 400
    assert one.ask("PUT", "statements", said, statementId=str(uuid.uuid4())).status_code == 400
    assert one.ask("PUT", "statements", [said], statementId=said["id"]).status_code == 400
    assert one.ask("POST", "statements", said, statementId=said["id"]).status_code == 400
    assert one.ask("POST", "statements", [said, said]).status_code == 400
    assert one.ask("PUT", "statements", said, statementId=said["id"].upper()).status_code == 204
    assert one.ids() == [said["id"]]
    assert one.ask("POST", "statements", []).status_code == 200
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", ""):
        answer = one.ask("POST", "statements", a_statement(), content_type=kind or "x")
        assert answer.status_code == 400
    for method in ("DELETE", "PATCH"):
        assert one.ask(method, "statements").status_code == 405
    assert one.ask("GET", "nothing").status_code == 404


def test_2_4_every_attachment_has_its_bytes_or_its_own_address(one: Speaker) -> None:
    here = an_attachment(b"seen")
    elsewhere = here | {"fileUrl": "https://elsewhere.example.test/seen.txt"}
    for pair in ((here, elsewhere), (elsewhere, here)):
        said = [a_statement(attachments=[attachment]) for attachment in pair]
        assert one.ask("POST", "statements", said).status_code == 400
        body, kind = in_parts(said, b"seen")
        assert one.ask("POST", "statements", body, content_type=kind).status_code == 200
    both = a_statement(attachments=[elsewhere, elsewhere])
    assert one.ask("POST", "statements", both).status_code == 200


def test_2_4_the_parts_of_a_request_are_named_in_any_case(one: Speaker) -> None:
    body, kind = in_parts(
        a_statement(attachments=[an_attachment(b"seen")]), b"seen",
        Content_Transfer_Encoding="Binary",
    )  # fmt: skip
    body = body.replace(b"Content-Type: application/json", b"content-type: Application/JSON", 1)
    kind = kind.replace("multipart/mixed; boundary=edge", 'Multipart/Mixed; Boundary="edge"')
    assert one.ask("POST", "statements", body, content_type=kind).status_code == 200
    (told,) = one.find(attachments="false")
    assert told["attachments"][0]["length"] == 4


def test_what_the_store_says_cannot_be_sent(one: Speaker) -> None:
    (pk,) = one.send(a_statement(stored="2001-01-01T00:00:00Z", authority=OTHER))
    (told,) = one.find()

    assert told["id"] == pk
    assert not told["stored"].startswith("2001")
    assert told["authority"]["name"] == one.made.key.name


def test_head_tells_what_get_tells(one: Speaker) -> None:
    one.send(a_statement())
    for path in ("statements", "about"):
        get, head = one.ask("GET", path), one.ask("HEAD", path)
        assert head.content == b""
        assert head["Content-Length"] == get["Content-Length"] == str(len(get.content))
        assert head.status_code == get.status_code


def test_2_1_3_every_answer_about_statements_says_up_to_when_all_are_here(one: Speaker) -> None:
    answers = [
        one.ask("GET", "statements"),
        one.ask("GET", "statements", verb="no IRI"),
        one.ask("GET", "statements", statementId=SOME),
        one.ask("POST", "statements", a_statement()),
        one.ask("POST", "statements", []),
        one.ask("POST", "statements", a_statement(verb=None)),
        one.ask("PUT", "statements", a_statement(), statementId=SOME),
        one.ask("DELETE", "statements"),
    ]
    through = "X-Experience-API-Consistent-Through"
    assert [a.status_code for a in answers] == [200, 400, 404, 200, 200, 400, 204, 405]
    assert all(a[through] > "2026" for a in answers[:-1])
    # Who showed no key, or was not asked for one yet, hears what is true of every store.
    nobody = one.ask("GET", "statements", headers={"Authorization": "Basic eA=="})
    unsaid = one.ask("GET", "statements", headers={"X-Experience-API-Version": ""})
    assert (nobody.status_code, unsaid.status_code) == (401, 400)
    for answer in (answers[-1], nobody, unsaid):
        assert answer[through] == "1970-01-01T00:00:00.000000Z"
        assert answer["X-Experience-API-Version"] == "2.0.0"
    assert through not in one.ask("GET", "about")


# --- 1.3 The alternate syntax of 1.0.3 -----------------------------------------------------------


def other_way(system: Speaker, path: str, method: str, query: str = "", **form: Any) -> Any:
    told = {
        "Authorization": system.authorization,
        "X-Experience-API-Version": system.version,
        **{k: v if isinstance(v, str) else json.dumps(v) for k, v in form.items()},
    }
    return system.client.generic(
        "POST",
        f"/xapi/{path}?method={method}{query}",
        urlencode(told).encode(),
        content_type="application/x-www-form-urlencoded",
    )


def test_1_3_everything_may_come_in_a_form(old: Speaker) -> None:
    said = a_statement(id=str(uuid.uuid4()))
    put = other_way(old, "statements", "PUT", statementId=said["id"], content=said)
    assert put.status_code == 204, put.content
    posted = other_way(old, "statements", "POST", content=[a_statement()])
    assert posted.status_code == 200, posted.content
    got = other_way(old, "statements", "GET", statementId=said["id"])
    assert json.loads(got.content)["id"] == said["id"]
    where = {"activityId": THING["id"], "agent": ACTOR, "stateId": "s"}
    kept = {"content": "plain", "Content-Type": "text/plain", "If-None-Match": "*"}
    assert other_way(old, "activities/state", "PUT", **where, **kept).status_code == 204
    got = other_way(old, "activities/state", "GET", **where)
    assert (got.content, got["Content-Type"]) == (b"plain", "text/plain")
    assert other_way(old, "activities/state", "PUT", **where, **kept).status_code == 412
    assert other_way(old, "activities/state", "DELETE", **where).status_code == 204
    kind = {"Content-Type": "text/plain"}
    assert other_way(old, "activities/state", "PUT", **where, **kind).status_code == 400
    assert other_way(old, "activities/state", "GET", **where).status_code == 404


def test_1_3_only_in_its_own_form_and_version(old: Speaker, one: Speaker) -> None:
    assert other_way(old, "statements", "GET", "&limit=1").status_code == 400
    assert other_way(old, "statements", "BREW").status_code == 400
    assert other_way(one, "statements", "GET").status_code == 400
    assert old.ask("POST", "statements?method=POST", a_statement()).status_code == 400
    assert old.ids() == []


# --- Scopes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "answers"),
    [
        ("all", (200, 200, 204, 204)), ("all/read", (403, 200, 403, 403)),
        ("statements/write", (200, 403, 403, 403)), ("statements/read", (403, 200, 403, 403)),
        ("statements/read/mine", (403, 200, 403, 403)), ("state", (403, 403, 204, 403)),
        ("profile", (403, 403, 403, 204)), ("define", (403, 403, 403, 403)),
    ],
)  # fmt: skip
def test_a_key_does_what_it_was_given(
    van_dijk: Organisation, scope: str, answers: tuple[int, ...]
) -> None:
    """Writing statements, reading them, keeping a state, keeping a profile."""
    system = a_speaker(van_dijk, scopes=[scope])
    where = {"activityId": THING["id"], "agent": ACTOR, "stateId": "s"}
    profile = {"activityId": THING["id"], "profileId": "p"}

    told = (
        system.ask("POST", "statements", a_statement()),
        system.ask("GET", "statements"),
        system.ask("PUT", "activities/state", {"a": 1}, **where),
        system.ask("PUT", "activities/profile", {"a": 1}, **profile),
    )
    assert tuple(answer.status_code for answer in told) == answers


def test_mine_is_what_this_key_wrote(van_dijk: Organisation) -> None:
    mine = a_speaker(van_dijk, scopes=["statements/write", "statements/read/mine"])
    other = a_speaker(van_dijk)
    (one,), (two,) = mine.send(a_statement()), other.send(a_statement())

    assert mine.ids() == [one]
    assert mine.ids(verb=a_statement()["verb"]["id"]) == [one]
    assert mine.ask("GET", "statements", statementId=two).status_code == 404
    assert set(other.ids()) == {one, two}
    assert other.ids(agent=other.find()[0]["authority"], related_agents=True) == [two]


def test_only_who_may_define_says_what_an_activity_is(van_dijk: Organisation) -> None:
    a_speaker(van_dijk, scopes=["statements/write"]).send(a_statement())
    reader = a_speaker(van_dijk)
    told = json.loads(reader.ask("GET", "activities", activityId=THING["id"]).content)
    assert "definition" not in told


# --- 2.1.3 What is found -------------------------------------------------------------------------


def test_members_count_and_context_people_only_when_asked(one: Speaker) -> None:
    team = {"objectType": "Group", "mbox": "mailto:team@example.test", "member": [OTHER]}
    agents = [{"objectType": "contextAgent", "agent": OTHER}]
    groups = [{"objectType": "contextGroup", "group": team}]
    sub = {"objectType": "SubStatement"} | a_statement(actor=OTHER)
    member, in_agents, in_groups, in_sub, thing = one.send(
        a_statement(actor=team),
        a_statement(context={"contextAgents": agents}),
        a_statement(context={"contextGroups": groups}),
        a_statement(object=sub),
        a_statement(object=OTHER),
    )
    assert one.ids(agent=OTHER) == [thing, member]
    assert one.ids(agent=OTHER, related_agents=True) == [
        thing, in_sub, in_groups, in_agents, member,
    ]  # fmt: skip
    assert one.ids(agent={"objectType": "Group", "mbox": team["mbox"]}) == [member]
    assert one.ids(activity=THING["id"], related_activities=True) == [
        in_sub, in_groups, in_agents, member,
    ]  # fmt: skip
    assert one.ids(activity=THING["id"]) == [in_groups, in_agents, member]


def test_who_points_is_found_through_a_chain(one: Speaker) -> None:
    def ref(target: str) -> dict[str, Any]:
        return a_statement(object={"objectType": "StatementRef", "id": target})

    a, b, c = (str(uuid.uuid4()) for _ in range(3))
    one.send(ref(b) | {"id": a})
    one.send(ref(c) | {"id": b})
    one.send(a_statement(id=c, actor=OTHER))
    (d,) = one.send(ref(a))

    assert one.ids(agent=OTHER) == [d, c, b, a]
    assert one.ids(agent=OTHER, limit=1) == [d]


def test_what_is_voided_within_one_request(one: Speaker) -> None:
    pk = str(uuid.uuid4())
    _first, void = one.send(a_statement(id=pk), voiding(pk))
    assert one.ids() == [void]
    assert one.ids(activity=THING["id"]) == [void]
    assert one.ask("GET", "statements", voidedStatementId=pk).status_code == 200
    assert one.ask("PUT", "statements", a_statement(id=pk), statementId=pk).status_code == 204


def test_canonical_speaks_one_language_and_the_stores_own_words(one: Speaker) -> None:
    one.send(a_statement())
    bare = a_statement(object={"id": THING["id"]})
    one.send(bare)
    for language, name in (
        ("nl;q=0.5, en;q=0.9", {"en-GB": "A meeting"}), ("nl-BE, en", {"nl": "Een overleg"}),
        ("fr", {"en-GB": "A meeting"}), ("", {"en-GB": "A meeting"}),
    ):  # fmt: skip
        answer = one.ask(
            "GET", "statements", format="canonical", headers={"Accept-Language": language}
        )
        for told in json.loads(answer.content)["statements"]:
            assert told["object"]["definition"]["name"] == name


# --- 2.6 of part two: signatures -----------------------------------------------------------------

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _plain64(told: bytes) -> bytes:
    return base64.urlsafe_b64encode(told).rstrip(b"=")


def a_signature(said: Any, algorithm: str = "RS256", key: Any = KEY, **header: Any) -> bytes:
    payload = said if isinstance(said, bytes) else json.dumps(said).encode()
    head = _plain64(json.dumps({"alg": algorithm} | header).encode()) + b"." + _plain64(payload)
    digest = {"RS384": hashes.SHA384(), "RS512": hashes.SHA512()}.get(algorithm, hashes.SHA256())
    return head + b"." + _plain64(key.sign(head, PKCS1v15(), digest))


def _certificate() -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
        .public_key(KEY.public_key()).not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1)).sign(KEY, hashes.SHA256())
    )  # fmt: skip
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def test_a_signed_statement_is_signed_over_what_it_says(
    one: Speaker, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    said = a_statement(id=str(uuid.uuid4()))
    chain = [_certificate()]

    def sent(signature: bytes, kind: str = "application/octet-stream") -> int:
        usage = "http://adlnet.gov/expapi/attachments/signature"
        told = an_attachment(signature, usageType=usage, contentType=kind)
        body, form = in_parts(
            said | {"id": str(uuid.uuid4()), "attachments": [told]}, signature, Content_Type=kind
        )
        return one.ask("POST", "statements", body, content_type=form).status_code

    plain = {k: v for k, v in said.items() if k != "id"}
    for good in (
        *(a_signature(plain, algorithm) for algorithm in ("RS256", "RS384", "RS512")),
        a_signature(plain, x5c=chain),
        a_signature({name: plain[name] for name in reversed(plain)}),
    ):
        assert sent(good) == 200
    for bad in (
        b"", b"a.b", b"a.b.c", a_signature(b"no json"), a_signature([plain]),
        a_signature(plain, "HS256"), a_signature(plain, "none"), a_signature(plain, "ES256"),
        a_signature(plain | {"actor": OTHER}), a_signature(plain, key=OTHER_KEY, x5c=chain),
        a_signature(plain | {"verb": plain["verb"] | {"display": {"en": "signed for"}}}),
        a_signature(plain | {"verb": 1}), a_signature(plain | {"context": 1}),
        a_signature(plain, x5c=["x"]), a_signature(plain, x5c=[]), a_signature(plain)[:-9] + b"!",
    ):  # fmt: skip
        assert sent(bad) == 400, bad
    assert sent(a_signature(plain), "text/plain") == 400


# --- The command ---------------------------------------------------------------------------------


def test_a_key_by_command(capsys: Any, van_dijk: Organisation, de_linde: Organisation) -> None:
    for _twice in range(2):
        call_command("key", "xapi", name="Course shop")
    told = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    keys = Key.objects.order_by("pk")
    assert [key.user for key in keys] == told[::2]
    assert {key.organisation for key in keys} == {van_dijk}
    assert all(
        password not in str(key.__dict__) for key, password in zip(keys, told[1::2], strict=True)
    )
    call_command("key", "xapi", name="X", organisation="de-linde", scope=["statements/write"])
    assert Key.objects.get(organisation=de_linde).scopes == ["statements/write"]
    with pytest.raises(CommandError):
        call_command("key", "xapi", name="X", organisation="nobody")
