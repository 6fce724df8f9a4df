"""Next step, progress, suggestions and dark groups: cases from practice, without a database."""

from collections.abc import Hashable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gezel.plans.rules import (
    Agreed,
    Group,
    Move,
    Offer,
    PlannedStep,
    Target,
    Urgency,
    agreed,
    groups_to_show,
    mix_counts,
    months_later,
    next_steps,
    percent,
    progress,
    suggestions,
    unbroken_since,
    urgency,
)

TODAY = date(2026, 11, 22)


def test_what_slipped_stands_first_and_what_is_done_not_at_all() -> None:
    steps = [
        PlannedStep("later", date(2026, 12, 1)),
        PlannedStep("slipped", date(2026, 11, 3)),
        PlannedStep("done", date(2026, 10, 1), done_on=date(2026, 10, 2)),
    ]
    assert [s.key for s in next_steps(steps)] == ["slipped", "later"]


def test_steps_of_one_date_keep_the_persons_order() -> None:
    steps = [PlannedStep("b", TODAY, position=2), PlannedStep("a", TODAY, position=1)]
    assert [s.key for s in next_steps(steps)] == ["a", "b"]


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (date(2026, 11, 21), Urgency.OVERDUE),
        (TODAY, Urgency.TODAY),
        (date(2026, 12, 6), Urgency.SOON),
        (date(2026, 12, 7), Urgency.LATER),
    ],
)
def test_how_a_date_reads(due: date, told: Urgency) -> None:
    assert urgency(due, TODAY) == told


def test_a_goal_moves_with_the_evidence_and_says_why() -> None:
    """From 38 % to 63 % since March, because of one skill."""
    told = progress(
        [Target("diagnosis", 4), Target("safety", 4)],
        {"diagnosis": 3, "safety": 2},
        {"diagnosis": 1, "safety": 2},
    )
    assert (told.percent_before, told.percent) == (38, 62)
    assert [m.skill for m in told.reasons] == ["diagnosis"]
    assert [m.skill for m in told.open_moves] == ["safety", "diagnosis"]


def test_more_than_asked_in_one_does_not_make_up_for_another() -> None:
    told = progress([Target("a", 2), Target("b", 2)], {"a": 5}, {})
    assert told.percent == 50
    assert not told.reached


def test_half_a_level_short_counts_as_reached_but_not_as_a_hundred_percent() -> None:
    told = progress([Target("a", 3)], {"a": 2.6}, {})
    assert told.reached
    assert told.percent == 87


def test_a_role_that_asks_nothing_is_not_reached() -> None:
    told = progress([], {"a": 3}, {})
    assert not told.reached
    assert told.percent == 0


@pytest.mark.parametrize(("share", "told"), [(0, 0), (0.001, 1), (0.999, 99), (1, 100)])
def test_a_percentage_promises_neither_too_much_nor_too_little(share: float, told: int) -> None:
    assert percent(share) == told


A_LEVEL = st.integers(0, 50).map(lambda tenths: tenths / 10)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), A_LEVEL, A_LEVEL), min_size=1, max_size=8))
def test_progress_stays_between_nothing_and_all(rows: list[tuple[int, float, float]]) -> None:
    told = progress(
        [Target(n, level) for n, (level, _now, _before) in enumerate(rows)],
        {n: now for n, (_level, now, _before) in enumerate(rows)},
        {n: before for n, (_level, _now, before) in enumerate(rows)},
    )
    assert 0 <= told.now <= 1
    assert 0 <= told.before <= 1
    gained = sum(m.gained for m in told.moves) / sum(m.asked for m in told.moves)
    assert told.now - told.before == pytest.approx(gained)


def test_both_confirm_before_it_is_agreed() -> None:
    assert agreed(by_person=False, by_lead=False) == Agreed.NOBODY
    assert agreed(by_person=True, by_lead=False) == Agreed.PERSON
    assert agreed(by_person=False, by_lead=True) == Agreed.LEAD
    assert agreed(by_person=True, by_lead=True) == Agreed.BOTH


def an_offer(
    key: str, mix: str, teaches: dict[Hashable, tuple[int, int]], hours: float = 2
) -> Offer:
    return Offer(key, mix, hours, teaches)


