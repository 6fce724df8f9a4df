"""A schedule: every rule kept, more wishes than first come, few changes, and reasons."""

from dataclasses import replace

import pytest

from gezel.gatherings.rules.schedule import (
    Activity,
    Attendee,
    Case,
    Missed,
    Room,
    Session,
    Slot,
    Trainer,
    faults,
    first_come,
    moved,
    propose,
)
from gezel.site.bench.together import case_for_schedule

MORNING, AFTERNOON, NEXT = 1, 2, 3
SLOTS = (Slot(MORNING, 1), Slot(AFTERNOON, 1), Slot(NEXT, 2))
ALWAYS = frozenset({MORNING, AFTERNOON, NEXT})


def a_case(*people: Attendee, **fields: object) -> Case:
    told: dict[str, object] = {
        "slots": SLOTS,
        "rooms": (Room(1, 2),),
        "trainers": (Trainer(1, frozenset({7, 8}), ALWAYS),),
        "activities": (Activity(7, 1),),
        "people": people,
    }
    return Case(**(told | fields))  # type: ignore[arg-type]


def who(key: int, *wishes: int, works: frozenset[int] = ALWAYS, team: int = 1) -> Attendee:
    return Attendee(key, team, works, wishes)


def test_it_goes_when_most_people_work() -> None:
    late = frozenset({AFTERNOON})
    case = a_case(who(1, 7), who(2, 7, works=late), who(3, 7, works=late))

    found = propose(case)

    assert [s.slot for s in found.sessions] == [AFTERNOON]
    assert found.granted == found.most == 2
    assert found.gap == 0
    assert sum(len(s.people) for s in first_come(case)) == 1


@pytest.mark.parametrize(
    ("case", "missed"),
    [
        (a_case(who(1, 7), who(2, 7), who(3, 7)), "full"),
        (
            a_case(who(1, 7), who(2, 7, works=frozenset({99})), slots=SLOTS[:1]),
            "does not work then",
        ),
        (a_case(who(1, 7), who(2, 7), away={1: 1}), "team"),
        (a_case(who(1, 8)), "no session"),
    ],
)
def test_what_could_not_be_has_a_reason(case: Case, missed: str) -> None:
    assert [m.why for m in propose(case).missed] == [missed]


def test_a_second_wish_at_the_same_time_is_told_as_such() -> None:
    two = (Activity(7, 1), Activity(8, 1))
    trainers = (Trainer(1, frozenset({7}), ALWAYS), Trainer(2, frozenset({8}), ALWAYS))
    rooms = (Room(1, 2), Room(2, 2))
    case = a_case(who(1, 7, 8), slots=SLOTS[:1], activities=two, trainers=trainers, rooms=rooms)

    found = propose(case)

    assert found.granted == 1
    [miss] = found.missed
    assert miss in {Missed(1, 7, "no session"), Missed(1, 8, "no session"),
                    Missed(1, 7, "has another"), Missed(1, 8, "has another")}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"trainers": (Trainer(1, frozenset({8}), ALWAYS),)}, "no trainer"),
        ({"activities": (Activity(7, 1, needs=frozenset({"bench"})),)}, "no room"),
        ({"activities": (Activity(7, 1, least=2),)}, "too few"),
        ({"trainers": (Trainer(1, frozenset({7}), frozenset()),)}, "no time"),
    ],
)
def test_an_activity_without_its_sessions_has_a_reason(fields: dict[str, object], why: str) -> None:
    found = propose(a_case(who(1, 7), **fields))

    assert found.sessions == ()
    assert found.short == {7: why}


def test_a_long_session_stays_within_its_day_and_holds_room_and_trainer() -> None:
    activities = (Activity(7, 1, length=2), Activity(8, 1))
    found = propose(a_case(who(1, 7), who(2, 8), activities=activities))

    assert {(s.activity, s.slot) for s in found.sessions} == {(7, MORNING), (8, NEXT)}


def test_every_rule_is_kept_and_first_come_is_beaten() -> None:
    for number in range(3):
        case = case_for_schedule(
            number, people=40, activities=5, sessions=2, rooms=3, trainers=4, days=3
        )
        found = propose(case, seconds=5)
        simple = first_come(case)

        assert faults(case, found.sessions) == []
        assert faults(case, simple) == []
        assert sum(len(s.people) for s in simple) <= found.granted <= found.most
        assert found.granted + len(found.missed) == 80
        assert propose(case, seconds=5) == found


def test_faults_are_seen() -> None:
    case = a_case(who(1, 7), who(2, 7), away={1: 1})
    wrong = Session(7, MORNING, 1, 1, (1, 2))

    assert faults(case, [wrong]) == ["too many away"]
    assert "too many" in faults(replace(case, rooms=(Room(1, 1),)), [wrong])
    assert "room twice" in faults(case, [wrong, wrong])


def test_planning_again_leaves_who_need_not_move() -> None:
    case = case_for_schedule(4, people=40, activities=5, sessions=2, rooms=3, trainers=4, days=3)
    before = propose(case, seconds=5).sessions
    gone = before[0].trainer
    less = replace(
        case,
        before=before,
        trainers=tuple(replace(t, free=frozenset()) if t.key == gone else t for t in case.trainers),
    )

    after = propose(less, seconds=5)

    assert faults(less, after.sessions) == []
    theirs = {p for s in before if s.trainer == gone for p in s.people}
    again = propose(replace(less, before=()), seconds=5).sessions
    assert len(set(moved(before, after.sessions)) - theirs) <= 4
    assert len(moved(before, after.sessions)) < len(moved(before, again))
    assert propose(replace(case, before=before), seconds=5).sessions == before
