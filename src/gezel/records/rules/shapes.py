"""What a statement may look like: the rules of xAPI 2.0 and 1.0.3 for one statement.

The shapes are compiled by msgspec: names that do not belong, null, a wrong type, a wrong case and
a badly formed IRI are refused by it, with the place. What a type cannot say (one identifier an
agent, a scale only for a likert question) stands below in plain words. Where both versions of the
standard agree nothing is said; where they differ the version is asked.
"""

import re
from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from gezel.records.rules.broken import Broken
from gezel.records.rules.moments import is_duration, read_moment


class Version(Enum):
    """The versions of xAPI that are spoken here, by the header they are answered with."""

    V1 = "1.0.3"
    V2 = "2.0.0"


VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"

_IRI = r"^[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+\Z"
# RFC 5646: a language with its parts, one of the old tags, or one of one's own.
_TAG = (
    r"^(?:(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4}|[A-Za-z]{5,8})(?:-[A-Za-z]{4})?"
    r"(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    r"(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?"
    r"|[xX](?:-[A-Za-z0-9]{1,8})+"
    r"|(?i:en-GB-oed|i-ami|i-bnn|i-default|i-enochian|i-hak|i-klingon|i-lux|i-mingo|i-navajo"
    r"|i-pwn|i-tao|i-tay|i-tsu|sgn-BE-FR|sgn-BE-NL|sgn-CH-DE|art-lojban|cel-gaulish|no-bok"
    r"|no-nyn|zh-guoyu|zh-hakka|zh-min|zh-min-nan|zh-xiang))\Z"
)
_UUID = r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\Z"
_MBOX = r"^mailto:[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\Z"

Iri = Annotated[str, Meta(pattern=_IRI)]
Tag = Annotated[str, Meta(pattern=_TAG)]
Uuid = Annotated[str, Meta(pattern=_UUID)]
Mbox = Annotated[str, Meta(pattern=_MBOX)]
Sha1 = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{40}\Z")]
Sha2 = Annotated[
    str,
    Meta(pattern=r"^(?:[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})\Z"),
]
MediaType = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+(?:\s*;.*)?\Z")
]
Whole = Annotated[int, Meta(ge=0)]
Words = dict[Tag, str]
Extensions = dict[Iri, Any]
Number = int | float

is_iri = re.compile(_IRI).match
is_uuid = re.compile(_UUID).match
is_tag = re.compile(_TAG).match


class _Shape(Struct, forbid_unknown_fields=True, gc=False):
    """What has these names and no other."""


class Account(_Shape):
    homePage: Iri
    name: str


class Agent(_Shape):
    objectType: Literal["Agent"] | UnsetType = UNSET
    name: str | UnsetType = UNSET
    mbox: Mbox | UnsetType = UNSET
    mbox_sha1sum: Sha1 | UnsetType = UNSET
    openid: Iri | UnsetType = UNSET
    account: Account | UnsetType = UNSET


class Group(_Shape):
    objectType: Literal["Group"]
    name: str | UnsetType = UNSET
    mbox: Mbox | UnsetType = UNSET
    mbox_sha1sum: Sha1 | UnsetType = UNSET
    openid: Iri | UnsetType = UNSET
    account: Account | UnsetType = UNSET
    member: list[Agent] | UnsetType = UNSET


class Verb(_Shape):
    id: Iri
    display: Words | UnsetType = UNSET


class Component(_Shape):
    id: str
    description: Words | UnsetType = UNSET


Components = list[Component] | UnsetType
Interaction = Literal[
    "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing",
    "likert", "numeric", "other",
]  # fmt: skip


class Definition(_Shape):
    name: Words | UnsetType = UNSET
    description: Words | UnsetType = UNSET
    type: Iri | UnsetType = UNSET
    moreInfo: Iri | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET
    interactionType: Interaction | UnsetType = UNSET
    correctResponsesPattern: list[str] | UnsetType = UNSET
    choices: Components = UNSET
    scale: Components = UNSET
    source: Components = UNSET
    target: Components = UNSET
    steps: Components = UNSET


class Activity(_Shape):
    id: Iri
    objectType: Literal["Activity"] | UnsetType = UNSET
    definition: Definition | UnsetType = UNSET


class StatementRef(_Shape):
    objectType: Literal["StatementRef"]
    id: Uuid


class ScoreShape(_Shape):
    scaled: Number | UnsetType = UNSET
    raw: Number | UnsetType = UNSET
    min: Number | UnsetType = UNSET
    max: Number | UnsetType = UNSET


class ResultShape(_Shape):
    score: ScoreShape | UnsetType = UNSET
    success: bool | UnsetType = UNSET
    completion: bool | UnsetType = UNSET
    response: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


Activities = list[Activity] | Activity | UnsetType


class ContextActivities(_Shape):
    parent: Activities = UNSET
    grouping: Activities = UNSET
    category: Activities = UNSET
    other: Activities = UNSET


RelevantTypes = Annotated[list[Iri], Meta(min_length=1)]


