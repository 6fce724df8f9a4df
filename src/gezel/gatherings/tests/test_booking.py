"""Places: booked, given up, moved up, approved, kept by a lead; also by many at once."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gezel.gatherings import actions
from gezel.gatherings.models import Gathering, News, Place
from gezel.gatherings.tests.builders import a_place, a_session
from gezel.people.api import Employment, Organisation, Person, end_employment
from gezel.people.tests.builders import a_colleague, an_organisation


@pytest.fixture
def one_seat(van_dijk: Organisation, femke: Person) -> Gathering:
    return a_session(van_dijk, by=femke, seats=1)


def taken(gathering: Gathering) -> int:
    """As the session says it, held beside the places themselves."""
    gathering.refresh_from_db()
    assert gathering.taken == Place.objects.seated().filter(gathering=gathering).count()
    return gathering.taken


def test_who_finds_it_full_waits_and_moves_up_at_once(
    one_seat: Gathering, noor: Person, daan: Person
) -> None:
    first, second = a_place(one_seat, noor), a_place(one_seat, daan)
    assert (first.state, second.state) == ("booked", "waiting")

    assert actions.give_up(first, by=noor)

    second.refresh_from_db()
    assert second.state == "booked"
    assert second.moved_up_at is not None
    assert taken(one_seat) == 1
    assert [n.what for n in News.objects.filter(person=daan)] == ["moved_up"]


def test_the_same_form_and_the_same_wish_are_one_place(one_seat: Gathering, noor: Person) -> None:
    key = uuid.uuid4()
    first = actions.book(one_seat, noor, by=noor, key=key)

    assert actions.book(one_seat, noor, by=noor, key=key) == first
    assert actions.book(one_seat, noor, by=noor, key=uuid.uuid4()) == first
    assert taken(one_seat) == 1


def test_a_form_of_another_session_is_refused(
    van_dijk: Organisation, one_seat: Gathering, noor: Person, femke: Person
) -> None:
    place = a_place(one_seat, noor)
    other = a_session(van_dijk, by=femke, days=9)

    with pytest.raises(ValidationError, match="used before"):
        actions.book(other, noor, by=noor, key=place.key)


def test_who_gave_it_up_may_book_again_and_the_first_stays_a_fact(
    one_seat: Gathering, noor: Person
) -> None:
    first = a_place(one_seat, noor)
    actions.give_up(first, by=noor)
    assert not actions.give_up(first, by=noor)

    assert a_place(one_seat, noor).state == "booked"
    assert Place.objects.filter(gathering=one_seat, person=noor).count() == 2
    assert taken(one_seat) == 1


def test_after_the_last_moment_one_cancels_with_a_reason_and_is_known_as_late(
    one_seat: Gathering, noor: Person, daan: Person
) -> None:
    place, waiting = a_place(one_seat, noor), a_place(one_seat, daan)
    late = one_seat.starts_at - timedelta(hours=2)
    with pytest.raises(ValidationError, match="Say why"):
        actions.give_up(place, by=noor, now=late)

    actions.give_up(place, by=noor, reason="Ill", now=late)

    place.refresh_from_db()
    waiting.refresh_from_db()
    assert (place.late, place.reason, waiting.state) == (True, "Ill", "booked")


def test_once_it_has_begun_it_is_for_the_list(one_seat: Gathering, noor: Person) -> None:
    place = a_place(one_seat, noor)
    with pytest.raises(ValidationError, match="It has begun"):
        actions.give_up(place, by=noor, reason="Ill", now=one_seat.starts_at)
    with pytest.raises(ValidationError, match="has begun"):
        actions.book(
            one_seat, one_seat.made_by or noor, by=noor, key=uuid.uuid4(), now=one_seat.starts_at
        )


def test_a_lead_approves_and_until_then_the_seat_is_held(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    session = a_session(van_dijk, by=femke, seats=1, approval=True)
    asked, waiting = a_place(session, noor), a_place(session, femke)
    assert (asked.state, waiting.state, taken(session)) == ("asked", "waiting", 1)
    with pytest.raises(ValidationError, match="their own"):
        actions.decide_place(asked, approve=True, by=noor)

    assert actions.decide_place(asked, approve=False, by=daan, reason="Too busy")
    assert not actions.decide_place(asked, approve=True, by=daan)

    waiting.refresh_from_db()
    assert waiting.state == "asked"
    assert taken(session) == 1
    assert News.objects.get(person=noor).note == "Too busy"


def test_a_lead_keeps_places_for_their_people_and_they_are_told(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    session = a_session(van_dijk, by=femke, seats=1, approval=True)
    finn = a_colleague(van_dijk, "Finn", lead=daan)
    key = uuid.uuid4()

    got = actions.reserve(session, [noor, finn], by=daan, key=key)

    assert (got.seated, got.waiting) == (1, 1)
    assert actions.reserve(session, [noor, finn], by=daan, key=key) == got
    assert News.objects.filter(person=noor).values_list("what", flat=True).get() == "reserved"
    actions.give_up(Place.objects.get(person=noor), by=noor)
    # Their lead put them in the line: no second yes is asked.
    assert Place.objects.get(person=finn).state == "booked"


def test_what_waits_for_a_lead_is_approved_by_their_reserving_it(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    session = a_session(van_dijk, by=femke, approval=True)
    place = a_place(session, noor)

    actions.reserve(session, [noor], by=daan, key=uuid.uuid4())

    place.refresh_from_db()
    assert place.state == "booked"


def test_more_seats_move_the_line(one_seat: Gathering, noor: Person, daan: Person) -> None:
    a_place(one_seat, noor)
    waiting = a_place(one_seat, daan)
    Gathering.objects.filter(pk=one_seat.pk).update(seats=2)

    actions.move_up(one_seat)

    waiting.refresh_from_db()
    assert waiting.state == "booked"
    assert taken(one_seat) == 2


def test_the_place_of_who_left_goes_to_who_waits(
    one_seat: Gathering, noor: Person, daan: Person
) -> None:
    a_place(one_seat, noor)
    waiting = a_place(one_seat, daan)
    yesterday = timezone.localdate() - timedelta(days=1)
    end_employment(Employment.objects.get(person=noor), last_day=yesterday)

    assert actions.free_places_of_leavers(timezone.now()) == 1
    assert actions.free_places_of_leavers(timezone.now()) == 0

    waiting.refresh_from_db()
    assert waiting.state == "booked"
    assert taken(one_seat) == 1


def test_the_database_refuses_one_too_many(one_seat: Gathering, noor: Person) -> None:
    a_place(one_seat, noor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Gathering.objects.filter(pk=one_seat.pk).update(taken=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.create(gathering=one_seat, person=noor, state="waiting")


@pytest.mark.django_db(transaction=True)
def test_forty_at_once_for_ten_seats_with_some_giving_up() -> None:
    """A small turn of `gezel drill seats`, on whichever database this is."""
    organisation = an_organisation("Van Dijk", slug="van-dijk")
    people = [a_colleague(organisation, f"Nr {n}") for n in range(40)]
    session = a_session(organisation, by=people[0], seats=10)
    wrong: list[BaseException] = []

    def come(turn: int) -> None:
        try:
            place = actions.book(session, people[turn], by=people[turn], key=uuid.uuid4())
            if turn % 4 == 0:
                actions.give_up(place, by=people[turn])
        except BaseException as problem:
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    states = list(Place.objects.values_list("state", flat=True))
    # Ten gave up; of the thirty others ten have a seat, and nobody waits beside an empty one.
    told = (states.count("booked"), states.count("cancelled"), states.count("waiting"))
    assert told == (10, 10, 20)
    assert taken(session) == 10
