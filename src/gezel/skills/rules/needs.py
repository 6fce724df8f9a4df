"""What a role asks, and where someone falls short of it.

Here a learning need is computed (`learning_needs`), from what a role asks on a date
(`demand_on`) and what the evidence says on that date (`belief.estimate`). Plain Python, no clock:
dates come in as arguments, so "as of 1 March" can be asked of all of it.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

# A tenth of a level is noise, half a level is a difference someone can feel at work.
SMALLEST_GAP = 0.5


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a role asks of one skill. `skill` may be a key, a name or an object."""

    skill: Hashable
    level: int
    essential: bool = False


@dataclass(frozen=True, slots=True)
class DatedDemand:
    """What a role profile asks of a skill from a date on; level 0 means: no longer asked.

    `low` and `high` say how far it may turn out otherwise, where somebody said so.
    """

    skill: Hashable
    level: int
    essential: bool
    from_on: date
    low: int | None = None
    high: int | None = None


def demand_on(demands: Iterable[DatedDemand], on: date) -> list[Requirement]:
    """What is asked on a date: of each skill the newest demand that has begun.

    Essential skills come first, then the higher level; equals keep the order they came in.
    """
    begun: dict[Hashable, DatedDemand] = {}
    for demand in demands:
        if demand.from_on > on:
            continue
        known = begun.get(demand.skill)
        if known is None or demand.from_on >= known.from_on:
            begun[demand.skill] = demand
    asked = [Requirement(d.skill, d.level, d.essential) for d in begun.values() if d.level > 0]
    return sorted(asked, key=lambda r: (not r.essential, -r.level))


def later_dates(demands: Iterable[DatedDemand], after: date) -> list[date]:
    """The days after a date on which something else begins to be asked."""
    return sorted({d.from_on for d in demands if d.from_on > after})


def gap(asked: int, held: float) -> float:
    """Levels someone falls short, to a tenth, as it is shown: 0 where there is none."""
    missing = asked - round(held, 1)
    return round(missing, 1) if missing > 0 else 0.0


def is_short(asked: int, held: float) -> bool:
    """Less than half a level short is no need: within what two people would disagree about."""
    missing = asked - held
    # Rounding moves a figure by no more than half a tenth. Beyond that it cannot matter, and of a
    # map with hundreds of figures it takes as long as all else.
    if missing > SMALLEST_GAP + 0.1:
        return True
    return missing > SMALLEST_GAP - 0.1 and gap(asked, held) >= SMALLEST_GAP


@dataclass(frozen=True, slots=True)
class Need:
    """A skill in which someone falls short: by how many levels, of what was asked."""

    skill: Hashable
    gap: float
    essential: bool
    asked: int = 0
    held: float = 0.0


def learning_needs(required: Iterable[Requirement], held: Mapping[Hashable, float]) -> list[Need]:
    """The skills in which someone falls short of their role, most pressing first.

    Essential skills lead whatever the size of the gap: a lapsed safety certificate outweighs a
    wide gap in something merely useful. After that the wider gap leads; equal gaps keep the
    order the organisation gave its role profile.

    A level that nobody has vouched for counts as zero. We would rather suggest one course too
    many than overlook a shortage. Less than half a level short is no need, see `is_short`.
    """
    needs = [
        Need(r.skill, gap(r.level, level), r.essential, r.level, round(level, 1))
        for r in required
        if is_short(r.level, level := held.get(r.skill, 0.0))
    ]
    return sorted(needs, key=lambda n: (not n.essential, -n.gap))


def fit(required: Iterable[Requirement], held: Mapping[Hashable, float]) -> float:
    """How much of what a role asks someone shows, from 0 to 1.

    Levels above what is asked do not make up for what is missing: a mechanic who sets the
    standard in diesel is not thereby half an EV technician. An empty profile asks nothing: 1.
    """
    asked = list(required)
    if not asked:
        return 1.0
    shown = sum(min(held.get(r.skill, 0.0), r.level) for r in asked)
    return shown / sum(r.level for r in asked)
