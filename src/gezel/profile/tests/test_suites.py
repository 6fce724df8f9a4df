"""What the public suites for credentials check, as far as we know them: forms, proofs, status.

Written from the specifications that w3c/vc-data-model-2.0-test-suite, vc-di-eddsa-test-suite and
vc-bitstring-status-list-test-suite test; the suites themselves run against `/vc-api/` elsewhere.
"""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gezel.profile import suite
from gezel.profile.rules import proofs, status
from gezel.profile.rules.contexts import CREDENTIALS_V2
from gezel.profile.rules.text import id_of
from gezel.profile.tests.samples import KEY, SELF_NAMED, method

pytestmark = pytest.mark.django_db
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
DIGEST = "sha384-S57yQDg1MTzF56Oi9DbSQ14u7jBy0RDdx0YbeV7shwhCS88G8SCXeFq82PafhCrW"


@pytest.fixture(autouse=True)
def _open(settings: Settings) -> None:
    settings.VC_API = True


def plain(**changed: Any) -> dict[str, Any]:
    told = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": suite.issuer(),
        "credentialSubject": {"id": "did:example:subject"},
        **changed,
    }
    return {word: value for word, value in told.items() if value is not ...}


def send(name: str, body: Any) -> Any:
    return Client().post(
        reverse(f"profile:{name}"), json.dumps(body), content_type="application/json"
    )


def issued(**changed: Any) -> dict[str, Any]:
    answer = send("api_issue", {"credential": plain(**changed)})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = json.loads(answer.content)["verifiableCredential"]
    return found


def verified(document: Any, **options: Any) -> bool:
    answer = send("api_verify", {"verifiableCredential": document, "options": options})
    said: bool = json.loads(answer.content)["verified"]
    assert answer.status_code == (200 if said else 400)
    return said


# -- VC data model 2.0 ----------------------------------------------------------------------------

