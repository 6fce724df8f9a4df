"""Dividing people over groups: rules kept, good divisions, reasons."""

from dataclasses import replace
from itertools import permutations, product

import pytest

from gezel.gatherings import grouping_words
from gezel.gatherings.rules import feasible
from gezel.gatherings.rules.explaining import Hand, explain, lying
from gezel.gatherings.rules.forming import (
    by_chance,
    divide,
    even_out,
    members_moved,
    merge,
    split,
)
from gezel.gatherings.rules.groups import (
    Case,
    Dials,
    Division,
    Fault,
    Impossible,
    Member,
    faults,
    worth,
)
from gezel.site.bench.together import bound_case_for_groups, case_for_groups

ONLY_LEVELS = Dials(levels=3, units=0, new=0, wishes=0)


def people(*levels: float | None, **fields: object) -> tuple[Member, ...]:
    return tuple(Member(key, level=level, **fields) for key, level in enumerate(levels))  # type: ignore[arg-type]


def test_levels_spread_so_that_groups_resemble_each_other() -> None:
    case = Case(people(1, 1, 3, 3, 5, 5), 2, smallest=3, largest=3, dials=ONLY_LEVELS)

    division = divide(case)

    for group in range(2):
        inside = sorted(
            m.level or 0 for m, g in zip(case.members, division, strict=True) if g == group
        )
        assert inside == [1, 3, 5]


