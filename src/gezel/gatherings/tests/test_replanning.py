"""Planning again what people were told of: few changes first, read as the sessions there are."""

from dataclasses import replace

from gezel.gatherings.rules.replanning import changes
from gezel.gatherings.rules.schedule import (
    Activity,
    Attendee,
    Case,
    Room,
    Session,
    Slot,
    Trainer,
    faults,
    propose,
)
from gezel.site.bench.together import case_for_schedule

MORNING, AFTERNOON, NEXT = 1, 2, 3
SLOTS = (Slot(MORNING, 1), Slot(AFTERNOON, 1), Slot(NEXT, 2))
ALWAYS = frozenset({MORNING, AFTERNOON, NEXT})
HV = 7
ANN, BEN = 1, 2  # who give it


def _case(*people: Attendee, **fields: object) -> Case:
    told: dict[str, object] = {
        "slots": SLOTS,
        "rooms": (Room(1, 3), Room(2, 3)),
        "trainers": (Trainer(ANN, frozenset({HV}), ALWAYS),),
        "activities": (Activity(HV, 2),),
        "people": people,
        "told": True,
    }
    return Case(**(told | fields))  # type: ignore[arg-type]


def _who(key: int, works: frozenset[int] = ALWAYS) -> Attendee:
    return Attendee(key, 1, works, (HV,))


def test_another_takes_over_from_who_fell_ill_and_nobody_moves() -> None:
    before = Session(HV, MORNING, 1, ANN, (11, 12))
    ben = Trainer(BEN, frozenset({HV}), ALWAYS)
    case = _case(_who(11), _who(12), trainers=(ben,), before=(before,))

    found = propose(case)

    assert found.sessions == (replace(before, trainer=BEN),)
    told = changes({5: before}, found.sessions)
    assert (told.people, told.gone, told.new) == (0, (), ())
    assert [(b.key, b.other_trainer, b.other_time) for b in told.becomes] == [(5, True, False)]
    assert not told.nothing


def test_only_the_session_that_cannot_be_moves() -> None:
    away = replace(_case().trainers[0], free=ALWAYS - {MORNING})
    ill = Session(HV, MORNING, 1, ANN, (11, 12))
    well = Session(HV, NEXT, 1, ANN, (13, 14))
    people = [_who(pk) for pk in (11, 12, 13, 14)]
    case = _case(*people, trainers=(away,), before=(ill, well))

    found = propose(case)

    told = changes({5: ill, 6: well}, found.sessions)
    assert told.moves == ((11, HV), (12, HV))
    assert (told.lost, told.won, told.gone, told.new) == ((), (), (), ())
    assert {b.key: b.stays for b in told.becomes} == {5: False, 6: True}


def test_a_late_wish_gets_a_free_place_and_moves_nobody() -> None:
    before = Session(HV, MORNING, 1, ANN, (11, 12))
    case = _case(_who(11), _who(12), _who(13), before=(before,))

    told = changes({5: before}, propose(case).sessions)

    assert told.won == ((13, HV),)
    assert (told.moves, told.elsewhere, told.lost) == ((), (), ())


def test_more_wishes_are_no_reason_to_move_who_was_told() -> None:
    # One session, in the morning. In the afternoon two more could come: that is worth moving one
    # person while nobody knows, and not once they do.
    late = frozenset({AFTERNOON})
    before = Session(HV, MORNING, 1, ANN, (11,))
    people = (_who(11), _who(12, late), _who(13, late))
    case = _case(*people, activities=(Activity(HV, 1),), before=(before,))

    assert propose(case).sessions == (before,)
    assert propose(replace(case, told=False)).sessions[0].slot == AFTERNOON


def test_who_had_a_place_keeps_one_before_others_come() -> None:
    before = Session(HV, MORNING, 1, ANN, (11, 12, 13))
    smaller = (Room(1, 3, busy=frozenset({MORNING})), Room(2, 3, busy=ALWAYS))
    newer = [_who(pk) for pk in (21, 22, 23)]
    case = _case(
        *newer, *(_who(pk) for pk in (11, 12, 13)),
        activities=(Activity(HV, 1),), rooms=smaller, before=(before,),
    )  # fmt: skip

    told = changes({5: before}, propose(case).sessions)

    assert told.moves == ((11, HV), (12, HV), (13, HV))
    assert (told.lost, told.won) == ((), ())


def test_a_closed_room_with_another_free_costs_no_other_time() -> None:
    before = Session(HV, MORNING, 1, ANN, (11, 12))
    case = _case(_who(11), _who(12), rooms=(Room(2, 3),), before=(before,))

    told = changes({5: before}, propose(case).sessions)

    assert told.elsewhere == ((11, HV), (12, HV))
    assert told.moves == ()


def test_a_session_nobody_can_give_any_more_is_named_as_gone() -> None:
    before = Session(HV, MORNING, 1, ANN, (11, 12))
    case = _case(_who(11), _who(12), trainers=(), before=(before,))

    told = changes({5: before}, propose(case).sessions)

    assert told.gone == (5,)
    assert told.lost == ((11, HV), (12, HV))


def test_two_sessions_at_one_time_stay_apart_and_themselves() -> None:
    one = Session(HV, MORNING, 1, ANN, (11, 12))
    two = Session(HV, MORNING, 2, BEN, (13,))

    told = changes({5: one, 6: two}, [replace(two, people=(13, 14)), one])

    assert [(b.key, b.stays) for b in told.becomes] == [(5, True), (6, True)]
    assert told.won == ((14, HV),)


def test_when_nothing_changed_nothing_changes() -> None:
    case = case_for_schedule(1, people=40, activities=4, sessions=2, rooms=3, trainers=4, days=3)
    first = propose(case, seconds=5)
    stands = dict(enumerate(first.sessions))

    again = propose(replace(case, before=first.sessions, told=True), seconds=10)

    told = changes(stands, again.sessions)
    assert not faults(case, again.sessions)
    assert (told.moves, told.elsewhere, told.lost, told.gone) == ((), (), (), ())
