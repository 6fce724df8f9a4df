"""Forged in every way we could think of: never called valid, here nor by a second implementation.

The second implementation is openbadgeslib, which shares nothing with ours but `pyld` and
`cryptography`. It gets the issuer's true key; ours gets the issuer's own document.
"""

import base64
import copy
import json
import string
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

from gezel.profile.rules import jwt, status
from gezel.profile.rules.baking import bake_png, bake_svg
from gezel.profile.rules.contexts import CREDENTIALS_V2, LEARNER_RECORD, OPEN_BADGES
from gezel.profile.rules.did import Ground, document_of
from gezel.profile.rules.keys import multikey
from gezel.profile.rules.verdict import Belief, Verdict, check
from gezel.profile.tests.samples import (
    AT_ADDRESS,
    DOCUMENT_AT,
    KEY,
    LIST_AT,
    NOW,
    OTHER,
    SELF_NAMED,
    SIGNED,
    Told,
    a_badge,
    a_list,
    as_text,
    entry,
    method,
    packed,
    signed,
    the_issuer,
    token,
)

Document = dict[str, Any]
PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVQIW2NgUPr/HwADaAIhG61j/AAAAABJRU5ErkJggg=="
)


def original() -> Document:
    return signed(a_badge(AT_ADDRESS, credentialStatus=entry()))


def world(**changed: Any) -> Told:
    return Told({DOCUMENT_AT: the_issuer(), LIST_AT: a_list(), **changed})


def test_the_original_is_valid_to_both() -> None:
    assert check(as_text(original()), now=NOW, sources=world()).verdict is Verdict.VALID
    assert second_opinion(as_text(original()))


def second_opinion(data: bytes) -> bool:
    """Whether openbadgeslib takes it, with the issuer's true key and its status list."""
    text = data.decode(errors="replace")
    verifier: Any = OB3LdpVerifier(PEM) if text.lstrip().startswith("{") else OB3Verifier(PEM)

    def download(address: str) -> bytes:
        if address != LIST_AT:
            raise OSError(address)
        # It knows lists as tokens alone, which says nothing about the credential at hand.
        return as_text({k: v for k, v in a_list().items() if k != "proof"})

    refusals = (LibOpenBadgesException, OSError, ValueError, RecursionError)
    with time_machine.travel(NOW), suppress(*refusals):
        verifier.verify(text, check_status=True, verify_status_list=False, download=download)
        return True
    return False


# -- kinds of forging: each takes the original and gives what is handed in ---------------------

KINDS: dict[str, Callable[[Document], bytes]] = {}


def kind(make: Callable[[Document], Document | bytes]) -> Callable[[Document], Document | bytes]:
    def forged(document: Document) -> bytes:
        made = make(document)
        return made if isinstance(made, bytes) else as_text(made)

    KINDS[make.__name__] = forged
    return make


def setting(path: str, value: Any) -> Callable[[Document], Document]:
    def change(document: Document) -> Document:
        *way, last = path.split("/")
        place: Any = document
        for step in way:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
        return document

    change.__name__ = f"{path} = {str(value)[:40]}"
    return change