class ContextAgent(_Shape):
    objectType: Literal["contextAgent"]
    agent: Agent
    relevantTypes: RelevantTypes | UnsetType = UNSET


class ContextGroup(_Shape):
    objectType: Literal["contextGroup"]
    group: Group
    relevantTypes: RelevantTypes | UnsetType = UNSET


class Context(_Shape):
    registration: Uuid | UnsetType = UNSET
    instructor: dict[str, Any] | UnsetType = UNSET
    team: Group | UnsetType = UNSET
    contextActivities: ContextActivities | UnsetType = UNSET
    contextAgents: list[ContextAgent] | UnsetType = UNSET
    contextGroups: list[ContextGroup] | UnsetType = UNSET
    revision: str | UnsetType = UNSET
    platform: str | UnsetType = UNSET
    language: Tag | UnsetType = UNSET
    statement: StatementRef | UnsetType = UNSET
    extensions: Extensions | UnsetType = UNSET


class Attachment(_Shape):
    usageType: Iri
    display: Words
    contentType: MediaType
    length: Whole
    sha2: Sha2
    description: Words | UnsetType = UNSET
    fileUrl: Iri | UnsetType = UNSET


class SubStatement(_Shape):
    objectType: Literal["SubStatement"]
    actor: dict[str, Any]
    verb: Verb
    object: dict[str, Any]
    result: ResultShape | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET


class Statement(_Shape):
    actor: dict[str, Any]
    verb: Verb
    object: dict[str, Any]
    id: Uuid | UnsetType = UNSET
    result: ResultShape | UnsetType = UNSET
    context: Context | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    stored: str | UnsetType = UNSET
    authority: dict[str, Any] | UnsetType = UNSET
    version: str | UnsetType = UNSET
    attachments: list[Attachment] | UnsetType = UNSET


Shape = TypeVar("Shape", bound=_Shape)
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
# Which lists of components a kind of question may have.
_COMPONENTS: dict[str, frozenset[str]] = {
    "choice": frozenset({"choices"}),
    "sequencing": frozenset({"choices"}),
    "likert": frozenset({"scale"}),
    "matching": frozenset({"source", "target"}),
    "performance": frozenset({"steps"}),
}
_LISTS = ("choices", "scale", "source", "target", "steps")
_VERSIONS = {
    Version.V1: re.compile(r"1\.0(\.\d+)?\Z"),
    Version.V2: re.compile(r"[12]\.0(\.\d+)?\Z"),
}


def _shaped(told: Any, shape: type[Shape], place: str) -> Shape:
    try:
        return msgspec.convert(told, shape)
    except msgspec.ValidationError as error:
        why, _at, where = str(error).partition(" - at `")
        raise Broken(place + where.rstrip("`").removeprefix("$"), why) from None
    except RecursionError:
        raise Broken(place, "it is nested too deeply") from None


def check_statement(told: Any, version: Version, place: str = "$") -> Statement:
    """Hold a statement against every rule; gives back its shape.

    Raises:
        Broken: it breaks one, with the place.
    """
    if not isinstance(told, dict):
        raise Broken(place, "a statement is an object")
    said = _shaped(told, Statement, place)
    _check_said(said, version, place)
    if said.authority is not UNSET:
        check_authority(said.authority, f"{place}.authority")
    if said.stored is not UNSET:
        _check_moment(said.stored, version, f"{place}.stored")
    if said.version is not UNSET and not _VERSIONS[version].match(said.version):
        raise Broken(f"{place}.version", f"not a version of statements that {version.value} knows")
    if said.verb.id == VOIDED and said.object.get("objectType") != "StatementRef":
        raise Broken(f"{place}.object", "what is voided is told by a StatementRef")
    return said


def _check_said(said: Statement | SubStatement, version: Version, place: str) -> None:
    """What holds for a statement and for one within it."""
    check_actor(said.actor, f"{place}.actor")
    about_activity = _check_object(said.object, version, f"{place}.object", within=said)
    if said.result is not UNSET:
        _check_result(said.result, f"{place}.result")
    if said.context is not UNSET:
        _check_context(said.context, version, f"{place}.context", about_activity=about_activity)
    if said.timestamp is not UNSET:
        _check_moment(said.timestamp, version, f"{place}.timestamp")


def _check_moment(told: str, version: Version, place: str) -> None:
    try:
        read_moment(told, strict=version is Version.V2)
    except ValueError as error:
        raise Broken(place, str(error)) from None


def check_actor(told: dict[str, Any], place: str) -> Agent | Group:
    """An Agent, or a Group with a name or with members.

    Raises:
        Broken: it is neither.
    """
    if told.get("objectType") == "Group":
        group = _shaped(told, Group, place)
        _check_group(group, place)
        return group
    agent = _shaped(told, Agent, place)
    _check_agent(agent, place)
    return agent


def check_agent(told: Any, place: str) -> Agent:
    """An Agent and no Group, as the parameter of a resource."""
    agent = _shaped(told, Agent, place)
    _check_agent(agent, place)
    return agent