TEXT = {"@value": "Opleiding", "@language": "nl"}
FINE: list[dict[str, Any]] = [
    {"@context": CREDENTIALS_V2},
    {"type": "VerifiableCredential"},
    {"id": "urn:uuid:6c1c3b1e-6a4b-4a0c-9a55-0a4a3c0f4a11"},
    {"credentialSubject": [{"id": "did:example:a"}, {"id": "did:example:b"}]},
    {"validFrom": "2026-01-01T00:00:00Z"},
    {"validFrom": "2026-01-01T00:00:00.123Z", "validUntil": "2096-01-01T00:00:00+02:00"},
    {"name": "Opleiding", "description": "Wat het is"},
    {"name": TEXT},
    {"name": {**TEXT, "@direction": "ltr"}},
    {"name": [TEXT, {"@value": "Course", "@language": "en"}]},
    {"description": [{**TEXT, "@direction": "rtl"}]},
    {
        "@context": [CREDENTIALS_V2, EXAMPLES],
        "evidence": {"id": "https://a.example/e", "type": "DocumentVerification"},
        "termsOfUse": {"type": "IssuerPolicy"},
        "refreshService": {"type": "VerifiableCredentialRefreshService"},
        "type": ["VerifiableCredential", "ExampleDegreeCredential"],
        "credentialSubject": {"id": "did:example:a", "degree": "Welder"},
    },
    {"relatedResource": {"id": "https://a.example/r", "digestSRI": DIGEST}},
    {"relatedResource": [{"id": "https://a.example/r", "digestMultibase": "uEiBZlVztZpfWHg"}]},
    {"credentialSchema": {"id": "https://a.example/s.json", "type": "JsonSchema"}},
    {"issuer": {"id": suite.issuer(), "name": TEXT, "description": [TEXT]}},
    {"relatedResource": {"id": "https://a.example/r", "digestSRI": DIGEST, "mediaType": "a/b"}},
    {
        "credentialSchema": [
            {"id": "https://a.example/s.json", "type": "JsonSchema"},
            {"id": "https://a.example/t.json", "type": "JsonSchemaCredential"},
        ]
    },
]
WRONG: list[dict[str, Any]] = [
    {"@context": ...},
    {"@context": None},
    {"@context": EXAMPLES},
    {"@context": [EXAMPLES, CREDENTIALS_V2]},
    {"@context": [CREDENTIALS_V2, 4]},
    {"@context": [CREDENTIALS_V2, None]},
    {"@context": [CREDENTIALS_V2, "not an address"]},
    {"@context": [CREDENTIALS_V2, [EXAMPLES]]},
    {"@context": {"a": "https://a.example/"}},
    {"type": ...},
    {"type": "Other"},
    {"type": [4, "VerifiableCredential"]},
    {"type": ["VerifiableCredential", "NowhereDefined"]},
    {"id": "not an address"},
    {"id": None},
    {"id": ["urn:a:b", "urn:c:d"]},
    {"id": {"a": "urn:a:b"}},
    {"issuer": ...},
    {"issuer": None},
    {"issuer": ""},
    {"issuer": "not an address"},
    {"issuer": {}},
    {"issuer": {"name": "Nobody"}},
    {"issuer": {"id": "not an address"}},
    {"issuer": {"id": None}},
    {"credentialSubject": ...},
    {"credentialSubject": None},
    {"credentialSubject": "did:example:a"},
    {"credentialSubject": {}},
    {"credentialSubject": []},
    {"credentialSubject": [{}, {}]},
    {"credentialSubject": {"id": "not an address"}},
    {"credentialSubject": {"id": ["did:example:a", "did:example:b"]}},
    {"validFrom": "2026-01-01"},
    {"validFrom": "2026-01-01T00:00:00"},
    {"validFrom": 4},
    {"validFrom": ["2026-01-01T00:00:00Z"]},
    {"validUntil": "TheDayAfter"},
    {"validFrom": "2026-02-01T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"},
    {"issuanceDate": "2026-01-01T00:00:00Z"},
    {"name": 4},
    {"name": {"@value": 4}},
    {"name": {**TEXT, "url": "https://a.example/"}},
    {"name": {**TEXT, "@direction": "up"}},
    {"name": {**TEXT, "@language": "not a language"}},
    {"description": {"@language": "nl"}},
    {"credentialStatus": {"id": "https://a.example/"}},
    {"credentialStatus": {"id": "not an address", "type": "Other"}},
    {"credentialStatus": {"type": None}},
    {"credentialSchema": {"type": "JsonSchema"}},
    {"credentialSchema": {"id": "https://a.example/"}},
    {"credentialSchema": {"id": "not an address", "type": "JsonSchema"}},
    {"credentialSchema": "https://a.example/"},
    {"evidence": {"id": "https://a.example/"}},
    {"evidence": "https://a.example/"},
    {"evidence": [{"type": [4]}]},
    {"termsOfUse": {"id": "https://a.example/"}},
    {"termsOfUse": "https://a.example/"},
    {"refreshService": {"id": "https://a.example/"}},
    {"relatedResource": "https://a.example/"},
    {"relatedResource": {"id": "https://a.example/"}},
    {"relatedResource": {"digestSRI": DIGEST}},
    {"relatedResource": {"id": "not an address", "digestSRI": DIGEST}},
    {"relatedResource": [{"id": "https://a.example/", "digestSRI": DIGEST}] * 2},
    {"relatedResource": {"id": "https://a.example/", "digestSRI": "no digest"}},
    {"relatedResource": {"id": "https://a.example/", "digestSRI": [DIGEST, DIGEST]}},
    {"relatedResource": {"id": "https://a.example/", "digestMultibase": 4}},
    {"relatedResource": {"id": "https://a.example/", "digestSRI": DIGEST, "mediaType": 4}},
    {"issuer": [suite.issuer()]},
    {"issuer": {"id": suite.issuer(), "name": {"@value": 4}}},
    {"validFrom": "2026-01-01 00:00:00Z"},
    {"validFrom": "2026-01-01T25:00:00Z"},
    {"credentialStatus": "https://a.example/"},
]


@pytest.mark.parametrize("changed", FINE, ids=str)
def test_what_has_the_form_is_issued_and_verified(changed: dict[str, Any]) -> None:
    document = issued(**changed)

    assert verified(document)
    assert {w: document[w] for w in changed} == changed, "it says what was asked"


