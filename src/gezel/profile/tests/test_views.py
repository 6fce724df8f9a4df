"""The pages: who sees what, what comes along, and what outsiders read."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gezel.people.api import Organisation, Person, end_employment
from gezel.profile import suite, words
from gezel.profile.models import Achievement, Credential, SigningKey
from gezel.profile.rules import baking, proofs
from gezel.profile.rules.contexts import CREDENTIALS_V2
from gezel.profile.tests.builders import a_credential, an_achievement, shows
from gezel.profile.tests.samples import KEY, SELF_NAMED, a_badge, as_text, method, signed
from gezel.skills.tests.builders import a_skill
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]


def body(response: Any) -> str:
    content: bytes = response.content
    return content.decode()


def test_from_defining_to_issuing_to_an_outsider_who_checks_and_back(
    noor: Person,
    femke: Person,
    van_dijk: Organisation,
    visit: Visit,
    django_capture_on_commit_callbacks: Any,
) -> None:
    hr, me, outsider = visit(femke), visit(noor), Client()
    skill = a_skill("welding", organisation=van_dijk)
    hr.post(
        reverse("profile:new_achievement"),
        {"name_nl": "Lassen", "criteria_nl": "Aan de bank getoond.", "skill": skill.pk, "level": 3},
    )
    achievement = Achievement.objects.get()
    assert "Nobody showed it" in body(hr.get(reverse("profile:issue", args=[achievement.pk])))
    shows(noor, achievement)
    page = body(hr.get(reverse("profile:issue", args=[achievement.pk])))
    assert noor.name in page
    assert Reading.objects.filter(about=noor, matter="skills").exists()
    hr.post(reverse("profile:issue", args=[achievement.pk]), {"person": [noor.pk]})
    credential = Credential.objects.get()
    assert "Lassen" in body(me.get(reverse("profile:mine")))

    data = me.get(reverse("profile:file", args=[credential.pk, "png"])).content
    answer = outsider.post(
        reverse("profile:verify"), {"file": SimpleUploadedFile("badge.png", data)}
    )
    assert "This is genuine." in body(answer)
    assert noor.name in body(answer)
    assert "What this does not prove" in body(answer)

    with django_capture_on_commit_callbacks(execute=True):
        hr.post(reverse("profile:revoke", args=[credential.pk]), {"reason": "By mistake"})
    answer = outsider.post(
        reverse("profile:verify"), {"file": SimpleUploadedFile("badge.png", data)}
    )
    assert "Withdrawn: this no longer counts." in body(answer)
    assert "By mistake" in body(me.get(reverse("profile:credential", args=[credential.pk])))
    assert "By mistake" not in body(answer)


def test_every_form_of_file_holds_the_same_credential(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    credential = a_credential(noor, van_dijk, by=femke, name_en="<b>Weld & cut</b> " + "x" * 60)
    me = visit(noor)

    def taken(form: str) -> bytes:
        answer = me.get(reverse("profile:file", args=[credential.pk, form]))
        assert "attachment" in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "no-store"
        return answer.content

    document = credential.document_in("en")
    assert json.loads(taken("json")) == document
    assert json.loads(baking.unbake_png(taken("png"))) == document
    drawn = taken("svg")
    assert json.loads(baking.unbake_svg(drawn)) == document
    assert b"<b>" not in drawn.split(b"</openbadges:credential>")[1]
    paper = taken("pdf")
    assert paper.startswith(b"%PDF")
    assert b"pdfuaid" in paper
    assert b"pdfaid" in paper
    assert me.get(reverse("profile:file", args=[credential.pk, "exe"])).status_code == 404
    record = json.loads(me.get(reverse("profile:record", args=[van_dijk.slug])).content)
    assert record["credentialSubject"]["verifiableCredential"] == [document]


def test_a_link_is_open_until_its_day_and_closed_at_once(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    me, outsider = visit(noor), Client()
    link = reverse("profile:shared", args=[credential.pk])
    assert outsider.get(link).status_code == 404
    today = timezone.localdate()

    for wrong in (today - timedelta(days=1), today + timedelta(days=800)):
        answer = me.post(
            reverse("profile:open", args=[credential.pk]), {"until": wrong.isoformat()}
        )
        assert answer.status_code == 422
        assert "from today until a year" in body(answer)
    me.post(reverse("profile:open", args=[credential.pk]), {"until": today.isoformat()})
    answer = outsider.get(link)
    assert noor.name in body(answer)
    assert noor.email not in body(answer)
    assert answer["X-Robots-Tag"] == "noindex"
    assert (
        outsider.get(reverse("profile:shared_file", args=[credential.pk, "json"])).status_code
        == 200
    )

    me.post(reverse("profile:close", args=[credential.pk]))
    assert outsider.get(link).status_code == 404
    Credential.objects.update(open_until=today - timedelta(days=1))
    assert outsider.get(link).status_code == 404


def test_the_former_employer_sees_no_name_and_can_still_withdraw(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    hr = visit(femke)
    assert noor.name in body(hr.get(reverse("profile:given")))
    yesterday = timezone.localdate() - timedelta(days=1)
    end_employment(noor.employments.get(), last_day=yesterday)

    for page in (reverse("profile:given"), reverse("profile:revoke", args=[credential.pk])):
        text = body(hr.get(page))
        assert noor.last_name not in text
        assert "no longer works here" in text
    export: Any = hr.get(reverse("profile:given") + "?export=csv")
    content = b"".join(export.streaming_content) if export.streaming else export.content
    assert noor.last_name.encode() not in content
    hr.post(reverse("profile:revoke", args=[credential.pk]), {"reason": "Wrong name"})
    credential.refresh_from_db()
    assert credential.revoked_at
    # It stays theirs, and they read why.
    assert "Wrong name" in body(
        visit(noor).get(reverse("profile:credential", args=[credential.pk]))
    )


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"criteria_nl": "x", "level": 3}, "Choose the skill"),
        ({"name_nl": "x", "criteria_nl": "x"}, "Having attended something is not enough"),
        ({"name_nl": "x"}, "Fill this in in Dutch or in English"),
        ({"name_nl": "x", "criteria_nl": "x", "level": 9}, "Levels go from 1 to 5"),
        ({"name_nl": "x", "criteria_nl": "x", "months": 0}, "Between 1 and 600"),
    ],
)
def test_an_achievement_that_rests_on_nothing_is_refused(
    femke: Person, van_dijk: Organisation, visit: Visit, told: dict[str, Any], says: str
) -> None:
    answer = visit(femke).post(reverse("profile:new_achievement"), told)

    assert answer.status_code == 422
    assert says in body(answer)
    assert not Achievement.objects.exists()


def test_keys_are_made_and_marked(femke: Person, van_dijk: Organisation, visit: Visit) -> None:
    hr = visit(femke)
    assert "No key yet" in body(hr.get(reverse("profile:keys")))
    hr.post(reverse("profile:make_key"))
    key = SigningKey.objects.get()
    assert "It signs now" in body(hr.get(reverse("profile:keys")))
    ahead = (timezone.localdate() + timedelta(days=2)).isoformat()
    answer = hr.post(reverse("profile:leaked", args=[key.pk]), {"since": ahead})
    assert "lies ahead" in body(answer)

    hr.post(reverse("profile:leaked", args=[key.pk]), {"since": timezone.localdate().isoformat()})

    assert SigningKey.objects.count() == 2
    assert "Others may have had it" in body(hr.get(reverse("profile:keys")))
    document = Client().get(reverse("profile:did", args=[van_dijk.slug])).json()
    # Each key stands there twice, as who checks a proof and as who checks a token reads it.
    said = [(m["type"], "revoked" in m) for m in document["verificationMethod"]]
    assert said == [
        ("Multikey", True),
        ("JsonWebKey", True),
        ("Multikey", False),
        ("JsonWebKey", False),
    ]
    assert document["assertionMethod"] == [m["id"] for m in document["verificationMethod"]]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Choose a file"),
        ({"text": "hello"}, "neither JSON nor a signed token"),
        ({"text": '{"a":1,"a":2}'}, "twice"),
        ({"text": as_text(signed()).decode().replace("Welding, level 3", "x")}, "changed after"),
        ({"text": "\x00"}, "Null characters"),
    ],
)
def test_what_is_none_gets_a_clear_answer(given: dict[str, Any], says: str, db: None) -> None:
    answer = Client().post(reverse("profile:verify"), given)

    assert answer.status_code in (200, 422)
    assert says in body(answer)


def test_a_name_that_only_a_key_vouches_for_is_told_as_such(db: None) -> None:
    answer = Client().post(reverse("profile:verify"), {"text": as_text(signed()).decode()})

    assert "Someone who calls themselves Van Dijk" in body(answer)
    assert "a name in a file can be anyone" in body(answer)


def test_every_reason_has_words() -> None:
    """Every code that stands in the rules."""
    import re
    from pathlib import Path

    rules = Path(words.__file__).parent / "rules"
    text = "".join(f.read_text() for f in rules.glob("*.py"))
    codes = set(
        re.findall(
            r'(?:case|inner)\.(?:wrong|open|note)\(\s*"(\w+)"'
            r'|(?:Unreadable|Unclear|BadToken|BadList|KeyProblem)\(\s*"(\w+)"',
            text,
        )
    )
    found = {a or b for a, b in codes}
    assert len(found) > 40
    assert found - set(words.REASONS) == set()


# -- the interface of test suites ---------------------------------------------------------------


def send(name: str, told: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(
        reverse(f"profile:{name}"), json.dumps(told), content_type="application/json"
    )


def _plain() -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": suite.issuer(),
        "credentialSubject": {"id": "did:example:subject"},
    }


def test_the_interface_is_shut_unless_opened(db: None, settings: Settings) -> None:
    assert settings.VC_API is False
    for name in ("api_issue", "api_verify", "api_verify_presentation"):
        assert send(name, {}).status_code == 404


@pytest.mark.parametrize("cryptosuite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_what_it_issues_it_verifies(db: None, settings: Settings, cryptosuite: str) -> None:
    settings.VC_API = True

    answer = send("api_issue", {"credential": _plain(), "options": {"cryptosuite": cryptosuite}})
    assert answer.status_code == 201, answer.content
    issued = answer.json()["verifiableCredential"]
    assert issued["proof"]["cryptosuite"] == cryptosuite

    assert send("api_verify", {"verifiableCredential": issued}).json()["verified"] is True
    changed = {**issued, "credentialSubject": {"id": "did:example:other"}}
    answer = send("api_verify", {"verifiableCredential": changed})
    assert (answer.status_code, answer.json()["verified"]) == (400, False)


@pytest.mark.parametrize(
    "changed",
    [
        {"@context": []},
        {"@context": ["https://www.w3.org/ns/credentials/examples/v2", CREDENTIALS_V2]},
        {"type": []},
        {"type": ["Other"]},
        {"issuer": None},
        {"issuer": ["did:a:b"]},
        {"issuer": "not an address"},
        {"credentialSubject": []},
        {"credentialSubject": {}},
        {"credentialSubject": "text"},
        {"credentialSubject": {"id": "no address"}},
        {"id": "no address"},
        {"id": ["urn:a:b"]},
        {"validFrom": "2026-01-01"},
        {"validFrom": "2026-13-01T00:00:00Z"},
        {"validFrom": "2026-02-01T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
        {"credentialStatus": {"id": "https://a.example/"}},
        {"credentialSchema": {"type": "JsonSchema"}},
        {"evidence": {"id": "https://a.example/"}},
        {"termsOfUse": {"id": "https://a.example/"}},
        {"refreshService": {"id": "https://a.example/"}},
        {"relatedResource": {"id": "https://a.example/"}},
        {"name": {"@value": "x", "other": "y"}},
        {"name": 4},
        {"unknownWord": "x"},
    ],
    ids=str,
)
def test_what_has_not_the_form_is_neither_issued_nor_verified(
    db: None, settings: Settings, changed: dict[str, Any]
) -> None:
    settings.VC_API = True
    document = {**_plain(), **changed}

    assert send("api_issue", {"credential": document}).status_code == 400
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022"}
    answer = send("api_verify", {"verifiableCredential": {**document, "proof": proof}})
    assert (answer.status_code, answer.json()["verified"]) == (400, False)


def test_it_never_signs_for_an_organisation(van_dijk: Organisation, settings: Settings) -> None:
    settings.VC_API = True
    from gezel.profile.queries import did_of

    answer = send("api_issue", {"credential": {**_plain(), "issuer": did_of(van_dijk)}})

    signed = answer.json()["verifiableCredential"]
    assert signed["issuer"] == suite.issuer()
    assert did_of(van_dijk) not in json.dumps(signed)


def test_a_presentation_is_checked_with_what_it_holds(db: None, settings: Settings) -> None:
    settings.VC_API = True
    badge = signed({k: v for k, v in a_badge().items() if k != "validUntil"})
    options = {"challenge": "c-1", "domain": "vandijk.example"}

    def shown(credential: dict[str, Any]) -> dict[str, Any]:
        bare = {
            "@context": [CREDENTIALS_V2],
            "type": ["VerifiablePresentation"],
            "holder": SELF_NAMED,
            "verifiableCredential": [credential],
        }
        return proofs.prove(
            bare,
            KEY,
            method=method(SELF_NAMED),
            at=timezone.now(),
            purpose="authentication",
            more=options,
        )

    def verified(document: Any, **changed: str) -> bool:
        told = {"verifiablePresentation": document, "options": options | changed}
        return bool(send("api_verify_presentation", told).json()["verified"])

    assert verified(shown(badge))
    assert not verified(shown(badge), challenge="another")
    assert not verified({**shown(badge), "holder": "did:web:evil.example"})
    assert not verified(shown({**badge, "name": "More"}))


def test_more_of_them_cost_no_more_questions(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    me, hr = visit(noor), visit(femke)
    pages = [(me, "mine"), (hr, "given"), (hr, "achievements"), (hr, "keys")]

    def asked() -> list[int]:
        found = []
        for client, name in pages:
            client.get(reverse(f"profile:{name}"))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"profile:{name}")).status_code == 200
            found.append(len(queries))
        return found

    a_credential(noor, van_dijk, by=femke)
    one = asked()
    for _ in range(4):
        a_credential(noor, van_dijk, by=femke)
    assert asked() == one


def test_an_achievement_of_another_organisation_is_not_there(
    noor: Person, femke: Person, de_linde: Organisation, visit: Visit
) -> None:
    theirs = an_achievement(de_linde)

    for page in ("achievement", "issue"):
        assert visit(femke).get(reverse(f"profile:{page}", args=[theirs.pk])).status_code == 404
