"""The same credential as a token (VC-JWT): made by us, read by us and by others, and forged."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from joserfc import jws
from joserfc.jwk import OKPKey
from openbadgeslib.ob3 import OB3Verifier

from gezel.people.api import Organisation, Person
from gezel.profile import actions, queries, sealing
from gezel.profile.models import Credential
from gezel.profile.rules import jwt
from gezel.profile.rules.keys import jwk, thumbprint
from gezel.profile.rules.proofs import without_proof
from gezel.profile.rules.verdict import Belief, Finding, Verdict, check
from gezel.profile.tests.builders import a_credential
from gezel.profile.tests.samples import KEY, OTHER, packed

Visit = Callable[[Person], Client]


@pytest.fixture
def credential(noor: Person, femke: Person, van_dijk: Organisation) -> Credential:
    """Noor's, for a year."""
    return a_credential(noor, van_dijk, by=femke, months=12)


def now_says(text: str | bytes, **how: Any) -> Finding:
    return check(text, now=timezone.now(), sources=queries.OurOwn(), **how)


def parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = text.split(".")
    return json.loads(jwt._bytes(header)), json.loads(jwt._bytes(payload))


def taken(client: Client, credential: Credential, form: str = "jwt", query: str = "") -> Any:
    return client.get(reverse("profile:file", args=[credential.pk, form]) + query)


