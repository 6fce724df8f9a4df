"""Checking a file: a credential, or a bundle that also proves its place in a log."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gezel.profile.rules.bundle import ISSUING, Along, fingerprint, is_bundle, log_keys
from gezel.profile.rules.canonical import Unclear
from gezel.profile.rules.did import Belief, KeyProblem, Sources, web_address
from gezel.profile.rules.text import Unreadable, id_of, read_json
from gezel.profile.rules.verdict import Finding, Reason, Weight, check, check_document
from gezel.trust.api import PROOF, Proved, Unproved, check_proof


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out, and what its place in the issuer's log adds, where that came along."""

    finding: Finding
    proved: Proved | None = None


def check_file(data: bytes | str, *, now: datetime, sources: Sources, belief: Belief) -> Checked:
    """What there is to say about a file that someone hands in."""
    try:
        told = read_json(data)
    except Unreadable:
        told = None
    if not is_bundle(told):
        return Checked(check(data, now=now, sources=sources, belief=belief))
    return _bundle(told, now=now, sources=sources, belief=belief)


def check_beside(data: bytes, proof: bytes, *, now: datetime, sources: Sources) -> Checked:
    """The same where the place in the log lies in a file of its own, as in an archive."""
    try:
        told = {"credential": read_json(data), "log": read_json(proof)}
    except Unreadable:
        return Checked(check(data, now=now, sources=sources))
    return _bundle(told, now=now, sources=sources, belief=Belief.NOTHING)


def proof_in(data: bytes | str) -> Any | None:
    """The proof of one event in a log, if that is what this file is."""
    try:
        told = read_json(data)
    except Unreadable:
        return None
    return told if isinstance(told, dict) and told.get("type") == PROOF else None


def _bundle(told: dict[str, Any], *, now: datetime, sources: Sources, belief: Belief) -> Checked:
    document = told.get("credential")
    found = check_document(document, now=now, sources=Along(told, sources), belief=belief)
    if told.get("log") is None or not isinstance(document, dict):
        return Checked(_with(found, "not_in_log", Weight.NOTE))
    try:
        proved = check_proof(told["log"])
    except Unproved:
        return Checked(_with(found, "log_not_proved", Weight.WRONG))
    try:
        same = proved.event.get("document") == fingerprint(document)
    except Unclear:
        same = False
    if (
        not same
        or proved.event.get("kind") not in ISSUING
        or proved.event.get("subject") != document.get("id")
    ):
        return Checked(_with(found, "log_of_another", Weight.WRONG))
    named = _named_by(id_of(document.get("issuer")), sources)
    if named is None:
        return Checked(_with(found, "log_key_as_written", Weight.NOTE), proved)
    if proved.log.written() not in named:
        return Checked(_with(found, "log_not_theirs", Weight.WRONG))
    return Checked(found, proved)


def _named_by(issuer: str, sources: Sources) -> set[str] | None:
    """The logs that an issuer calls its own; None where it was not reached."""
    try:
        address = web_address(issuer) if issuer.startswith("did:web:") else issuer
    except KeyProblem:
        return None
    told = sources.document(address) if address.startswith("https://") else None
    return None if told is None else log_keys(told)


def _with(found: Finding, code: str, weight: Weight) -> Finding:
    return replace(found, reasons=(*found.reasons, Reason(code, weight)))
