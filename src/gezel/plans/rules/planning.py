"""What a plan is made of: gaps, activities with dates and prices, limits, and dated steps.

Plain Python, no clock. Units: levels on the scale 0-5; time in whole minutes; money in cents;
dates as dates. What an activity brings is counted on the *ground* between the level held and
the level asked, cut at whole levels: an activity is expected to close a share of the piece of
ground it covers, a second one on the same ground adds its share, and no piece closes more than
whole. So two courses on the same thing never count twice.

Rules of time. Learning time is a number of hours a week *on average*: on no day may the steps
that have ended by then take more than what had come in by that day. So who has two hours a week
can still follow a day's course, once four weeks are saved. A step without dates takes at least
its hours at that pace after what must come before it; a dated one is on its dates, and two
dated ones never run through each other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from gezel.plans.rules.goals import CLOSE_ENOUGH

# What share of the ground it covers an activity is expected to close when nothing more is known
# of it. A choice of ours, careful on purpose: training moves learning by 0.63 standard deviation
# on average (Arthur et al. 2003), and a course on what one half knows brings less than its title.
EXPECTED_PERCENT = 60
# What a level is worth when a plan is chosen: of an ordinary skill, of an essential one, and by
# how much less when it is only asked after the plan ends.
ORDINARY, ESSENTIAL = 100, 300
ASKED_LATER_PERCENT = 50
# What a cent must close to be well spent: 2 of the 1,000,000 that a whole ordinary level is worth,
# so a level may cost € 5,000 all in, an essential one three times that. A choice of ours.
WORTH_A_CENT = 2


@dataclass(frozen=True, slots=True)
class Gap:
    """A skill in which someone falls short; `weight` says what one level of it is worth."""

    skill: int
    held: float
    asked: float
    weight: int = ORDINARY

    @property
    def size(self) -> float:
        return max(0.0, self.asked - self.held)


def weight_of(*, essential: bool, asked_from: date | None = None, until: date) -> int:
    """What a level counts: an essential skill three times, one only asked after the plan half."""
    weight = ESSENTIAL if essential else ORDINARY
    if asked_from is not None and asked_from > until:
        return weight * ASKED_LATER_PERCENT // 100
    return weight


@dataclass(frozen=True, slots=True)
class Lift:
    """A skill an activity teaches, from which level to which (whole levels)."""

    skill: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dates:
    """One time it is given: first and last day, and how many places are left (None: enough)."""

    key: int
    starts_on: date
    ends_on: date
    seats_left: int | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something to learn from, as the planner needs it.

    `own_percent`: the share of its time that can be done in one's own or a quiet hour, so that
    nobody is missed. `needs`: activities that come first. `needs_levels`: (skill, level) one
    must stand at. `dated`: it is only given on its `offerings`. `mandatory`: law, collective
    agreement or employer ask it; it is paid for by the employer and never by the person.
    """

    key: int
    lifts: tuple[Lift, ...]
    minutes: int
    fee_cents: int = 0
    travel_cents: int = 0
    form: str = ""
    mix: str = ""
    own_percent: int = 0
    evening: bool = False
    in_dutch: bool = True
    in_english: bool = True
    needs: tuple[int, ...] = ()
    needs_levels: tuple[tuple[int, int], ...] = ()
    offerings: tuple[Dates, ...] = ()
    dated: bool = False
    mandatory: bool = False
    expected_percent: int = EXPECTED_PERCENT

    @property
    def work_minutes(self) -> int:
        """Working time it takes: all of it, but for what is done in one's own or quiet time."""
        return self.minutes - self.minutes * self.own_percent // 100

    @property
    def paid_cents(self) -> int:
        """What leaves the till: fee and travel."""
        return self.fee_cents + self.travel_cents


@dataclass(frozen=True, slots=True)
class Limits:
    """Within what a plan must stay. None: no limit.

    `money_cents` is for fees and travel of what is not mandatory; `cost_cents` counts lost
    working time as well. `minutes_a_week` is an average, see the head of this module.
    """

    until: date
    minutes_a_week: int = 120
    money_cents: int | None = None
    cost_cents: int | None = None
    no_evenings: bool = False
    forms: tuple[str, ...] = ()
    language: str = ""

    def __post_init__(self) -> None:
        if self.minutes_a_week < 1:
            raise ValueError("A plan needs some learning time.")


