"""The best plans within someone's limits, found and proven by CP-SAT, and why these steps.

An exact model in whole numbers (OR-tools CP-SAT, one worker, fixed seed, a limit in
deterministic time), so the same case gives the same plan everywhere. Choosing activities under
a budget as a binary program follows Belacel, Durand & Laplante (2014); the three plans are
points of one trade-off by the ε-constraint method (Haimes, Lasdon & Wismer 1971): the most gap
closed, then the least working time lost and the earliest end among plans that close nearly as
much. What a little more budget or time would buy, and what would come instead of a step, comes
from solving again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gezel.kit import late
from gezel.kit.order import refuse_circles
from gezel.plans.rules.planning import (
    Activity,
    Aim,
    Case,
    Dates,
    Gap,
    Ground,
    Plan,
    Step,
    Why,
    closed,
    dated_steps,
    fitting_dates,
    ground_of,
    timetable,
    too_full_by,
    why_undated,
    why_unwished,
    wished,
    worth,
)

# Choices of ours, stated on the page and in the model card.
# What a gap with nothing in practice, or nothing with others, counts as: a quarter of a level.
MISSING_WAY = 25 * 100
# Least absence and fastest close at least this share of what the best plan closes.
KEEP_PERCENT = 80
# Deterministic time of one search, in CP-SAT's units (about a second of a quiet core each).
EFFORT = 6.0
SEED = 7
MORE_PERCENT = 10
BOTH_WAYS = ("practice", "others")


class Impossible(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Nothing satisfies what was locked together with the limits; `broken` says which limits."""

    def __init__(self, broken: Sequence[Why]) -> None:
        super().__init__(", ".join(broken))
        self.broken = tuple(broken)


@dataclass(frozen=True, slots=True)
class Extra:
    """What a little more of one limit buys: levels, weighted worth, and what it costs more."""

    levels: float
    paid_cents: int
    work_minutes: int
    added: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Instead:
    """What would come in the place of a step, found by solving without it; and why it does not.

    `activity` is None where nothing else helps with these skills. `levels`, `cost_cents` and
    `days` are what the whole plan would bring less, cost more and last longer.
    """

    activity: int | None
    why: Why
    levels: float = 0.0
    cost_cents: int = 0
    days: int = 0


# -- which activities are worth looking at --------------------------------------------------------


def worth_looking_at(case: Case) -> Case:
    """The same case with only what can help: covers ground, leads to what does, or is asked.

    Raises:
        Circle: activities need each other round and round.
    """
    refuse_circles({a.key: [n for n in a.needs if n not in case.done] for a in case.activities})
    possible = {
        a.key: a
        for a in case.activities
        if (wished(case, a) or (_asked(case, a) and a.key not in case.dropped))
        and why_undated(case, a) is None
    }
    while True:
        smaller = {
            key: a
            for key, a in possible.items()
            if all(n in possible or n in case.done for n in a.needs)
            and all(
                any(b.key in possible and b.key != key for b in case.leads_to(*asked))
                for asked in case.levels_needed(a)
            )
        }
        if len(smaller) == len(possible):
            break
        possible = smaller
    helps = {key for piece in ground_of(case) for key, _share in piece.covers} | case.locked
    wanted, found = [k for k in helps if k in possible], set()
    while wanted:
        key = wanted.pop()
        if key in found:
            continue
        found.add(key)
        activity = possible[key]
        wanted += [n for n in activity.needs if n in possible]
        wanted += [
            a.key
            for asked in case.levels_needed(activity)
            for a in case.leads_to(*asked)
            if a.key in possible
        ]
    return replace(case, activities=tuple(a for a in case.activities if a.key in found))


def _asked(case: Case, activity: Activity) -> bool:
    return activity.mandatory or activity.key in case.locked


def must_haves(case: Case) -> frozenset[int]:
    """What must be in: locked, and mandatory where it covers ground of these gaps."""
    helps = {key for piece in ground_of(case) for key, _share in piece.covers}
    return case.locked | {a.key for a in case.activities if a.mandatory and a.key in helps}


# -- the model ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search gave: the activities with their dates and order, its value and bound."""

    chosen: Mapping[int, Dates | None]
    after: Mapping[int, frozenset[int]]
    last_day: int
    value: float
    bound: float
    proven: bool