SUBJECT = "credentialSubject"
for _change in [
    # what it says
    setting("name", "Welding, level 5"),
    setting("id", "urn:uuid:00000000-0000-4000-8000-000000000000"),
    setting("validFrom", "2020-03-04T09:00:00Z"),
    setting("validUntil", "2099-03-04T09:00:00Z"),
    setting("validUntil", None),
    setting("validUntil", "2028-03-04"),
    setting("validUntil", "2028-03-04T09:00:00"),
    setting("validFrom", None),
    setting(f"{SUBJECT}/id", "urn:uuid:ffffffff-58c6-4f0c-b6ae-8a0b8a2f6f10"),
    setting(f"{SUBJECT}/id", None),
    setting(f"{SUBJECT}/achievement/name", "Underwater welding"),
    setting(f"{SUBJECT}/achievement/criteria/narrative", "Was present."),
    setting(f"{SUBJECT}/achievement/achievementType", "Degree"),
    # who says it
    setting("issuer/name", "Vаn Dijk"),
    setting("issuer/id", "did:web:vandijk.example.evil.example"),
    setting("issuer/id", "did:web:learn.vandijk.example:did:van-dijk:"),
    setting("issuer", "did:web:evil.example"),
    # as what
    setting("type", ["VerifiableCredential"]),
    setting("type", ["VerifiableCredential", "OpenBadgeCredential", "Diploma"]),
    setting("@context", [CREDENTIALS_V2]),
    setting("@context", [OPEN_BADGES]),
    setting("@context", [OPEN_BADGES, CREDENTIALS_V2]),
    setting("@context", [CREDENTIALS_V2, OPEN_BADGES, "https://evil.example/context.json"]),
    setting("@context", [CREDENTIALS_V2, OPEN_BADGES, {"name": "https://schema.org/x"}]),
    # its status
    setting("credentialStatus", None),
    setting("credentialStatus/statusListIndex", "94568"),
    setting("credentialStatus/statusListCredential", "https://evil.example/list"),
    setting("credentialStatus/statusPurpose", "message"),
    setting("credentialStatus/type", "SomethingElse"),
    # its proof
    setting("proof", None),
    setting("proof", []),
    setting("proof/proofPurpose", "authentication"),
    setting("proof/created", "2026-03-05T09:00:00Z"),
    setting("proof/cryptosuite", "eddsa-jcs-2022"),
    setting("proof/cryptosuite", "none"),
    setting("proof/type", "Ed25519Signature2020"),
    setting("proof/proofValue", "z1"),
    setting("proof/proofValue", None),
    setting("proof/verificationMethod", method(AT_ADDRESS, OTHER)),
    setting("proof/verificationMethod", method("did:web:evil.example")),
    setting("proof/expires", "2030-01-01T00:00:00Z"),
    # words that the vocabulary does not have, and so nobody signed
    setting("level", "5"),
    setting(f"{SUBJECT}/remark", "with honours"),
]:
    KINDS.setdefault(_change.__name__, lambda d, change=_change: as_text(change(d)))  # type: ignore[misc]


@kind
def signed_again_with_another_key(document: Document) -> Document:
    return signed(_bare(document), key=OTHER)


@kind
def signed_again_by_a_key_that_is_its_own_name(document: Document) -> Document:
    word = multikey(OTHER.public_key())
    return signed(_bare(document), key=OTHER, method=f"did:key:{word}#{word}")


@kind
def a_key_twice(document: Document) -> bytes:
    text = json.dumps(document)
    return text.replace(
        '"name": "Welding, level 3"', '"name": "Welding, level 5", "name": "Welding, level 3"', 1
    ).encode()


@kind
def a_key_twice_deep_within(document: Document) -> bytes:
    text = json.dumps(document)
    return text.replace('"narrative"', '"narrative": "Was there.", "narrative"', 1).encode()


@kind
def a_second_proof_of_someone_else(document: Document) -> Document:
    other = signed(_bare(document), key=OTHER)["proof"]
    return {**document, "proof": [document["proof"], other]}


@kind
def a_second_proof_that_is_none(document: Document) -> Document:
    return {**document, "proof": [document["proof"], {"type": "DataIntegrityProof"}]}


@kind
def until_when_under_its_long_name(document: Document) -> Document:
    """The same graph, so the signature fits; whoever reads the JSON sees no last day."""
    until = document.pop("validUntil")
    moment = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": until}
    return {**document, "https://www.w3.org/2018/credentials#validUntil": moment}


@kind
def status_under_a_word_of_its_own(document: Document) -> Document:
    told = document.pop("credentialStatus")
    mine = {"mine": {"@id": "https://www.w3.org/2018/credentials#credentialStatus", "@type": "@id"}}
    return {**document, "@context": [*document["@context"], mine], "mine": told}


@kind
def a_context_within(document: Document) -> Document:
    document[SUBJECT]["@context"] = {"name": "https://schema.org/alternateName"}
    return document


@kind
def described_in_two_places(document: Document) -> Document:
    document[SUBJECT]["achievement"]["related"] = [
        {"id": document["id"], "type": ["Related"], "version": "2"}
    ]
    return document


