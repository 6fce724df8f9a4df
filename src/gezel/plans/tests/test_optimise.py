"""Plans within limits: cases from practice, the model against brute force, and many at random."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, permutations, product

import pytest

from gezel.kit.order import Circle, refuse_circles
from gezel.plans.rules.optimise import (
    MISSING_WAY,
    Impossible,
    best_plan,
    greedy,
    instead_of,
    more_of,
    must_haves,
    three_plans,
    worth_looking_at,
)
from gezel.plans.rules.planning import (
    ESSENTIAL,
    WORTH_A_CENT,
    Activity,
    Aim,
    Case,
    Dates,
    Gap,
    Lift,
    Limits,
    Plan,
    Step,
    Why,
    closed,
    faults,
    ground_of,
    weight_of,
    worth,
)
from gezel.site.bench.cases import a_case

TODAY = date(2026, 11, 26)
HV, BATTERY = 1, 2
SAFETY, DIAGNOSIS, DUO, CLIP = 10, 11, 12, 13


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def on_days(*days: int, key: int = 1, seats: int | None = None) -> Dates:
    return Dates(key, in_days(days[0]), in_days(days[-1]), seats)


def noors_case(**changes: object) -> Case:
    """High voltage before battery diagnosis; a duo in the work; a clip at home."""
    case = Case(
        today=TODAY,
        gaps=(Gap(HV, 1, 3, ESSENTIAL), Gap(BATTERY, 0, 2)),
        activities=(
            Activity(SAFETY, (Lift(HV, 1, 2),), 480, fee_cents=42_500, mix="formal",
                     dated=True, offerings=(on_days(60),)),
            Activity(DIAGNOSIS, (Lift(BATTERY, 0, 2),), 960, fee_cents=98_000, mix="formal",
                     needs=(SAFETY,), dated=True,
                     offerings=(on_days(50, 51, key=2), on_days(120, 121, key=3))),
            Activity(DUO, (Lift(HV, 1, 3), Lift(BATTERY, 0, 1)), 720, mix="practice"),
            Activity(CLIP, (Lift(BATTERY, 0, 1),), 30, mix="others", own_percent=100),
        ),
        limits=Limits(until=in_days(180), minutes_a_week=180, money_cents=200_000),
        wage_cents=4_500,
    )  # fmt: skip
    return replace(case, **changes)  # type: ignore[arg-type]


def steps_by_key(plan: Plan) -> dict[int, Step]:
    return {s.activity.key: s for s in plan.steps}


def test_what_must_come_first_comes_first_also_in_dates() -> None:
    """Battery diagnosis on day 50 lies before the safety course on day 60."""
    plan, _absence, _fast = three_plans(noors_case())
    steps = steps_by_key(plan)

    assert steps[SAFETY].ends_on < steps[DIAGNOSIS].starts_on == in_days(120)
    assert steps[SAFETY].unlocks == (DIAGNOSIS,)
    assert plan.proven
    assert faults(noors_case(), plan) == []


def test_the_sum_of_the_steps_is_the_plan() -> None:
    plan = three_plans(noors_case())[0]

    added = sum(levels for s in plan.steps for _skill, levels in s.closes)
    assert added == pytest.approx(plan.levels)
    assert plan.paid_cents == sum(s.activity.paid_cents for s in plan.steps)
    assert plan.minutes == plan.work_minutes + plan.own_minutes


def test_a_second_activity_on_the_same_ground_only_fills_what_was_left() -> None:
    case = noors_case()
    ground = ground_of(case)

    assert closed(ground, {SAFETY})[HV] == pytest.approx(0.6)
    assert closed(ground, {SAFETY, DUO})[HV] == pytest.approx(1 + 0.6)


def test_lost_working_time_is_told_apart_from_own_time() -> None:
    case = noors_case()
    half = replace(case.by_key[DUO], own_percent=50, travel_cents=1_000, fee_cents=5_000)

    assert half.work_minutes == 360
    assert case.lost_cents(half) == 6 * 4_500
    assert case.cost_cents(half) == 5_000 + 1_000 + 27_000
    assert case.cost_cents(case.by_key[CLIP]) == 0


def test_the_three_plans_are_what_they_say() -> None:
    case = noors_case()
    value, absence, fast = three_plans(case)

    assert absence.work_minutes <= min(value.work_minutes, fast.work_minutes)
    assert fast.ends_on is not None
    assert value.ends_on is not None
    assert absence.ends_on is not None
    assert fast.ends_on <= min(value.ends_on, absence.ends_on)
    for plan in (absence, fast):
        assert plan.worth * 100 >= value.worth * 80


def test_without_money_the_plan_is_what_costs_nothing() -> None:
    plan = three_plans(noors_case(limits=replace(noors_case().limits, money_cents=0)))[0]

    assert plan.keys == {DUO, CLIP}
    assert plan.paid_cents == 0


def test_what_is_mandatory_is_in_and_never_on_the_personal_budget() -> None:
    case = noors_case(limits=replace(noors_case().limits, money_cents=0))
    must = replace(case.by_key[SAFETY], mandatory=True)
    case = replace(case, activities=(must, *case.activities[1:]))
    plan = three_plans(case)[0]

    assert SAFETY in plan.keys
    assert plan.budget_cents == 0
    assert plan.paid_cents == 42_500
    assert faults(case, plan) == []


def test_wishes_keep_an_activity_out_and_are_named_as_the_reason() -> None:
    case = noors_case()
    evening = replace(case.by_key[SAFETY], evening=True)
    case = replace(
        case,
        activities=(evening, *case.activities[1:]),
        limits=replace(case.limits, no_evenings=True),
    )
    plan = three_plans(case)[0]
    duo = steps_by_key(plan)[DUO]

    assert SAFETY not in plan.keys
    assert DIAGNOSIS not in plan.keys  # it needs the safety course first
    assert instead_of(case, plan, duo).why == Why.EVENING


def test_full_is_full() -> None:
    case = noors_case()
    full = replace(case.by_key[SAFETY], offerings=(on_days(60, seats=0),))

    plan = three_plans(replace(case, activities=(full, *case.activities[1:])))[0]

    assert SAFETY not in plan.keys


def test_two_dated_ones_never_run_through_each_other() -> None:
    case = noors_case()
    both = [
        replace(case.by_key[DIAGNOSIS], needs=(), offerings=(on_days(59, 61, key=2),)),
        case.by_key[SAFETY],
    ]
    plan = three_plans(replace(case, activities=tuple(both)))[0]

    assert len(plan.keys) == 1


def test_a_circle_is_refused_and_named() -> None:
    case = noors_case()
    round_and_round = replace(case.by_key[SAFETY], needs=(DIAGNOSIS,))

    with pytest.raises(Circle) as refused:
        three_plans(replace(case, activities=(round_and_round, *case.activities[1:])))

    assert set(refused.value.keys) == {SAFETY, DIAGNOSIS}
    assert refused.value.keys[0] == refused.value.keys[-1]


def test_a_long_row_of_needs_is_no_circle() -> None:
    refuse_circles({n: [n + 1] for n in range(5_000)})


def test_what_is_locked_is_in_and_what_is_dropped_is_not() -> None:
    case = noors_case(locked=frozenset({DIAGNOSIS}), dropped=frozenset({DUO}))
    for plan in three_plans(case):
        assert {SAFETY, DIAGNOSIS} <= plan.keys
        assert DUO not in plan.keys
        assert faults(case, plan) == []


def test_locked_beyond_the_budget_says_which_limit() -> None:
    case = noors_case(
        locked=frozenset({DIAGNOSIS}), limits=replace(noors_case().limits, money_cents=100_000)
    )
    with pytest.raises(Impossible) as refused:
        three_plans(case)

    assert refused.value.broken == (Why.PRICE,)


def test_locked_without_a_date_in_time_says_so() -> None:
    case = noors_case(
        locked=frozenset({SAFETY}), limits=replace(noors_case().limits, until=in_days(40))
    )
    with pytest.raises(Impossible) as refused:
        three_plans(case)

    assert refused.value.broken == (Why.DATE,)


def test_a_gap_without_something_in_practice_or_with_others_is_told() -> None:
    case = noors_case()
    formal = replace(case, activities=case.activities[:2])
    plan = three_plans(formal)[0]

    assert set(plan.short_of_both) == {
        (HV, "practice"), (HV, "others"), (BATTERY, "practice"), (BATTERY, "others"),
    }  # fmt: skip
    assert three_plans(replace(formal, both_ways=False))[0].short_of_both == ()


def test_ten_percent_more_is_found_by_solving_again() -> None:
    tight = noors_case(limits=replace(noors_case().limits, money_cents=130_000))
    plan = three_plans(tight)[0]
    more = more_of(tight, plan, Why.PRICE)

    assert DIAGNOSIS not in plan.keys
    assert more is not None
    assert DIAGNOSIS in more.added
    assert more.levels > 0.5
    assert more.paid_cents > 0


def test_the_same_case_gives_the_same_plan() -> None:
    case = a_case(3, activities=60, gaps=6)

    assert three_plans(case) == three_plans(case)


def test_a_level_counts_by_how_essential_and_how_soon() -> None:
    assert weight_of(essential=True, until=in_days(90)) == 300
    assert weight_of(essential=False, until=in_days(90)) == 100
    later = weight_of(essential=True, asked_from=in_days(120), until=in_days(90))
    assert later == 150


# -- against brute force ------------------------------------------------------------------------


def every_choice(case: Case) -> Iterator[dict[int, Dates | None]]:
    """Every set of activities on every combination of their dates."""
    for size in range(len(case.activities) + 1):
        for some in combinations(case.activities, size):
            dates: list[list[Dates | None]] = [
                list(a.offerings) if a.dated else [None] for a in some
            ]
            for taken in product(*dates):
                yield {a.key: d for a, d in zip(some, taken, strict=True)}


def can_be_done(case: Case, chosen: Mapping[int, Dates | None]) -> bool:
    """Whether some order of the undated ones, each as soon as possible, breaks no rule."""
    fixed = [
        Step(case.by_key[k], d, d.starts_on, d.ends_on) for k, d in chosen.items() if d is not None
    ]
    loose = [case.by_key[k] for k, d in chosen.items() if d is None]
    return any(_placed(case, fixed, order) for order in permutations(loose))


def _placed(case: Case, fixed: list[Step], order: tuple[Activity, ...]) -> bool:
    steps = list(fixed)
    for activity in order:
        for day in range(case.pace(activity), case.days + 1):
            start = case.today + timedelta(days=day - case.pace(activity))
            step = Step(activity, None, start, case.today + timedelta(days=day))
            wrong = faults(case, a_plan([*steps, step]))
            mine = [w for w in wrong if w.startswith(f"{activity.key}:") or "hours" in w]
            if not mine:
                steps.append(step)
                break
        else:
            return False
    return faults(case, a_plan(steps)) == []


def a_plan(steps: list[Step]) -> Plan:
    return Plan(Aim.VALUE, tuple(steps), {}, 0, proven=True, within_percent=0)


def value_of(case: Case, keys: set[int]) -> int:
    """The objective, written out again: worth less missing ways less cost."""
    ground = ground_of(case)
    value = worth(ground, keys) - WORTH_A_CENT * sum(case.cost_cents(case.by_key[k]) for k in keys)
    for gap in case.gaps:
        covers = {k for g in ground if g.gap == gap for k, _share in g.covers}
        for way in ("practice", "others"):
            offered = {k for k in covers if case.by_key[k].mix == way}
            if covers & keys and offered and not offered & keys:
                value -= MISSING_WAY * gap.weight
    return value


@pytest.mark.parametrize("number", range(15))
def test_nothing_beats_the_plan(number: int) -> None:
    """On tiny cases every choice is tried, by other code than the model's."""
    case = a_case(number, activities=6, gaps=2)
    small = worth_looking_at(case)
    plan = best_plan(small)
    must = {k for k in must_haves(small) if k in small.by_key}
    possible = [
        value_of(small, set(chosen))
        for chosen in every_choice(small)
        if must <= set(chosen) and can_be_done(small, chosen)
    ]

    if plan is None:
        assert possible == []
    else:
        assert plan.proven
        assert faults(case, plan) == []
        assert value_of(small, set(plan.keys)) == max(possible)


def test_plans_for_cases_at_random_break_no_rule() -> None:
    """The checker is written apart from the model; the figures do ten thousand."""
    planned = 0
    for number in range(60):
        case = a_case(1_000 + number, activities=25, gaps=4)
        try:
            plans = three_plans(case, effort=1)
        except Impossible:
            continue
        planned += 1
        for plan in plans:
            assert faults(case, plan) == [], (number, plan.aim)
    assert planned > 45


def test_ours_closes_at_least_what_one_by_one_does() -> None:
    case = a_case(3, activities=60, gaps=6)
    small = worth_looking_at(case)
    plan = best_plan(small)
    taken = greedy(case)

    assert plan is not None
    assert taken
    assert value_of(small, set(plan.keys)) >= value_of(small, set(taken)) * 0.99