def _sum(terms: Iterable[late.cp_model.LinearExprT]) -> late.cp_model.LinearExpr:
    """A sum that is an expression, also of nothing."""
    return late.cp_model.LinearExpr.sum(list(terms))


class _Model:
    """One case as a CP-SAT model. Days count from today, time in minutes, money in cents."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.ground = [g for g in ground_of(case) if g.covers]
        self.m = late.cp_model.CpModel()
        self.x = {a.key: self.m.new_bool_var(f"x{a.key}") for a in case.activities}
        self.z = {
            (a.key, d.key): self.m.new_bool_var(f"z{a.key}_{d.key}")
            for a in case.activities
            if a.dated
            for d in fitting_dates(case, a)
        }
        self.dates = {a.key: fitting_dates(case, a) if a.dated else [] for a in case.activities}
        for key in must_haves(case):
            if key in self.x:
                self.m.add(self.x[key] == 1)
        self._given_once()
        self._money()
        self._what_comes_first()
        self._time()
        self._worth()

    # Each chosen activity with dates takes one of them, and no two run through each other.
    def _given_once(self) -> None:
        runs = []
        for a in self.case.activities:
            if not a.dated:
                continue
            self.m.add(_sum(self.z[a.key, d.key] for d in self.dates[a.key]) == self.x[a.key])
            runs += [(d, self.z[a.key, d.key]) for d in self.dates[a.key]]
        days = sorted({self.case.day(d.starts_on) for d, _z in runs})
        for day in days:
            # Ranges that overlap share the first day of one of them.
            there = [
                z for d, z in runs if self.case.day(d.starts_on) <= day <= self.case.day(d.ends_on)
            ]
            if len(there) > 1:
                self.m.add_at_most_one(there)

    def _money(self) -> None:
        limits = self.case.limits
        own = [a for a in self.case.activities if not a.mandatory]
        if limits.money_cents is not None:
            self.m.add(_sum(a.paid_cents * self.x[a.key] for a in own) <= limits.money_cents)
        if limits.cost_cents is not None:
            costs = [(self.case.cost_cents(a), self.x[a.key]) for a in own]
            self.m.add(_sum(cost * x for cost, x in costs) <= limits.cost_cents)

    # What is needed comes first: an activity by name, a level by one of those that lead to it.
    def _what_comes_first(self) -> None:
        case = self.case
        self.firsts: dict[int, list[int]] = {}
        self.ways: dict[tuple[int, int], dict[int, late.cp_model.IntVar]] = {}
        self.asks: dict[int, list[tuple[int, int]]] = {}
        for a in case.activities:
            self.firsts[a.key] = [n for n in a.needs if n not in case.done]
            self.asks[a.key] = case.levels_needed(a)
            for needed in self.firsts[a.key]:
                self.m.add_implication(self.x[a.key], self.x[needed])
            for asked in self.asks[a.key]:
                if asked not in self.ways:
                    self.ways[asked] = {
                        b.key: self.m.new_bool_var(f"way{asked}_{b.key}")
                        for b in case.leads_to(*asked)
                        if b.key in self.x
                    }
                    for key, way in self.ways[asked].items():
                        self.m.add_implication(way, self.x[key])
                others = [w for k, w in self.ways[asked].items() if k != a.key]
                self.m.add_bool_or([*others, self.x[a.key].Not()])

    # Days on which what others wait for has ended, and on which a level is reached.
    def _time(self) -> None:
        case = self.case
        waits = {a.key for a in case.activities if self.firsts[a.key] or self.asks[a.key]}
        waits |= {n for needed in self.firsts.values() for n in needed}
        waits |= {k for ways in self.ways.values() for k in ways}
        self.end: dict[int, late.cp_model.LinearExprT] = {}
        self.start: dict[int, late.cp_model.LinearExprT] = {}
        for key in sorted(waits):
            if case.by_key[key].dated:
                taken = [(d, self.z[key, d.key]) for d in self.dates[key]]
                self.end[key] = _sum(case.day(d.ends_on) * z for d, z in taken)
                self.start[key] = _sum((case.day(d.starts_on) - 1) * z for d, z in taken)
            else:
                pace = case.pace(case.by_key[key])
                end = self.m.new_int_var(0, case.days, f"end{key}")
                self.m.add(end >= pace).only_enforce_if(self.x[key])
                self.end[key], self.start[key] = end, end - pace
        reached: dict[tuple[int, int], late.cp_model.IntVar] = {}
        for asked, ways in self.ways.items():
            reached[asked] = self.m.new_int_var(0, case.days, f"level{asked}")
            for key, way in ways.items():
                self.m.add(reached[asked] >= self.end[key]).only_enforce_if(way)
        for key, x in self.x.items():
            for needed in self.firsts[key]:
                self.m.add(self.start[key] >= self.end[needed]).only_enforce_if(x)
            for asked in self.asks[key]:
                self.m.add(self.start[key] >= reached[asked]).only_enforce_if(x)
        for day in {case.day(d.ends_on) for dates in self.dates.values() for d in dates}:
            terms = self._dated_by(day)
            if terms:
                self.m.add(_sum(terms) <= case.minutes_by(day))
        minutes = _sum(a.minutes * self.x[a.key] for a in case.activities)
        self.m.add(minutes <= case.minutes_by(case.days))

    def _dated_by(self, day: int) -> list[late.cp_model.LinearExprT]:
        return [
            self.case.by_key[key].minutes * self.z[key, d.key]
            for key, dates in self.dates.items()
            for d in dates
            if self.case.day(d.ends_on) <= day
        ]

    def count_hours_by(self, day: int) -> None:
        """By this day too, undated ones that others wait for count with the hours that came in.

        Left out until a plan breaks it: only a few days ever do.
        """
        terms = self._dated_by(day)
        for key, end in self.end.items():
            if not self.case.by_key[key].dated:
                done = self.m.new_bool_var(f"done{key}_{day}")
                self.m.add(end > day).only_enforce_if([done.Not(), self.x[key]])
                terms.append(self.case.by_key[key].minutes * done)
        self.m.add(_sum(terms) <= self.case.minutes_by(day))

    def _worth(self) -> None:
        case = self.case
        gains: list[late.cp_model.LinearExprT] = []
        for n, piece in enumerate(self.ground):
            total = _sum(share * self.x[key] for key, share in piece.covers)
            if sum(share for _key, share in piece.covers) <= 100:
                gains.append(piece.gap.weight * piece.length * total)
                continue
            cover = self.m.new_int_var(0, 100, f"cover{n}")
            self.m.add(cover <= total)
            gains.append(piece.gap.weight * piece.length * cover)
        self.gain = _sum(gains)
        self.misses = _sum(self._misses() if case.both_ways else ())
        self.cost = _sum(case.cost_cents(a) * self.x[a.key] for a in case.activities)

    def _misses(self) -> Iterable[late.cp_model.LinearExprT]:
        """For each gap that is worked on: has it something in practice, and with others?"""
        for gap, covering in _covering(self.case, self.ground).items():
            touched = self.m.new_bool_var(f"touched{gap}")
            for key in covering:
                self.m.add_implication(self.x[key], touched)
            weight = next(g.weight for g in self.case.gaps if g.skill == gap)
            for way in BOTH_WAYS:
                there = [self.x[k] for k in covering if self.case.by_key[k].mix == way]
                if there:
                    miss = self.m.new_bool_var(f"miss{gap}_{way}")
                    self.m.add_bool_or([*there, miss, touched.Not()])
                    yield MISSING_WAY * weight * miss

    # -- searches -------------------------------------------------------------------------------

    def last_day(self) -> late.cp_model.IntVar:
        """A day by which everything chosen is done."""
        case = self.case
        last = self.m.new_int_var(0, case.days, "last")
        for a in case.activities:
            if a.key in self.end:
                self.m.add(last >= self.end[a.key]).only_enforce_if(self.x[a.key])
            elif a.dated:
                ends = _sum(case.day(d.ends_on) * self.z[a.key, d.key] for d in self.dates[a.key])
                self.m.add(last >= ends)
            else:
                self.m.add(last >= case.pace(a)).only_enforce_if(self.x[a.key])
        minutes = _sum(a.minutes * self.x[a.key] for a in case.activities)
        self.m.add(case.limits.minutes_a_week * last >= 7 * minutes)
        return last

    def never_again(self, found: _Found) -> None:
        """These activities on these dates cannot be put in order: never this choice again."""
        these = [self.x[k].Not() for k in found.chosen]
        these += [x for k, x in self.x.items() if k not in found.chosen]
        these += [self.z[k, d.key].Not() for k, d in found.chosen.items() if d is not None]
        self.m.add_bool_or(these)

    def hint(self, chosen: Collection[int]) -> None:
        for key, x in self.x.items():
            self.m.add_hint(x, key in chosen)

    def search(self, effort: float, last: late.cp_model.IntVar | None = None) -> _Found | None:
        """Solve; None when nothing satisfies it."""
        solver = late.cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.max_deterministic_time = effort
        solver.parameters.linearization_level = 2
        status = solver.solve(self.m)
        if status not in {late.cp_model.OPTIMAL, late.cp_model.FEASIBLE}:
            return None
        chosen: dict[int, Dates | None] = {}
        for a in self.case.activities:
            if solver.boolean_value(self.x[a.key]):
                chosen[a.key] = next(
                    (d for d in self.dates[a.key] if solver.boolean_value(self.z[a.key, d.key])),
                    None,
                )
        after: dict[int, set[int]] = {}
        for key in chosen:
            found = set(self.firsts[key])
            for asked in self.asks[key]:
                ways = [
                    k
                    for k, way in self.ways[asked].items()
                    if k != key and solver.boolean_value(way)
                ]
                found.add(min(ways, key=lambda k: (solver.value(self.end[k]), k)))
            if found:
                after[key] = found
        return _Found(
            chosen,
            {k: frozenset(v) for k, v in after.items()},
            self.case.days if last is None else solver.value(last),
            solver.objective_value,
            solver.best_objective_bound,
            status == late.cp_model.OPTIMAL,
        )


def _covering(case: Case, ground: Iterable[Ground]) -> dict[int, list[int]]:
    """Skill → activities that cover some of its ground."""
    found: dict[int, dict[int, None]] = {}
    for piece in ground:
        found.setdefault(piece.gap.skill, {}).update((key, None) for key, _share in piece.covers)
    return {skill: list(keys) for skill, keys in found.items()}


# -- plans --------------------------------------------------------------------------------------

# Beside these, what a plan is worth only decides between equals.
A_DAY, A_LOST_MINUTE = 1_000_000, 50_000
MOST_CUTS = 20


def best_plan(
    case: Case,
    aim: Aim = Aim.VALUE,
    *,
    at_least: int = 0,
    hint: Collection[int] = (),
    effort: float = EFFORT,
) -> Plan | None:
    """The best plan for one aim; None when no plan keeps what must be in within the limits.

    Args:
        case: as `worth_looking_at` gives it.
        at_least: weighted worth the plan must close (the ε of the ε-constraint method).
        hint: activities to begin looking from; changes nothing of what is best.
        effort: deterministic time of the search.
    """
    model = _Model(case)
    value = model.gain - model.misses - case.worth_a_cent * model.cost
    last = None
    if at_least:
        model.m.add(model.gain >= at_least)
    if aim == Aim.VALUE:
        model.m.maximize(value)
    elif aim == Aim.ABSENCE:
        lost = _sum(a.work_minutes * model.x[a.key] for a in case.activities)
        model.m.maximize(value - A_LOST_MINUTE * lost)
    else:
        last = model.last_day()
        model.m.maximize(value - A_DAY * last)
    if hint:
        model.hint(hint)
    for _try in range(MOST_CUTS):
        found = model.search(effort, last)
        if found is None:
            return None
        steps = dated_steps(case, found.chosen, found.after, found.last_day)
        if steps is not None:
            return _plan(case, aim, steps, found)
        day = too_full_by(case, found.chosen, found.after, found.last_day)
        if day is None:
            model.never_again(found)
        else:
            model.count_hours_by(day)
    return None


def _plan(case: Case, aim: Aim, steps: tuple[Step, ...], found: _Found) -> Plan:
    ground = ground_of(case)
    keys = {s.activity.key for s in steps}
    beyond = found.bound - found.value
    return Plan(
        aim=aim,
        steps=steps,
        closed=closed(ground, keys),
        worth=worth(ground, keys),
        proven=found.proven,
        within_percent=0.0 if found.proven else 100 * beyond / max(1.0, abs(found.bound)),
        short_of_both=_short_of_both(case, ground, keys) if case.both_ways else (),
    )


def _short_of_both(
    case: Case, ground: Iterable[Ground], keys: Collection[int]
) -> tuple[tuple[int, str], ...]:
    """(skill, way) worked on with nothing in practice, or nothing with others."""
    return tuple(
        (skill, way)
        for skill, covering in _covering(case, ground).items()
        if any(k in keys for k in covering)
        for way in BOTH_WAYS
        if not any(k in keys and case.by_key[k].mix == way for k in covering)
    )


def three_plans(case: Case, *, effort: float = EFFORT) -> tuple[Plan, Plan, Plan]:
    """Best value, least absence and fastest, in this order.

    Raises:
        Circle: activities need each other round and round.
        Impossible: what was locked does not go together with the limits.
    """
    small = worth_looking_at(case)
    gone = case.locked - {a.key for a in small.activities}
    if gone:
        raise Impossible(sorted({_why_gone(case, key) for key in gone}))
    value = best_plan(small, effort=effort)
    if value is None:
        raise Impossible(_broken_by_locks(small, effort))
    floor = value.worth * KEEP_PERCENT // 100
    others = [
        best_plan(small, aim, at_least=floor, hint=value.keys, effort=effort)
        or replace(value, aim=aim, proven=False, within_percent=100.0)
        for aim in (Aim.ABSENCE, Aim.FAST)
    ]
    return value, others[0], others[1]


def _why_gone(case: Case, key: int) -> Why:
    activity = case.by_key.get(key)
    if activity is None or key in case.dropped:
        return Why.DROPPED
    return why_undated(case, activity) or Why.PREREQUISITE


def _broken_by_locks(case: Case, effort: float) -> list[Why]:
    """Which limits, taken away one by one, would make room for what must be in."""
    found = [
        why
        for why, limits in (
            (Why.PRICE, replace(case.limits, money_cents=None)),
            (Why.COST, replace(case.limits, cost_cents=None)),
            (Why.HOURS, replace(case.limits, minutes_a_week=case.limits.minutes_a_week * 20)),
        )
        if limits != case.limits and best_plan(replace(case, limits=limits), effort=effort)
    ]
    return found or [Why.OVERLAP]


# -- why these, and what would be next ------------------------------------------------------------


def more_of(case: Case, plan: Plan, what: Why, *, effort: float = EFFORT) -> Extra | None:
    """What 10 % more budget (PRICE) or learning time (HOURS) would buy, by solving again."""
    limits = case.limits
    if what == Why.PRICE:
        if limits.money_cents is None:
            return None
        limits = replace(limits, money_cents=limits.money_cents * (100 + MORE_PERCENT) // 100)
    else:
        more = limits.minutes_a_week * (100 + MORE_PERCENT) // 100
        limits = replace(limits, minutes_a_week=max(more, limits.minutes_a_week + 1))
    small = worth_looking_at(replace(case, limits=limits))
    richer = best_plan(small, hint=plan.keys, effort=effort)
    if richer is None:
        return None
    return Extra(
        levels=richer.levels - plan.levels,
        paid_cents=richer.paid_cents - plan.paid_cents,
        work_minutes=richer.work_minutes - plan.work_minutes,
        added=tuple(sorted(richer.keys - plan.keys)),
    )


def instead_of(case: Case, plan: Plan, step: Step, *, effort: float = EFFORT) -> Instead:
    """The best that could come in the place of a step, and why it did not.

    Solved again without the step, for the same aim. What then comes in for the same skills is
    possible, and brings less, costs more or ends later. Where nothing comes in, the activity
    that would close most of it is named with the limit that keeps it out.
    """
    key = step.activity.key
    skills = {s for s, _levels in step.closes} or {lift.skill for lift in step.activity.lifts}
    without = replace(case, dropped=case.dropped | {key}, locked=case.locked - {key})
    small = worth_looking_at(without)
    floor = 0 if plan.aim == Aim.VALUE else plan.worth * KEEP_PERCENT // 100
    other = best_plan(small, plan.aim, at_least=floor, hint=plan.keys - {key}, effort=effort)
    if other is not None:
        came = _most_alike(small, other.keys - plan.keys, skills)
        if came is not None:
            return _weighed(case, plan, other, came)
    return _kept_out(case, plan, step, skills)


def _most_alike(case: Case, keys: Iterable[int], skills: Collection[int]) -> int | None:
    """Of what came in, that which covers most of the same skills' ground."""
    ground = [g for g in ground_of(case) if g.gap.skill in skills]
    covers = {key: worth(ground, {key}) for key in keys}
    best = max(sorted(covers), key=lambda k: covers[k], default=None)
    return best if best is not None and covers[best] else None


