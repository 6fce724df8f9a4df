"""A timetable: proposed by the machine, changed by hand, accepted once and as a whole."""

import uuid
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.catalogue.tests.builders import an_activity
from gezel.connect.actions import deliver
from gezel.connect.models import Message
from gezel.gatherings import jobs
from gezel.gatherings.actions import give_up
from gezel.gatherings.actions import timetables as actions
from gezel.gatherings.models import (
    Gathering,
    Invited,
    Place,
    Proposed,
    ProposedPlace,
    Timetable,
    Wanted,
    Wisher,
)
from gezel.gatherings.rules.schedule import faults
from gezel.gatherings.tests.builders import a_place, a_room, a_session
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


# -- planned again --------------------------------------------------------------------------------


@pytest.fixture
def accepted(spring: Timetable, femke: Person) -> Timetable:
    """The session stands, Noor and the other come, and everyone was told."""
    planned(spring)
    actions.accept(spring, by=femke, version=spring.version)
    Message.objects.all().delete()
    spring.refresh_from_db()
    return spring


def _again(timetable: Timetable) -> Timetable:
    actions.reopen(timetable)
    timetable.refresh_from_db()
    return timetable


def _carried_out(timetable: Timetable, by: Person) -> None:
    timetable.refresh_from_db()
    desk = Desk(timetable)
    actions.accept(timetable, by=by, version=timetable.version, seen=desk.seen)
    timetable.refresh_from_db()


def _told() -> list[tuple[str, str]]:
    return sorted(
        (m.person.first_name, m.about["what"]) for m in Message.objects.select_related("person")
    )


def test_opened_again_nothing_changes_and_it_can_be_left_so(
    accepted: Timetable, femke: Person
) -> None:
    before = Gathering.objects.get()
    again = _again(accepted)

    assert again.is_again
    assert Desk(again).changes.nothing
    planned(again)
    assert Desk(again).changes.nothing
    _carried_out(again, femke)

    after = Gathering.objects.get()
    assert (after.starts_at, after.taken, after.sequence) == (before.starts_at, 2, before.sequence)
    assert not again.is_open
    assert _told() == []

    actions.leave(_again(accepted))
    accepted.refresh_from_db()
    assert not accepted.is_open
    assert Proposed.objects.get().gathering == after


def test_who_fell_ill_is_replaced_and_nobody_who_comes_hears_of_it(
    accepted: Timetable, van_dijk: Organisation, femke: Person
) -> None:
    again = _again(accepted)
    giver = again.givers.get()
    ben = a_colleague(van_dijk, "Ben Bos")
    actions.keep_giver(again, ben, again.wanted.all(), NEVER)
    ill = {"off": [], "away_from": again.first_on, "away_until": again.last_on}
    actions.keep_giver(again, giver.person, again.wanted.all(), ill)
    planned(again)

    changes = Desk(again).changes
    assert (changes.people, [b.other_trainer for b in changes.becomes]) == (0, [True])
    _carried_out(again, femke)

    session = Gathering.objects.get()
    assert [r.person for r in session.roles.all()] == [ben]
    assert session.taken == 2
    assert _told() == [("Ben", "gives"), (giver.person.first_name, "gives_not")]


def test_a_session_that_must_move_moves_and_each_is_told_once(
    accepted: Timetable, noor: Person, femke: Person
) -> None:
    row = Proposed.objects.get()
    again = _again(accepted)
    giver = again.givers.get()
    ill = {"off": [], "away_from": row.on, "away_until": row.on}
    actions.keep_giver(again, giver.person, again.wanted.all(), ill)
    planned(again)
    assert len(Desk(again).changes.moves) == 2
    assert _told() == [], "nobody hears of it before it is carried out"

    _carried_out(again, femke)

    session = Gathering.objects.get()
    assert session.starts_here.date() != row.on
    assert session.taken == 2
    assert session.sequence == 1, "the event in people's calendars moves; it is no other"
    assert _told() == [("Daan", "changed"), ("Noor", "changed"), ("Other", "changed")]
    actions.accept(again, by=femke, version=again.version)
    assert len(_told()) == 3