def test_departments_mix_and_who_met_parts() -> None:
    members = tuple(Member(key, unit=key // 3) for key in range(9))
    case = Case(members, 3, smallest=3, largest=3, dials=Dials(levels=0, units=3, new=0, wishes=0))

    assert all(told.units == 3 for told in explain(case, divide(case)).groups)

    met = {frozenset({0, 3}): 2, frozenset({1, 4}): 1}
    case = replace(case, met=met, dials=Dials(levels=0, units=1, new=3, wishes=0))
    assert sum(told.met for told in explain(case, divide(case)).groups) == 0


def test_wishes_come_true_when_only_they_count() -> None:
    members = tuple(Member(key, wishes=frozenset({key ^ 1})) for key in range(8))
    case = Case(members, 4, smallest=2, largest=2, dials=Dials(levels=0, units=0, new=0, wishes=3))

    told = explain(case, divide(case))

    assert sum(group.wishes for group in told.groups) == 8
    assert told.chance["wishes"] < 3
    assert told.better_than["wishes"] > 0.9


def test_the_same_seed_gives_the_same_groups() -> None:
    case = case_for_groups(3, 24, 4)

    assert divide(case, starts=1) == divide(case, starts=1)
    assert by_chance(case, seed=1) == by_chance(case, seed=1)
    assert by_chance(case, seed=1) != by_chance(case, seed=2)


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_random_rules_are_kept_or_refused_with_what_clashes(start: int) -> None:
    refused = 0
    for number in range(start, start + 50):
        case = bound_case_for_groups(number)
        division, refusal = divided(case)
        if division is None:
            refused += 1
            assert refusal
            assert refusal.sure
            assert refusal.clash
        else:
            assert faults(case, division) == []
            assert faults(case, by_chance(case, seed=number)) == []
    assert 0 < refused < 50


def divided(case: Case) -> tuple[Division | None, Impossible | None]:
    try:
        return divide(case, starts=1, effort=0.02), None
    except Impossible as refusal:
        return None, refusal


def test_what_is_refused_cannot_be_and_what_clashes_is_no_more_than_that() -> None:
    """Held beside trying every division there is."""
    small = [c for n in range(400) if len((c := bound_case_for_groups(n)).members) <= 6]
    refused = 0
    for case in small:
        every = product(range(case.groups), repeat=len(case.members))
        possible = any(not faults(case, division) for division in every)
        division, refusal = divided(case)
        assert possible == (division is not None)
        if refusal:
            refused += 1
            assert feasible._cannot(case, refusal.clash)
            for rule in refusal.clash:
                assert not feasible._cannot(case, [r for r in refusal.clash if r is not rule])
    assert refused > 5


def test_a_small_division_is_the_best_there_is() -> None:
    case = case_for_groups(1, 8, 4)
    halves = {order[:4] for order in permutations(range(8), 8) if order[0] == 0}
    best = min(
        worth(case, tuple(0 if at in half else 1 for at in range(8))).total
        for half in {frozenset(h) for h in halves}
    )

    assert worth(case, divide(case)).total == pytest.approx(best)


def test_together_and_apart_that_contradict_are_named() -> None:
    case = Case(people(1, 2, 3, 4), 3, together=(frozenset({0, 1}),), apart=(frozenset({0, 1, 2}),))

    with pytest.raises(Impossible) as refusal:
        divide(case)

    assert set(refusal.value.clash) == {Fault("together", (0, 1)), Fault("apart", (0, 1))}


def test_more_people_than_groups_hold_is_a_matter_of_sizes_alone() -> None:
    with pytest.raises(Impossible) as refusal:
        divide(Case(people(*[3.0] * 10), 2, largest=4))

    assert refusal.value.clash == (Fault("sizes"),)


def test_one_new_person_is_never_alone_in_a_group() -> None:
    members = tuple(Member(key, marks=frozenset({"new"} if key < 3 else ())) for key in range(12))
    case = Case(members, 4, smallest=3, largest=3, not_alone=frozenset({"new"}))

    division = divide(case)

    assert len({division[key] for key in range(3)}) == 1


def test_a_group_shares_a_part_of_the_day() -> None:
    early, late = frozenset({"morning"}), frozenset({"evening"})
    members = tuple(Member(key, times=(early, late)[key % 2]) for key in range(8))

    division = divide(Case(members, 2, smallest=4, largest=4, same_times=True))

    assert len({(group, key % 2) for key, group in enumerate(division)}) == 2


def test_locked_people_stay() -> None:
    case = replace(case_for_groups(2, 24, 4), locked={0: 5, 1: 5, 2: 0})

    division = divide(case, starts=1)

    assert (division[0], division[1], division[2]) == (5, 5, 0)


def test_evening_out_moves_as_few_as_can_be() -> None:
    case = Case(people(*[None] * 12), 3)
    now = (0,) * 7 + (1,) * 3 + (2,) * 2

    then = even_out(case, now)

    assert sorted(then.count(g) for g in range(3)) == [4, 4, 4]
    assert members_moved(now, then) == 3


def test_splitting_gives_two_halves_and_leaves_the_others() -> None:
    case = Case(people(1, 1, 5, 5, 3, 3), 2, dials=ONLY_LEVELS)
    now = (0, 0, 0, 0, 1, 1)

    then = split(case, now, 0)

    assert then[4:] == (1, 1)
    assert {then[0], then[1]} == {then[2], then[3]} == {0, 2}

    with pytest.raises(Impossible):
        split(Case(people(1, 2), 2), (0, 1), 0)


def test_merging_is_refused_where_people_are_to_be_apart() -> None:
    case = Case(people(1, 2, 3), 3, apart=(frozenset({0, 1}),))

    assert merge(case, (0, 1, 2), 1, 2) == (0, 1, 1)
    with pytest.raises(Impossible) as refusal:
        merge(case, (0, 1, 2), 0, 1)
    assert refusal.value.clash == (Fault("apart", (0, 1), 0),)


def test_what_a_swap_changes_is_the_difference_of_two_reckonings() -> None:
    case = case_for_groups(5, 24, 4)
    now = divide(case, starts=1)
    hand = Hand(case, now)
    blind = replace(case, dials=replace(case.dials, levels=0))

    for option in hand.options(3):
        then = hand.moved(3, option.group)
        assert option.move.total == pytest.approx(
            worth(blind, then).total - worth(blind, now).total
        )
        assert option.swap_with is not None
        assert option.swap
        swapped = hand.swapped(3, option.swap_with)
        assert swapped[3] == option.group
        assert option.swap == hand.effect(swapped)
        before, after = explain(case, now).groups, explain(case, swapped).groups
        for what in ("units", "met", "wishes"):
            told = sum(getattr(g, what) for g in after) - sum(getattr(g, what) for g in before)
            assert getattr(option.swap, what) == told


def test_the_swap_offered_is_the_best_of_those_that_break_no_rule() -> None:
    case = replace(case_for_groups(6, 20, 4), dials=Dials(levels=0, even=0))
    hand = Hand(case, divide(case, starts=1, effort=0.1))

    for option in hand.options(0):
        every = [m.key for m, g in zip(case.members, hand.now, strict=True) if g == option.group]
        costs = {other: _spent(case, hand.swapped(0, other)) for other in every}

        assert option.swap_with in costs
        assert costs[option.swap_with] == pytest.approx(min(costs.values()))


def _spent(case: Case, division: Division) -> float:
    told = worth(case, division).aspects
    return sum(float(getattr(case.dials, aspect)) * told[aspect] for aspect in told)


def test_what_a_swap_brings_says_nothing_of_levels() -> None:
    case = case_for_groups(5, 24, 4)
    now = divide(case, starts=1)
    other_levels = tuple(replace(m, level=1.0 + m.key % 5) for m in case.members)

    assert Hand(case, now).options(0) == Hand(replace(case, members=other_levels), now).options(0)


def test_why_not_with_someone_names_the_rule_or_the_price() -> None:
    case = replace(case_for_groups(5, 24, 4), apart=(frozenset({0, 1}),))
    now = divide(case)
    hand = Hand(case, now)

    [broken] = hand.why_not(0, 1).effect.broken
    assert (broken.kind, broken.members) == ("apart", (0, 1))
    other = next(key for key in range(2, 24) if now[key] != now[0])
    told = hand.why_not(0, other)
    assert told.effect.broken == ()
    assert {0, other} & set(told.moves)


def test_levels_of_a_few_people_stay_dark() -> None:
    everyone = [1.0, 2, 3, 4, 5] * 4

    assert lying(everyone, [5.0, 5, 5, 5]) == "unknown"
    assert lying(everyone, [5.0, 5, 5, 4, 5]) == "higher"
    assert lying(everyone, [1.0, 1, 2, 1, 1]) == "lower"
    assert lying(everyone, [1.0, 2, 3, 4, 5]) == "like all"
    assert lying(everyone, [3.0, 3, 3, 3, 3]) == "closer"
    assert lying(everyone, [3.0, None, None, 3, 3]) == "unknown"


def test_nobody_and_one_group_are_no_trouble() -> None:
    assert divide(Case((), 1, smallest=0)) == ()
    assert divide(Case(people(1, 2), 1)) == (0, 0)


def test_a_rule_that_many_groups_break_is_told_once_and_as_it_is_or_would_be() -> None:
    many = [Fault("sizes"), Fault("sizes"), Fault("apart", (1, 2))]
    names = {1: "Noor", 2: "Sam"}

    assert grouping_words.faults(many, names, stands=True) == [
        "The sizes of the groups are not as asked.", "Noor and Sam are to be apart.",
    ]  # fmt: skip
    assert grouping_words.faults(many, names) == [
        "The sizes of the groups would not be as asked.", "Noor and Sam are to be apart.",
    ]  # fmt: skip