def _weighed(case: Case, plan: Plan, other: Plan, came: int) -> Instead:
    levels = plan.levels - other.levels
    cost = sum(case.cost_cents(s.activity) for s in other.steps)
    cost -= sum(case.cost_cents(s.activity) for s in plan.steps)
    days = 0
    if plan.ends_on and other.ends_on:
        days = (other.ends_on - plan.ends_on).days
    if levels > 0.04:
        why = Why.LESS
    elif cost > 0:
        why = Why.DEARER
    elif days > 0:
        why = Why.LONGER
    else:
        why = Why.LESS
    return Instead(came, why, levels, cost, days)


def _kept_out(case: Case, plan: Plan, step: Step, skills: Collection[int]) -> Instead:
    """The activity that would close most of the step's ground, and the limit that forbids it."""
    ground = [g for g in ground_of(case) if g.gap.skill in skills]
    rest = plan.keys - {step.activity.key}
    gains = {
        a.key: worth(ground, rest | {a.key}) - worth(ground, rest)
        for a in case.activities
        if a.key not in plan.keys
    }
    for key in sorted((k for k, gain in gains.items() if gain > 0), key=lambda k: (-gains[k], k)):
        return Instead(key, _limit_against(case, plan, step, case.by_key[key]))
    return Instead(None, Why.LESS)


