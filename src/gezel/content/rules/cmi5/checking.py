"""What a unit may record in its session, and what it may not (sections 7.1, 9 and 10.2).

A session is followed statement by statement: `check` takes where it stands and gives where it
stands next, or says which requirement is broken. Nothing here knows of tables or requests.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gezel.content.rules.cmi5.vocabulary import (
    CMI5_CATEGORY,
    MASTERY_SCORE,
    MOVE_ON_CATEGORY,
    SESSION_ID,
    VOIDED,
    WORDS,
)

_OURS = frozenset({"launched", "abandoned", "waived", "satisfied"})
_JUDGED = frozenset({"passed", "failed"})
_LASTED = frozenset({"terminated", "completed", "passed", "failed"})
_UTC = re.compile(r".*(Z|z|\+00(:?00)?)")


class Broken(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A statement that breaks a rule of the session. `requirement` is its number, `str()` says
    to the maker of the unit, in English as the whole interface is, what to mend."""

    def __init__(self, requirement: str, sentence: str) -> None:
        super().__init__(sentence)
        self.requirement = requirement


@dataclass(frozen=True, slots=True)
class Session:
    """A session as the rules see it.

    `verbs` are the words of the cmi5 defined statements in this session so far; `completed` and
    `passed` tell of this unit in the whole registration, whatever session it was in.
    """

    actor: Mapping[str, Any]
    registration: str
    activity_id: str
    template: Mapping[str, Any]
    mode: str = "Normal"
    mastery_score: float | None = None
    verbs: frozenset[str] = frozenset()
    preferences_read: bool = False
    completed: bool = False
    passed: bool = False
    over: bool = False


def check_all(statements: Iterable[Mapping[str, Any]], session: Session) -> Session:
    """Check a batch in its order, as if its statements came one by one."""
    for statement in statements:
        session = check(statement, session)
    return session


def check(statement: Mapping[str, Any], session: Session) -> Session:
    """Where the session stands after this statement.

    Args:
        statement: as the unit sent it, valid by xAPI itself.

    Raises:
        Broken: it may not be recorded.
    """
    _check_every(statement, session)
    word = _word(statement)
    defined = CMI5_CATEGORY in _ids(statement, "category")
    if not defined:
        if MOVE_ON_CATEGORY in _all_ids(statement):
            raise Broken("9.6.2.2-2", "Only a cmi5 defined statement may bear the moveOn category.")
        if "initialized" not in session.verbs:
            raise Broken("9.3.0.0-4", "The first statement of a session is “initialized”.")
        return session
    _check_order(word, session)
    _check_defined(statement, word, session)
    return replace(
        session,
        verbs=session.verbs | {word},
        completed=session.completed or word == "completed",
        passed=session.passed or word == "passed",
        over=word == "terminated",
    )


def is_actor(agent: Any, session_actor: Mapping[str, Any]) -> bool:
    """Whether an agent is the learner of the session: that account, and nothing else."""
    return (
        isinstance(agent, dict)
        and agent.get("objectType", "Agent") == "Agent"
        and agent.get("account") == session_actor["account"]
        and not {"mbox", "mbox_sha1sum", "openid", "member"} & agent.keys()
    )


def _check_every(statement: Mapping[str, Any], session: Session) -> None:
    """What holds for every statement of a unit, cmi5 defined or merely allowed."""
    if session.over:
        raise Broken("9.3.0.0-5", "This session is over; nothing more can be recorded in it.")
    if not _is_uuid(statement.get("id")):
        raise Broken("9.1.0.0-1", "A statement needs an id of its own, in UUID form.")
    if _at(statement, "verb", "id") == VOIDED:
        raise Broken("6.3.0.0-1", "A unit may not void statements.")
    moment = statement.get("timestamp")
    if not isinstance(moment, str):
        raise Broken("9.7.0.0-1", "A statement needs a timestamp.")
    if not _UTC.fullmatch(moment):
        raise Broken("9.7.0.0-2", "The timestamp must be in UTC.")
    if not is_actor(statement.get("actor"), session.actor):
        raise Broken("8.1.3.0-3", "The actor must be the one in the launch address.")
    _check_context(statement, session)


def _check_context(statement: Mapping[str, Any], session: Session) -> None:
    context = statement.get("context")
    if not isinstance(context, dict):
        raise Broken("9.6.0.0-1", "A statement needs the context of the context template.")
    if str(context.get("registration", "")).lower() != session.registration:
        raise Broken("9.6.1.0-1", "The registration must be the one in the launch address.")
    extensions = context.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    for name, value in session.template.get("extensions", {}).items():
        if extensions.get(name) != value:
            requirement = "9.6.3.1-4" if name == SESSION_ID else "10.2.1.0-7"
            raise Broken(requirement, f"The context must have the extension {name} unchanged.")
    for kind, activities in session.template.get("contextActivities", {}).items():
        present = _ids(statement, kind)
        for activity in activities:
            if activity["id"] not in present:
                raise Broken(
                    "9.6.2.0-1", f"The context must have {activity['id']} among its “{kind}”."
                )
    for name, value in session.template.items():
        if name not in {"extensions", "contextActivities"} and context.get(name) != value:
            raise Broken("10.2.1.0-7", f"The context must have “{name}” as in the template.")