def test_a_late_wish_gets_a_place_and_who_gave_theirs_up_is_not_put_back(
    accepted: Timetable, van_dijk: Organisation, noor: Person, femke: Person
) -> None:
    session = Gathering.objects.get()
    give_up(Place.objects.get(person=noor), by=noor)
    Message.objects.all().delete()
    again = _again(accepted)
    late = a_colleague(van_dijk, "Late Comer")
    actions.add_wishers(again, [late.pk], again.wanted.all())
    planned(again)

    changes = Desk(again).changes
    assert [p for p, _a in changes.won] == [late.pk]
    assert changes.people == 1
    _carried_out(again, femke)

    session.refresh_from_db()
    assert session.taken == 2
    assert not Place.objects.living().filter(person=noor).exists()
    assert _told() == [("Late", "reserved")]


def test_who_booked_meanwhile_keeps_the_place_and_what_changed_unseen_is_not_overruled(
    accepted: Timetable, van_dijk: Organisation, femke: Person
) -> None:
    again = _again(accepted)
    seen = Desk(again).seen
    meanwhile = a_colleague(van_dijk, "Mean While")
    a_place(Gathering.objects.get(), meanwhile)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.accept(again, by=femke, version=again.version, seen=seen)

    planned(again)
    _carried_out(again, femke)
    assert Place.objects.living().filter(person=meanwhile).exists()


def test_a_session_nobody_can_give_any_more_is_called_off_and_told(
    accepted: Timetable, femke: Person
) -> None:
    again = _again(accepted)
    actions.drop(again, "giver", again.givers.get().pk)

    _carried_out(again, femke)

    assert Gathering.objects.get().is_cancelled
    assert _told() == [("Daan", "cancelled"), ("Noor", "cancelled"), ("Other", "cancelled")]


def test_who_comes_at_another_time_hears_it_once_and_their_calendar_follows(
    van_dijk: Organisation, femke: Person, daan: Person, noor: Person
) -> None:
    made = a_timetable(van_dijk, by=femke)
    one = wanted(made, an_activity(van_dijk), sessions=2, most=1)
    actions.keep_giver(made, daan, [one], NEVER)
    actions.add_wishers(made, [noor.pk], [one])
    planned(made)
    actions.accept(made, by=femke, version=made.version)
    first = Gathering.objects.get()
    Message.objects.all().delete()

    # Noor cannot come then any more; another can, and takes her place there.
    again = _again(made)
    day = first.starts_here.date()
    other = a_colleague(van_dijk, "Other One")
    actions.wish(again, noor, [one], {"off": [], "away_from": day, "away_until": day})
    actions.wish(
        again, other, [one],
        {"off": [], "away_from": day + timedelta(days=1), "away_until": again.last_on},
    )  # fmt: skip
    planned(again)
    _carried_out(again, femke)

    places = {p.person.first_name: p.gathering for p in Place.objects.living()}
    assert places["Noor"].starts_here.date() != day
    assert places["Other"].starts_here.date() == day
    told = _told()
    assert told.count(("Other", "reserved")) == 1
    # One of the two: her session moved and the other is new, or she goes to the new one.
    assert [what for who, what in told if who == "Noor"] in (["elsewhere"], ["changed"])