def _limit_against(case: Case, plan: Plan, step: Step, activity: Activity) -> Why:
    """The first limit that keeps an activity out of the place of a step."""
    rest = [s for s in plan.steps if s.activity.key != step.activity.key]
    return (
        why_unwished(case, activity)
        or why_undated(case, activity)
        or _order_against(case, rest, activity)
        or _purse_against(case, rest, activity)
        or {Aim.ABSENCE: Why.WORK, Aim.FAST: Why.LONGER}.get(plan.aim, Why.DEARER)
    )


def _order_against(case: Case, rest: Sequence[Step], activity: Activity) -> Why | None:
    """Something it needs is not in the plan, or each of its dates is taken."""
    there = {s.activity.key for s in rest}
    if any(n not in there and n not in case.done for n in activity.needs) or any(
        not any(a.key in there for a in case.leads_to(*asked))
        for asked in case.levels_needed(activity)
    ):
        return Why.PREREQUISITE
    taken = [s.dates for s in rest if s.dates]
    if activity.dated and all(
        any(d.starts_on <= t.ends_on and t.starts_on <= d.ends_on for t in taken)
        for d in fitting_dates(case, activity)
    ):
        return Why.OVERLAP
    return None


def _purse_against(case: Case, rest: Sequence[Step], activity: Activity) -> Why | None:
    """Too dear or too long beside the rest of the plan."""
    limits = case.limits
    own = [s.activity for s in rest if not s.activity.mandatory] + [activity]
    if limits.money_cents is not None and sum(a.paid_cents for a in own) > limits.money_cents:
        return Why.PRICE
    if limits.cost_cents is not None and sum(map(case.cost_cents, own)) > limits.cost_cents:
        return Why.COST
    minutes = sum(s.activity.minutes for s in rest) + activity.minutes
    if minutes > case.minutes_by(case.days):
        return Why.HOURS
    return None