@dataclass(frozen=True)
class Case:
    """Everything a plan is made from: who lacks what, what is on offer, and the limits."""

    today: date
    gaps: tuple[Gap, ...]
    activities: tuple[Activity, ...]
    limits: Limits
    held: Mapping[int, float] = field(default_factory=dict)
    done: frozenset[int] = frozenset()
    wage_cents: int = 0
    worth_a_cent: int = WORTH_A_CENT
    both_ways: bool = True
    locked: frozenset[int] = frozenset()
    dropped: frozenset[int] = frozenset()

    @cached_property
    def by_key(self) -> dict[int, Activity]:
        return {a.key: a for a in self.activities}

    @cached_property
    def days(self) -> int:
        """From today to the last day of the plan."""
        return (self.limits.until - self.today).days

    def day(self, on: date) -> int:
        return (on - self.today).days

    def minutes_by(self, day: int) -> int:
        """Learning time that has come in by a day, rounded down to whole minutes."""
        return max(0, self.limits.minutes_a_week * day // 7)

    def pace(self, activity: Activity) -> int:
        """Days an undated activity takes at the least, when it gets all the time there is."""
        return activity.minutes * 7 // self.limits.minutes_a_week

    def level(self, skill: int) -> float:
        found = next((g.held for g in self.gaps if g.skill == skill), None)
        return self.held.get(skill, 0.0) if found is None else found

    def lost_cents(self, activity: Activity) -> int:
        """Lost working time (verletkosten): work hours × loaded wage, to the nearest cent."""
        return (activity.work_minutes * self.wage_cents + 30) // 60

    def cost_cents(self, activity: Activity) -> int:
        """Fee + travel + work hours × loaded wage × (1 − share in own or quiet time)."""
        return activity.paid_cents + self.lost_cents(activity)

    def levels_needed(self, activity: Activity) -> list[tuple[int, int]]:
        """(skill, level) someone must first reach: where it begins, and what it asks besides."""
        skills = {g.skill for g in self.gaps}
        asked = [*activity.needs_levels]
        asked += [(lift.skill, lift.start) for lift in activity.lifts if lift.skill in skills]
        return [
            (skill, level)
            for skill, level in dict.fromkeys(asked)
            if self.level(skill) + CLOSE_ENOUGH < level
        ]

    def leads_to(self, skill: int, level: int) -> list[Activity]:
        """Activities that bring someone to a level of a skill, if they can be followed."""
        return [
            a
            for a in self.activities
            if any(lift.skill == skill and lift.end >= level for lift in a.lifts)
        ]


# -- ground covered -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ground:
    """A piece of a gap: `length` in hundredths of a level, and who covers it with what share."""

    gap: Gap
    low: float
    high: float
    covers: tuple[tuple[int, int], ...]

    @property
    def length(self) -> int:
        return round((self.high - self.low) * 100)


def ground_of(case: Case) -> list[Ground]:
    """The gaps cut at whole levels, each piece with the activities that cover it.

    An activity that begins within half a level above where someone stands covers from there.
    """
    found = []
    for gap in case.gaps:
        cuts = sorted({gap.held, gap.asked, *(n for n in range(6) if gap.held < n < gap.asked)})
        for low, high in pairwise(cuts):
            covers = tuple(
                (a.key, a.expected_percent)
                for a in case.activities
                for lift in a.lifts
                if lift.skill == gap.skill
                and (lift.start <= low or lift.start <= gap.held + CLOSE_ENOUGH)
                and lift.end >= high
            )
            piece = Ground(gap, low, high, covers)
            if piece.length:
                found.append(piece)
    return found


def closed(ground: Iterable[Ground], chosen: Collection[int]) -> dict[int, float]:
    """Levels expected to be closed per skill by these activities together."""
    found: dict[int, float] = {}
    for piece in ground:
        share = min(100, sum(percent for key, percent in piece.covers if key in chosen))
        found[piece.gap.skill] = found.get(piece.gap.skill, 0.0) + piece.length * share / 10_000
    return found


def worth(ground: Iterable[Ground], chosen: Collection[int]) -> int:
    """What is closed, weighted: a whole ordinary level is 1,000,000 (exact whole numbers)."""
    return sum(
        piece.gap.weight
        * piece.length
        * min(100, sum(percent for key, percent in piece.covers if key in chosen))
        for piece in ground
    )


# -- a plan -------------------------------------------------------------------------------------


class Aim(StrEnum):
    """What a plan is made for."""

    VALUE = "value"
    ABSENCE = "absence"
    FAST = "fast"


class Why(StrEnum):
    """Why an activity is not, or cannot be, in a plan."""

    DROPPED = "dropped"
    EVENING = "evening"
    FORM = "form"
    LANGUAGE = "language"
    DATE = "date"
    FULL = "full"
    PREREQUISITE = "prerequisite"
    OVERLAP = "overlap"
    PRICE = "price"
    COST = "cost"
    HOURS = "hours"
    LESS = "less"
    DEARER = "dearer"
    LONGER = "longer"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Step:
    """A dated step; `closes` are the levels it adds per skill to the steps before it."""

    activity: Activity
    dates: Dates | None
    starts_on: date
    ends_on: date
    closes: tuple[tuple[int, float], ...] = ()
    unlocks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Dated steps, what they bring and cost, and how sure it is that none is better.

    `value` and `bound` are in the units of `worth` less cost: what this plan reaches and what
    no plan can exceed. `short_of_both` are (skill, mix) where the plan has nothing in practice
    or with others.
    """

    aim: Aim
    steps: tuple[Step, ...]
    closed: Mapping[int, float]
    worth: int
    proven: bool
    within_percent: float
    short_of_both: tuple[tuple[int, str], ...] = ()

    @property
    def keys(self) -> frozenset[int]:
        return frozenset(s.activity.key for s in self.steps)

    @property
    def levels(self) -> float:
        return sum(self.closed.values())

    @property
    def paid_cents(self) -> int:
        return sum(s.activity.paid_cents for s in self.steps)

    @property
    def budget_cents(self) -> int:
        """What it draws on the personal budget: nothing of what is mandatory."""
        return sum(s.activity.paid_cents for s in self.steps if not s.activity.mandatory)

    @property
    def minutes(self) -> int:
        return sum(s.activity.minutes for s in self.steps)

    @property
    def work_minutes(self) -> int:
        return sum(s.activity.work_minutes for s in self.steps)

    @property
    def own_minutes(self) -> int:
        return self.minutes - self.work_minutes

    @property
    def ends_on(self) -> date | None:
        return max((s.ends_on for s in self.steps), default=None)


# -- a plan put to the proof ----------------------------------------------------------------------


def faults(case: Case, plan: Plan) -> list[str]:
    """What is wrong with a plan, rule by rule; nothing when it is sound.

    Written apart from the optimiser, from the sentences at the head of this module, so that one
    proves the other. Used by the tests, by the figures, and before a plan is shown.
    """
    steps = {s.activity.key: s for s in plan.steps}
    found: list[str] = []
    if len(steps) != len(plan.steps):
        found.append("an activity stands in it twice")
    for step in plan.steps:
        found += [f"{step.activity.key}: {wrong}" for wrong in _faults_of(case, step, steps)]
    money = sum(s.activity.paid_cents for s in plan.steps if not s.activity.mandatory)
    if case.limits.money_cents is not None and money > case.limits.money_cents:
        found.append("dearer than the budget")
    cost = sum(case.cost_cents(s.activity) for s in plan.steps if not s.activity.mandatory)
    if case.limits.cost_cents is not None and cost > case.limits.cost_cents:
        found.append("dearer than what it may cost in all")
    for day in sorted({s.ends_on for s in plan.steps}):
        taken = sum(s.activity.minutes for s in plan.steps if s.ends_on <= day)
        if taken * 7 > case.limits.minutes_a_week * (day - case.today).days:
            found.append(f"more hours by {day} than had come in")
    dated = sorted((s for s in plan.steps if s.dates), key=lambda s: s.starts_on)
    found += [
        f"{a.activity.key} and {b.activity.key} run through each other"
        for a, b in pairwise(dated)
        if b.starts_on <= a.ends_on
    ]
    found += [f"{key} was locked" for key in sorted(case.locked - steps.keys())]
    return found


def _faults_of(case: Case, step: Step, steps: Mapping[int, Step]) -> list[str]:
    activity, found = step.activity, []
    if activity.key in case.dropped:
        found.append("was dropped")
    if not case.today <= step.starts_on <= step.ends_on <= case.limits.until:
        found.append("outside the plan")
    if step.dates is None:
        if activity.dated:
            found.append("is only given on its dates")
        if (step.ends_on - step.starts_on).days < case.pace(activity):
            found.append("faster than its hours allow")
    elif step.dates not in activity.offerings:
        found.append("on dates it is not given")
    elif (step.starts_on, step.ends_on) != (step.dates.starts_on, step.dates.ends_on):
        found.append("not on its dates")
    elif step.dates.seats_left == 0:
        found.append("full")
    if not activity.mandatory and activity.key not in case.locked and not wished(case, activity):
        found.append("against a wish")

    def before(key: int) -> bool:
        if key not in steps or key == activity.key:
            return False
        ends_on = steps[key].ends_on
        return ends_on < step.starts_on if step.dates else ends_on <= step.starts_on

    found += [f"before {key}" for key in activity.needs if key not in case.done and not before(key)]
    found += [
        f"before level {level} of {skill}"
        for skill, level in case.levels_needed(activity)
        if not any(before(a.key) for a in case.leads_to(skill, level))
    ]
    return found


def wished(case: Case, activity: Activity) -> bool:
    return why_unwished(case, activity) is None


def why_unwished(case: Case, activity: Activity) -> Why | None:
    """Which wish keeps an activity out, whatever the plan; None when it is welcome."""
    limits = case.limits
    if activity.key in case.dropped:
        return Why.DROPPED
    if limits.no_evenings and activity.evening:
        return Why.EVENING
    if limits.forms and activity.form not in limits.forms:
        return Why.FORM
    spoken = {"nl": activity.in_dutch, "en": activity.in_english}
    if limits.language and not spoken.get(limits.language, True):
        return Why.LANGUAGE
    return None


def fitting_dates(case: Case, activity: Activity) -> list[Dates]:
    """The times it is given within the plan, with a place left, earliest first."""
    return sorted(
        (
            d
            for d in activity.offerings
            if case.today <= d.starts_on <= d.ends_on <= case.limits.until and d.seats_left != 0
        ),
        key=lambda d: (d.ends_on, d.starts_on, d.key),
    )


def why_undated(case: Case, activity: Activity) -> Why | None:
    """Full, or no date before the end; None when it can be given within the plan."""
    if not activity.dated or fitting_dates(case, activity):
        return None
    within = [d for d in activity.offerings
              if case.today <= d.starts_on <= d.ends_on <= case.limits.until]  # fmt: skip
    return Why.FULL if within else Why.DATE


# -- dates for steps ----------------------------------------------------------------------------


def dated_steps(
    case: Case,
    chosen: Mapping[int, Dates | None],
    after: Mapping[int, Collection[int]],
    last_day: int | None = None,
) -> tuple[Step, ...] | None:
    """The chosen activities as steps with dates, in order of date; None if it cannot be done.

    Args: as `timetable`.
    """
    found = timetable(case, chosen, after, last_day)
    return None if found is None else _told(case, chosen, after, *found)


def timetable(
    case: Case,
    chosen: Mapping[int, Dates | None],
    after: Mapping[int, Collection[int]],
    last_day: int | None = None,
) -> tuple[dict[int, int], dict[int, int]] | None:
    """First and last day of each chosen step, as early as the rules of time allow, or None.

    Dated ones stand. Of the others the one that must be ready first goes first (earliest due
    date, Jackson 1955): it ends on the first day from which the hours that came in also carry
    everything placed before.

    Args:
        chosen: the activities, each with its dates or None where it is done when it suits.
        after: which chosen activities come before each.
        last_day: days from today by which all must be done; the end of the plan if not told.
    """
    horizon = case.days if last_day is None else last_day
    ready_by = _ready_by(case, chosen, after, horizon)
    left = [case.minutes_by(day) for day in range(horizon + 1)]
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}

    def place(key: int, start: int, end: int) -> None:
        starts[key], ends[key] = start, end
        for day in range(end, horizon + 1):
            left[day] -= case.by_key[key].minutes

    for key, dates in chosen.items():
        if dates is not None:
            place(key, case.day(dates.starts_on), case.day(dates.ends_on))
    waiting = {key for key, dates in chosen.items() if dates is None}
    while waiting:
        free = [k for k in waiting if waiting.isdisjoint(after.get(k, ()))]
        if not free:
            return None
        key = min(free, key=lambda k: (ready_by[k], k))
        waiting.remove(key)
        activity = case.by_key[key]
        since = max((ends[k] for k in after.get(key, ())), default=0)
        end = _first_day(left, activity.minutes, since + case.pace(activity))
        if end is None or end > ready_by[key]:
            return None
        place(key, max(since, end - max(case.pace(activity), SHOWN_DAYS)), end)
    if min(left, default=0) < 0:
        return None
    return starts, ends


def too_full_by(
    case: Case,
    chosen: Mapping[int, Dates | None],
    after: Mapping[int, Collection[int]],
    last_day: int,
) -> int | None:
    """The first day by which more must be done than the hours that came in, if there is one."""
    ready_by = _ready_by(case, chosen, after, last_day)
    due = {k: case.day(d.ends_on) if d else ready_by[k] for k, d in chosen.items()}
    for day in sorted({d for d in due.values() if d >= 0}):
        taken = sum(case.by_key[k].minutes for k, by in due.items() if by <= day)
        if taken > case.minutes_by(day):
            return day
    return None


# An undated step is shown as running a week at the least: nobody plans half an hour to the day.
SHOWN_DAYS = 6


def _first_day(left: Sequence[int], minutes: int, earliest: int) -> int | None:
    """The first day from which on so many minutes are left on every day."""
    found = None
    for day in range(len(left) - 1, earliest - 1, -1):
        if left[day] < minutes:
            break
        found = day
    return found


def _ready_by(
    case: Case,
    chosen: Mapping[int, Dates | None],
    after: Mapping[int, Collection[int]],
    horizon: int,
) -> dict[int, int]:
    """By which day each must be done, for what comes after it to be in time."""
    found = dict.fromkeys(chosen, horizon)
    changed = True
    while changed:
        changed = False
        for key, before in after.items():
            dates = chosen[key]
            if dates is not None:
                latest = case.day(dates.starts_on) - 1
            else:
                latest = found[key] - case.pace(case.by_key[key])
            for earlier in before:
                if found[earlier] > latest:
                    found[earlier], changed = latest, latest >= 0
    return found


def _told(
    case: Case,
    chosen: Mapping[int, Dates | None],
    after: Mapping[int, Collection[int]],
    starts: Mapping[int, int],
    ends: Mapping[int, int],
) -> tuple[Step, ...]:
    """The steps in order of date, each with what it adds to those before it."""
    ground = ground_of(case)
    before: set[int] = set()
    was: dict[int, float] = {}
    steps = []
    for key in sorted(chosen, key=lambda k: (ends[k], starts[k], k)):
        before.add(key)
        now = closed(ground, before)
        steps.append(
            Step(
                activity=case.by_key[key],
                dates=chosen[key],
                starts_on=case.today + timedelta(days=starts[key]),
                ends_on=case.today + timedelta(days=ends[key]),
                closes=tuple(
                    (skill, level - was.get(skill, 0.0))
                    for skill, level in now.items()
                    if level - was.get(skill, 0.0) > 0.004
                ),
                unlocks=tuple(sorted(k for k, b in after.items() if key in b)),
            )
        )
        was = now
    return tuple(steps)