@pytest.mark.parametrize("changed", WRONG, ids=str)
def test_what_has_not_the_form_is_refused(changed: dict[str, Any]) -> None:
    document = plain(**changed)

    assert send("api_issue", {"credential": document}).status_code == 400
    assert not verified({**document, "proof": issued()["proof"]})


def test_whoever_is_named_the_key_of_the_suites_signs_and_says_so() -> None:
    for named in ("did:web:another.example", {"id": "https://another.example/", "name": TEXT}):
        document = issued(issuer=named)

        whole = named if isinstance(named, dict) else {}
        assert id_of(document["issuer"]) == suite.issuer(), "nobody else is spoken for"
        assert document["issuer"] == ({**whole, "id": suite.issuer()} if whole else suite.issuer())
        assert verified(document)
        assert not verified({**document, "issuer": named})


@pytest.mark.parametrize("given", [None, 4, "text", [], {}, "one in a list"], ids=str)
def test_what_is_no_credential_is_refused(given: Any) -> None:
    given = given if given != "one in a list" else [issued()]

    assert send("api_issue", {"credential": given}).status_code == 400
    assert not verified(given)
    for body in (b"", b"{", b"[]", b'"x"', b'{"a": NaN}'):
        for name in ("api_issue", "api_verify", "api_verify_presentation"):
            answer = Client().post(
                reverse(f"profile:{name}"), body, content_type="application/json"
            )
            assert answer.status_code == 400


# -- presentations --------------------------------------------------------------------------------


def shown(*credentials: Any, **changed: Any) -> dict[str, Any]:
    told = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": SELF_NAMED,
        "verifiableCredential": list(credentials),
        **changed,
    }
    return {word: value for word, value in told.items() if value is not ...}


def presented(document: Any, **options: str) -> bool:
    body = {"verifiablePresentation": document, "options": options}
    answer = send("api_verify_presentation", body)
    said: bool = json.loads(answer.content)["verified"]
    assert answer.status_code == (200 if said else 400)
    return said


def by_holder(document: dict[str, Any], **more: str) -> dict[str, Any]:
    told: dict[str, Any] = {"method": method(SELF_NAMED), "at": timezone.now()}
    return proofs.prove(document, KEY, purpose="authentication", more=more, **told)


def test_a_presentation_holds_credentials_and_is_signed_by_its_holder() -> None:
    one = issued()

    for document in (
        shown(one),
        shown(one, issued()),
        shown(),
        shown(one, verifiableCredential=one),
        shown(one, holder=...),
        shown(one, holder={"id": SELF_NAMED}),
        shown(one, id="urn:uuid:6c1c3b1e-6a4b-4a0c-9a55-0a4a3c0f4a12"),
        by_holder(shown(one)),
        by_holder(shown(one), challenge="c-1", domain="vandijk.example"),
    ):
        assert presented(document), document


def test_another_presentation_is_refused() -> None:
    one = issued()
    proof = by_holder(shown(one), challenge="c-1", domain="vandijk.example")

    wrong: tuple[Any, ...] = (
        shown(one, **{"@context": ...}),
        shown(one, **{"@context": [EXAMPLES]}),
        shown(one, type=...),
        shown(one, type=["VerifiableCredential"]),
        shown(one, id="not an address"),
        shown(one, holder="not an address"),
        shown(one, holder=[SELF_NAMED]),
        shown("https://a.example/credential"),
        shown("a.b.c"),
        shown(4),
        shown(None),
        shown({**one, "name": "More"}),
        shown({k: v for k, v in one.items() if k != "proof"}),
        shown({k: v for k, v in one.items() if k != "type"}),
        shown({"id": "data:application/vc+jwt,a.b.c", "type": "EnvelopedVerifiableCredential"}),
        shown({"@context": CREDENTIALS_V2, "type": "EnvelopedVerifiableCredential"}),
        {**by_holder(shown(one)), "verifiableCredential": []},
        {**proof, "holder": "did:key:z6Mk"},
        None,
        "text",
        [],
    )
    for document in wrong:
        assert not presented(document), document
    assert presented(proof, challenge="c-1", domain="vandijk.example")
    assert not presented(proof, challenge="c-2", domain="vandijk.example")
    assert not presented(proof, challenge="c-1", domain="evil.example")


