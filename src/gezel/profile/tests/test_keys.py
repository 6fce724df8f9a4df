"""A key of one's own: issued to it, proved with it, taken along locked, and gone when removed."""

import base64
import copy
import io
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openbadgeslib.ob3 import OB3LdpVerifier
from pytest_django import Settings

from gezel.kit.jobs import begin_minute, run_waiting
from gezel.people.api import Organisation, Person, visitor_of
from gezel.profile import actions, queries, sealing
from gezel.profile.models import Answered, Arrival, Brought, Credential, PersonKey, SpentPlace
from gezel.profile.rules import keyfile, proofs
from gezel.profile.rules.contexts import CREDENTIALS_V2
from gezel.profile.rules.holding import Held, check_held, key_named, present, to_key
from gezel.profile.rules.keys import did_key, from_multikey
from gezel.profile.rules.verdict import Verdict, check_document
from gezel.profile.tests.builders import a_credential
from gezel.profile.tests.samples import (
    AT_ADDRESS,
    DOCUMENT_AT,
    KEY,
    LIST_AT,
    NOW,
    OTHER,
    SELF_NAMED,
    Told,
    a_badge,
    a_list,
    entry,
    method,
    signed,
    the_issuer,
)
from gezel.profile.tests.test_leaving import archive_of, inside
from gezel.trust.actions import erase_account
from gezel.trust.tests.test_erasure import all_rows

Visit = Callable[[Person], Client]
WORDS = "vier schuine wolken boven zee"
THEIRS = did_key(OTHER.public_key())
AT_METHOD = method(AT_ADDRESS)
ASKED = {"challenge": "c-1", "domain": "learn.vandijk.example"}


# -- did:key, as the specification writes it -------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "did"),
    [
        # Of the vectors beside the method specification of W3C: ed25519-x25519.json.
        (bytes(32), "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"),
        (bytes(31) + b"\x01", "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG"),
        (bytes(31) + b"\x02", "did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf"),
    ],
)
def test_a_key_is_named_as_the_method_says(secret: bytes, did: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)

    assert did_key(key.public_key()) == did
    assert from_multikey(did.removeprefix("did:key:")).public == key.public_key()


# -- whose it is ----------------------------------------------------------------------------------


def to_them(**changed: Any) -> dict[str, Any]:
    """A badge of an issuer at an address, issued to the key of `OTHER`."""
    return _issued_to(THEIRS, **changed)


def answer(*credentials: Any, key: Ed25519PrivateKey = OTHER, **changed: str) -> dict[str, Any]:
    return present(credentials or (to_them(),), key, at=NOW, **(ASKED | changed))


def held(document: Any, **changed: Any) -> Held:
    world = Told({DOCUMENT_AT: the_issuer(), LIST_AT: a_list()})
    return check_held(document, now=NOW, sources=world, **(ASKED | changed))


def test_who_holds_the_key_proves_that_it_is_theirs() -> None:
    found = held(answer())

    assert found.is_theirs, found.reasons
    assert found.finding.verdict is Verdict.VALID
    assert found.finding.name == "Welding"
    second = to_them(id="urn:uuid:6c1c3b1e-6a4b-4a0c-9a55-0a4a3c0f4a12")
    two = held(answer(to_them(), second))
    assert two.is_theirs
    assert len(two.finding.within) == 2


def _proof(document: dict[str, Any], **changed: Any) -> dict[str, Any]:
    told = {**document["proof"], **changed}
    return {**document, "proof": {k: v for k, v in told.items() if v is not ...}}


def _made(bare: dict[str, Any], key: Ed25519PrivateKey = OTHER, **how: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "method": method(did_key(key.public_key()), key), "at": NOW, "purpose": "authentication",
        "more": ASKED, **how,
    }  # fmt: skip
    return proofs.prove(bare, key, **told)


def _bare(*credentials: Any, **changed: Any) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": THEIRS,
        "verifiableCredential": list(credentials or (to_them(),)),
    } | changed


def _issued_to(did: str, **changed: Any) -> dict[str, Any]:
    return signed(to_key(a_badge(AT_ADDRESS, credentialStatus=entry(), **changed), did))


def _two_subjects() -> dict[str, Any]:
    subjects = [to_them()["credentialSubject"], {"id": SELF_NAMED}]
    return signed({**to_them(), "credentialSubject": subjects})


