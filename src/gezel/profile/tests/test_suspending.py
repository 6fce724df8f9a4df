"""For now it does not count: suspended with a reason, lifted, and what every verifier reads."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3LdpVerifier
from openbadgeslib.ob3.status import decode_encoded_list

from gezel.connect.models import Message
from gezel.people.api import Organisation, Person
from gezel.profile import actions, letters, queries, words
from gezel.profile.bundles import check_file
from gezel.profile.models import Credential, SpentPlace
from gezel.profile.rules import proofs, status, verify
from gezel.profile.rules.did import Belief
from gezel.profile.rules.verdict import Finding, Verdict, check, check_document
from gezel.profile.tests.builders import a_credential, a_link
from gezel.profile.tests.samples import (
    AT_ADDRESS,
    KEY,
    LIST_AT,
    NOW,
    Told,
    a_badge,
    a_list,
    as_text,
    method,
    signed,
    the_issuer,
)
from gezel.trust.actions import erase_account
from gezel.trust.models import Event

Visit = Callable[[Person], Client]
SUSPENDED_AT = "https://learn.vandijk.example/credentials/status/1/suspension"
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DOCUMENT_AT = "https://learn.vandijk.example/did/van-dijk/did.json"


# -- vectors ---------------------------------------------------------------------------------------


def of_two(**changed: Any) -> dict[str, Any]:
    """A badge that names both lists, in the same place of each."""
    lists = {"revocation": LIST_AT, "suspension": SUSPENDED_AT}
    told = {"credentialStatus": status.stands_in(lists, 94_567)} | changed
    return signed(a_badge(AT_ADDRESS, **told))


def suspension(bits: set[int], **changed: Any) -> dict[str, Any]:
    """The second list, signed by its issuer."""
    told = status.list_credential(
        address=SUSPENDED_AT, issuer=AT_ADDRESS, purpose="suspension", bits=bits,
        since="2026-06-01T00:00:00Z", until="2026-06-02T00:00:00Z", size=status.LEAST_BITS,
    ) | changed  # fmt: skip
    return proofs.prove(told, KEY, method=method(AT_ADDRESS), at=NOW - timedelta(hours=12))


def world(withdrawn: set[int], second: Any) -> Told:
    return Told({DOCUMENT_AT: the_issuer(), LIST_AT: a_list(withdrawn), SUSPENDED_AT: second})


HERE = 94_567
VECTORS = {
    "in neither": (set(), {1, HERE - 1, HERE + 1}, Verdict.VALID, []),
    "suspended": (set(), {HERE}, Verdict.INVALID, ["suspended"]),
    "withdrawn": ({HERE}, set(), Verdict.INVALID, ["revoked"]),
    "withdrawn while suspended": ({HERE}, {HERE}, Verdict.INVALID, ["revoked", "suspended"]),
    "the second list is not there": (set(), None, Verdict.UNKNOWN, ["status_unknown"]),
}


@pytest.mark.parametrize("name", VECTORS)
def test_each_list_says_its_own(name: str) -> None:
    withdrawn, suspended, verdict, codes = VECTORS[name]
    second = None if suspended is None else suspension(suspended)

    found = check(as_text(of_two()), now=NOW, sources=world(withdrawn, second))

    assert (found.verdict, [r.code for r in found.reasons]) == (verdict, codes)
    assert found.revoked is bool(withdrawn)


@pytest.mark.parametrize(
    "second",
    {
        "the list of withdrawn ones in its place": lambda: a_list(set()),
        "of another purpose": lambda: suspension(set()) | {"x": 1},
        "changed after it was signed": lambda: (
            suspension({HERE}) | {"credentialSubject": suspension(set())["credentialSubject"]}
        ),
        "out of date": lambda: suspension(set(), validUntil="2026-05-31T00:00:00Z"),
        "a bomb": lambda: suspension(
            set(),
            credentialSubject={
                "id": f"{SUSPENDED_AT}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "suspension",
                "encodedList": status.packed(set(), size=8 * 64 * 1024 * 1024),
            },
        ),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_a_second_list_that_says_nothing_never_makes_it_valid(
    second: tuple[str, Callable[[], Any]],
) -> None:
    found = check(as_text(of_two()), now=NOW, sources=world(set(), second[1]()))

    assert found.verdict is Verdict.UNKNOWN
    assert not found.suspended


@pytest.mark.parametrize(
    "change",
    {
        "the second entry taken out": lambda d: d["credentialStatus"].pop(),
        "both turned round": lambda d: d["credentialStatus"].reverse(),
        "another place": lambda d: d["credentialStatus"][1].update(statusListIndex="1"),
        "another purpose": lambda d: d["credentialStatus"][1].update(statusPurpose="message"),
        "a plain object again": lambda d: d.update(credentialStatus=d["credentialStatus"][0]),
        "none at all": lambda d: d.pop("credentialStatus"),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_who_is_suspended_cannot_write_that_away(
    change: tuple[str, Callable[[dict[str, Any]], Any]],
) -> None:
    document = of_two()
    change[1](document)

    found = check(as_text(document), now=NOW, sources=world(set(), suspension({HERE})))

    assert found.verdict is not Verdict.VALID


def test_words_of_a_list_are_no_command() -> None:
    """A purpose we know and a bit that is set: whatever else an issuer writes says nothing."""
    told = of_two()["credentialStatus"]
    many = signed(a_badge(AT_ADDRESS, credentialStatus=[*told, {**told[1], "id": "urn:x:1"}]))

    found = check(as_text(many), now=NOW, sources=world(set(), suspension({HERE})))

    assert found.verdict is Verdict.INVALID
    assert words.verdict(found) == "Suspended: for now this does not count."
    # What was altered too is not merely suspended.
    altered = {**many, "name": "More"}
    found = check(as_text(altered), now=NOW, sources=world(set(), suspension({HERE})))
    assert words.verdict(found) == "Do not rely on this."


def test_another_library_reads_both_lists() -> None:
    """openbadgeslib, with the true key, and the lists as it knows them."""
    lists = {LIST_AT: a_list(), SUSPENDED_AT: suspension({HERE})}

    def reads(second: dict[str, Any]) -> bool:
        told = lists | {SUSPENDED_AT: second}

        def download(address: str) -> bytes:
            return as_text({k: v for k, v in told[address].items() if k != "proof"})

        verifier: Any = OB3LdpVerifier(PEM)
        with time_machine.travel(NOW):
            try:
                verifier.verify(
                    as_text(of_two()).decode(), check_status=True, verify_status_list=False,
                    download=download,
                )  # fmt: skip
            except LibOpenBadgesException:
                return False
        return True

    assert reads(suspension(set()))
    assert not reads(suspension({HERE}))


# -- of this house ---------------------------------------------------------------------------------


@pytest.fixture
def credential(noor: Person, femke: Person, van_dijk: Organisation) -> Credential:
    return a_credential(noor, van_dijk, by=femke, can_be_suspended=True)


def says(document: dict[str, Any]) -> Finding:
    return check_document(document, now=timezone.now(), sources=queries.OurOwn())


def committed(act: Callable[[], object], capture: Any) -> None:
    """As a request does: the lists are made anew once it is certain."""
    with capture(execute=True):
        act()


def test_suspended_seen_by_everyone_who_checks_and_lifted_again(
    credential: Credential, femke: Person, django_capture_on_commit_callbacks: Any
) -> None:
    document = credential.document
    assert [one["statusPurpose"] for one in document["credentialStatus"]] == [
        "revocation", "suspension",
    ]  # fmt: skip
    assert says(document).verdict is Verdict.VALID
    assert "not withdrawn or suspended as of" in words.sentence(says(document), None)
    assert check(actions.as_token(credential, document), now=timezone.now(),
                 sources=queries.OurOwn()).verdict is Verdict.VALID  # fmt: skip

    committed(
        lambda: actions.suspend(credential, reason="  After a mistake ", by=femke),
        django_capture_on_commit_callbacks,
    )
    assert (says(document).verdict, says(document).suspended) == (Verdict.INVALID, True)
    assert words.verdict(says(document)) == "Suspended: for now this does not count."
    assert not says(document).revoked
    token = actions.as_token(credential, document)
    assert check(token, now=timezone.now(), sources=queries.OurOwn()).suspended
    assert not actions.suspend(credential, reason="Twice", by=femke)
    credential.refresh_from_db()
    assert credential.suspended_because == "After a mistake"

    committed(
        lambda: actions.lift(credential, reason="Examined anew", by=femke),
        django_capture_on_commit_callbacks,
    )
    assert says(document).verdict is Verdict.VALID
    assert not actions.lift(credential, reason="Twice", by=femke)
    told = Event.objects.filter(about=credential.person).order_by("pk")
    assert [e.kind for e in told if e.kind.startswith("credential.")] == [
        "credential.issued", "credential.issued", "credential.suspended", "credential.lifted",
    ]  # fmt: skip


def test_without_that_list_it_is_one_object_and_can_only_be_withdrawn(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    plain = a_credential(noor, van_dijk, by=femke)

    assert plain.document["credentialStatus"]["statusPurpose"] == "revocation"
    plain.achievement.can_be_suspended = True
    actions.save_achievement(plain.achievement)
    with pytest.raises(ValidationError, match="only be withdrawn"):
        actions.suspend(plain, reason="Too late", by=femke)


def test_nobody_decides_on_their_own_nor_without_a_reason(
    credential: Credential, femke: Person, noor: Person
) -> None:
    for action in (actions.suspend, actions.lift):
        with pytest.raises(ValidationError, match="Nobody decides on their own"):
            action(credential, reason="I think so", by=noor)
        with pytest.raises(ValidationError, match="Say why"):
            action(credential, reason="  ", by=femke)
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.filter(pk=credential.pk).update(suspended_at=timezone.now())


def test_the_lists_are_public_and_tell_only_places(
    credential: Credential, femke: Person, django_capture_on_commit_callbacks: Any
) -> None:
    committed(
        lambda: actions.suspend(credential, reason="Canary 271828", by=femke),
        django_capture_on_commit_callbacks,
    )
    told = {}
    for entry in credential.document["credentialStatus"]:
        answer = Client().get("/" + entry["statusListCredential"].split("/", 3)[3])
        listing = json.loads(answer.content)
        assert listing["id"] == entry["statusListCredential"]
        assert listing["credentialSubject"]["statusPurpose"] == entry["statusPurpose"]
        assert b"271828" not in answer.content
        # By another's library: only that place, and in that list.
        told[entry["statusPurpose"]] = decode_encoded_list(
            listing["credentialSubject"]["encodedList"]
        )
    place = credential.place
    assert not any(told["revocation"])
    assert [n for n, byte in enumerate(told["suspension"]) if byte] == [place // 8]
    assert told["suspension"][place // 8] == 0x80 >> place % 8
    slug = credential.organisation.slug
    for number in (9, 12345):
        away = reverse("profile:suspended", args=[slug, number])
        assert Client().get(away).status_code == 404
    assert (
        queries.OurOwn().document(queries.list_address(credential.organisation, 0) + "x/") is None
    )


def test_in_the_browser_from_suspending_to_lifting(
    credential: Credential, noor: Person, femke: Person, visit: Visit
) -> None:
    hr, outsider = visit(femke), Client()
    _share, secret = a_link(noor, "all:hold")
    page = reverse("profile:revoke", args=[credential.pk])
    assert "Suspend it for now" in hr.get(page).content.decode()
    suspend = reverse("profile:suspend", args=[credential.pk])
    refused = hr.post(suspend, {"now-reason": ""})
    assert (refused.status_code, "This field is required" in refused.content.decode()) == (
        422,
        True,
    )
    done = hr.post(suspend, {"now-reason": "After a mistake"}, follow=True).content.decode()
    assert "Suspended since" in done
    assert "Lift the suspension" in done
    assert ">suspended<" in hr.get(reverse("profile:given")).content.decode()
    caches["near"].clear()  # as a minute later

    mine = visit(noor).get(reverse("profile:credential", args=[credential.pk])).content.decode()
    assert "After a mistake" in mine
    assert "suspended</span>" in visit(noor).get(reverse("profile:mine")).content.decode()
    assert (
        "suspended</span>" in outsider.get(reverse("profile:read", args=[secret])).content.decode()
    )
    seen = outsider.get(
        reverse("profile:read_credential", args=[secret, credential.pk])
    ).content.decode()
    assert "Suspended: for now this does not count." in seen
    assert "After a mistake" not in seen, "why is between HR and the person"
    dropped = outsider.post(
        reverse("profile:verify"), {"text": json.dumps(credential.document)}
    ).content.decode()
    assert "Suspended: for now this does not count." in dropped
    assert "it is suspended for now" in dropped
    assert visit(noor).get(reverse("profile:record", args=["van-dijk"])).status_code == 404, (
        "not bundled as if it counted"
    )

    lift = reverse("profile:lift", args=[credential.pk])
    hr.post(lift, {"now-reason": "Examined anew"})
    caches["near"].clear()
    again = outsider.post(reverse("profile:verify"), {"text": json.dumps(credential.document)})
    assert "This is genuine." in again.content.decode()


def test_only_hr_of_the_issuer_and_never_their_own(
    *, credential: Credential, noor: Person, daan: Person, sam: Person, femke: Person,
    van_dijk: Organisation, visit: Visit,
) -> None:  # fmt: skip
    own = a_credential(femke, van_dijk, by=daan, can_be_suspended=True)
    for who, one in ((noor, credential), (daan, credential), (sam, credential), (femke, own)):
        for page in ("suspend", "lift"):
            address = reverse(f"profile:{page}", args=[one.pk])
            assert visit(who).post(address, {"now-reason": "x"}).status_code == 404
            assert visit(who).get(address).status_code in {404, 405}
    assert not Credential.objects.exclude(suspended_at=None).exists()


def test_the_person_hears_what_was_decided_while_it_stands(
    credential: Credential, noor: Person, femke: Person
) -> None:
    actions.suspend(credential, reason="After a mistake", by=femke)
    first = Message.objects.get(kind=letters.DECIDED.name)
    letter = letters.DECIDED.write(first)
    assert letter is not None
    assert "does not count for now" in letter.subject
    assert "Why: After a mistake" in letter.lines
    actions.lift(credential, reason="Examined anew", by=femke)
    assert letters.DECIDED.write(first) is None, "it was lifted before the mail went"
    second = Message.objects.filter(kind=letters.DECIDED.name).latest("pk")
    assert "counts again" in getattr(letters.DECIDED.write(second), "subject", "")
    actions.suspend(credential, reason="Again", by=femke)
    actions.revoke(credential, reason="It never was", by=femke)
    last = Message.objects.filter(kind=letters.DECIDED.name).latest("pk")
    assert "was withdrawn" in getattr(letters.DECIDED.write(last), "subject", "")
    assert {m.person for m in Message.objects.filter(kind=letters.DECIDED.name)} == {noor}


def test_who_is_erased_stays_suspended(credential: Credential, noor: Person, femke: Person) -> None:
    """Else one would erase oneself to have an old file count again."""
    actions.suspend(credential, reason="After a mistake", by=femke)
    document = credential.document

    erase_account(noor)

    assert SpentPlace.objects.get().why == "suspended"
    assert says(document).suspended
    assert not says(document).revoked


def test_issued_anew_to_a_key_it_names_both_lists_in_its_new_place(
    credential: Credential, noor: Person, femke: Person
) -> None:
    key = actions.make_own_key(noor)
    before = credential.document["credentialStatus"]
    actions.bind(credential, key)
    credential.refresh_from_db()
    after = credential.document["credentialStatus"]

    assert [e["statusPurpose"] for e in after] == ["revocation", "suspension"]
    assert {e["statusListIndex"] for e in after} == {str(credential.place)}
    assert after != before
    assert says(credential.document).verdict is Verdict.VALID
    actions.suspend(credential, reason="After a mistake", by=femke)
    with pytest.raises(ValidationError, match="no longer counts"):
        actions.bind(credential, None)


def test_offline_both_lists_come_along(
    credential: Credential, noor: Person, femke: Person, tmp_path: Path
) -> None:
    """In the bundle and in the archive; the one-file verifier says the same in one sentence."""
    actions.suspend(credential, reason="After a mistake", by=femke)
    whole = queries.bundle_of(credential, credential.document)
    assert [one["credentialSubject"]["statusPurpose"] for one in whole["lists"]] == [
        "revocation", "suspension",
    ]  # fmt: skip

    class Keys:
        def document(self, address: str) -> Any | None:
            own = queries.did_document(credential.organisation)
            return own if address.endswith("did.json") else None

    checked = check_file(
        json.dumps(whole), now=timezone.now(), sources=Keys(), belief=Belief.NOTHING
    )
    assert checked.finding.suspended
    archive = tmp_path / "archive.zip"
    with archive.open("wb") as file:
        actions.make_archive(noor, file)
    opened = verify.Archive(archive)
    lists = [json.loads(opened.read(n)) for n in opened.names if n.startswith("status/")]
    assert len(lists) == 2
    copy = next(n for n in opened.names if n.startswith("credentials-jcs/"))
    keys = verify.Keys()
    keys.add(queries.did_document(credential.organisation), trusted=True)
    verdict, reasons, _as_of = verify.check_credential(
        json.loads(opened.read(copy)), keys, {one["id"]: one for one in lists}, timezone.now()
    )
    assert (verdict, reasons[-1]) == ("invalid", "suspended by who issued it")
