"""What comes next in a plan, how far a goal is, who agreed, and what may be shown of a group.

Plain Python, no clock: dates come in as arguments. Levels are on the scale 0-5.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Two people would differ by as much about one level (see skills.rules.SMALLEST_GAP).
CLOSE_ENOUGH = 0.5
# What differs less than this between two dates is no news.
NOTABLE = 0.05


# -- the next step ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as the rule needs it."""

    key: Hashable
    due_on: date
    done_on: date | None = None
    position: int = 0


def next_steps(steps: Iterable[PlannedStep]) -> list[PlannedStep]:
    """The steps still to do, in the order in which they ask attention.

    The earliest date leads, so what is overdue stands first until it is done or gets a new
    date: a plan that hides what slipped is dead after the meeting. Of one date, the order in
    which the person put them.
    """
    return sorted((s for s in steps if s.done_on is None), key=lambda s: (s.due_on, s.position))


class Urgency(StrEnum):
    """How a date reads from today: without alarm, also when it has passed."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


def urgency(due_on: date, on: date) -> Urgency:
    """Overdue, today, within two weeks, or later."""
    days = (due_on - on).days
    if days < 0:
        return Urgency.OVERDUE
    if days == 0:
        return Urgency.TODAY
    return Urgency.SOON if days <= 14 else Urgency.LATER


# -- how far a goal is --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """A level that a goal asks of a skill. A role has several, a skill goal has one."""

    skill: Hashable
    level: int
    essential: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """What one skill did between two dates, and what it still lacks."""

    skill: Hashable
    before: float
    now: float
    asked: int

    @property
    def gained(self) -> float:
        """Levels that count towards the goal: what lies above the target does not."""
        return min(self.now, self.asked) - min(self.before, self.asked)

    @property
    def gap(self) -> float:
        return max(0.0, self.asked - self.now)

    @property
    def reached(self) -> bool:
        return self.gap < CLOSE_ENOUGH


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a goal is, from 0 to 1, then and now, with the skills that explain it."""

    now: float
    before: float
    moves: tuple[Move, ...]

    @property
    def percent(self) -> int:
        return percent(self.now)

    @property
    def percent_before(self) -> int:
        return percent(self.before)

    @property
    def reasons(self) -> list[Move]:
        """The skills that moved, furthest first."""
        moved = [m for m in self.moves if abs(m.gained) >= NOTABLE]
        return sorted(moved, key=lambda m: -m.gained)

    @property
    def open_moves(self) -> list[Move]:
        """The skills that are not there yet, the widest gap first."""
        return sorted((m for m in self.moves if not m.reached), key=lambda m: -m.gap)

    @property
    def reached(self) -> bool:
        """Every skill is within half a level of what the goal asks."""
        return bool(self.moves) and all(m.reached for m in self.moves)


def percent(share: float) -> int:
    """A share in whole percents; not 100 before it is really there, nor 0 once it has begun."""
    if 0 < share < 1:
        return min(99, max(1, round(share * 100)))
    return round(share * 100)


def progress(
    targets: Sequence[Target],
    held: Mapping[Hashable, float],
    held_before: Mapping[Hashable, float],
) -> Progress:
    """How much of what a goal asks is shown, now and when it was set.

    The same sum as a role's fit: levels shown, up to what is asked, over levels asked. What
    lies above one target does not make up for what lacks in another.
    """
    moves = tuple(
        Move(t.skill, held_before.get(t.skill, 0.0), held.get(t.skill, 0.0), t.level)
        for t in targets
    )
    asked = sum(t.level for t in targets)
    if not asked:
        return Progress(0.0, 0.0, ())
    return Progress(
        now=sum(min(m.now, m.asked) for m in moves) / asked,
        before=sum(min(m.before, m.asked) for m in moves) / asked,
        moves=moves,
    )


# -- who agreed ---------------------------------------------------------------------------------


class Agreed(StrEnum):
    """Who confirmed the goal, the wish and the steps as they stand now."""

    NOBODY = "nobody"
    PERSON = "person"
    LEAD = "lead"
    BOTH = "both"


