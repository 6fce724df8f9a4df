"""What a role asks, what evidence shows, and where someone falls short.

Here a learning need is computed (`learning_needs`), from what a role asks on a date
(`demand_on`) and what the evidence says on that date (`estimate`). Plain Python, no clock:
dates come in as arguments, so "as of 1 March" can be asked of all of it.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

HIGHEST_LEVEL = 5

# How far one opinion of a kind tends to lie from the truth, in levels (a standard deviation).
# Order and size follow what is known of ratings: people rate themselves r = .22 with their
# supervisor (Heidemeier & Moser 2009), one supervisor's rating has a reliability of about .5-.6
# (Salgado & Moscoso 2019), and finishing a course shows less than doing the work.
SPREAD: Mapping[str, float] = {
    "self": 1.0,
    "colleague": 0.8,
    "module": 0.8,
    "certificate": 0.6,
    "lead": 0.6,
    "test": 0.4,
}
# What a year adds to that spread: we know less about someone the longer ago we looked.
SPREAD_A_YEAR = 0.35
# Eight out of ten estimates lie within this many standard deviations (normal distribution).
EIGHTY_PERCENT = 1.2816
# A tenth of a level is noise, half a level is a difference someone can feel at work.
SMALLEST_GAP = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence, as the rule needs it. `rater` tells whose opinion it is."""

    key: Hashable
    kind: str
    level: float
    observed_on: date
    rater: Hashable = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one piece adds to the estimate: `share` of the whole, times its level.

    Shares are whole thousandths, so that the arithmetic on the page is the arithmetic we did.
    """

    piece: Piece
    share: float

    @property
    def adds(self) -> float:
        """Levels this piece contributes; over all parts this sums to the estimate."""
        return round(self.share * self.piece.level, 3)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A level on the scale 0-5 with its interval (80 %) and the arithmetic behind it."""

    level: float
    sd: float
    parts: tuple[Part, ...]
    newest_on: date | None

    @property
    def low(self) -> float:
        return max(0.0, self.level - EIGHTY_PERCENT * self.sd)

    @property
    def high(self) -> float:
        return min(float(HIGHEST_LEVEL), self.level + EIGHTY_PERCENT * self.sd)


NOTHING_KNOWN = Estimate(level=0.0, sd=0.0, parts=(), newest_on=None)


def weight(kind: str, age_in_days: int) -> float:
    """How heavily a piece counts: one over its variance, which grows with age."""
    years = max(0, age_in_days) / 365.25
    spread = SPREAD[kind]
    return 1 / (spread * spread + (SPREAD_A_YEAR * years) ** 2)


def estimate(pieces: Iterable[Piece], on: date) -> Estimate:
    """The level someone shows on a date: the mean of what was seen, weighed by trust and age.

    Of one rater and kind only the newest piece counts: who changes their mind has not seen
    twice as much. Pieces of a later date do not exist yet. Without any piece the level is 0,
    "no evidence", which is not the same as being unable.

    Source of the form: combining normal observations by precision (inverse variance).
    """
    counted = counting(pieces, on)
    if not counted:
        return NOTHING_KNOWN
    weights = [weight(p.kind, (on - p.observed_on).days) for p in counted]
    parts = tuple(Part(p, s / 1000) for p, s in zip(counted, _thousandths(weights), strict=True))
    return Estimate(
        level=round(sum(part.adds for part in parts), 3),
        sd=sqrt(1 / sum(weights)),
        parts=parts,
        newest_on=counted[0].observed_on,
    )


def counting(pieces: Iterable[Piece], on: date) -> list[Piece]:
    """The pieces that count on a date, newest first: of one rater and kind only the newest."""
    newest: dict[tuple[str, Hashable], Piece] = {}
    for piece in pieces:
        if piece.observed_on > on:
            continue
        whose = (piece.kind, piece.rater if piece.rater is not None else piece.key)
        known = newest.get(whose)
        if known is None or piece.observed_on >= known.observed_on:
            newest[whose] = piece
    return sorted(newest.values(), key=lambda p: (p.observed_on, str(p.key)), reverse=True)


def _thousandths(weights: Sequence[float]) -> list[int]:
    """Weights as whole thousandths that sum to a thousand (largest remainder)."""
    total = sum(weights)
    exact = [1000 * w / total for w in weights]
    shares = [int(x) for x in exact]
    by_rest = sorted(range(len(exact)), key=lambda i: shares[i] - exact[i])
    for i in by_rest[: 1000 - sum(shares)]:
        shares[i] += 1
    return shares


def history(pieces: Iterable[Piece], on: date) -> list[tuple[date, float]]:
    """The level on each day on which something was seen, and on the last day asked for."""
    known = [p for p in pieces if p.observed_on <= on]
    days = sorted({p.observed_on for p in known} | ({on} if known else set()))
    return [(day, estimate(known, day).level) for day in days]


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
    return max(0.0, round(asked - round(held, 1), 1))


def is_short(asked: int, held: float) -> bool:
    """Less than half a level short is no need: within what two people would disagree about."""
    return gap(asked, held) >= SMALLEST_GAP


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