# -- eddsa cryptosuites ---------------------------------------------------------------------------


@pytest.mark.parametrize("cryptosuite", [proofs.RDFC, proofs.JCS])
def test_a_proof_of_ours_has_all_that_the_suite_looks_for(cryptosuite: str) -> None:
    body = {"credential": plain(), "options": {"cryptosuite": cryptosuite}}
    document = json.loads(send("api_issue", body).content)["verifiableCredential"]
    proof = document["proof"]

    assert (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", cryptosuite)
    assert proof["proofPurpose"] == "assertionMethod"
    assert proof["verificationMethod"].startswith(f"{suite.issuer()}#z6Mk")
    assert proof["proofValue"].startswith("z")
    assert proof["created"].endswith("Z")
    assert verified(document)


@pytest.mark.parametrize(
    "changed",
    [
        {"type": ...},
        {"type": "UnknownProof"},
        {"type": ["DataIntegrityProof", "Other"]},
        {"cryptosuite": ...},
        {"cryptosuite": "unknown-2022"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"cryptosuite": 4},
        {"proofPurpose": ...},
        {"proofPurpose": "authentication"},
        {"proofPurpose": 4},
        {"verificationMethod": ...},
        {"verificationMethod": None},
        {"verificationMethod": "not an address"},
        {"verificationMethod": 4},
        {"verificationMethod": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"},
        {"proofValue": ...},
        {"proofValue": None},
        {"proofValue": ""},
        {"proofValue": 4},
        {"proofValue": {}},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": "z" + "1" * 64},
        {"proofValue": "z0OIl"},
        {"created": "2026-01-01"},
        {"created": "not a moment"},
        {"created": 4},
        {"created": "2026-01-01T00:00:00Z"},
        {"created": "2096-01-01T00:00:00Z"},
        {"expires": "2026-01-01T00:00:00Z"},
        {"expires": "2096-01-01T00:00:00Z"},
        {"id": "not an address"},
        {"id": "urn:a:b"},
        {"domain": "evil.example"},
        {"challenge": "another"},
        {"nonce": "x"},
        {"previousProof": "urn:a:b"},
        {"@context": [EXAMPLES]},
        {"unknownWord": "x"},
    ],
    ids=str,
)
def test_a_proof_that_was_changed_is_refused(changed: dict[str, Any]) -> None:
    document = issued()
    proof = {**document["proof"], **changed}
    document["proof"] = {word: value for word, value in proof.items() if value is not ...}

    assert not verified(document)


@pytest.mark.parametrize("proof", [None, [], {}, "x", [None], [[]], [{}]], ids=str)
def test_without_a_proof_nothing_is_verified(proof: Any) -> None:
    assert not verified({**issued(), "proof": proof})


def test_two_proofs_must_both_hold() -> None:
    document = issued()
    again = {**document, "proof": [document["proof"], {**document["proof"], "proofValue": "z1"}]}

    assert verified({**document, "proof": [document["proof"]]})
    assert not verified(again)


def test_a_proof_for_another_domain_is_refused() -> None:
    document = issued()

    assert not verified(document, domain="vandijk.example")
    assert not verified(document, challenge="c-1")
    assert verified(document)


# -- status lists ---------------------------------------------------------------------------------


def test_what_is_issued_has_a_status_in_a_list_that_is_a_credential() -> None:
    document = issued()
    entry = document["credentialStatus"]

    assert entry["type"] == "BitstringStatusListEntry"
    assert entry["statusPurpose"] == "revocation"
    assert isinstance(entry["statusListIndex"], str)
    assert int(entry["statusListIndex"]) >= 0
    assert entry["statusListCredential"].endswith(reverse("profile:api_status"))
    answer = Client().get(reverse("profile:api_status"))
    assert answer.status_code == 200
    listing: dict[str, Any] = json.loads(answer.content)
    subject = listing["credentialSubject"]
    assert "BitstringStatusListCredential" in listing["type"]
    assert listing["id"] == entry["statusListCredential"]
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    assert subject["encodedList"].startswith("u")
    assert len(status.unpacked(subject["encodedList"])) >= 16 * 1024
    assert verified(listing)


@pytest.mark.parametrize(
    "changed",
    [
        {"statusListIndex": 5},
        {"statusListIndex": "-1"},
        {"statusListIndex": "x"},
        {"statusListIndex": ...},
        {"statusListIndex": str(10**9)},
        {"statusPurpose": ...},
        {"statusPurpose": 4},
        {"statusPurpose": "suspension"},
        {"statusListCredential": ...},
        {"statusListCredential": "not an address"},
        {"statusListCredential": "https://nobody.example/list"},
        {"statusSize": 2},
        {"statusSize": 0},
        {"statusSize": "1"},
        {"statusPurpose": "message", "statusSize": 2, "statusMessage": [{"status": "0x0"}]},
        {"statusReference": 4},
    ],
    ids=str,
)
def test_an_entry_that_leads_nowhere_is_not_verified(changed: dict[str, Any]) -> None:
    """Signed so by its issuer; then nobody can tell its status, and so it is not verified."""
    entry = {**issued()["credentialStatus"], **changed}
    entry = {word: value for word, value in entry.items() if value is not ...}
    answer = send("api_issue", {"credential": plain(credentialStatus=entry)})

    if answer.status_code == 201:
        assert not verified(json.loads(answer.content)["verifiableCredential"])


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "Other"},
        {"statusPurpose": ...},
        {"statusPurpose": [4]},
        {"statusPurpose": ""},
        {"ttl": "long"},
        {"ttl": -1},
        {"encodedList": ...},
        {"encodedList": "H4sIAAAAAAAA"},
        {"encodedList": "z" + "1" * 40},
        {"encodedList": "uAAAA"},
        {"encodedList": "uH4sIAAAAAAAAA2MAAI3vAtIBAAAA"},
    ],
    ids=str,
)
def test_a_broken_list_is_not_verified(changed: dict[str, Any]) -> None:
    listing = suite.status_list()
    subject = {**listing["credentialSubject"], **changed}
    listing["credentialSubject"] = {w: v for w, v in subject.items() if v is not ...}
    del listing["proof"]

    assert not verified(suite._signed(listing, proofs.JCS))


