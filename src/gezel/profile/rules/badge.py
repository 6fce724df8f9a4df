"""An achievement of a person as Open Badge 3.0, and several as one learner record."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gezel.profile.rules.contexts import CREDENTIALS_V2, LEARNER_RECORD, OPEN_BADGES
from gezel.profile.rules.dates import written
from gezel.profile.rules.status import stands_in


@dataclass(frozen=True, slots=True)
class Alignment:
    """What an achievement amounts to in a framework that others know."""

    name: str
    address: str
    framework: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that a credential says."""

    id: str
    issuer: str
    issuer_name: str
    achievement_id: str
    name: str
    about: str
    criteria: str
    # Of all its words; empty where they mix languages, and then nothing is said of it.
    language: str
    person_name: str
    person_email: str
    salt: str
    since: datetime
    until: datetime | None
    # Purpose → the list in which that stands; the place is the same in each.
    status_lists: dict[str, str]
    status_index: int
    evidence: Sequence[tuple[str, str]] = ()
    alignments: Sequence[Alignment] = field(default_factory=tuple)
    # The same achievement in other languages: its identifier there, and which.
    editions: Sequence[tuple[str, str]] = ()
    # The key of whom it is issued to (did:key); empty where they chose none.
    subject: str = ""


def badge(told: Told) -> dict[str, Any]:
    """The credential, still to be signed.

    The person is named by name, so that a reader sees whose it is, and by a salted hash of the
    e-mail address: who is told the address can check it, who is not learns nothing. Where they have
    a key of their own, by that too: then they can prove that it is theirs.
    """
    achievement: dict[str, Any] = {
        "id": told.achievement_id,
        "type": ["Achievement"],
        "name": told.name,
        "description": told.about or told.name,
        "criteria": {"narrative": told.criteria},
    }
    if told.language:
        achievement["inLanguage"] = told.language
    if told.editions:
        achievement["related"] = [
            {"id": id_, "type": ["Related"], "inLanguage": language}
            for id_, language in told.editions
        ]
    if told.alignments:
        achievement["alignment"] = [
            {
                "type": ["Alignment"],
                "targetName": one.name,
                "targetUrl": one.address,
                "targetFramework": one.framework,
            }
            for one in told.alignments
        ]
    hashed = hashlib.sha256((told.person_email + told.salt).encode()).hexdigest()
    found: dict[str, Any] = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES],
        "id": told.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": told.name,
        "issuer": {"id": told.issuer, "type": ["Profile"], "name": told.issuer_name},
        "validFrom": written(told.since),
        "credentialSubject": {
            **({"id": told.subject} if told.subject else {}),
            "type": ["AchievementSubject"],
            "identifier": [
                _identity("name", told.person_name),
                {
                    **_identity("emailAddress", f"sha256${hashed}"),
                    "hashed": True,
                    "salt": told.salt,
                },
            ],
            "achievement": achievement,
        },
        "credentialStatus": stands_in(told.status_lists, told.status_index),
    }
    if told.until:
        found["validUntil"] = written(told.until)
    if told.evidence:
        found["evidence"] = [
            {"type": ["Evidence"], "name": name, "narrative": narrative}
            for name, narrative in told.evidence
        ]
    return found


def _identity(kind: str, value: str) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "identityHash": value,
        "identityType": kind,
        "hashed": False,
    }


def record(
    *,
    id_: str,
    issuer: str,
    issuer_name: str,
    name: str,
    at: datetime,
    badges: list[dict[str, Any]],
) -> dict[str, Any]:
    """Several signed credentials of one person bundled as a Comprehensive Learner Record 2.0."""
    first = badges[0]["credentialSubject"]["identifier"]
    return {
        "@context": [CREDENTIALS_V2, LEARNER_RECORD, OPEN_BADGES],
        "id": id_,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": name,
        "issuer": {"id": issuer, "type": ["Profile"], "name": issuer_name},
        "validFrom": written(at),
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": first,
            "verifiableCredential": badges,
        },
    }


def named(credential: dict[str, Any]) -> str:
    """The name of whom a credential is about, where it tells one."""
    subject = credential.get("credentialSubject")
    identifiers = subject.get("identifier") if isinstance(subject, dict) else None
    for one in identifiers if isinstance(identifiers, list) else [identifiers]:
        if isinstance(one, dict) and one.get("identityType") == "name" and not one.get("hashed"):
            found = one.get("identityHash")
            return found if isinstance(found, str) else ""
    return ""
