"""A timetable changed by hand never breaks a rule, and says first whom it would cost a place."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.gatherings.rules.hands import put, ways
from gezel.gatherings.rules.schedule import (
    Activity,
    CannotStand,
    Session,
    Trainer,
    faults,
    propose,
)
from gezel.gatherings.tests.test_schedule import (
    AFTERNOON,
    ALWAYS,
    MORNING,
    NEXT,
    SLOTS,
    a_case,
    who,
)
from gezel.site.bench.together import case_for_schedule


def test_moving_a_session_tells_who_goes_and_who_comes() -> None:
    early = frozenset({MORNING})
    case = a_case(who(1, 7, works=early), who(2, 7), who(3, 7, works=frozenset({AFTERNOON})))
    sessions = [Session(7, MORNING, 1, 1, (1, 2))]

    change = put(case, sessions, 0, replace(sessions[0], slot=AFTERNOON))

    assert (change.goes, change.comes, change.more, change.broken) == ((1,), (3,), 0, ())
    assert change.session.people == (2, 3)
    assert [c.session.slot for c in ways(case, sessions, 0)] == [AFTERNOON, NEXT]


def test_what_breaks_a_rule_is_told_and_nobody_is_placed() -> None:
    case = a_case(who(1, 7), who(2, 8), activities=(Activity(7, 1), Activity(8, 1)))
    sessions = [Session(7, MORNING, 1, 1, (1,)), Session(8, AFTERNOON, 1, 1, (2,))]

    change = put(case, sessions, 0, replace(sessions[0], slot=AFTERNOON))

    assert set(change.broken) == {"room twice", "trainer twice"}
    few = a_case(who(1, 7, works=frozenset({MORNING})))
    assert put(few, sessions[:1], 0, replace(sessions[0], slot=NEXT)).broken == ("too few",)


@settings(max_examples=15)
@given(number=st.integers(0, 40), step=st.integers(0, 200))
def test_whatever_is_moved_can_be_held(number: int, step: int) -> None:
    case = case_for_schedule(
        number, people=20, activities=3, sessions=2, rooms=2, trainers=3, days=2
    )
    sessions = propose(case, seconds=0.3).sessions
    if not sessions:
        return
    for change in ways(case, sessions, step % len(sessions)):
        if not change.broken:
            assert faults(case, change.sessions) == []
            granted = sum(len(s.people) for s in sessions)
            assert sum(len(s.people) for s in change.sessions) == granted + change.more


def test_planning_again_leaves_what_is_locked() -> None:
    case = case_for_schedule(4, people=40, activities=5, sessions=2, rooms=3, trainers=4, days=3)
    before = propose(case, seconds=3).sessions
    locked = before[:2]
    less = replace(case, before=before, locked=locked, trainers=tuple(
        t if t.key in {s.trainer for s in locked} else replace(t, free=frozenset())
        for t in case.trainers
    ))  # fmt: skip

    after = propose(less, seconds=3)

    assert faults(less, after.sessions) == []
    for s in locked:
        [same] = [
            a
            for a in after.sessions
            if (a.activity, a.slot, a.room) == (s.activity, s.slot, s.room)
        ]
        assert same.trainer == s.trainer
        assert set(s.people) <= set(same.people)


def test_what_is_locked_and_cannot_be_held_is_said() -> None:
    locked = (Session(7, MORNING, 1, 1, (1,)),)
    case = a_case(who(1, 7), before=locked, locked=locked,
                  trainers=(Trainer(1, frozenset({7}), ALWAYS - {MORNING}),))  # fmt: skip

    with pytest.raises(CannotStand) as told:
        propose(case)

    assert told.value.broken == ("trainer cannot",)
    assert SLOTS


def test_who_waits_may_say_it_is_enough() -> None:
    case = case_for_schedule(1, people=120, activities=9, sessions=3, rooms=4, trainers=6, days=5)
    asked = []

    def stop() -> bool:
        asked.append(1)
        return True

    found = propose(case, seconds=60, stop=stop)

    assert faults(case, found.sessions) == []
    assert len(asked) <= 8