def agreed(*, by_person: bool, by_lead: bool) -> Agreed:
    """Where the agreement stands."""
    if by_person and by_lead:
        return Agreed.BOTH
    if by_person:
        return Agreed.PERSON
    return Agreed.LEAD if by_lead else Agreed.NOBODY


# -- steps worth suggesting ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to learn from: per skill from which level to which, and its 70/20/10 kind."""

    key: Hashable
    mix: str
    hours: float
    teaches: Mapping[Hashable, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An offer that fits, with the skills it is suggested for: (skill, from, to)."""

    offer: Offer
    because: tuple[Move, ...]
    lifts: float


def suggestions(
    moves: Iterable[Move], offers: Iterable[Offer], *, planned: Collection[Hashable] = ()
) -> list[Suggestion]:
    """Offers that help with what a goal still asks, the most helpful first.

    An offer fits a skill when someone stands at or above where it begins (half a level of grace,
    as everywhere) and below where it ends. It lifts at most to what the goal asks. Those that
    lift equally: practice before others before formal, then the shortest, so that a step can
    be small. What already stands in the plan is not suggested again.
    """
    lacking = {m.skill: m for m in moves if not m.reached}
    order = {"practice": 0, "others": 1, "formal": 2}
    found = []
    for offer in offers:
        if offer.key in planned:
            continue
        because = []
        lifts = 0.0
        for skill, (start, end) in offer.teaches.items():
            move = lacking.get(skill)
            if move is None or move.now + CLOSE_ENOUGH < start or move.now >= end:
                continue
            because.append(move)
            lifts += min(end, move.asked) - move.now
        if because and lifts > 0:
            found.append(Suggestion(offer, tuple(because), lifts))
    return sorted(
        found, key=lambda s: (-round(s.lifts, 1), order.get(s.offer.mix, 3), s.offer.hours)
    )


def mix_counts(mixes: Iterable[str]) -> dict[str, int]:
    """How many steps go by practice, with others, formally: plain counts, not a norm."""
    counts = {"practice": 0, "others": 0, "formal": 0}
    for mix in mixes:
        if mix in counts:
            counts[mix] += 1
    return counts


# -- dates people choose without a calendar -------------------------------------------------------


def months_later(day: date, months: int) -> date:
    """The same day some months on; the last of the month where that day does not exist."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


# -- goals of a group ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """People a shared goal counts: all at or below a place in the tree (`path`, a prefix)."""

    key: Hashable
    path: str
    size: int


def groups_to_show(groups: Iterable[Group], smallest: int) -> set[Hashable]:
    """Which groups' figures may be shown beside each other, about one and the same question.

    A group below the smallest size stays dark. So does one that would let somebody subtract:
    the rest of a shown group, once the shown groups inside it are taken away, is nobody or at
    least the smallest size. Larger groups go first, so a small goal never darkens that of
    the whole organisation. Groups are places in one tree: inside one another or apart.
    """
    shown: list[Group] = []
    for group in sorted(groups, key=lambda g: (-g.size, len(g.path), g.path, str(g.key))):
        if group.size < smallest:
            continue
        around = [g for g in shown if group.path.startswith(g.path)]
        if all(_rest_is_large(outer, [*shown, group], smallest) for outer in around):
            shown.append(group)
    return {group.key for group in shown}


def _rest_is_large(outer: Group, shown: Sequence[Group], smallest: int) -> bool:
    """What remains of a group after taking away the shown ones directly inside it."""
    inner = {g.path: g for g in shown if g.path != outer.path and g.path.startswith(outer.path)}
    widest = [
        g for g in inner.values() if not any(g.path != p and g.path.startswith(p) for p in inner)
    ]
    rest = outer.size - sum(g.size for g in widest)
    return rest == 0 or rest >= smallest


def unbroken_since(spells: Iterable[tuple[date, date | None]]) -> date | None:
    """The first day of the newest stretch of work without a gap; None without any work.

    A contract that follows on another the next day is the same stretch.
    """
    since: date | None = None
    until: date | None = date.min
    for begin, end in sorted(spells, key=lambda spell: spell[0]):
        goes_on = until is None or (since is not None and begin <= until + timedelta(days=1))
        if not goes_on:
            since, until = begin, end
        elif until is not None:
            until = None if end is None else max(until, end)
    return since