@kind
def nothing_where_something_was(document: Document) -> Document:
    return {**document, "validUntil": None}


@kind
def too_deep(document: Document) -> bytes:
    return as_text(document)[:-1] + b', "x": ' + b"[" * 5000 + b"]" * 5000 + b"}"


@kind
def a_number_that_json_does_not_have(document: Document) -> bytes:
    return as_text(document)[:-1] + b', "level": NaN}'


@kind
def from_the_future(document: Document) -> Document:
    return signed({**_bare(document), "validFrom": "2027-03-04T09:00:00Z"})


@kind
def over_its_last_day(document: Document) -> Document:
    return signed(
        {
            **_bare(document),
            "validFrom": "2019-03-04T09:00:00Z",
            "validUntil": "2020-03-04T09:00:00Z",
        }
    )


@kind
def revoked_long_ago(document: Document) -> Document:
    """Its own list says so: see `world`, whose list has nothing; here the index is past the end."""
    document["credentialStatus"]["statusListIndex"] = str(10**9)
    return document


@kind
def without_criteria(document: Document) -> Document:
    bare = _bare(document)
    del bare[SUBJECT]["achievement"]["criteria"]
    return signed(bare)


@kind
def a_proof_lifted_from_another_badge(document: Document) -> Document:
    other = a_badge(AT_ADDRESS, name="Other")
    return {**document, "proof": signed(other)["proof"]}


@kind
def truncated(document: Document) -> bytes:
    return as_text(document)[:-40]


@kind
def a_list_of_two(document: Document) -> bytes:
    return as_text([document, document])


# Here the other reads what was signed and passes over the rest: it takes the last of two equal
# keys (the true one), ignores a proof that is none, and does not ask 1EdTech's form of who signed
# it. Ours refuses, since a third reader may see something else.
STRICTER = {
    "a_key_twice",
    "a_key_twice_deep_within",
    "a_second_proof_that_is_none",
    "without_criteria",
}


def _bare(document: Document) -> Document:
    return {k: v for k, v in document.items() if k != "proof"}


# -- tokens ---------------------------------------------------------------------------------------


def _retold(text: str, head: dict[str, Any] | None = None, **claims: Any) -> bytes:
    """The token with other words and its old signature."""
    header, body, tail = text.split(".")
    if head is not None:
        header = packed(head)
    if claims:
        body = packed({**json.loads(jwt._bytes(body)), **claims})
    return f"{header}.{body}.{tail}".encode()


def _token() -> str:
    return token(a_badge(AT_ADDRESS))


def _with_loose_bits(text: str) -> bytes:
    """The last character holds two bits that say nothing: another spelling of the same bytes."""
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    return (text[:-1] + letters[letters.index(text[-1]) + 1]).encode()


def _kid() -> str:
    return method(AT_ADDRESS)


TOKENS: dict[str, Callable[[], bytes]] = {
    "unsigned": lambda: _token().rsplit(".", 1)[0].encode() + b".",
    "algorithm none": lambda: _retold(_token(), {"alg": "none", "kid": _kid()}),
    "algorithm HS256": lambda: _retold(_token(), {"alg": "HS256", "kid": _kid()}),
    "algorithm RS256": lambda: _retold(_token(), {"alg": "RS256", "kid": _kid()}),
    "algorithm ES256": lambda: _retold(_token(), {"alg": "ES256", "kid": _kid()}),
    "critical extension": lambda: _retold(
        _token(), {"alg": "EdDSA", "kid": _kid(), "crit": ["b64"], "b64": False}
    ),
    "another name": lambda: _retold(_token(), name="Welding, level 5"),
    "another issuer claimed": lambda: _retold(_token(), iss="did:web:evil.example"),
    "another subject claimed": lambda: _retold(_token(), sub="urn:uuid:1"),
    "a later end claimed": lambda: _retold(_token(), exp=4_000_000_000),
    "an end that is no number": lambda: _retold(_token(), exp="never"),
    "key of another enclosed": lambda: jwt.write(
        a_badge(AT_ADDRESS), OTHER, method=_kid(), at=SIGNED
    ).encode(),
    "signature with loose bits": lambda: _with_loose_bits(_token()),
}


