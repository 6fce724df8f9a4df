"""A credential with its list and its place in the log: whole, or told in what it is not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from gezel.people.api import Organisation, Person
from gezel.profile import actions, queries
from gezel.profile.bundles import check_file
from gezel.profile.models import Credential
from gezel.profile.rules.bundle import Along, fingerprint
from gezel.profile.rules.did import Belief, Nowhere, Sources
from gezel.profile.rules.verdict import Verdict
from gezel.profile.tests.builders import a_credential
from gezel.trust.actions import note_event
from gezel.trust.api import proof_of
from gezel.trust.models import Event
from gezel.trust.tests.builders import an_event_about, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential(noor: Person, femke: Person, van_dijk: Organisation) -> Credential:
    found = a_credential(noor, van_dijk, by=femke)
    sealed(van_dijk)
    return found


def said(told: Any, sources: Sources | None = None) -> tuple[Verdict, set[str]]:
    found = check_file(
        json.dumps(told), now=timezone.now(), sources=sources or queries.OurOwn(),
        belief=Belief.STATED,
    )  # fmt: skip
    return found.finding.verdict, {r.code for r in found.finding.reasons}


def test_a_bundle_is_proved_with_its_place_in_the_log(credential: Credential) -> None:
    told = queries.bundle_of(credential, credential.document)
    checked = check_file(
        json.dumps(told), now=timezone.now(), sources=queries.OurOwn(), belief=Belief.NOTHING
    )

    assert checked.finding.verdict is Verdict.VALID, checked.finding.reasons
    assert checked.proved is not None
    assert checked.proved.event["kind"] == "credential.issued"


def test_without_a_network_the_list_along_tells_and_the_key_does_not(
    credential: Credential,
) -> None:
    """A did:web is proved by its address alone; what came along shows the rest."""
    verdict, codes = said(queries.bundle_of(credential, credential.document), Nowhere())

    assert verdict is Verdict.UNKNOWN
    assert {"issuer_not_reached", "log_key_as_written"} <= codes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda b: b["credential"].update(name="More"), "altered"),
        (lambda b: b["log"].update(salt="00" * 32), "log_not_proved"),
        (lambda b: b["log"]["event"].update(subject="urn:uuid:other"), "log_not_proved"),
        (lambda b: b["log"].update(proof=[]), "log_not_proved"),
        (lambda b: b["log"].update(checkpoint="x"), "log_not_proved"),
        (lambda b: b.update(log=[]), "log_not_proved"),
    ],
)
def test_a_bundle_that_was_changed_is_invalid(
    credential: Credential, change: Callable[[dict[str, Any]], None], code: str
) -> None:
    told = json.loads(json.dumps(queries.bundle_of(credential, credential.document)))
    change(told)

    verdict, codes = said(told)
    assert verdict is Verdict.INVALID
    assert code in codes


def test_a_proof_of_something_else_is_told(
    credential: Credential, noor: Person, van_dijk: Organisation
) -> None:
    told = queries.bundle_of(credential, credential.document)
    told["log"] = proof_of(an_event_about(noor, van_dijk))

    assert said(told)[1] >= {"log_of_another"}
    told["log"] = None
    assert said(told) == (Verdict.VALID, {"not_in_log"})


def test_another_log_than_the_issuers_is_told(
    credential: Credential, de_linde: Organisation
) -> None:
    """Whoever makes a log of their own and writes the same words in it."""
    note_event(
        de_linde.pk,
        "credential.issued",
        subject=credential.document["id"],
        document=fingerprint(credential.document),
    )
    sealed(de_linde)
    told = queries.bundle_of(credential, credential.document)
    told["log"] = proof_of(Event.objects.get(organisation=de_linde))

    verdict, codes = said(told)
    assert verdict is Verdict.INVALID
    assert "log_not_theirs" in codes


def test_a_list_that_also_speaks_of_keys_is_not_taken_along() -> None:
    evil = {
        "id": "https://issuer.example/",
        "type": ["BitstringStatusListCredential"],
        "proof": {},
        "assertionMethod": [{"id": "https://issuer.example/#z"}],
    }

    assert Along({"lists": [evil]}, Nowhere()).document("https://issuer.example/") is None
    odd: tuple[Any, ...] = (None, "x", [None], [[]], {})
    for lists in odd:
        assert Along({"lists": lists}, Nowhere()).document("x") is None


def test_what_was_withdrawn_after_it_was_taken_along_is_seen_where_it_can_be_asked(
    credential: Credential, femke: Person
) -> None:
    told = queries.bundle_of(credential, credential.document)
    actions.revoke(credential, reason="A mistake", by=femke)
    caches["near"].clear()
    assert "revoked" in said(told)[1]


def test_the_command_reads_bundles_and_proofs(
    credential: Credential, noor: Person, visit: Any, tmp_path: Path, capsys: Any
) -> None:
    client = visit(noor)
    file = tmp_path / "bundle.json"
    file.write_bytes(client.get(reverse("profile:file", args=[credential.pk, "bundle"])).content)
    call_command("verify", str(file))
    assert "In the log" in capsys.readouterr().out

    event = Event.objects.get(subject=credential.document["id"])
    proof = client.get(reverse("trust:my_proof", args=[event.pk])).json()
    file.write_text(json.dumps(proof))
    call_command("verify", str(file))
    told = capsys.readouterr().out
    assert told.startswith("valid: written down")
    assert "NOT PROVEN: whose log" in told
    file.write_text(json.dumps({**proof, "place": proof["place"] + 1}))
    with pytest.raises(SystemExit) as stop:
        call_command("verify", str(file))
    assert stop.value.code == 1


def test_the_page_says_it_in_one_sentence(credential: Credential, visit: Any, noor: Person) -> None:
    page = visit(noor).post(reverse("profile:verify"), {"text": json.dumps(credential.document)})
    body = page.content.decode()

    assert "issued this, unchanged in its log since" in body
    assert "not withdrawn as of" in body
    assert "Nobody outside has witnessed it." in body
    assert "What this does not prove" in body
