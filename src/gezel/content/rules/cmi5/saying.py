"""What the system itself records about a course: launched, abandoned, waived, satisfied."""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from gezel.content.rules.cmi5.vocabulary import (
    CMI5_CATEGORY,
    LAUNCH_MODE,
    LAUNCH_PARAMETERS,
    LAUNCH_URL,
    MASTERY_SCORE,
    MODULE,
    MOVE_ON,
    MOVE_ON_CATEGORY,
    REASON,
    SESSION_ID,
    VERBS,
)

# A language, and where it is written how. What is longer is rare, and rarely right.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")

Said = Literal["launched", "abandoned", "waived", "satisfied"]


def activity(
    identifier: str, *, kind: str, title: Mapping[str, str], description: Mapping[str, str]
) -> dict[str, Any]:
    """A unit, block or course as the object of a statement; words without a language stay out."""
    definition: dict[str, Any] = {}
    if kind:
        definition["type"] = kind
    for name, words in (("name", title), ("description", description)):
        told = {tag: text for language, text in words.items() if text and (tag := _tag(language))}
        if told:
            definition[name] = told
    told_as: dict[str, Any] = {"objectType": "Activity", "id": identifier}
    return told_as | ({"definition": definition} if definition else {})


def _tag(language: str) -> str:
    """A language that a statement may name; of a tag of one's own only its first part, if any."""
    if _LANGUAGE.fullmatch(language):
        return language
    first = language.split("-", maxsplit=1)[0]
    return first if _LANGUAGE.fullmatch(first) else ""


def statement(
    verb: Said,
    *,
    statement_id: uuid.UUID,
    actor: Mapping[str, Any],
    about: Mapping[str, Any],
    registration: str,
    session_id: str,
    publisher_id: str,
    at: datetime,
    result: Mapping[str, Any] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A cmi5 defined statement, with all that section 9.6 asks of its context.

    Args:
        about: the object, as `activity` makes it.
        publisher_id: the id that the course structure gives what it is about.
        extensions: of the context, beside the session.
    """
    categories = [CMI5_CATEGORY, *([MOVE_ON_CATEGORY] if verb == "waived" else [])]
    said: dict[str, Any] = {
        "id": str(statement_id),
        "actor": dict(actor),
        "verb": {"id": VERBS[verb], "display": {"en": verb}},
        "object": dict(about),
        "context": {
            "registration": registration,
            "contextActivities": {
                "category": [{"objectType": "Activity", "id": one} for one in categories],
                "grouping": [{"objectType": "Activity", "id": publisher_id}],
            },
            "extensions": {SESSION_ID: session_id} | dict(extensions or {}),
        },
        "timestamp": _moment(at),
    }
    return said | ({"result": dict(result)} if result else {})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def waived_here(
    *,
    statement_id: uuid.UUID,
    actor: Mapping[str, Any],
    object_id: str,
    name: Mapping[str, str],
    reason: str,
    at: datetime,
) -> dict[str, Any]:
    """That someone need not do a module or package of ours: the verb and the reason of cmi5, and
    not cmi5 defined. It tells neither success nor completion: nobody saw them do it.

    Args:
        object_id: what it is about, by the id that "completed" would have.
        name: its name per language.
    """
    return {
        "id": str(statement_id),
        "actor": dict(actor),
        "verb": {"id": VERBS["waived"], "display": {"en": "waived", "nl": "vrijgesteld"}},
        "object": activity(object_id, kind=MODULE, title=name, description={}),
        "result": {"extensions": {REASON: reason}},
        "timestamp": _moment(at),
    }


def launch_extensions(unit: Mapping[str, Any], *, mode: str, address: str) -> dict[str, Any]:
    """What "launched" tells of how it was done (9.6.3); `address` bears no launch parameters."""
    told: dict[str, Any] = {
        LAUNCH_MODE: mode,
        LAUNCH_URL: address,
        MOVE_ON: unit["move_on"],
    }
    if unit["mastery_score"] is not None:
        told[MASTERY_SCORE] = unit["mastery_score"]
    if unit["launch_parameters"] is not None:
        told[LAUNCH_PARAMETERS] = unit["launch_parameters"]
    return told


def waived_result(reason: str) -> dict[str, Any]:
    """Of a unit that was waived (9.5.2, 9.5.3, 9.5.5.2)."""
    return {"success": True, "completion": True, "extensions": {REASON: reason}}


def abandoned_result(launched_at: datetime, last_at: datetime) -> dict[str, Any]:
    """Of a session nobody ended: from its launch to the last thing the unit said (9.5.4.2-2)."""
    seconds = max(0.0, (last_at - launched_at).total_seconds())
    return {"duration": f"PT{seconds:.2f}S"}