@pytest.mark.parametrize("name", KINDS)
def test_no_forged_document_is_valid(name: str) -> None:
    data = KINDS[name](copy.deepcopy(original()))

    finding = check(data, now=NOW, sources=world())

    assert finding.verdict is not Verdict.VALID, name
    assert finding.reasons
    # As the command has it, which believes some of what a file says of its key: with or without
    # the issuer answering.
    for sources in (world(), None):
        stated = check(data, now=NOW, sources=sources, belief=Belief.STATED)
        assert stated.verdict is not Verdict.VALID, name
    assert second_opinion(data) is (name in STRICTER), name


@pytest.mark.parametrize("name", TOKENS)
def test_no_forged_token_is_valid(name: str) -> None:
    data = TOKENS[name]()

    finding = check(data, now=NOW, sources=world())

    assert finding.verdict is not Verdict.VALID, name
    stated = check(data, now=NOW, belief=Belief.STATED)
    assert stated.verdict is not Verdict.VALID, name
    assert not second_opinion(data), name


# What the command's belief covers, and what it does not: the forger's key is never the issuer's.
AT_HTTPS = "https://vandijk.example/issuer"


def test_a_key_under_the_issuers_own_address_is_believed_and_said_to_be() -> None:
    finding = check(as_text(signed(a_badge(AT_HTTPS))), now=NOW, belief=Belief.STATED)

    assert finding.verdict is Verdict.VALID
    assert (finding.ground, [r.code for r in finding.reasons]) == (
        Ground.WRITTEN,
        ["key_as_written"],
    )


@pytest.mark.parametrize(
    "made",
    {
        "did:web that was not asked": lambda: signed(a_badge(AT_ADDRESS)),
        "http, which anyone on the way can change": lambda: signed(
            a_badge("http://vandijk.example/issuer")
        ),
        "under another's address": lambda: signed(
            a_badge(AT_HTTPS), method=method("https://evil.example/issuer")
        ),
        "under an address that only begins alike": lambda: signed(
            a_badge(AT_HTTPS), method=method(f"{AT_HTTPS}/evil")
        ),
        "a key that is its own name": lambda: signed(a_badge(AT_HTTPS), method=method(SELF_NAMED)),
        "signed by another than it says": lambda: signed(
            a_badge(AT_HTTPS), key=OTHER, method=method(AT_HTTPS)
        ),
        "a vocabulary that we do not have": lambda: {
            **signed(a_badge(AT_HTTPS)),
            "@context": [CREDENTIALS_V2, OPEN_BADGES, "https://evil.example/context.json"],
        },
        "a list that nobody asked": lambda: signed(a_badge(AT_HTTPS, credentialStatus=entry())),
        "a word changed": lambda: {**signed(a_badge(AT_HTTPS)), "name": "Welding, level 5"},
    }.items(),
    ids=lambda pair: pair[0],
)
def test_no_more_than_that_is_believed(made: tuple[str, Callable[[], Document]]) -> None:
    for belief in (Belief.NOTHING, Belief.STATED):
        finding = check(as_text(made[1]()), now=NOW, belief=belief)
        assert finding.verdict is not Verdict.VALID


def test_there_are_at_least_forty_kinds() -> None:
    assert len(KINDS) + len(TOKENS) - len(STRICTER) >= 40


@pytest.mark.parametrize("seed", range(40))
def test_one_letter_changed_anywhere_is_seen(seed: int) -> None:
    """Two hundred places in the values of a signed badge, one letter each."""
    text = json.dumps(original())
    for place in range(seed * 5, len(text), 199):
        if not text[place].isalnum():
            continue
        changed = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
        assert check(changed, now=NOW, sources=world()).verdict is not Verdict.VALID, place


# -- what only we are asked: the issuer's document and its list ---------------------------------