def test_it_says_what_the_document_says_and_both_standards_ask(credential: Credential) -> None:
    document = credential.document
    header, payload = parts(actions.as_token(credential, document))

    organisation = credential.organisation
    did = queries.did_document(organisation)
    method = next(m for m in did["verificationMethod"] if m["type"] == "JsonWebKey")
    assert header == {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": method["id"]}
    assert method["id"] in did["assertionMethod"]
    words = ("iss", "jti", "nbf", "exp", "iat")
    claims = {word: payload.pop(word) for word in words}
    assert payload == without_proof(document)
    assert claims["iss"] == document["issuer"]["id"] == did["id"]
    assert claims["jti"] == document["id"]
    assert datetime.fromtimestamp(claims["nbf"], UTC) == datetime.fromisoformat(
        document["validFrom"]
    )
    assert datetime.fromtimestamp(claims["exp"], UTC) == datetime.fromisoformat(
        document["validUntil"]
    )


def test_the_did_document_asks_no_more_for_more_keys(credential: Credential) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            queries.did_document(credential.organisation)
        return len(queries_made)

    before = asked()
    for _ in range(3):
        actions.make_key(credential.organisation)

    assert asked() == before


def test_to_a_key_of_ones_own_it_names_that_as_its_subject(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    key = actions.make_own_key(noor)
    bound = a_credential(noor, van_dijk, by=femke)

    text = actions.as_token(bound, bound.document)

    assert parts(text)[1]["sub"] == key.did
    assert now_says(text).verdict is Verdict.VALID


def test_a_key_as_jwk_is_named_as_joserfc_names_it() -> None:
    theirs = OKPKey.import_key(KEY.public_key())

    assert jwk(KEY.public_key()) == theirs.as_dict(private=False)
    assert thumbprint(jwk(KEY.public_key())) == theirs.thumbprint()


def test_issued_to_no_key_it_claims_no_subject_and_others_read_it(credential: Credential) -> None:
    text = actions.as_token(credential, credential.document)

    assert "sub" not in parts(text)[1]
    pem = _pem(queries.opened(credential.signed_with))
    assert OB3Verifier(pem).verify(text).achievement.name == credential.document["name"]


def test_others_read_it_with_the_key_of_the_did_document_alone(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    key = actions.make_own_key(noor)
    bound = a_credential(noor, van_dijk, by=femke)
    text = actions.as_token(bound, bound.document)
    kid = parts(text)[0]["kid"]
    method = next(m for m in queries.did_document(van_dijk)["verificationMethod"] if m["id"] == kid)
    public = OKPKey.import_key(method["publicKeyJwk"])

    assert jws.deserialize_compact(text, public, algorithms=["EdDSA"]).payload
    pem = public.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    read = OB3Verifier(pem).verify(text)
    assert read.recipient_id == key.did
    assert read.achievement.name == bound.document["name"]


def test_downloaded_dropped_on_the_page_and_withdrawn_with_the_document(
    credential: Credential,
    noor: Person,
    femke: Person,
    visit: Visit,
    django_capture_on_commit_callbacks: Any,
) -> None:
    me, outsider = visit(noor), Client()
    page = reverse("profile:credential", args=[credential.pk])
    address = reverse("profile:file", args=[credential.pk, "jwt"])
    assert f'href="{address}' in me.get(page).content.decode()
    answer = taken(me, credential)
    assert answer["Content-Type"] == "application/vc+jwt"
    assert answer["Content-Disposition"].endswith(f'{credential.pk}.jwt"')
    assert answer["Cache-Control"] == "no-store"

    def dropped() -> str:
        file = SimpleUploadedFile("credential.jwt", answer.content)
        found: bytes = outsider.post(reverse("profile:verify"), {"file": file}).content
        return found.decode()

    assert "This is genuine." in dropped()
    assert noor.name in dropped()
    with django_capture_on_commit_callbacks(execute=True):
        actions.revoke(credential, reason="By mistake", by=femke)
    assert "Withdrawn: this no longer counts." in dropped()
    assert now_says(json.dumps(credential.document)).revoked
    # What was withdrawn is not signed anew, and nothing invites to it.
    assert taken(me, credential).status_code == 404
    assert taken(me, credential, "json").status_code == 200
    assert f'href="{address}' not in me.get(page).content.decode()


def test_each_language_is_a_token_of_its_own(
    credential: Credential, noor: Person, visit: Visit
) -> None:
    for code in ("nl", "en"):
        text = taken(visit(noor), credential, query=f"?in={code}").content.decode()
        found = now_says(text)
        assert found.verdict is Verdict.VALID, found.reasons
        assert found.credential == without_proof(credential.document_in(code))
    assert credential.editions


def test_nobody_else_takes_it(credential: Credential, femke: Person, visit: Visit) -> None:
    assert taken(visit(femke), credential).status_code == 404
    assert taken(Client(), credential).status_code == 302


def test_after_the_key_was_put_away_both_stand_and_after_a_leak_a_fresh_one_does(
    credential: Credential, van_dijk: Organisation, femke: Person
) -> None:
    first = actions.as_token(credential, credential.document)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        key = actions.make_key(van_dijk)
        second = actions.as_token(credential, credential.document)
        assert parts(first)[0]["kid"] != parts(second)[0]["kid"]
        assert [now_says(one).verdict for one in (first, second)] == [Verdict.VALID] * 2

    with time_machine.travel(timezone.now() + timedelta(days=4)):
        actions.mark_leaked(key, since=timezone.now() - timedelta(days=1))
        third = actions.as_token(credential, credential.document)
        leaked = now_says(second)
        assert leaked.verdict is Verdict.UNKNOWN
        assert [r.code for r in leaked.reasons] == ["key_leaked_later"]
        assert now_says(third).verdict is Verdict.VALID
        # With the leaked key, a day after it leaked.
        method = queries.token_method_of(key)
        forged = jwt.write(
            without_proof(credential.document),
            queries.opened(key),
            method=method,
            at=timezone.now(),
        )
        assert [r.code for r in now_says(forged).reasons] == ["key_compromised"]


def test_where_the_key_cannot_be_opened_the_page_says_so_and_the_document_remains(
    credential: Credential, noor: Person, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(_sealed: bytes) -> bytes:
        raise sealing.CannotOpen

    monkeypatch.setattr(sealing, "unseal", shut)
    me = visit(noor)

    answer = me.get(reverse("profile:file", args=[credential.pk, "jwt"]), follow=True)

    assert "is shut now, so nothing new is signed" in answer.content.decode()
    assert json.loads(taken(me, credential, "json").content)["proof"]


def test_the_log_of_its_issuer_knows_a_token_by_the_words_it_signs(
    credential: Credential, noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    text = actions.as_token(credential, credential.document)
    said = now_says(text).credential

    assert queries.place_in_log(said) == queries.place_in_log(credential.document)
    assert queries.place_in_log(said) is not None
    assert queries.place_in_log({**said, "name": "Welding, level 5"}) is None


# -- forged ---------------------------------------------------------------------------------------


def _signed(text: str, header: dict[str, Any], claims: dict[str, Any], key: Any = None) -> str:
    """Told otherwise: signed by that key, or under its old signature."""
    old_header, old_claims = parts(text)
    signed = f"{packed({**old_header, **header})}.{packed({**old_claims, **claims})}"
    if key is None:
        return f"{signed}.{text.rpartition('.')[2]}"
    made = base64.urlsafe_b64encode(key(signed.encode())).decode().rstrip("=")
    return f"{signed}.{made}"


Forger = Callable[[str, Ed25519PrivateKey], str]


def _with_public_key(form: Callable[[Ed25519PrivateKey], bytes]) -> Forger:
    """The well-known confusion: what everyone knows, taken for a shared secret."""

    def forge(text: str, own: Ed25519PrivateKey) -> str:
        secret = form(own)
        return _signed(
            text, {"alg": "HS256"}, {"name": "More"}, lambda m: hmac.digest(secret, m, "sha256")
        )

    return forge


def _pem(own: Ed25519PrivateKey) -> bytes:
    return own.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


FORGED: dict[str, tuple[Forger, str]] = {
    "no algorithm": (lambda t, _: _signed(t, {"alg": "none"}, {}, lambda _m: b""), "algorithm"),
    "HS256 with the public key": (
        _with_public_key(lambda own: own.public_key().public_bytes_raw()),
        "algorithm",
    ),
    "HS256 with the public key as PEM": (_with_public_key(_pem), "algorithm"),
    "ES256 said of an Ed25519 key": (
        lambda t, own: _signed(t, {"alg": "ES256"}, {}, own.sign),
        "algorithm",
    ),
    "key of another": (lambda t, _: _signed(t, {}, {}, OTHER.sign), "altered"),
    "a key that is not listed": (
        lambda t, own: _signed(t, {"kid": parts(t)[1]["iss"] + "#other"}, {}, own.sign),
        "key_not_listed",
    ),
    "a key of another's document": (
        lambda t, own: _signed(t, {"kid": "did:web:evil.example#key"}, {}, own.sign),
        "key_not_listed",
    ),
    "the forger's key enclosed": (
        lambda t, _: _signed(t, {"jwk": jwk(OTHER.public_key())}, {}, OTHER.sign),
        "altered",
    ),
    "changed name": (lambda t, _: _signed(t, {}, {"name": "Welding, level 5"}), "altered"),
    "later end in the claim": (
        lambda t, _: _signed(t, {}, {"exp": 4_000_000_000}),
        "token_disagrees",
    ),
    # Also whoever has the key cannot have a token say two things.
    "another issuer claimed": (
        lambda t, own: _signed(t, {}, {"iss": "did:web:evil.example"}, own.sign),
        "token_disagrees",
    ),
    "another number claimed": (
        lambda t, own: _signed(t, {}, {"jti": "urn:uuid:1"}, own.sign),
        "token_disagrees",
    ),
    "an earlier day claimed": (
        lambda t, own: _signed(t, {}, {"nbf": 1}, own.sign),
        "token_disagrees",
    ),
    "a later end claimed": (
        lambda t, own: _signed(t, {}, {"exp": 4_000_000_000}, own.sign),
        "token_disagrees",
    ),
    "over, with its end in the claim alone": (
        lambda t, own: _signed(t, {}, {"exp": 1_700_000_000, "validUntil": None}, own.sign),
        "expired",
    ),
    "signed in the future": (
        lambda t, own: _signed(t, {}, {"iat": 4_000_000_000}, own.sign),
        "signed_later",
    ),
    "rules we do not know": (
        lambda t, own: _signed(t, {"crit": ["x"], "x": 1}, {}, own.sign),
        "token_extension",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_no_forged_token_of_ours_is_valid(name: str, credential: Credential) -> None:
    text = actions.as_token(credential, credential.document)
    own = queries.opened(credential.signed_with)
    forge, why = FORGED[name]

    for belief in Belief:
        found = now_says(forge(text, own), belief=belief)
        assert found.verdict is Verdict.INVALID, name
        assert why in {r.code for r in found.reasons}
    assert now_says(text).verdict is Verdict.VALID


def test_after_its_last_day_it_is_over(credential: Credential) -> None:
    text = actions.as_token(credential, credential.document)

    with time_machine.travel(timezone.now() + timedelta(days=400)):
        found = now_says(text)

    assert (found.verdict, [r.code for r in found.reasons][:1]) == (Verdict.INVALID, ["expired"])


def test_of_an_issuer_that_cannot_be_asked_nothing_is_believed(credential: Credential) -> None:
    text = actions.as_token(credential, credential.document)

    for belief in Belief:
        found = check(text, now=timezone.now(), belief=belief)
        assert found.verdict is Verdict.UNKNOWN
        assert "issuer_not_reached" in {r.code for r in found.reasons}


def test_the_command_reads_it(
    credential: Credential, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "credential.jwt"
    file.write_text(actions.as_token(credential, credential.document))

    call_command("verify", str(file))

    assert capsys.readouterr().out.startswith("valid: ")


# -- an answer to another question ----------------------------------------------------------------


def test_a_presentation_is_told_to_be_one(
    noor: Person,
    femke: Person,
    van_dijk: Organisation,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = actions.make_own_key(noor)
    bound = a_credential(noor, van_dijk, by=femke)
    answer = actions.answer_for(bound, key, challenge="one", domain="asker.example")
    text = json.dumps(answer)
    as_token = f"{packed({'alg': 'EdDSA'})}.{packed({'vp': {}, 'iss': key.did})}.{packed('x')}"

    for one in (text, as_token):
        page = Client().post(reverse("profile:verify"), {"text": one}).content.decode()
        assert "This is an answer to a question, and no credential." in page
        assert "use “Is it theirs?” on the page" in page
        assert [r.code for r in now_says(one).reasons] == ["is_presentation"]
    file = tmp_path / "presentation.json"
    file.write_text(text)
    with pytest.raises(SystemExit) as ended:
        call_command("verify", str(file))
    assert ended.value.code == 1
    assert "only they can check it" in capsys.readouterr().out