def _without(word: str) -> dict[str, Any]:
    return {k: v for k, v in _bare().items() if k != word}


def _twice(key: Ed25519PrivateKey) -> dict[str, Any]:
    second = _made(_bare(), key, method=method(THEIRS, key))["proof"]
    return {**answer(), "proof": [answer()["proof"], second]}


WRONG: dict[str, Callable[[], Any]] = {
    "another challenge": lambda: answer(challenge="c-2"),
    "another domain": lambda: answer(domain="evil.example"),
    "no challenge in it": lambda: _made(_bare(), more={"domain": ASKED["domain"]}),
    "no domain in it": lambda: _made(_bare(), more={"challenge": ASKED["challenge"]}),
    "both challenges": lambda: _proof(answer(), challenge=["c-1", "c-2"]),
    "a challenge put in afterwards": lambda: _proof(answer(challenge="c-0"), challenge="c-1"),
    "no proof": _bare,
    "an empty list of proofs": lambda: _bare(proof=[]),
    "two good proofs": lambda: _twice(OTHER),
    "a second proof of another": lambda: _twice(KEY),
    "signed by another who names themselves": lambda: answer(key=KEY),
    "signed by another in their name": lambda: _made(_bare(), KEY),
    "their method, another's signature": lambda: _made(_bare(), KEY, method=method(THEIRS, OTHER)),
    "no holder": lambda: _made(_without("holder"), KEY),
    "another holder afterwards": lambda: {**answer(), "holder": SELF_NAMED},
    "an address as holder": lambda: _made(_bare(holder=AT_ADDRESS), KEY, method=AT_METHOD),
    "for another purpose": lambda: _made(_bare(), purpose="assertionMethod"),
    "over": lambda: _made(_bare(), more={**ASKED, "expires": "2026-05-31T00:00:00Z"}),
    "from the future": lambda: _made(_bare(), at=NOW + timedelta(hours=1)),
    "nothing in it": lambda: _made(_without("verifiableCredential")),
    "issued to nobody": lambda: answer(_issued_to("")),
    "issued to another": lambda: answer(_issued_to(SELF_NAMED)),
    "one of theirs, one of another": lambda: answer(to_them(), _issued_to(SELF_NAMED)),
    "another put in": lambda: {**answer(), "verifiableCredential": [to_them(name="More")]},
    "two subjects": lambda: answer(_two_subjects()),
    "a lifted proof": lambda: {**_bare(to_them(name="Other")), "proof": answer()["proof"]},
    "no presentation": to_them,
    "no object": lambda: [answer()],
    "nothing": lambda: None,
    "a letter changed": lambda: _proof(
        answer(), proofValue=answer()["proof"]["proofValue"][:-1] + "1"
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_proved_is_not_theirs(name: str) -> None:
    found = held(WRONG[name]())

    assert not found.is_theirs
    assert found.finding.verdict is not Verdict.VALID


def test_what_was_changed_in_the_credential_is_told_of_the_credential() -> None:
    forged = {**to_them(), "name": "Foreman"}
    found = held(_made(_bare(forged)))

    assert found.finding.verdict is Verdict.INVALID
    assert "altered" in {r.code for r in found.finding.reasons}


def test_to_another_key_it_is_other_words_and_not_the_same_signature() -> None:
    document = to_them()
    moved = to_key(document, SELF_NAMED)

    assert key_named(document) == THEIRS
    assert key_named(moved) == SELF_NAMED
    assert "proof" not in moved
    assert to_key(to_key(document, SELF_NAMED), THEIRS) == {
        k: v for k, v in document.items() if k != "proof"
    }
    odd_ones: tuple[Any, ...] = (
        None, [], "text", {}, {"credentialSubject": "did:key:z6Mk"}, {"credentialSubject": 4},
    )  # fmt: skip
    for odd in odd_ones:
        assert key_named(odd) in ("", "did:key:z6Mk")


# -- locked with a passphrase ---------------------------------------------------------------------


def _raw(key: Any) -> bytes:
    assert isinstance(key, Ed25519PrivateKey)
    return key.private_bytes_raw()


def test_a_locked_key_opens_with_its_passphrase_alone() -> None:
    locked = keyfile.lock(KEY, WORDS)

    assert _raw(keyfile.unlock(locked, f" {WORDS} ")) == _raw(KEY)
    assert _raw(keyfile.unlock(locked.replace("\n", "\r\n"), WORDS)) == _raw(KEY)
    for other in ("", WORDS.upper(), WORDS + "!", "x"):
        with pytest.raises(keyfile.WrongPassphrase):
            keyfile.unlock(locked, other)
    assert keyfile.lock(KEY, WORDS) != locked, "never the same twice"


def test_an_accent_is_the_same_however_a_phone_writes_it() -> None:
    locked = keyfile.lock(KEY, "één lange zin")

    assert _raw(keyfile.unlock(locked, "e\u0301e\u0301n lange zin")) == _raw(KEY)


def test_others_open_it_too(tmp_path: Path) -> None:
    locked = keyfile.lock(KEY, WORDS)
    assert _raw(load_pem_private_key(locked.encode(), WORDS.encode())) == _raw(KEY)
    file = tmp_path / "key.pem"
    file.write_text(locked)
    try:
        run = subprocess.run(
            ["openssl", "pkey", "-in", str(file), "-passin", f"pass:{WORDS}", "-text", "-noout"],
            capture_output=True, check=False, timeout=60,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("NOT TESTED: no openssl here")
    assert run.returncode == 0, run.stderr
    told = "".join(run.stdout.decode().partition("pub:")[2].split()).replace(":", "")
    assert bytes.fromhex(told) == KEY.public_key().public_bytes_raw()


def _der(change: Callable[[bytearray], None]) -> str:
    lines = keyfile.lock(KEY, WORDS).strip().splitlines()
    data = bytearray(base64.b64decode("".join(lines[1:-1])))
    change(data)
    return "\n".join([lines[0], base64.b64encode(bytes(data)).decode(), lines[-1]])


def _put(at: bytes, value: bytes) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        start = bytes(data).index(at)
        data[start : start + len(value)] = value

    return change


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n====\n-----END ENCRYPTED PRIVATE KEY-----",
        lambda data: data.append(0),
        lambda data: data.__delitem__(slice(-1, None)),
        _put(b"\x02\x02\x40\x00", b"\x02\x02\x7f\x00"),  # a gigabyte to work out
        _put(b"\x02\x01\x08\x02\x01\x05", b"\x02\x01\x7f\x02\x01\x7f"),
        _put(b"\x30\x81", b"\x30\x82"),
    ],
)
def test_other_files_are_refused_before_anything_is_worked_out(
    text: str | Callable[[bytearray], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of these, or one of ours with something changed in it."""
    # Locked here: a third of a second each, which every worker would spend to find the tests.
    if not isinstance(text, str):
        text = _der(text)
    monkeypatch.setattr(keyfile, "_derived", lambda *_: pytest.fail("it was worked out"))

    with pytest.raises(keyfile.NoKeyFile):
        keyfile.unlock(text, WORDS)


# -- at an organisation ---------------------------------------------------------------------------


def says(document: Any) -> Any:
    caches["near"].clear()
    return check_document(document, now=timezone.now(), sources=queries.OurOwn())


def test_without_a_key_nothing_names_one_and_none_is_made_unasked(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)

    assert key_named(credential.document) == ""
    assert not PersonKey.objects.exists()


def test_what_is_issued_names_the_key_in_every_language_and_others_read_it(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    key = actions.make_own_key(noor)

    credential = a_credential(noor, van_dijk, by=femke)

    assert len(credential.documents) == 2
    for document in credential.documents:
        assert key_named(document) == key.did
        assert says(document).verdict is Verdict.VALID
        signer = queries.opened(credential.signed_with).public_key()
        assert OB3LdpVerifier(signer).verify(json.dumps(document)).recipient_id == key.did


def test_what_was_issued_before_is_issued_anew_word_for_word(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    before, place = copy.deepcopy(credential.documents), credential.place
    key = actions.make_own_key(noor)

    assert actions.bind(credential, key)

    credential.refresh_from_db()
    assert credential.place != place
    changed = {"proof", "credentialStatus", "credentialSubject"}
    for old, new in zip(before, credential.documents, strict=True):
        assert {k: v for k, v in old.items() if k not in changed} == {
            k: v for k, v in new.items() if k not in changed
        }
        assert new["credentialSubject"] == {"id": key.did, **old["credentialSubject"]}
        assert says(new).verdict is Verdict.VALID
        assert says(old).verdict is Verdict.INVALID
        assert queries.was_replaced(old)
        assert not queries.was_replaced(new)
    assert credential.revoked_at is None, "nobody withdrew anything"
    assert not actions.bind(credential, key), "again changes nothing"
    assert SpentPlace.objects.count() == 1
    assert actions.bind(credential, None)
    credential.refresh_from_db()
    assert key_named(credential.document) == ""
    assert says(credential.document).verdict is Verdict.VALID


def test_withdrawn_or_over_it_is_not_issued_anew(
    noor: Person, femke: Person, van_dijk: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = actions.make_own_key(noor)
    gone = a_credential(noor, van_dijk, by=femke, name_en="Gone")
    over = a_credential(noor, van_dijk, by=femke, name_en="Over", months=1)
    actions.revoke(gone, reason="By mistake", by=femke)
    with pytest.raises(ValidationError):
        actions.bind(gone, None)
    with time_machine.travel(timezone.now() + timedelta(days=60)), pytest.raises(ValidationError):
        actions.bind(over, None)
    monkeypatch.setattr(actions.keys, "MOST_BOUND", 1)
    assert actions.bind(over, None)
    with pytest.raises(ValidationError):
        actions.bind(Credential.objects.get(pk=over.pk), key)


def test_a_new_key_leaves_the_earlier_one_to_prove_its_own(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    first = actions.make_own_key(noor)
    credential = a_credential(noor, van_dijk, by=femke)
    second = actions.make_own_key(noor)

    first.refresh_from_db()
    assert first.put_away_at is not None
    assert queries.named_key_of(noor) == second.did
    later = a_credential(noor, van_dijk, by=femke, name_en="Later")
    assert queries.bound_to(noor) == {first.did: [credential], second.did: [later]}
    question = queries.new_question("")
    assert actions.show(credential, first, challenge=question)


def test_keys_lie_sealed_and_change_of_safe_takes_them_along(
    noor: Person, settings: Settings
) -> None:
    key = actions.make_own_key(noor)
    raw = queries.opened_own(key).private_bytes_raw()
    assert raw not in bytes(key.sealed)
    settings.SEALING_KEYS = ["a newer one"]

    assert actions.reseal() == 1
    key.refresh_from_db()
    assert key.sealed_with == sealing.current()
    assert queries.opened_own(key).private_bytes_raw() == raw


def test_who_is_erased_takes_the_key_along_and_withdrawn_stays_withdrawn(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    actions.make_own_key(noor)
    stands = a_credential(noor, van_dijk, by=femke, name_en="Stands")
    gone = a_credential(noor, van_dijk, by=femke, name_en="Gone")
    actions.revoke(gone, reason="By mistake", by=femke)

    erase_account(noor)

    assert not PersonKey.objects.exists()
    assert not Credential.objects.exists()
    assert says(gone.document).verdict is Verdict.INVALID
    assert says(stands.document).verdict is Verdict.VALID
    assert dict(SpentPlace.objects.values_list("place", "why")) == {
        stands.place: "stands",
        gone.place: "withdrawn",
    }


# -- asked and answered ---------------------------------------------------------------------------


@pytest.fixture
def issued(noor: Person, femke: Person, van_dijk: Organisation) -> Credential:
    actions.make_own_key(noor)
    return a_credential(noor, van_dijk, by=femke)


def ask() -> tuple[str, str]:
    """Someone asks: where they read the answer, and the question."""
    where = Client().post(reverse("profile:ask_holder"), {"who": "De Linde, recruiting"})[
        "Location"
    ]
    question = queries.question_at(where.rstrip("/").rpartition("/")[2])
    assert question is not None
    return where, question


def test_the_address_alone_leads_to_where_one_asks(db: None) -> None:
    """Typed, or kept among bookmarks: an empty page would help nobody."""
    address = reverse("profile:ask_holder")
    for answer in (Client().get(address), Client().head(address)):
        assert (answer.status_code, answer["Location"]) == (302, reverse("profile:verify"))
    assert Client().put(address).status_code == 405


def test_asked_and_answered_here(issued: Credential, noor: Person, visit: Visit) -> None:
    where, question = ask()
    assert "Waiting." in Client().get(where).content.decode()
    assert not Answered.objects.exists(), "of a question nothing is kept"
    to_answer = reverse("profile:prove_to", args=[question])
    me = visit(noor)
    assert "De Linde, recruiting" in me.get(to_answer).content.decode()

    assert me.post(to_answer, {"credential": str(issued.pk)}).status_code == 302

    page = Client().get(where).content.decode()
    assert "holds the key it was issued to" in page
    assert "This is genuine." in page
    assert noor.name in page
    part = Client().get(where, headers={"HX-Request": "true"}).content.decode()
    assert "holds the key" in part
    assert "hx-trigger" not in part, "it waits no more"
    # Withdrawn a minute later, it says so.
    actions.revoke(issued, reason="By mistake", by=Person.objects.get(first_name="Femke"))
    caches["near"].clear()
    page = Client().get(where).content.decode()
    assert "Withdrawn: this no longer counts." in page
    assert "This is genuine." not in page


def test_a_question_is_answered_once(issued: Credential, noor: Person, visit: Visit) -> None:
    _where, question = ask()
    to_answer = reverse("profile:prove_to", args=[question])
    me = visit(noor)
    for _twice in range(2):
        me.post(to_answer, {"credential": str(issued.pk)})

    assert Answered.objects.count() == 1
    assert "answered before" in me.get(reverse("profile:own_keys")).content.decode()


def test_nobody_shows_what_is_not_theirs(
    issued: Credential, sam: Person, daan: Person, visit: Visit
) -> None:
    _where, question = ask()
    actions.make_own_key(daan)
    for person in (sam, daan):
        sent = visit(person).post(
            reverse("profile:prove_to", args=[question]), {"credential": str(issued.pk)}
        )
        assert sent.status_code == 422
        assert visit(person).post(reverse("profile:bind", args=[issued.pk])).status_code == 404
        key = issued.person.own_keys.get()
        gone = visit(person).post(reverse("profile:remove_own_key", args=[key.pk]), {"sure": "on"})
        assert gone.status_code == 404
    assert not Answered.objects.exists()


def test_a_question_ends_and_who_was_asked_cannot_read_the_answer(
    issued: Credential, noor: Person, visit: Visit
) -> None:
    where, question = ask()
    to_answer = reverse("profile:prove_to", args=[question])
    for wrong in (question, question + "x", "x", question[:-1]):
        assert Client().get(reverse("profile:asked", args=[wrong])).status_code == 404
    assert visit(noor).get(reverse("profile:prove_to", args=["x" + question])).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert visit(noor).get(to_answer).status_code == 404
        assert visit(noor).post(to_answer, {"credential": str(issued.pk)}).status_code == 404
        assert "This question is over" in Client().get(where).content.decode()
    assert not Answered.objects.exists()


def test_an_answer_goes_after_an_hour(issued: Credential, noor: Person, visit: Visit) -> None:
    where, question = ask()
    visit(noor).post(reverse("profile:prove_to", args=[question]), {"credential": str(issued.pk)})
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert noor.name not in Client().get(where).content.decode()
        begin_minute()
        run_waiting()
    assert not Answered.objects.exists()


def hand_in(where: str, document: Any) -> Any:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Client().post(where, {"file": SimpleUploadedFile("answer.json", data)})


def test_asked_here_and_answered_in_another_gezel(
    issued: Credential, noor: Person, visit: Visit
) -> None:
    where, question = ask()
    told = {"credential": str(issued.pk), "question": question, "domain": queries.domain().upper()}
    made = visit(noor).post(reverse("profile:prove"), told)
    assert made["Content-Type"] == "application/json"
    assert not Answered.objects.exists()

    page = hand_in(where, made.content)
    assert page.status_code == 200
    assert "holds the key it was issued to" in page.content.decode()
    kept = Answered.objects.get()
    assert (kept.person, kept.document) == (None, None)
    # Once more it is a copy, and to another question it is nothing.
    again = hand_in(where, made.content)
    assert again.status_code == 422
    other, _question = ask()
    foreign = hand_in(other, made.content).content.decode()
    assert "It was made for someone else (challenge)." in foreign
    assert "holds the key" not in foreign


def test_handed_in_wrong_it_proves_nothing_and_shuts_nothing(
    issued: Credential, noor: Person
) -> None:
    where, question = ask()
    key = noor.own_keys.get()
    good = actions.answer_for(issued, key, challenge=question, domain=queries.domain())
    elsewhere = actions.answer_for(issued, key, challenge=question, domain="elders.example")
    thief = present(
        [issued.document], KEY, at=timezone.now(), challenge=question, domain=queries.domain()
    )
    every: tuple[Any, ...] = (
        elsewhere,
        thief,
        issued.document,
        {k: v for k, v in good.items() if k != "proof"},
        {**good, "proof": [good["proof"], good["proof"]]},
        [],
        b"text",
    )
    for wrong in every:
        assert "holds the key" not in hand_in(where, wrong).content.decode()
    assert not Answered.objects.exists()
    assert "holds the key it was issued to" in hand_in(where, good).content.decode()


def test_a_credential_alone_says_that_one_can_ask(issued: Credential) -> None:
    text = json.dumps(issued.document)
    page = Client().post(reverse("profile:verify"), {"text": text}).content.decode()

    assert "This is genuine." in page
    assert "can prove that it is theirs, if you ask" in page
    actions.bind(issued, None)
    caches["near"].clear()
    page = Client().post(reverse("profile:verify"), {"text": text}).content.decode()
    assert "There is a newer one." in page
    assert "Nothing was wrong" in page
    assert "Withdrawn" not in page


# -- the page -------------------------------------------------------------------------------------


def test_made_bound_and_removed_on_the_page(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    credential = a_credential(noor, van_dijk, by=femke)
    me, page = visit(noor), reverse("profile:own_keys")
    assert "You have no key" in me.get(page).content.decode()
    bind = reverse("profile:bind", args=[credential.pk])
    me.post(bind, {"to": "key"})
    assert key_named(Credential.objects.get().document) == "", "there is none to name"
    me.post(reverse("profile:new_own_key"))
    key = PersonKey.objects.get()
    assert "Issued without a key" in me.get(page).content.decode()
    me.post(bind, {"to": "key"})
    assert key_named(Credential.objects.get().document) == key.did
    remove = reverse("profile:remove_own_key", args=[key.pk])
    me.post(remove)
    assert PersonKey.objects.exists(), "not without the tick"

    me.post(remove, {"sure": "on"})

    assert not PersonKey.objects.exists()
    assert "Issued to a key that is not here" in me.get(page).content.decode()
    assert says(Credential.objects.get().document).verdict is Verdict.VALID
    me.post(bind)
    assert key_named(Credential.objects.get().document) == ""


def test_there_is_an_end_to_how_many(noor: Person, visit: Visit) -> None:
    for _ in range(actions.keys.MOST_KEYS + 1):
        visit(noor).post(reverse("profile:new_own_key"))

    assert PersonKey.objects.filter(person=noor).count() == actions.keys.MOST_KEYS
    assert PersonKey.objects.filter(person=noor, put_away_at=None).count() == 1


# -- taken along ----------------------------------------------------------------------------------


@pytest.fixture
def takes_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.usefixtures("takes_files")
def test_a_key_goes_along_only_under_a_passphrase(
    issued: Credential, noor: Person, visit: Visit
) -> None:
    me, take = visit(noor), reverse("profile:take_along")
    for wrong in ({"passphrase": "short", "again": "short"}, {"passphrase": WORDS, "again": "x"}):
        assert me.post(take, wrong).status_code == 422
    assert not Arrival.objects.exists()
    me.post(take, {"passphrase": WORDS, "again": WORDS})
    run_waiting()
    takeout = me.get(reverse("profile:leaving")).context["ready"].takeouts[0]
    with takeout.file.open("rb") as file:
        data = file.read()
    key = noor.own_keys.get()
    with inside(data) as found:
        assert keyfile.unlock(found.read(f"keys/{key.public}.pem").decode(), WORDS)
        assert f"keys/{key.public}.pem" in json.loads(found.read("manifest.json"))["files"]
        assert f"openssl pkey -in keys/{key.public}.pem" in found.read("index.html").decode()
        everything = b"".join(found.read(name) for name in found.namelist())
    assert bytes(key.sealed) not in everything
    assert WORDS.encode() not in everything
    with inside(archive_of(noor)) as found:
        assert not [name for name in found.namelist() if name.startswith("keys/")]
        assert key.public in found.read("profile.json").decode(), "that there is one, is told"


def test_nowhere_does_the_passphrase_stay(
    issued: Credential, noor: Person, visit: Visit, takes_files: None
) -> None:
    visit(noor).post(reverse("profile:take_along"), {"passphrase": WORDS, "again": WORDS})

    assert not [table for table, text in all_rows() if WORDS in text]


@pytest.fixture
def moved(
    issued: Credential, noor: Person, van_dijk: Organisation, takes_files: None
) -> tuple[bytes, Person]:
    """Noor's archive, her key in it; and her account in another Gezel, which knows nothing of her:
    another address, another number, no key."""
    made = io.BytesIO()
    actions.make_archive(noor, made, keys=actions.locked_keys(noor, WORDS))
    newcomer = Person.objects.create_user(
        "noor@elders.example", first_name=noor.first_name, last_name=noor.last_name
    )
    return made.getvalue(), newcomer


def proved(arrival: Arrival) -> dict[str, str]:
    return dict(arrival.items.filter(kind="credential").values_list("name", "proof"))


def test_in_the_next_gezel_the_key_proves_what_the_address_cannot(
    moved: tuple[bytes, Person], issued: Credential, visit: Visit
) -> None:
    data, newcomer = moved
    arrival = actions.receive(visitor_of(newcomer), data, name="archive.zip")
    assert set(proved(arrival).values()) == {Brought.Proof.STATED}, "nothing shows it is about her"
    page = reverse("profile:arrival", args=[arrival.pk])
    me, take = visit(newcomer), reverse("profile:take_key", args=[arrival.pk])
    assert "Your key lies in this file" in me.get(page).content.decode()

    me.post(take, {"passphrase": "something else entirely"})
    assert "does not open with this passphrase" in me.get(page).content.decode()
    assert not newcomer.own_keys.exists()
    me.post(take, {"passphrase": WORDS})

    key = newcomer.own_keys.get()
    assert key.brought
    assert key.did == key_named(issued.document)
    assert set(proved(arrival).values()) == {Brought.Proof.VERIFIED}
    assert "Your key lies in this file" not in me.get(page).content.decode()
    # And out again: the file of the first goes along, and hers opens with another passphrase.
    actions.take_over(arrival, visitor_of(newcomer), {})
    with inside(archive_of(newcomer)) as found:
        assert keyfile.unlock(found.read(f"keys/{key.public}.pem").decode(), WORDS)


def test_without_the_passphrase_the_rest_comes_in(moved: tuple[bytes, Person]) -> None:
    data, newcomer = moved
    arrival = actions.receive(visitor_of(newcomer), data, name="archive.zip")

    actions.take_over(arrival, visitor_of(newcomer), {})

    assert arrival.items.filter(kind="credential").exists()
    assert not newcomer.own_keys.exists()


def test_a_key_that_was_given_away_makes_nobody_someone_else(
    moved: tuple[bytes, Person], sam: Person
) -> None:
    data, _newcomer = moved
    arrival = actions.receive(visitor_of(sam), data, name="archive.zip")

    assert actions.take_key(arrival, WORDS) == 1

    assert set(proved(arrival).values()) == {Brought.Proof.STATED}, "the name in it is another's"
    EmailAddress.objects.filter(user=sam).delete()


def test_a_key_file_of_another_key_than_it_says_is_refused(
    moved: tuple[bytes, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, newcomer = moved
    arrival = actions.receive(visitor_of(newcomer), data, name="archive.zip")
    monkeypatch.setattr(keyfile, "unlock", lambda _pem, _words: KEY)

    with pytest.raises(actions.NotTaken, match="not as Gezel writes one"):
        actions.take_key(arrival, WORDS)
    assert not newcomer.own_keys.exists()


def test_passphrases_are_not_tried_without_end(
    moved: tuple[bytes, Person], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, newcomer = moved
    arrival = actions.receive(visitor_of(newcomer), data, name="archive.zip")
    tried: list[str] = []

    def take_key(_arrival: Arrival, words: str) -> int:
        tried.append(words)
        return 0

    monkeypatch.setattr(actions, "take_key", take_key)
    me, take = visit(newcomer), reverse("profile:take_key", args=[arrival.pk])
    for _ in range(14):
        me.post(take, {"passphrase": "wrong"})

    assert len(tried) == 10
    assert (
        "tried too often" in me.get(reverse("profile:arrival", args=[arrival.pk])).content.decode()
    )