def _a_bomb() -> Told:
    """A list that is 64 MB unpacked: a second of work, so made where it is tried."""
    bomb = {**a_list()["credentialSubject"]}
    bomb["encodedList"] = status.packed(set(), size=8 * 64 * 1024 * 1024)
    return world(**{LIST_AT: a_list(credentialSubject=bomb)})


def _worlds() -> Iterator[tuple[str, Told | Callable[[], Told], Verdict, str]]:
    word = multikey(KEY.public_key())
    own = {"id": f"{AT_ADDRESS}#{word}", "publicKeyMultibase": word}
    nobody = {DOCUMENT_AT: None}
    yield "nobody answers", world(**nobody), Verdict.UNKNOWN, "issuer_not_reached"
    yield "no list", world(**{LIST_AT: None}), Verdict.UNKNOWN, "status_unknown"
    yield "revoked", world(**{LIST_AT: a_list({94_567})}), Verdict.INVALID, "revoked"
    yield (
        "another's document",
        world(**{DOCUMENT_AT: {**the_issuer(), "id": "did:web:e.example"}}),
        Verdict.INVALID,
        "document_of_another",
    )
    yield (
        "key taken away",
        world(**{DOCUMENT_AT: document_of(AT_ADDRESS, [])}),
        Verdict.INVALID,
        "key_not_listed",
    )
    yield (
        "key for another use",
        world(**{DOCUMENT_AT: {**the_issuer(), "assertionMethod": []}}),
        Verdict.INVALID,
        "key_not_for_this",
    )
    leaked = the_issuer(revoked="2026-03-01T00:00:00Z")
    yield "key leaked before", world(**{DOCUMENT_AT: leaked}), Verdict.INVALID, "key_compromised"
    swapped = document_of(AT_ADDRESS, [{**own, "publicKeyMultibase": multikey(OTHER.public_key())}])
    yield "key swapped", world(**{DOCUMENT_AT: swapped}), Verdict.INVALID, "altered"
    forged = {**a_list(), "issuer": "did:web:evil.example"}
    yield "list of another", world(**{LIST_AT: forged}), Verdict.UNKNOWN, "status_not_trusted"
    other = a_list(id="https://learn.vandijk.example/credentials/status/2/revocation")
    yield "another list", world(**{LIST_AT: other}), Verdict.UNKNOWN, "status_not_trusted"
    late = a_list(validUntil="2026-05-31T12:00:00Z")
    yield "list out of date", world(**{LIST_AT: late}), Verdict.UNKNOWN, "status_not_trusted"
    unsigned = {k: v for k, v in a_list().items() if k != "proof"}
    yield "unsigned list", world(**{LIST_AT: unsigned}), Verdict.UNKNOWN, "status_not_trusted"
    yield "bomb", _a_bomb, Verdict.UNKNOWN, "status_bomb"
    short = {**a_list()["credentialSubject"], "encodedList": "uH4sIAAAAAAAAA2MAAI3vAtIBAAAA"}
    yield (
        "short list",
        world(**{LIST_AT: a_list(credentialSubject=short)}),
        Verdict.UNKNOWN,
        "status_short",
    )


@pytest.mark.parametrize(
    ("sources", "verdict", "code"), [pytest.param(*rest, id=name) for name, *rest in _worlds()]
)
def test_what_the_issuer_says_decides(
    sources: Told | Callable[[], Told], verdict: Verdict, code: str
) -> None:
    told = sources() if callable(sources) else sources

    finding = check(as_text(original()), now=NOW, sources=told)

    assert finding.verdict is verdict
    assert code in {r.code for r in finding.reasons}


def test_what_a_leaked_key_signed_before_is_in_doubt() -> None:
    """Whoever has the key writes any day they like, so the day in the file proves nothing."""
    sources = world(**{DOCUMENT_AT: the_issuer(revoked="2026-04-01T00:00:00Z")})

    finding = check(as_text(original()), now=NOW, sources=sources)

    assert finding.verdict is Verdict.UNKNOWN
    assert "key_leaked_later" in {r.code for r in finding.reasons}