@dataclass(frozen=True)
class Made:
    """Three plans with all that explains them.

    `instead` is by (aim, activity); `money` and `hours` are what a little more would buy;
    `unmet` are skills nothing in the best plan works on, with what stands in the way.
    """

    plans: tuple[Plan, Plan, Plan]
    instead: Mapping[tuple[Aim, int], Instead]
    money: Extra | None
    hours: Extra | None
    unmet: tuple[tuple[int, Why | None], ...]

    def plan(self, aim: Aim) -> Plan:
        return next(p for p in self.plans if p.aim == aim)


def make(case: Case, *, effort: float = EFFORT) -> Made:
    """Three plans, what would come instead of each step, and what a little more would buy.

    Raises:
        Circle: activities need each other round and round.
        Impossible: what was locked does not go together with the limits.
    """
    plans = three_plans(case, effort=effort)
    value = plans[0]
    return Made(
        plans=plans,
        instead={
            (plan.aim, step.activity.key): instead_of(case, plan, step, effort=effort / 10)
            for plan in plans
            for step in plan.steps
        },
        money=more_of(case, value, Why.PRICE, effort=effort),
        hours=more_of(case, value, Why.HOURS, effort=effort),
        unmet=tuple(
            (gap.skill, _why_unmet(case, value, gap))
            for gap in case.gaps
            if value.closed.get(gap.skill, 0.0) < 0.005
        ),
    )


