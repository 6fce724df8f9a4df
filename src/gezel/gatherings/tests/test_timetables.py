"""A timetable: proposed by the machine, changed by hand, accepted once and as a whole."""

import uuid
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.catalogue.tests.builders import an_activity
from gezel.connect.models import Message
from gezel.gatherings import jobs
from gezel.gatherings.actions import timetables as actions
from gezel.gatherings.models import (
    Gathering,
    Place,
    Proposed,
    ProposedPlace,
    Timetable,
    Wanted,
    Wisher,
)
from gezel.gatherings.rules.schedule import faults
from gezel.gatherings.tests.builders import a_place, a_session
from gezel.gatherings.tests.timetabling import NEVER, a_timetable, monday, planned, wanted
from gezel.gatherings.timetabling import Desk
from gezel.kit.jobs import enqueue, run
from gezel.kit.models import Task
from gezel.people.api import Organisation, Person
from gezel.people.models import Employment
from gezel.people.tests.builders import a_colleague


@pytest.fixture
def spring(van_dijk: Organisation, femke: Person, daan: Person, noor: Person) -> Timetable:
    """Daan gives one activity; Noor and another wish it."""
    made = a_timetable(van_dijk, by=femke)
    one = wanted(made, an_activity(van_dijk))
    actions.keep_giver(made, daan, [one], NEVER)
    other = a_colleague(van_dijk, "Other")
    actions.add_wishers(made, [noor.pk, other.pk], [one])
    return made


def test_nothing_is_told_before_it_is_accepted_and_then_once(
    spring: Timetable, noor: Person, femke: Person
) -> None:
    assert planned(spring).state == Task.State.DONE
    assert spring.outcome["granted"] == spring.outcome["most"] == 2
    assert not Message.objects.exists()
    assert not Gathering.objects.exists()

    made = actions.accept(spring, by=femke, version=spring.version)
    again = actions.accept(spring, by=femke, version=spring.version)

    [gathering] = Gathering.objects.all()
    assert made == again == [gathering]
    assert gathering.taken == Place.objects.filter(state="booked").count() == 2
    assert gathering.roles.get().person.name == "Daan Visser"  # type: ignore[union-attr]
    assert Message.objects.filter(person=noor, kind="gatherings.session").count() == 1
    with pytest.raises(actions.ChangedMeanwhile):
        actions.take_out(spring, Proposed.objects.get().pk)


def test_a_room_taken_meanwhile_is_named_and_nothing_is_kept(
    spring: Timetable, van_dijk: Organisation, femke: Person
) -> None:
    planned(spring)
    row = Proposed.objects.get()
    days = (row.on - timezone.localdate()).days
    clock = {"morning": 9, "afternoon": 13}[row.part]
    a_session(van_dijk, by=femke, days=days, start=time(clock), end=time(clock + 1),
              resources=((row.room, 1),))  # fmt: skip

    with pytest.raises(ValidationError, match="Room 0"):
        actions.accept(spring, by=femke, version=spring.version)

    assert Gathering.objects.count() == 1
    assert not Place.objects.exists()
    spring.refresh_from_db()
    assert spring.is_open


def test_who_is_elsewhere_meanwhile_is_named(
    spring: Timetable, van_dijk: Organisation, femke: Person, noor: Person
) -> None:
    planned(spring)
    row = Proposed.objects.get()
    clock = {"morning": 9, "afternoon": 13}[row.part]
    elsewhere = a_session(
        van_dijk, by=femke, days=(row.on - timezone.localdate()).days, start=time(clock),
        end=time(clock + 1),
    )  # fmt: skip
    a_place(elsewhere, noor)

    with pytest.raises(ValidationError, match="Noor Jansen cannot come"):
        actions.accept(spring, by=femke, version=spring.version)


def test_shifts_days_off_and_other_sessions_count_as_not_there(
    van_dijk: Organisation, femke: Person, daan: Person, noor: Person
) -> None:
    made = a_timetable(van_dijk, by=femke, last_on=monday())
    one = wanted(made, an_activity(van_dijk))
    actions.keep_giver(made, daan, [one], {**NEVER, "off": ["0/afternoon"]})
    Employment.objects.filter(person=noor).update(shift="late")
    actions.add_wishers(made, [noor.pk], [one])

    planned(made)
    assert made.outcome["granted"] == 0
    Employment.objects.filter(person=noor).update(shift="early")
    planned(made)
    assert made.outcome["granted"] == 1
    actions.keep_giver(made, daan, [one], {**NEVER, "away_from": monday()})
    assert not Proposed.objects.exists()  # what cannot be held does not stand


