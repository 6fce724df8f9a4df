"""Open Badges 3.0, the Comprehensive Learner Record 2.0, and how an Open Badge 2.0 reads."""

import base64
import re
from collections.abc import Iterator
from typing import Any

from gezel.profile.rules.model import is_address, is_old, text_of
from gezel.profile.rules.text import as_list, id_of

BADGE = {"AchievementCredential", "OpenBadgeCredential"}
RECORD = "ClrCredential"
_CONTEXTS = {
    "badge": re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context[-.0-9]*\.json"),
    "record": re.compile(r"https://purl\.imsglobal\.org/spec/clr/v2p0/context[-.0-9]*\.json"),
}
_FROM_OUR_SIDE = re.compile(r"(https?://|data:image/(png|svg\+xml);base64,|urn:|did:)")


def kinds(credential: dict[str, Any]) -> set[str]:
    return {kind for kind in as_list(credential.get("type")) if isinstance(kind, str)}


def is_badge(credential: dict[str, Any]) -> bool:
    return bool(kinds(credential) & BADGE)


def is_record(credential: dict[str, Any]) -> bool:
    return RECORD in kinds(credential)


def problems(credential: dict[str, Any]) -> Iterator[str]:
    """The words that an Open Badge or a learner record lacks or has wrong."""
    if is_badge(credential):
        yield from _badge(credential)
    elif is_record(credential):
        yield from _record(credential)


def _badge(credential: dict[str, Any]) -> Iterator[str]:
    yield from _dressed(credential, "badge")
    for subject in as_list(credential.get("credentialSubject")):
        if not isinstance(subject, dict):
            continue
        if "AchievementSubject" not in as_list(subject.get("type")):
            yield "credentialSubject.type"
        if "achievement" not in subject:
            # Drafts before 3.0 was final had credentials that name none.
            if not is_old(credential):
                yield "achievement"
            continue
        yield from _achievement(subject["achievement"])
        yield from _identifiers(subject.get("identifier"))
        if not is_address(id_of(subject)) and not subject.get("identifier"):
            yield "credentialSubject.id"
    for one in as_list(credential.get("evidence")):
        if not isinstance(one, dict) or "Evidence" not in as_list(one.get("type")):
            yield "evidence"


def _dressed(credential: dict[str, Any], what: str) -> Iterator[str]:
    """The frame that 1EdTech asks beyond that of W3C."""
    contexts = [c for c in as_list(credential.get("@context")) if isinstance(c, str)]
    if not is_old(credential) and not any(_CONTEXTS[what].fullmatch(c) for c in contexts):
        yield "@context"
    if not is_address(credential.get("id")):
        yield "id"
    issuer = credential.get("issuer")
    if isinstance(issuer, dict) and "Profile" not in as_list(issuer.get("type")):
        yield "issuer.type"
    if not is_old(credential) and "validFrom" not in credential:
        yield "validFrom"


def _achievement(found: Any) -> Iterator[str]:
    if not isinstance(found, dict):
        yield "achievement"
        return
    if not is_address(found.get("id")):
        yield "achievement.id"
    if "Achievement" not in as_list(found.get("type")):
        yield "achievement.type"
    for word in ("name", "description"):
        if not text_of(found.get(word)):
            yield f"achievement.{word}"
    criteria = found.get("criteria")
    if not isinstance(criteria, dict) or not (
        is_address(criteria.get("id")) or text_of(criteria.get("narrative"))
    ):
        yield "achievement.criteria"
    image = found.get("image")
    if image is not None and not _FROM_OUR_SIDE.match(id_of(image)):
        yield "achievement.image"
    for one in as_list(found.get("alignment")):
        if not isinstance(one, dict) or not (
            is_address(one.get("targetUrl")) and text_of(one.get("targetName"))
        ):
            yield "achievement.alignment"


def _identifiers(value: Any) -> Iterator[str]:
    for one in as_list(value):
        fine = (
            isinstance(one, dict)
            and as_list(one.get("type")) == ["IdentityObject"]
            and isinstance(one.get("identityHash"), str)
            and isinstance(one.get("hashed"), bool)
            and isinstance(one.get("identityType"), str)
        )
        if not fine:
            yield "credentialSubject.identifier"


def _record(credential: dict[str, Any]) -> Iterator[str]:
    yield from _dressed(credential, "record")
    subject = credential.get("credentialSubject")
    if not isinstance(subject, dict) or "ClrSubject" not in as_list(subject.get("type")):
        yield "credentialSubject.type"
        return
    if not as_list(subject.get("verifiableCredential")):
        yield "verifiableCredential"
    for one in as_list(subject.get("achievement")):
        yield from _achievement(one)


def within(credential: dict[str, Any]) -> list[Any]:
    """The credentials that a learner record bundles."""
    if not is_record(credential):
        return []
    subject = credential.get("credentialSubject")
    return as_list(subject.get("verifiableCredential")) if isinstance(subject, dict) else []


def achievement_of(credential: dict[str, Any]) -> dict[str, Any]:
    """What was achieved, empty where nothing is named."""
    for subject in as_list(credential.get("credentialSubject")):
        if isinstance(subject, dict) and isinstance(subject.get("achievement"), dict):
            found: dict[str, Any] = subject["achievement"]
            return found
    return {}


# -- Open Badges 2.0 ----------------------------------------------------------------------------


def is_second(document: Any) -> bool:
    """An assertion of Open Badges 2.0."""
    return isinstance(document, dict) and "Assertion" in as_list(document.get("type"))


def second_address(assertion: dict[str, Any]) -> str:
    """Where an assertion of 2.0 is hosted; empty where it says to be signed instead."""
    how = assertion.get("verification") or assertion.get("verify")
    kind = how.get("type") if isinstance(how, dict) else None
    hosted = {"hosted", "HostedBadge"} & {k for k in as_list(kind) if isinstance(k, str)}
    address = id_of(assertion)
    return address if hosted and address.startswith("https://") else ""


def second_facts(assertion: dict[str, Any]) -> tuple[str, str]:
    """Name of the badge and of who gave it, as far as the file itself tells."""
    badge = assertion.get("badge")
    badge = badge if isinstance(badge, dict) else {}
    issuer = badge.get("issuer")
    issuer = issuer if isinstance(issuer, dict) else {}
    return text_of(badge.get("name")), text_of(issuer.get("name"))


def picture(data: bytes, kind: str) -> str:
    """A picture as an address that holds it whole."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