def _check_order(word: str, session: Session) -> None:
    """Which cmi5 defined statement may come now (9.3)."""
    if not word:
        raise Broken("9.3.0.0-1", "A cmi5 defined statement has one of the verbs of cmi5.")
    if word in _OURS:
        raise Broken("9.3.0.0-1", f"“{word}” is recorded by the system, not by a unit.")
    if word == "initialized" and not session.preferences_read and not session.verbs:
        raise Broken("11.0.0.0-3", "Read the learner preferences before “initialized”.")
    if word in session.verbs:
        raise Broken("9.3.0.0-2", f"“{word}” stands already in this session.")
    if word != "initialized" and "initialized" not in session.verbs:
        raise Broken("9.3.0.0-4", "The first statement of a session is “initialized”.")
    if session.mode != "Normal" and word not in {"initialized", "terminated"}:
        raise Broken("10.2.2.0-5", f"“{word}” is not recorded in the mode {session.mode}.")
    if word in _JUDGED and _JUDGED & session.verbs:
        raise Broken("9.3.0.0-3", "A session holds one “passed” or one “failed”.")
    if word == "completed" and session.completed:
        raise Broken("9.3.0.0-6", "“completed” stands already in this registration.")
    if word == "passed" and session.passed:
        raise Broken("9.3.0.0-7", "“passed” stands already in this registration.")
    if word == "failed" and session.passed:
        raise Broken("9.3.0.0-8", "“failed” cannot follow “passed” in a registration.")


def _check_defined(statement: Mapping[str, Any], word: str, session: Session) -> None:
    """The object, result and category of a cmi5 defined statement (9.4 to 9.6)."""
    about = statement.get("object")
    if (
        not isinstance(about, dict)
        or about.get("objectType", "Activity") != "Activity"
        or about.get("id") != session.activity_id
    ):
        raise Broken("9.4.0.0-1", "The object must be the activity id of the launch address.")
    result = statement.get("result")
    result = result if isinstance(result, dict) else {}
    _check_truth(result, word)
    if word in _LASTED and not isinstance(result.get("duration"), str):
        number = {"terminated": 1, "completed": 2, "passed": 3, "failed": 4}[word]
        raise Broken(f"9.5.4.1-{number}", f"“{word}” needs a duration.")
    _check_score(statement, result, word, session)
    moves = "success" in result or "completion" in result
    if moves and MOVE_ON_CATEGORY not in _ids(statement, "category"):
        raise Broken("9.6.2.2-1", f"“{word}” needs the moveOn category.")
    if not moves and MOVE_ON_CATEGORY in _all_ids(statement):
        raise Broken("9.6.2.2-2", f"“{word}” may not have the moveOn category.")


def _check_truth(result: Mapping[str, Any], word: str) -> None:
    if word in _JUDGED:
        if result.get("success") is not (word == "passed"):
            number = 1 if word == "passed" else 2
            said = str(word == "passed").lower()
            raise Broken(f"9.5.2.0-{number}", f"“{word}” needs a result with success: {said}.")
    elif "success" in result:
        raise Broken("9.5.2.0-3", f"“{word}” may not tell success.")
    if word == "completed":
        if result.get("completion") is not True:
            raise Broken("9.5.3.0-1", "“completed” needs a result with completion: true.")
    elif "completion" in result:
        raise Broken("9.5.3.0-2", f"“{word}” may not tell completion.")


def _check_score(
    statement: Mapping[str, Any], result: Mapping[str, Any], word: str, session: Session
) -> None:
    """A score agrees with the verb and with what the launch data asked (9.3.4, 9.3.5, 9.5.1)."""
    said = _at(statement, "context", "extensions", MASTERY_SCORE)
    asked = session.mastery_score
    if said is not None and asked is not None and not _is_number(said, asked):
        raise Broken("10.2.1.0-7", "The mastery score differs from that in the launch data.")
    if "score" not in result:
        return
    if word not in _JUDGED:
        raise Broken("9.5.1.0-2", f"“{word}” may not have a score.")
    score = result["score"] if isinstance(result["score"], dict) else {}
    if "raw" in score and not {"min", "max"} <= score.keys():
        raise Broken("9.5.1.0-3", "A raw score needs its lowest and highest: min and max.")
    if asked is None:
        return
    if said is None:
        raise Broken("9.6.3.2-2", "A score needs the mastery score in the context's extensions.")
    scaled = score.get("scaled")
    if isinstance(scaled, int | float) and not isinstance(scaled, bool):
        if word == "passed" and scaled < asked:
            raise Broken("9.3.4.0-2", f"“passed” with {scaled}, where {asked} was asked.")
        if word == "failed" and scaled >= asked:
            raise Broken("9.3.5.0-2", f"“failed” with {scaled}, where {asked} was enough.")


def scaled_score(statement: Mapping[str, Any]) -> float | None:
    """The scaled score that a statement reports, from -1 to 1, if it does."""
    scaled = _at(statement, "result", "score", "scaled")
    if isinstance(scaled, int | float) and not isinstance(scaled, bool) and -1 <= scaled <= 1:
        return float(scaled)
    return None


def defined_word(statement: Mapping[str, Any]) -> str:
    """The verb of a cmi5 defined statement as a word, or "" for any other statement."""
    if CMI5_CATEGORY not in _ids(statement, "category"):
        return ""
    return _word(statement)


def _word(statement: Mapping[str, Any]) -> str:
    return WORDS.get(str(_at(statement, "verb", "id")), "")


def _is_number(said: Any, asked: float) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool) and said == asked


def _is_uuid(said: Any) -> bool:
    try:
        return isinstance(said, str) and bool(uuid.UUID(said))
    except ValueError:
        return False


def _at(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _ids(statement: Mapping[str, Any], kind: str) -> set[str]:
    """The activities of one kind in the context; one alone may stand without its list."""
    held = _at(statement, "context", "contextActivities", kind)
    listed = held if isinstance(held, list) else [held]
    return {str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one}


def _all_ids(statement: Mapping[str, Any]) -> Iterator[str]:
    held = _at(statement, "context", "contextActivities")
    for kind in held if isinstance(held, dict) else ():
        yield from _ids(statement, kind)
