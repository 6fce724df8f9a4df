"""Many want the same few seats at once, while others give theirs up: never one too many.

The control does the same without holding the session's row: if that does not go wrong, the drill
would not have noticed anything either.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from time import monotonic, sleep

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from gezel.gatherings.actions import book, give_up
from gezel.gatherings.models import Gathering, Place
from gezel.people.api import Organisation, Person, found
from gezel.site.bench.figures import Figure, at_least, at_most

PEOPLE, SEATS, AT_ONCE = 200, 10, 16
CONTROLS, PATIENCE = 5, 20
State = Place.State


def drill(rounds: int) -> Iterator[Figure]:
    """Rounds of 200 bookings for 10 seats, with giving up, sending twice and a waiting list."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    organisation = found("Proefbedrijf", slug="drill")
    people = Person.objects.bulk_create(
        Person(email=f"s{n}@drill.example", first_name=f"Nr {n}") for n in range(PEOPLE)
    )
    began = monotonic()
    over = wrong = broken = 0
    for turn in range(rounds):
        session = _a_session(organisation)
        broken += _rush(people, _book_and_perhaps_give_up(session, Random(turn)))
        over += max(0, _seated(session) - SEATS)
        wrong += not _adds_up(session)
    taken = monotonic() - began
    conditions = (
        f"{rounds} × {PEOPLE} bookings by {AT_ONCE} threads for {SEATS} seats, a quarter given up, "
        "a fifth sent twice"
    )
    yield at_most("seats: places too many", over, "places", 0, conditions=conditions)
    yield at_most("seats: bookings that broke", broken, "bookings", 0, conditions=conditions)
    yield at_most(
        "seats: rounds with an empty seat beside a waiting list, or a count that is off",
        wrong,
        "rounds",
        0,
        conditions=conditions,
    )
    yield Figure(
        "seats: bookings a second", round(rounds * PEOPLE / taken, 1), "/s", conditions=conditions
    )
    control = 0
    for _ in range(CONTROLS):
        session = _a_session(organisation)
        _rush(people, _without_holding(session))
        control += max(0, _seated(session) - SEATS)
    yield at_least(
        "seats: places too many without the lock (control: must be more than 0)",
        control,
        "places",
        1,
        conditions=f"{CONTROLS} × the same, looked first and written after",
    )


def _a_session(organisation: Organisation) -> Gathering:
    start = timezone.now() + timedelta(days=30)
    return Gathering.objects.create(
        organisation=organisation,
        title="Proef",
        seats=SEATS,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
    )


def _rush(people: list[Person], come: Callable[[Person], None]) -> int:
    """Everyone at once, as far as threads go; returns how many broke."""
    together = threading.Barrier(AT_ONCE)
    broken: list[str] = []

    def some(turn: int) -> None:
        together.wait(60)
        try:
            for person in people[turn::AT_ONCE]:
                try:
                    _as_people_do(come, person)
                except Exception as problem:
                    broken.append(repr(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=some, args=(n,)) for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for problem in broken[:5]:
        print(f"broke: {problem}")
    return len(broken)


def _as_people_do(come: Callable[[Person], None], person: Person) -> None:
    """Who is told that it is too busy now tries again, with the same form."""
    for _ in range(PATIENCE):
        try:
            return come(person)
        except OperationalError:
            connection.close()
    return come(person)


def _book_and_perhaps_give_up(session: Gathering, chance: Random) -> Callable[[Person], None]:
    gives_up = {n for n in range(PEOPLE) if chance.random() < 0.25}
    twice = {n for n in range(PEOPLE) if chance.random() < 0.2}

    def come(person: Person) -> None:
        number = int(person.first_name.split()[1])
        key = uuid.uuid5(session.key, str(number))
        place = book(session, person, by=person, key=key)
        if number in twice:
            book(session, person, by=person, key=key)
        if number in gives_up:
            give_up(place, by=person)

    return come


def _without_holding(session: Gathering) -> Callable[[Person], None]:
    """How one would write it who never had two at once: look whether there is room, then write."""

    def come(person: Person) -> None:
        room = Place.objects.filter(gathering=session, state=State.BOOKED).count() < SEATS
        sleep(0)
        Place.objects.create(
            gathering=session, person=person, state=State.BOOKED if room else State.WAITING
        )

    return come


def _seated(session: Gathering) -> int:
    return Place.objects.seated().filter(gathering=session).count()


def _adds_up(session: Gathering) -> bool:
    """The count is right, nobody waits beside an empty seat, and each is there once."""
    session.refresh_from_db()
    living = list(
        Place.objects.living().filter(gathering=session).values_list("person_id", "state")
    )
    waiting = sum(state == State.WAITING for _person, state in living)
    seated = len(living) - waiting
    return (
        session.taken == seated
        and (not waiting or seated == SEATS)
        and len({person for person, _state in living}) == len(living)
    )
