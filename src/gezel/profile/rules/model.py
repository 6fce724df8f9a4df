"""Whether a document has the form of a credential: VC data model 1.1 and 2.0."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gezel.profile.rules.canonical import IN_A_LANGUAGE
from gezel.profile.rules.contexts import CREDENTIALS_V1, CREDENTIALS_V2
from gezel.profile.rules.dates import BadMoment, moment
from gezel.profile.rules.text import as_list, id_of

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
# Things that must say of what type they are, and whether they must have an identifier.
_TYPED = {
    "credentialStatus": False,
    "credentialSchema": True,
    "termsOfUse": False,
    "evidence": False,
    "refreshService": False,
}


def is_address(value: Any) -> bool:
    """An absolute address or name of any scheme."""
    return isinstance(value, str) and bool(_ADDRESS.fullmatch(value))


# How the content of another document is promised: Subresource Integrity, or a multihash.
_DIGESTS = {
    "digestSRI": re.compile(
        r"(sha(256|384|512)-[A-Za-z0-9+/]+={0,2})( sha\d+-[A-Za-z0-9+/]+={0,2})*"
    ),
    "digestMultibase": re.compile(r"[uz][A-Za-z0-9_-]+"),
}


def text_of(value: Any, language: str = "") -> str:
    """What a name or description says, whether plain or with its language.

    Args:
        language: of the reader, who gets that of several; else the first is taken.
    """

    def is_theirs(one: Any) -> bool:
        named = one.get("@language") if isinstance(one, dict) else None
        return isinstance(named, str) and named[:2].lower() == language

    listed = as_list(value)
    for one in [*filter(is_theirs, listed), *listed]:
        if isinstance(one, str):
            return one
        if isinstance(one, dict) and isinstance(one.get("@value"), str):
            return str(one["@value"])
    return ""


def language_of(value: Any, language: str = "") -> str:
    """The language of the words that `text_of` takes; empty where they do not say."""
    said = text_of(value, language)
    for one in as_list(value):
        if isinstance(one, dict) and one.get("@value") == said:
            named = one.get("@language")
            return named if isinstance(named, str) else ""
    return ""


def is_old(document: dict[str, Any]) -> bool:
    """Written after version 1.1 of the data model."""
    return as_list(document.get("@context"))[:1] == [CREDENTIALS_V1]


def problems(credential: Any) -> Iterator[str]:
    """The words that are missing or wrong, in the order one would look."""
    if not isinstance(credential, dict):
        yield "credential"
        return
    yield from _frame(credential, "VerifiableCredential")
    issuer = credential.get("issuer")
    if isinstance(issuer, list) or not is_address(id_of(issuer)):
        yield "issuer"
    yield from _subjects(credential.get("credentialSubject"))
    yield from _days(credential)
    for word, with_id in _TYPED.items():
        yield from _typed(word, credential.get(word), with_id=with_id)
    for word in ("name", "description"):
        if word in credential and not _is_text(credential[word]):
            yield word
        if isinstance(issuer, dict) and word in issuer and not _is_text(issuer[word]):
            yield f"issuer.{word}"
    yield from _resources(credential.get("relatedResource"))


def presentation_problems(presentation: Any) -> Iterator[str]:
    """The same for what a holder shows."""
    if not isinstance(presentation, dict):
        yield "presentation"
        return
    yield from _frame(presentation, "VerifiablePresentation")
    if "holder" in presentation and not is_address(id_of(presentation["holder"])):
        yield "holder"
    # Before 2.0 a token stood among credentials as it is; since then it comes in an envelope.
    kinds = (dict, str) if is_old(presentation) else dict
    if not all(isinstance(c, kinds) for c in as_list(presentation.get("verifiableCredential"))):
        yield "verifiableCredential"


def _frame(document: dict[str, Any], kind: str) -> Iterator[str]:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] not in ([CREDENTIALS_V1], [CREDENTIALS_V2]):
        if contexts != CREDENTIALS_V2:
            yield "@context"
    elif not all(is_address(c) or isinstance(c, dict) for c in contexts):
        yield "@context"
    kinds = as_list(document.get("type"))
    if not all(isinstance(k, str) for k in kinds) or kind not in kinds:
        yield "type"
    if "id" in document and not is_address(document["id"]):
        yield "id"


def _subjects(value: Any) -> Iterator[str]:
    subjects = as_list(value)
    if not subjects:
        yield "credentialSubject"
    for one in subjects:
        if not isinstance(one, dict) or not one or ("id" in one and not is_address(one["id"])):
            yield "credentialSubject"


def _days(credential: dict[str, Any]) -> Iterator[str]:
    found: dict[str, datetime] = {}
    for word in ("validFrom", "validUntil", "issuanceDate", "expirationDate"):
        if word in credential:
            try:
                found[word] = moment(credential[word])
            except BadMoment:
                yield word
    if is_old(credential):
        if "issuanceDate" not in credential:
            yield "issuanceDate"
    elif "issuanceDate" in credential or "expirationDate" in credential:
        yield "validFrom"
    first, last = period(found)
    if first and last and last < first:
        yield "validUntil"


def period(found: dict[str, datetime]) -> tuple[datetime | None, datetime | None]:
    """From when and until when, by whichever word it is written."""
    return (
        found.get("validFrom") or found.get("issuanceDate"),
        found.get("validUntil") or found.get("expirationDate"),
    )


def days_of(credential: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """From when and until when a credential counts; what is no moment is left out."""
    found = {}
    for word in ("validFrom", "validUntil", "issuanceDate", "expirationDate"):
        try:
            found[word] = moment(credential.get(word))
        except BadMoment:
            continue
    return period(found)


def _typed(word: str, value: Any, *, with_id: bool) -> Iterator[str]:
    for one in as_list(value):
        kinds = as_list(one.get("type")) if isinstance(one, dict) else []
        if not kinds or not all(isinstance(kind, str) and kind for kind in kinds):
            yield word
        elif ("id" in one and not is_address(one["id"])) or (with_id and "id" not in one):
            yield f"{word}.id"


def _is_text(value: Any) -> bool:
    return all(
        isinstance(one, str)
        or (
            isinstance(one, dict)
            and isinstance(one.get("@value"), str)
            and all(k in IN_A_LANGUAGE for k in one)
            and bool(_LANGUAGE.fullmatch(str(one.get("@language", "en"))))
            and one.get("@direction", "ltr") in ("ltr", "rtl")
        )
        for one in as_list(value)
    )


def _resources(value: Any) -> Iterator[str]:
    seen: set[str] = set()
    for one in as_list(value):
        fine = (
            isinstance(one, dict)
            and is_address(one.get("id"))
            and one["id"] not in seen
            and any(word in one for word in _DIGESTS)
            and all(_DIGESTS[word].fullmatch(str(one[word])) for word in _DIGESTS if word in one)
            and isinstance(one.get("mediaType", ""), str)
        )
        if not fine:
            yield "relatedResource"
        else:
            seen.add(one["id"])