def test_nobody_is_asked_that_an_unsigned_word_names() -> None:
    """A forged status or issuer sends us nowhere: only the issuer and, once proved, its list."""
    sources = world()
    document = original()
    document["credentialStatus"]["statusListCredential"] = "https://evil.example/list"

    check(as_text(document), now=NOW, sources=sources)

    assert sources.asked == [DOCUMENT_AT]


@pytest.mark.parametrize(
    "did",
    [
        "did:web:127.0.0.1",
        "did:web:2130706433",
        "did:web:0x7f000001",
        "did:web:user%40evil.example",
        "did:web:evil.example%2Fx",
        "did:web:[::1]",
        "did:web:evil.example:..",
        "did:web:",
    ],
)
def test_a_name_that_is_no_name_is_not_asked(did: str) -> None:
    sources = world()

    finding = check(as_text(signed(a_badge(did))), now=NOW, sources=sources)

    assert finding.verdict is Verdict.INVALID
    assert sources.asked == []


def test_a_graph_made_to_take_for_ever_is_refused_at_once() -> None:
    """Things without names that are all alike: telling them apart takes every order of them."""
    alike: Any = "x"
    for _ in range(4):
        alike = [{"a": alike} for _ in range(7)]
    document = signed()
    document["@context"].append({"a": "https://e.example/a"})
    document["a"] = alike
    began = datetime.now(UTC)

    finding = check(as_text(document), now=NOW)

    assert "too_intricate" in {r.code for r in finding.reasons}
    assert (datetime.now(UTC) - began).total_seconds() < 5


@pytest.mark.parametrize("bake", [bake_png, bake_svg])
def test_two_credentials_in_one_picture_are_one_too_many(
    bake: Callable[[bytes, str], bytes],
) -> None:
    picture = PIXEL if bake is bake_png else b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    once = bake(picture, json.dumps(original()))
    assert check(once, now=NOW, sources=world()).verdict is Verdict.VALID
    assert check(bake(once, "{}"), now=NOW, sources=world()).verdict is Verdict.INVALID

    if bake is bake_png:
        chunk_at = once.index(b"iTXt") - 4
        length = int.from_bytes(once[chunk_at : chunk_at + 4]) + 12
        twice = (
            once[: chunk_at + length]
            + once[chunk_at : chunk_at + length]
            + once[chunk_at + length :]
        )
    else:
        part = once[once.index(b"<openbadges:credential") : once.index(b"</svg>")]
        twice = once.replace(b"</svg>", part + b"</svg>")
    finding = check(twice, now=NOW, sources=world())
    assert [r.code for r in finding.reasons] == ["more_inside"]


def test_a_drawing_that_unfolds_is_refused() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'

    assert check(bomb, now=NOW).verdict is Verdict.INVALID


def test_a_learner_record_is_no_better_than_what_it_bundles() -> None:
    inner = original()
    record: Document = {
        "@context": [CREDENTIALS_V2, LEARNER_RECORD, OPEN_BADGES],
        "id": "urn:uuid:aa1c3b1e-6a4b-4a0c-9a55-0a4a3c0f4a11",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "All of Noor's",
        "issuer": {"id": AT_ADDRESS, "type": ["Profile"], "name": "Van Dijk"},
        "validFrom": "2026-03-04T09:00:00Z",
        "credentialSubject": {
            "id": inner[SUBJECT]["id"],
            "type": ["ClrSubject"],
            "verifiableCredential": [inner],
        },
    }
    assert check(as_text(signed(record)), now=NOW, sources=world()).verdict is Verdict.VALID

    broken = copy.deepcopy(record)
    broken[SUBJECT]["verifiableCredential"][0]["name"] = "More"
    finding = check(as_text(signed(broken, at=SIGNED)), now=NOW, sources=world())
    assert finding.verdict is Verdict.INVALID
    assert "within_invalid" in {r.code for r in finding.reasons}


def test_a_name_of_two_alphabets_is_told_to_the_reader() -> None:
    badge = a_badge()
    badge["issuer"]["name"] = "Vаn Dijk"  # the second letter is Cyrillic

    finding = check(as_text(signed(badge)), now=NOW)

    assert finding.verdict is Verdict.VALID
    assert "doubtful_name" in {r.code for r in finding.reasons}
