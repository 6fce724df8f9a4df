"""What standards bodies publish to test with: each comes out as they say."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import call_command

from gezel.profile.rules import keys, proofs
from gezel.profile.rules.canonical import jcs, meaning, plain_meaning
from gezel.profile.rules.contexts import PINNED, UnknownContext, context
from gezel.profile.rules.did import Ground
from gezel.profile.rules.verdict import Belief, Verdict, check
from gezel.profile.tests.samples import CONFORMANCE, NOW, given

# As 1EdTech's own validator judges them. It takes a key that is written after the issuer's address
# for the issuer's. The command does so too and says what that does not prove; the page for people
# and `--strict` say that nobody vouched for it.
AS_1EDTECH = {
    "openbadges3/simple.json": Verdict.VALID,
    "openbadges3/simple-json.png": Verdict.VALID,
    "openbadges3/simple-json.svg": Verdict.VALID,
    "openbadges3/simple-did-key-method.json": Verdict.VALID,
    "openbadges3/simple-context-alias.json": Verdict.VALID,
    "openbadges3/simple_v1.json": Verdict.VALID,
    # 1EdTech's test calls it valid without looking at the signature: there is no key in it, nor a
    # name of one, and example.edu has none to give. Who says "valid" here has proved nothing.
    "openbadges3/simple.jwt": Verdict.UNKNOWN,
    "openbadges3/simple-noproof.json": Verdict.INVALID,
    "openbadges3/simple-err-context.json": Verdict.INVALID,
    "openbadges3/simple-err-expired.json": Verdict.INVALID,
    "openbadges3/simple-err-issuer.json": Verdict.INVALID,
    "openbadges3/simple-err-proof-value.json": Verdict.INVALID,
    "openbadges3/simple-err-type.json": Verdict.INVALID,
    "clr2/simple.json": Verdict.VALID,
    "clr2/simple-noproof.json": Verdict.INVALID,
}


@pytest.mark.parametrize(("path", "verdict"), AS_1EDTECH.items())
def test_samples_of_1edtech_come_out_as_its_validator_says(path: str, verdict: Verdict) -> None:
    finding = check(given(path), now=NOW, belief=Belief.STATED)

    assert finding.verdict is verdict, finding.reasons


@pytest.mark.parametrize("path", [p for p, v in AS_1EDTECH.items() if v is not Verdict.INVALID])
def test_a_key_that_the_file_brings_along_proves_nothing_by_itself(path: str) -> None:
    finding = check(given(path), now=NOW)

    assert finding.verdict is Verdict.UNKNOWN
    assert finding.ground is None


@pytest.mark.parametrize("path", [p for p, v in AS_1EDTECH.items() if v is Verdict.INVALID])
def test_what_is_wrong_is_wrong_without_asking_anyone(path: str) -> None:
    assert check(given(path), now=NOW).verdict is Verdict.INVALID


def _said(path: str, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """What `gezel verify` says of a sample, with its exit code."""
    given(path)
    try:
        call_command("verify", str(CONFORMANCE / path), *options)
    except SystemExit as stop:
        return int(str(stop.code)), capsys.readouterr().out
    return 0, capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_says_of_every_sample_what_was_stated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The whole folder: a sample that nobody named here would be seen too."""
    for folder in ("openbadges3", "clr2"):
        given(f"{folder}/simple.json")
        there = {f"{folder}/{p.name}" for p in (CONFORMANCE / folder).iterdir() if p.is_file()}
        assert there == {p for p in AS_1EDTECH if p.startswith(folder)}
    codes = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.UNKNOWN: 2}
    for path, verdict in AS_1EDTECH.items():
        code, told = _said(path, capsys, "--alone")
        assert (code, told.split(":")[0]) == (codes[verdict], str(verdict)), (path, told)
        # Valid by what the file says of itself, so it says at once what that does not prove.
        assert ("NOT PROVEN: that this key belongs to" in told) == (verdict is Verdict.VALID), path
        strictly = codes[Verdict.UNKNOWN if verdict is Verdict.VALID else verdict]
        assert _said(path, capsys, "--alone", "--strict")[0] == strictly
    assert "older version" in _said("openbadges3/simple_v1.json", capsys, "--alone")[1]


def test_an_older_model_is_valid_with_a_warning() -> None:
    finding = check(given("openbadges3/simple_v1.json"), now=NOW, belief=Belief.STATED)

    assert {r.code for r in finding.reasons} == {"old_model", "key_as_written", "old_suite"}
    assert finding.ground is Ground.WRITTEN


def _pair() -> dict[str, str]:
    found: dict[str, str] = json.loads(given("vc-di-eddsa/keyPair.json"))
    return found


@pytest.mark.parametrize(
    ("folder", "signed"),
    [
        ("eddsa-rdfc-2022", "signedDataInt.json"),
        ("eddsa-jcs-2022", "signedJCS.json"),
    ],
)
def test_signatures_of_w3c_hold_and_ours_are_the_same_to_the_byte(folder: str, signed: str) -> None:
    document = json.loads(given(f"vc-di-eddsa/{folder}/{signed}"))
    proof = document.pop("proof")
    pair = _pair()
    secret = keys.secret_from_multikey(pair["privateKeyMultibase"])

    assert proofs.holds(document, proof, keys.from_multikey(pair["publicKeyMultibase"]))
    ours = secret.sign(proofs.signed_bytes(document, proof))
    assert (
        ours.hex()
        == given(f"vc-di-eddsa/{folder}/{'sigHexDataInt' if 'rdfc' in folder else 'sigHexJCS'}.txt")
        .decode()
        .strip()
    )


def test_every_step_on_the_way_is_that_of_w3c() -> None:
    document = json.loads(given("vc-di-eddsa/unsigned.json"))
    options = json.loads(given("vc-di-eddsa/eddsa-rdfc-2022/proofConfigDataInt.json"))

    assert meaning(document) == given("vc-di-eddsa/eddsa-rdfc-2022/canonDocDataInt.txt").decode()
    assert (
        plain_meaning(options)
        == given("vc-di-eddsa/eddsa-rdfc-2022/proofCanonDataInt.txt").decode()
    )
    assert jcs(document) == given("vc-di-eddsa/eddsa-jcs-2022/canonDocJCS.txt").strip()


def test_the_second_example_of_w3c_holds_from_its_canonical_form() -> None:
    """It stands on a vocabulary that we do not ship, so the whole document is "unknown" to us."""
    folder = "vc-di-eddsa/eddsa-rdfc-2022/employ"
    signature = bytes.fromhex(given(f"{folder}/sigHexDataInt.txt").decode().strip())
    key = keys.from_multikey(_pair()["publicKeyMultibase"])
    hashed = bytes.fromhex(given(f"{folder}/combinedHashDataInt.txt").decode().strip())

    assert key.signed(hashed, signature)
    document = json.loads(given(f"{folder}/signedDataInt.json"))
    proof = document.pop("proof")
    with pytest.raises(UnknownContext):
        proofs.holds(document, proof, key)


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_canonical_json_is_that_of_rfc_8785(name: str) -> None:
    said = json.loads(given(f"jcs/input/{name}.json"))

    assert jcs(said) == given(f"jcs/output/{name}.json").strip()


def test_contexts_are_here_and_are_what_was_pinned() -> None:
    for address in PINNED:
        assert context(address)["@context"]
    with pytest.raises(UnknownContext):
        context("https://example.com/mine")


def test_a_key_reads_as_it_was_written() -> None:
    word = _pair()["publicKeyMultibase"]
    public = keys.from_multikey(word).public

    assert isinstance(public, Ed25519PublicKey)
    assert keys.multikey(public) == word