def test_suggestions_fit_where_someone_stands() -> None:
    moves = [Move("diagnosis", 1, 1, 4)]
    offers = [
        an_offer("too easy", "formal", {"diagnosis": (0, 1)}),
        an_offer("too far", "formal", {"diagnosis": (3, 5)}),
        an_offer("fits", "formal", {"diagnosis": (1, 3)}),
        an_offer("elsewhere", "formal", {"welding": (0, 3)}),
    ]
    assert [s.offer.key for s in suggestions(moves, offers)] == ["fits"]


def test_of_equal_help_practice_leads_and_then_the_shortest() -> None:
    moves = [Move("diagnosis", 1, 1, 3)]
    teaches: dict[Hashable, tuple[int, int]] = {"diagnosis": (1, 3)}
    offers = [
        an_offer("course", "formal", teaches),
        an_offer("long", "practice", teaches, hours=8),
        an_offer("short", "practice", teaches, hours=1),
        an_offer("duo", "others", teaches),
    ]
    assert [s.offer.key for s in suggestions(moves, offers)] == ["short", "long", "duo", "course"]


def test_what_is_planned_or_reached_is_not_suggested() -> None:
    offers = [an_offer("a", "formal", {"x": (0, 3)}), an_offer("b", "formal", {"y": (0, 3)})]
    moves = [Move("x", 0, 0, 3), Move("y", 0, 2.6, 3)]
    assert suggestions(moves, offers, planned={"a"}) == []


def test_the_mix_is_plain_counts() -> None:
    assert mix_counts(["practice", "formal", "practice", "?"]) == {
        "practice": 2,
        "others": 0,
        "formal": 1,
    }


@pytest.mark.parametrize(
    ("day", "months", "told"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
    ],
)
def test_months_ahead_stay_in_their_month(day: date, months: int, told: date) -> None:
    assert months_later(day, months) == told


def test_a_group_below_the_smallest_stays_dark() -> None:
    assert groups_to_show([Group("all", "", 30), Group("few", "AB", 4)], 5) == {"all"}


def test_a_part_that_leaves_a_small_rest_stays_dark_with_it() -> None:
    """40 in all and 36 in the workshop: who knows both, knows the other four."""
    assert groups_to_show([Group("all", "", 40), Group("workshop", "AB", 36)], 5) == {"all"}


def test_parts_that_together_leave_a_small_rest_are_held_back() -> None:
    groups = [Group("all", "", 40), Group("a", "AA", 20), Group("b", "AB", 17)]
    assert groups_to_show(groups, 5) == {"all", "a"}


def test_parts_that_make_up_the_whole_are_shown() -> None:
    groups = [Group("all", "", 40), Group("a", "AA", 20), Group("b", "AB", 20)]
    assert groups_to_show(groups, 5) == {"all", "a", "b"}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(st.text("AB", max_size=4), st.integers(0, 12), min_size=1, max_size=12),
    st.data(),
)
def test_no_difference_of_two_shown_groups_is_small(
    people: dict[str, int], data: st.DataObject
) -> None:
    """Whatever the tree: one shown group less another inside it is nobody, or enough people."""
    paths = data.draw(st.lists(st.sampled_from(sorted(people)), unique=True))
    groups = [Group(p, p, sum(n for at, n in people.items() if at.startswith(p))) for p in paths]
    shown = [g for g in groups if g.key in groups_to_show(groups, 5)]
    for outer in shown:
        assert outer.size >= 5
        for inner in shown:
            if inner.path.startswith(outer.path):
                assert outer.size - inner.size == 0 or outer.size - inner.size >= 5


def test_a_gap_begins_a_new_stretch_of_work_and_a_new_contract_does_not() -> None:
    first = (date(2024, 1, 1), date(2024, 6, 30))
    next_day = (date(2024, 7, 1), date(2024, 12, 31))
    later = (date(2025, 2, 1), None)

    assert unbroken_since([]) is None
    assert unbroken_since([next_day, first]) == date(2024, 1, 1)
    assert unbroken_since([later, next_day, first]) == date(2025, 2, 1)
    assert unbroken_since([first, (date(2024, 3, 1), None)]) == date(2024, 1, 1)