def test_changes_by_hand_locks_and_planning_again(
    van_dijk: Organisation, femke: Person, daan: Person
) -> None:
    made = a_timetable(van_dijk, by=femke, rooms=2)
    two = [wanted(made, an_activity(van_dijk, title), least=2) for title in ("A", "B")]
    actions.keep_giver(made, daan, two, NEVER)
    actions.add_wishers(made, [a_colleague(van_dijk, f"P{n}").pk for n in range(4)], two)
    planned(made)
    assert made.outcome["granted"] == 8
    first = Proposed.objects.order_by("pk")[0]
    desk = Desk(made)
    free = next(k for k in desk.slots if k not in {s.slot for s in desk.sessions})

    change = actions.move(made, first.pk, version=made.version, slot=free)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.move(made, first.pk, version=made.version, slot=free)

    made.refresh_from_db()
    assert (change.more, change.broken) == (0, ())
    moved = Proposed.objects.get(on=desk.slots[free].on, part=desk.slots[free].part)
    actions.lock(made, moved.pk, locked=True)
    made.refresh_from_db()
    with pytest.raises(ValidationError, match="locked"):
        actions.move(made, moved.pk, version=made.version, slot=desk.sessions[0].slot)
    planned(made)
    assert Proposed.objects.get(pk=moved.pk).on == moved.on
    assert faults(Desk(made).case, Desk(made).sessions) == []
    actions.take_out(made, moved.pk)
    assert Proposed.objects.count() == 1


def test_what_is_asked_holds_for_what_stands(spring: Timetable, noor: Person, daan: Person) -> None:
    planned(spring)
    assert ProposedPlace.objects.count() == 2
    one = Wanted.objects.get()
    actions.wish(spring, noor, [], NEVER)
    assert ProposedPlace.objects.count() == 1
    actions.wish(spring, noor, [one], {**NEVER, "off": ["0/morning"]})
    assert Wisher.objects.get(person=noor).own
    assert ProposedPlace.objects.count() == 1
    actions.drop(spring, "giver", spring.givers.get().pk)
    assert not Proposed.objects.exists()


def test_what_is_missing_is_said_before_it_starts(van_dijk: Organisation, femke: Person) -> None:
    made = a_timetable(van_dijk, by=femke, rooms=0)

    with pytest.raises(ValidationError) as told:
        actions.begin(made, task=uuid.uuid4())

    assert len(told.value.messages) == 4


def test_it_stops_when_asked(spring: Timetable) -> None:
    task = uuid.uuid4()
    actions.begin(spring, task=task)
    actions.stop(spring)
    enqueue(jobs.propose_timetable, by=None, key=task, timetable=spring.pk)
    run(task)

    assert Task.objects.get(pk=task).state == Task.State.DONE


def test_the_board_asks_the_same_whatever_the_number(
    van_dijk: Organisation,
    femke: Person,
    daan: Person,
    visit: Callable[[Person], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    made = a_timetable(van_dijk, by=femke, rooms=2)
    some = [wanted(made, an_activity(van_dijk, f"A{n}"), sessions=2, most=5) for n in range(3)]
    actions.keep_giver(made, daan, some, NEVER)
    actions.add_wishers(made, [a_colleague(van_dijk, f"P{n}").pk for n in range(24)], some)
    planned(made)
    client = visit(femke)

    with django_assert_max_num_queries(40):
        page = client.get(reverse("gatherings:timetable_board", args=[made.pk]))
        assert page.status_code == 200
    with django_assert_max_num_queries(40):
        row = Proposed.objects.all()[0]
        assert (
            client.get(reverse("gatherings:timetable_move", args=[made.pk, row.pk])).status_code
            == 200
        )
    # Accepting asks by session, and not by person.
    with django_assert_max_num_queries(60 + 35 * Proposed.objects.count()):
        actions.accept(made, by=femke, version=made.version)


def test_the_pages_refuse_what_cannot_be(
    van_dijk: Organisation, femke: Person, visit: Callable[[Person], Client]
) -> None:
    client = visit(femke)
    told = {
        "title": "Spring", "first_on": monday().isoformat(), "last_on": monday().isoformat(),
        "weekdays": ["0"], "morning_start": "09:00", "morning_end": "12:00",
    }  # fmt: skip
    wrong: dict[str, Any]
    for wrong in (
        {"last_on": (monday() - timedelta(days=1)).isoformat()},
        {"last_on": (monday() + timedelta(days=90)).isoformat()},
        {"morning_end": ""}, {"morning_end": "08:00"}, {"weekdays": []},
        {"morning_start": "", "morning_end": ""}, {"morning_start": "02:30"},
        {"afternoon_start": "11:00", "afternoon_end": "13:00"},
    ):  # fmt: skip
        page = client.post(reverse("gatherings:new_timetable"), {**told, **wrong})
        assert page.status_code == 422, wrong
    assert client.post(reverse("gatherings:new_timetable"), told).status_code == 302
    made = Timetable.objects.get()
    activity = an_activity(van_dijk)
    what = reverse("gatherings:timetable_new_wanted", args=[made.pk])
    fields = {"activity": activity.pk, "sessions": 1, "least": 5, "most": 4, "length": 1}
    assert client.post(what, fields).status_code == 422
    assert client.post(what, {**fields, "most": 9}).status_code == 302
    assert client.post(what, {**fields, "most": 9}).status_code == 422  # twice
    people = reverse("gatherings:timetable_people", args=[made.pk])
    one = Wanted.objects.get()
    for who in ({}, {"unit": "Nowhere"}, {"who": "nobody@example.test"}):
        assert client.post(people, {"wishes": [one.pk], **who}).status_code == 422
    unit = {"unit": van_dijk.units.order_by("path")[0].pk, "wishes": [one.pk]}
    assert client.post(people, unit).status_code == 302
    assert made.wishers.count() == 1
