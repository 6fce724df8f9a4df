"""The course of an EVC dossier: which stage follows, what is next, and who may not judge whom.

The stages bear the names that Dutch EVC practice gives them. Nothing here says how good someone
is: it counts what is there and tells what is still missing.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """Where a dossier stands."""

    INFORMATION = "information"
    INTAKE = "intake"
    PORTFOLIO = "portfolio"
    ASSESSMENT = "assessment"
    RESULT = "result"
    PLAN = "plan"


STAGES = tuple(Stage)


class Conflict(StrEnum):
    """Why someone cannot guide or assess this candidate."""

    SELF = "self"
    LEADS = "leads"
    LED = "led"
    GUIDES = "guides"
    ASSESSES = "assesses"


def conflicts(
    person: int,
    candidate: int,
    *,
    lines: Collection[tuple[int, int]],
    held: Mapping[int, str],
    wanted: str,
) -> list[Conflict]:
    """Everything that keeps someone from a role in a dossier.

    A guide helps to make the case and an assessor judges it: one person in both would judge their
    own work. Whoever stands in a reporting line with the candidate, above or below and however
    many people are between them, has something to win or lose by the outcome.

    Args:
        lines: (leader, led) of everyone, also through others.
        held: person → the role they have or once had in this dossier ("guide", "assessor").
        wanted: the role it is about.
    """
    found = []
    if person == candidate:
        found.append(Conflict.SELF)
    if (person, candidate) in lines:
        found.append(Conflict.LEADS)
    if (candidate, person) in lines:
        found.append(Conflict.LED)
    if held.get(person, wanted) != wanted:
        found.append(Conflict.GUIDES if held[person] == "guide" else Conflict.ASSESSES)
    return found


# Which kinds of evidence make up which instrument.
INSTRUMENTS: Mapping[str, str] = {
    "document": "portfolio",
    "photo": "portfolio",
    "video": "portfolio",
    "account": "portfolio",
    "statement": "portfolio",
    "gezel": "portfolio",
    "visit": "visit",
    "practical": "practical",
    "interview": "interview",
}
FEWEST_INSTRUMENTS = 2


def instruments(kinds: Iterable[str]) -> frozenset[str]:
    """Which instruments were used: the portfolio, a visit, a practical test, an interview."""
    return frozenset(INSTRUMENTS[kind] for kind in kinds)


@dataclass(frozen=True, slots=True)
class Covered:
    """A part of the standard and the pieces that are tied to it."""

    part: int
    pieces: tuple[int, ...]


def matrix(parts: Iterable[int], tied: Mapping[int, Collection[int]]) -> list[Covered]:
    """What of the standard the evidence speaks about. It says that a piece is there, and not that
    it is good enough: that is for the assessors.

    Args:
        tied: piece → the parts it is about. A part that is not of this standard counts nowhere.
    """
    return [
        Covered(part, tuple(piece for piece, about in tied.items() if part in about))
        for part in parts
    ]


class Who(StrEnum):
    CANDIDATE = "candidate"
    GUIDE = "guide"
    ASSESSOR = "assessor"
    DECIDER = "decider"
    NOBODY = "nobody"


class Next(StrEnum):
    """The one thing that comes next."""

    BEGIN = "begin"
    CHOOSE_GUIDE = "choose_guide"
    INTAKE = "intake"
    FIRST_PIECE = "first_piece"
    TIE_PARTS = "tie_parts"
    CHOOSE_ASSESSORS = "choose_assessors"
    REPLACE = "replace"
    HAND_IN = "hand_in"
    SECOND_INSTRUMENT = "second_instrument"
    JUDGE = "judge"
    AGREE = "agree"
    OBJECTION = "objection"
    LOOK = "look"
    PLAN = "plan"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a dossier when one asks what comes next."""

    stage: Stage
    has_guide: bool = False
    assessors: int = 0
    asked_assessors: int = 1
    conflicted: bool = False
    pieces: int = 0
    bare_parts: int = 0
    instruments: frozenset[str] = field(default_factory=frozenset)
    finals: int = 0
    has_outcome: bool = False
    objection_open: bool = False
    remaining: int = 0
    ended: bool = False


def next_step(s: Situation) -> tuple[Next, Who]:
    """What comes next, and who is to do it: always one thing, so that nobody waits unawares."""
    if s.ended:
        return Next.DONE, Who.NOBODY
    if s.objection_open:
        return Next.OBJECTION, Who.DECIDER
    if s.conflicted and s.stage in {Stage.INTAKE, Stage.PORTFOLIO, Stage.ASSESSMENT}:
        return Next.REPLACE, Who.CANDIDATE
    return _IN_STAGE[s.stage](s)


def _intake(s: Situation) -> tuple[Next, Who]:
    return (Next.INTAKE, Who.GUIDE) if s.has_guide else (Next.CHOOSE_GUIDE, Who.CANDIDATE)


def _portfolio(s: Situation) -> tuple[Next, Who]:
    if not s.has_guide:
        return Next.CHOOSE_GUIDE, Who.CANDIDATE
    if not s.pieces:
        return Next.FIRST_PIECE, Who.CANDIDATE
    if s.bare_parts:
        return Next.TIE_PARTS, Who.CANDIDATE
    if s.assessors < s.asked_assessors:
        return Next.CHOOSE_ASSESSORS, Who.CANDIDATE
    return Next.HAND_IN, Who.CANDIDATE


def _assessment(s: Situation) -> tuple[Next, Who]:
    if s.assessors < s.asked_assessors:
        return Next.CHOOSE_ASSESSORS, Who.CANDIDATE
    if len(s.instruments) < FEWEST_INSTRUMENTS:
        return Next.SECOND_INSTRUMENT, Who.ASSESSOR
    return (Next.JUDGE if s.finals < s.asked_assessors else Next.AGREE), Who.ASSESSOR


def _result(s: Situation) -> tuple[Next, Who]:
    return (Next.PLAN if s.remaining else Next.LOOK), Who.CANDIDATE


_IN_STAGE: Mapping[Stage, Callable[[Situation], tuple[Next, Who]]] = {
    Stage.INFORMATION: lambda s: (Next.BEGIN, Who.CANDIDATE),
    Stage.INTAKE: _intake,
    Stage.PORTFOLIO: _portfolio,
    Stage.ASSESSMENT: _assessment,
    Stage.RESULT: _result,
    Stage.PLAN: lambda s: (Next.LOOK, Who.CANDIDATE),
}


def may_hand_in(s: Situation) -> Next | None:
    """What keeps a portfolio from being handed in; None when it can go.

    A part without a piece is no hindrance: whoever can show some parts is judged on those, and
    the rest becomes the plan.
    """
    if not s.has_guide:
        return Next.CHOOSE_GUIDE
    if s.conflicted:
        return Next.REPLACE
    if not s.pieces:
        return Next.FIRST_PIECE
    return Next.CHOOSE_ASSESSORS if s.assessors < s.asked_assessors else None