def test_what_is_withdrawn_is_refused_from_then_on_and_for_good() -> None:
    name = "urn:uuid:6c1c3b1e-6a4b-4a0c-9a55-0a4a3c0f4a77"
    one, other, nameless = issued(id=name), issued(), issued()
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}

    def withdraw(**body: Any) -> int:
        return int(send("api_set_status", body).status_code)

    assert withdraw(credentialId=name, credentialStatus={**entry, "status": "0"}) == 200
    assert verified(one)
    assert withdraw(credentialId=name, credentialStatus=[{**entry, "status": "1"}]) == 200
    assert withdraw(credentialId=name, credentialStatus=entry, status=True) == 200
    assert not verified(one)
    assert verified(other)
    assert withdraw(credentialId=name, credentialStatus=entry, status=False) == 400, "it is final"
    assert withdraw(credentialStatus=nameless["credentialStatus"], status=True) == 200
    assert not verified(nameless)
    assert not presented(shown(nameless))

    assert withdraw(credentialId="urn:uuid:another", credentialStatus=entry, status=True) == 404
    wrong: tuple[dict[str, Any], ...] = (
        {},
        {"credentialId": name},
        {"credentialId": 4, "credentialStatus": entry, "status": True},
        {"credentialId": name, "credentialStatus": "x", "status": True},
        {"credentialId": name, "credentialStatus": entry},
        {"credentialId": name, "credentialStatus": entry, "status": "yes"},
        {"credentialId": name, "credentialStatus": entry, "status": []},
        {"credentialId": name, "credentialStatus": {**entry, "type": "Other"}, "status": True},
        {"credentialId": name, "credentialStatus": {**entry, "statusPurpose": "x"}, "status": True},
        {"credentialStatus": {**entry, "statusListIndex": "-1"}, "status": True},
        {"credentialStatus": entry, "status": True},
    )
    for body in wrong:
        assert withdraw(**body) == 400, body
    assert verified(other)


def test_shut_it_answers_nobody(settings: Settings) -> None:
    settings.VC_API = False
    for name in ("api_issue", "api_verify", "api_verify_presentation", "api_set_status"):
        assert send(name, {}).status_code == 404
