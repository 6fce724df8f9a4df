"""What a statement looks like (xAPI 2.0, IEEE 9274.1.1) and when two are the same."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

VERSION = "2.0.0"
ADL = "http://adlnet.gov/expapi/verbs/"
ACTIVITIES = "http://adlnet.gov/expapi/activities/"
# Beside a score that the content reported of itself, as against one that we worked out.
SELF_REPORTED = "urn:gezel:self-reported"

# The verbs we use, from the ADL vocabulary, with the words of its own language map and ours.
VERBS: Mapping[str, Mapping[str, str]] = {
    f"{ADL}initialized": {"en": "initialized", "nl": "begonnen"},
    f"{ADL}completed": {"en": "completed", "nl": "afgerond"},
    f"{ADL}passed": {"en": "passed", "nl": "geslaagd"},
    f"{ADL}failed": {"en": "failed", "nl": "niet geslaagd"},
    f"{ADL}answered": {"en": "answered", "nl": "beantwoord"},
    f"{ADL}attended": {"en": "attended", "nl": "bijgewoond"},
}
Verb = Literal["initialized", "completed", "passed", "failed", "answered", "attended"]


@dataclass(frozen=True, slots=True)
class Score:
    """How much of what was asked was right: `raw` of `most`."""

    raw: int
    most: int

    def told(self) -> dict[str, Any]:
        return {
            "scaled": round(self.raw / self.most, 4) if self.most else 0,
            "raw": self.raw,
            "min": 0,
            "max": self.most,
        }


@dataclass(frozen=True, slots=True)
class Scaled:
    """A score from -1 to 1 that a package gives itself: nobody here has seen how it came about."""

    scaled: float

    def told(self) -> dict[str, Any]:
        return {"scaled": round(self.scaled, 4)}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it; what is None is not said."""

    completion: bool | None = None
    success: bool | None = None
    score: Score | Scaled | None = None
    duration: timedelta | None = None
    response: str | None = None
    extensions: Mapping[str, Any] | None = None

    def told(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.completion is not None:
            said["completion"] = self.completion
        if self.success is not None:
            said["success"] = self.success
        if self.score is not None:
            said["score"] = self.score.told()
            if isinstance(self.score, Scaled):
                said["extensions"] = {SELF_REPORTED: True}
        if self.response is not None:
            said["response"] = self.response
        if self.duration is not None:
            said["duration"] = iso_duration(self.duration)
        if self.extensions:
            said["extensions"] = dict(self.extensions)
        return said


def iso_duration(length: timedelta) -> str:
    """A length of time as ISO 8601 writes it: PT1H4M30S. Less than a second is PT0S."""
    seconds = max(0, int(length.total_seconds()))
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    told = "".join(
        f"{amount}{unit}"
        for amount, unit in ((hours, "H"), (minutes, "M"), (seconds, "S"))
        if amount
    )
    return f"PT{told or '0S'}"


def moment(at: datetime) -> str:
    """A moment in UTC with milliseconds, as the standard asks."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def language_map(words: Mapping[str, str]) -> dict[str, str]:
    """A canonical language map: only languages that have words, in one order."""
    return {language: words[language] for language in sorted(words) if words[language]}


def authority(home_page: str) -> dict[str, Any]:
    """Gezel itself, as the one who vouches for what it recorded."""
    return {
        "objectType": "Agent",
        "name": "Gezel",
        "account": {"homePage": home_page, "name": "gezel"},
    }


def statement(
    *,
    statement_id: uuid.UUID,
    home_page: str,
    account: str,
    verb: Verb,
    object_id: str,
    object_type: str,
    object_name: Mapping[str, str],
    result: Result | None,
    registration: uuid.UUID | None,
    language: str,
    at: datetime,
    parent: str = "",
) -> dict[str, Any]:
    """A whole statement, except when it was stored and who vouches for it.

    The actor is an account at this Gezel, by number: no name and no e-mail address, so that a
    statement can travel without saying who someone is outside.

    Args:
        verb: the last part of its address in the ADL vocabulary.
        object_type: the last part of the activity type's address ("module", "lesson").
        language: the language in which the person did this.
        parent: the id of what the object is a part of, if it is one.
    """
    address = f"{ADL}{verb}"
    context: dict[str, Any] = {"platform": "Gezel", "language": language}
    if registration is not None:
        context["registration"] = str(registration)
    if parent:
        context["contextActivities"] = {"parent": [{"objectType": "Activity", "id": parent}]}
    said: dict[str, Any] = {
        "id": str(statement_id),
        "actor": {"objectType": "Agent", "account": {"homePage": home_page, "name": account}},
        "verb": {"id": address, "display": language_map(VERBS[address])},
        "object": {
            "objectType": "Activity",
            "id": object_id,
            "definition": {
                "type": f"{ACTIVITIES}{object_type}",
                "name": language_map(object_name),
            },
        },
        "context": context,
        "timestamp": moment(at),
        "version": VERSION,
    }
    if result is not None and (told := result.told()):
        said["result"] = told
    return said


# What the store itself sets, so what does not make two statements different.
_SET_BY_STORE = frozenset({"stored", "authority", "version"})


def is_same(one: Mapping[str, Any], other: Mapping[str, Any], *, except_time: bool = False) -> bool:
    """Whether two statements say the same; order of keys and what the store sets do not count.

    Args:
        except_time: the caller gave no time of its own, so a second call has another.
    """
    left_out = _SET_BY_STORE | ({"timestamp"} if except_time else frozenset())
    return {k: v for k, v in one.items() if k not in left_out} == {
        k: v for k, v in other.items() if k not in left_out
    }