def _identified(actor: Agent | Group) -> int:
    return sum(
        known is not UNSET
        for known in (actor.mbox, actor.mbox_sha1sum, actor.openid, actor.account)
    )


def _check_agent(agent: Agent, place: str) -> None:
    if _identified(agent) != 1:
        raise Broken(place, f"an Agent has exactly one of {', '.join(IDENTIFIERS)}")


def _check_group(group: Group, place: str) -> None:
    known = _identified(group)
    if known > 1:
        raise Broken(place, f"a Group has at most one of {', '.join(IDENTIFIERS)}")
    if not known and not group.member:
        raise Broken(place, "a Group without identifier tells its members")
    for number, agent in enumerate(group.member or ()):
        _check_agent(agent, f"{place}.member[{number}]")


def check_authority(told: dict[str, Any], place: str) -> None:
    """An Agent, or a Group of an application and the user it acts for (OAuth)."""
    actor = check_actor(told, place)
    if isinstance(actor, Group) and (
        _identified(actor) or len(actor.member or ()) != 2  # three-legged OAuth
    ):
        raise Broken(place, "a Group as authority has no identifier and exactly two members")


def _check_object(
    told: dict[str, Any], version: Version, place: str, *, within: Statement | SubStatement
) -> bool:
    """Whether what it is about is an Activity; refuses what is none of the five."""
    kind = told.get("objectType", "Activity")
    if kind == "Activity":
        check_activity(_shaped(told, Activity, place), place)
        return True
    if kind in ("Agent", "Group"):
        check_actor(told, place)
    elif kind == "StatementRef":
        _shaped(told, StatementRef, place)
    elif kind == "SubStatement" and isinstance(within, Statement):
        _check_said(_shaped(told, SubStatement, place), version, place)
    else:
        raise Broken(f"{place}.objectType", f"not an object of a statement here: {kind!r:.60}")
    return False


def check_activity(activity: Activity, place: str) -> None:
    """What its definition may hold, given the kind of question it is."""
    definition = activity.definition
    if definition is UNSET:
        return
    place = f"{place}.definition"
    told = [name for name in _LISTS if getattr(definition, name) is not UNSET]
    kind = definition.interactionType
    if kind is UNSET:
        if told or definition.correctResponsesPattern is not UNSET:
            raise Broken(place, "an interactionType is needed beside answers or components")
        return
    allowed = _COMPONENTS.get(kind, frozenset())
    for name in told:
        if name not in allowed:
            raise Broken(f"{place}.{name}", f"does not belong to a {kind} interaction")
        ids = [component.id for component in getattr(definition, name)]
        if len(set(ids)) != len(ids):
            raise Broken(f"{place}.{name}", "an id stands twice")


def _check_result(result: ResultShape, place: str) -> None:
    if result.duration is not UNSET and not is_duration(result.duration):
        raise Broken(f"{place}.duration", "is not a duration as ISO 8601 writes it")
    score = result.score
    if score is UNSET:
        return
    place = f"{place}.score"
    if score.scaled is not UNSET and not -1 <= score.scaled <= 1:
        raise Broken(f"{place}.scaled", "lies between -1 and 1")
    if score.min is not UNSET and score.max is not UNSET and not score.min < score.max:
        raise Broken(place, "min is less than max")
    if score.raw is not UNSET and (
        (score.min is not UNSET and score.raw < score.min)
        or (score.max is not UNSET and score.raw > score.max)
    ):
        raise Broken(f"{place}.raw", "lies between min and max")


def _check_context(context: Context, version: Version, place: str, *, about_activity: bool) -> None:
    if not about_activity:
        for name in ("revision", "platform"):
            if getattr(context, name) is not UNSET:
                raise Broken(f"{place}.{name}", "only goes with an Activity as object")
    if context.instructor is not UNSET:
        check_actor(context.instructor, f"{place}.instructor")
    if context.team is not UNSET:
        _check_group(context.team, f"{place}.team")
    if context.contextActivities is not UNSET:
        _check_around(context.contextActivities, f"{place}.contextActivities")
    _check_people_around(context, version, place)


def _check_around(activities: ContextActivities, place: str) -> None:
    for name in ("parent", "grouping", "category", "other"):
        told: Activities = getattr(activities, name)
        if told is not UNSET:
            listed: Iterable[Activity] = told if isinstance(told, list) else (told,)
            for activity in listed:
                check_activity(activity, f"{place}.{name}")


def _check_people_around(context: Context, version: Version, place: str) -> None:
    if version is Version.V1:
        for name in ("contextAgents", "contextGroups"):
            if getattr(context, name) is not UNSET:
                raise Broken(f"{place}.{name}", "is not known in version 1.0.3")
        return
    for number, part in enumerate(context.contextAgents or ()):
        _check_agent(part.agent, f"{place}.contextAgents[{number}].agent")
    for number, other in enumerate(context.contextGroups or ()):
        _check_group(other.group, f"{place}.contextGroups[{number}].group")