def _why_unmet(case: Case, plan: Plan, gap: Gap) -> Why | None:
    """What keeps out the first of what would help; None where nothing on offer would."""
    ground = [g for g in ground_of(case) if g.gap == gap]
    helps = sorted({key for g in ground for key, _share in g.covers})
    reasons = [
        why_unwished(case, case.by_key[k])
        or why_undated(case, case.by_key[k])
        or _order_against(case, plan.steps, case.by_key[k])
        or _purse_against(case, plan.steps, case.by_key[k])
        or Why.DEARER
        for k in helps
    ]
    return max(reasons, key=reasons.count, default=None)


# -- simpler ways to choose, to hold ours against --------------------------------------------------


def greedy(case: Case, order: Sequence[int] | None = None) -> frozenset[int]:
    """Activities taken one by one while they fit in budget, hours, order and dates.

    Each time the one that closes most for the share of budget and hours it takes (the usual
    rule of thumb for a knapsack), on its first date that fits; or in a given order ("most
    popular first"). What does not fit when its turn comes is not tried again.
    """
    small = worth_looking_at(case)
    ground = ground_of(small)
    chosen: dict[int, Dates | None] = {}
    waiting = set(small.by_key)
    place = {key: n for n, key in enumerate(order)} if order is not None else {}
    for key in sorted(must_haves(small)):
        _take(small, chosen, small.by_key[key])
    while waiting:
        now = worth(ground, chosen)
        gains = {
            key: worth(ground, {*chosen, key}) - now
            for key in sorted(waiting - chosen.keys())
            if _can_follow(small, chosen, small.by_key[key])
        }
        gains = {key: gain for key, gain in gains.items() if gain > 0}
        if not gains:
            break
        if order is not None:
            key = min(gains, key=lambda k: (place.get(k, len(place)), k))
        else:
            key = max(gains, key=lambda k: gains[k] / _takes(small, k))
        waiting.remove(key)
        _take(small, chosen, small.by_key[key])
    return frozenset(chosen)