def test_the_page_tells_what_would_change_before_it_is_carried_out(
    accepted: Timetable, femke: Person, noor: Person, visit: Callable[[Person], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    client = visit(femke)
    page = client.get(reverse("gatherings:timetable", args=[accepted.pk])).content.decode()
    assert "Plan again what is to come" in page
    client.post(reverse("gatherings:timetable_reopen", args=[accepted.pk]))
    accepted.refresh_from_db()
    row = Proposed.objects.get()
    ill = {"off": [], "away_from": row.on, "away_until": row.on}
    actions.keep_giver(accepted, accepted.givers.get().person, accepted.wanted.all(), ill)
    planned(accepted)

    with django_assert_max_num_queries(34):
        answer = client.get(reverse("gatherings:timetable_board", args=[accepted.pk]))
    page = answer.content.decode()
    for told in ("What would change", "2 people have something else", "moves to", "Noor Jansen"):
        assert told in page, told
    posted = {"version": accepted.version, "seen": Desk(accepted).seen}
    client.post(reverse("gatherings:timetable_accept", args=[accepted.pk]), posted)
    accepted.refresh_from_db()
    assert not accepted.is_open
    client.post(reverse("gatherings:timetable_reopen", args=[accepted.pk]))
    client.post(reverse("gatherings:timetable_leave", args=[accepted.pk]))
    accepted.refresh_from_db()
    assert not accepted.is_open
    assert visit(noor).post(
        reverse("gatherings:timetable_reopen", args=[accepted.pk])
    ).status_code == 404  # fmt: skip


def test_a_trainer_who_gives_another_session_now_hears_it_in_one_mail(
    van_dijk: Organisation, femke: Person, daan: Person, noor: Person
) -> None:
    """Two trainers change sessions: each has one mail, and one event that moves."""
    ben = a_colleague(van_dijk, "Ben Bos")
    for trainer in (daan, ben):
        trainer.last_login, trainer.language = timezone.now(), "en"
        trainer.save()
    made = a_timetable(van_dijk, by=femke)
    one = wanted(made, an_activity(van_dijk), sessions=2, most=1)
    other = a_colleague(van_dijk, "Other One")
    monday, tuesday = (
        {**NEVER, "off": [f"{n}/{part}" for n in range(5) for part in made.parts if n != only]}
        for only in (0, 1)
    )
    for trainer, person, when in ((daan, noor, monday), (ben, other, tuesday)):
        actions.keep_giver(made, trainer, [one], when)
        actions.add_wishers(made, [person.pk], [one])
        actions.wish(made, person, [one], when)
    planned(made)
    actions.accept(made, by=femke, version=made.version)
    gives = {g.roles.get().person: g for g in Gathering.objects.all()}
    assert set(gives) == {daan, ben}
    before = {i.person: i for i in Invited.objects.filter(person__in=[daan, ben])}
    deliver()
    mail.outbox.clear()

    again = _again(made)
    for trainer, when in ((daan, tuesday), (ben, monday)):
        actions.keep_giver(again, trainer, again.wanted.all(), when)
    planned(again)
    _carried_out(again, femke)

    assert {g.roles.get().person: g for g in Gathering.objects.standing()} == {
        daan: gives[ben], ben: gives[daan],
    }  # fmt: skip
    deliver()
    posts = {post.to[0]: post for post in mail.outbox}
    assert len(mail.outbox) == len(posts) == 2, [p.subject for p in mail.outbox]
    for trainer, was, now in ((daan, gives[daan], gives[ben]), (ben, gives[ben], gives[daan])):
        post: Any = posts[trainer.email]
        assert post.subject.startswith("Planned again, you give this one now: ")
        assert f"from {was.when}" in " ".join(post.body.split())
        event = icalendar.Calendar.from_ical(str(post.alternatives[-1][0])).walk("VEVENT")[0]
        assert str(event["UID"]).startswith(str(before[trainer].known_by))
        assert event.decoded("SEQUENCE") == before[trainer].sequence + 1
        assert str(event["STATUS"]) == "CONFIRMED"
        assert event.decoded("DTSTART") == now.starts_at


def test_who_wishes_reads_until_when_and_who_plans_sees_what_a_room_holds(
    van_dijk: Organisation, femke: Person, noor: Person, visit: Callable[[Person], Client]
) -> None:
    until = timezone.localdate() + timedelta(days=3)
    made = a_timetable(van_dijk, by=femke, wish_until=until)
    wanted(made, an_activity(van_dijk))
    a_room(van_dijk, "Practice room", seats=12, has="lift, beamer")

    wish = visit(noor).get(reverse("gatherings:timetable_wish", args=[made.pk]))
    assert "Then sessions are planned so that as many" in wish.content.decode()
    for name, args in (("edit_timetable", [made.pk]), ("set_up", [])):
        page = visit(femke).get(reverse(f"gatherings:{name}", args=args)).content.decode()
        assert "Practice room · 12 people · lift, beamer" in page