def _takes(case: Case, key: int) -> float:
    """The share of budget and learning time an activity takes."""
    activity = case.by_key[key]
    share = activity.minutes / max(1, case.minutes_by(case.days))
    if case.limits.money_cents:
        share += activity.paid_cents / case.limits.money_cents
    return share


def _can_follow(case: Case, chosen: Collection[int], activity: Activity) -> bool:
    return all(n in chosen or n in case.done for n in activity.needs) and all(
        any(a.key in chosen for a in case.leads_to(*asked))
        for asked in case.levels_needed(activity)
    )


def _take(case: Case, chosen: dict[int, Dates | None], activity: Activity) -> None:
    """Put it in, on its first date that fits, if there is one."""
    taken = [case.by_key[k] for k in chosen] + [activity]
    own = [a for a in taken if not a.mandatory]
    limits = case.limits
    if limits.money_cents is not None and sum(a.paid_cents for a in own) > limits.money_cents:
        return
    if limits.cost_cents is not None and sum(map(case.cost_cents, own)) > limits.cost_cents:
        return
    for dates in fitting_dates(case, activity) if activity.dated else [None]:
        others = [d for d in chosen.values() if d is not None]
        if dates and any(
            d.starts_on <= dates.ends_on and dates.starts_on <= d.ends_on for d in others
        ):
            continue
        wanted = {**chosen, activity.key: dates}
        if timetable(case, wanted, _order_of(case, wanted)) is not None:
            chosen[activity.key] = dates
            return


def _order_of(case: Case, chosen: Mapping[int, Dates | None]) -> dict[int, set[int]]:
    """What comes before each: what it needs, and the first chosen that leads to a level."""
    found: dict[int, set[int]] = {}
    for place, key in enumerate(chosen):
        activity = case.by_key[key]
        before = {n for n in activity.needs if n in chosen}
        for asked in case.levels_needed(activity):
            leads = {a.key for a in case.leads_to(*asked)}
            before |= set([k for k in list(chosen)[:place] if k in leads][:1])
        if before:
            found[key] = before
    return found
