"""Who was there, and what it counts for."""

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gezel.catalogue.tests.builders import an_activity
from gezel.certificates.models import Brings, Holding, HoursDone, PathBrings
from gezel.certificates.tests.builders import a_type
from gezel.gatherings import actions, queries
from gezel.gatherings.models import Attendance, Gathering, News, Place
from gezel.gatherings.rules import codes
from gezel.gatherings.rules.series import Every, Pattern, Reach
from gezel.gatherings.tests.builders import (
    a_past_place,
    a_place,
    a_plan,
    a_room,
    a_session,
    in_days,
    there,
)
from gezel.paths.tests.builders import a_lesson, a_path, a_walker
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.plans.models import Step
from gezel.plans.tests.builders import a_goal, a_step
from gezel.records.models import Statement
from gezel.skills.models import Evidence
from gezel.skills.tests.builders import a_skill


def is_done(step: Step) -> bool:
    step.refresh_from_db()
    return step.done_on is not None


def test_complaint_12_a_session_keeps_its_certificate(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    """Complaint 12: elsewhere a session that is moved or changed afterwards loses who was there,
    and the certificate its batch."""
    course = an_activity(van_dijk, title="Emergency response", kind="course")
    kind = a_type(van_dijk)
    Brings.objects.create(type=kind, activity=course, what=Brings.What.CERTIFICATE)
    session = a_session(van_dijk, by=daan, days=-0.5, activity=course)
    a_past_place(session, noor)
    fact = there(session, noor)
    actions.round_off(session)
    held = Holding.objects.get(person=noor, type=kind)
    was = Attendance.objects.values().get()

    # Whatever is done to the session afterwards: its day cannot move, its words may.
    with pytest.raises(ValidationError, match="stays on its day"):
        actions.change(session, a_plan(activity=course, days=3), by=daan, version=1)
    with pytest.raises(ValidationError, match="Attendance was noted"):
        actions.call_off(session, by=daan, reason="By mistake")
    as_it_was: dict[str, Any] = {
        "on": session.starts_here.date(),
        "start": session.starts_here.time(),
        "end": session.ends_here.time(),
    }
    plan = a_plan(title="Another name", activity=None, **as_it_was)
    actions.change(session, plan, by=daan, version=1)
    actions.forget_old(timezone.now() + timedelta(days=3_000))

    assert Attendance.objects.values().get() == was
    assert (fact.title, fact.gathering_id) == ("Emergency response", session.pk)
    held.refresh_from_db()
    assert (held.state, held.issued_on) == (
        "confirmed",
        session.starts_at.astimezone(session.at_zone).date(),
    )
    with pytest.raises(Exception, match=r"(?i)restrict|protect|foreign"):
        Gathering.objects.filter(pk=session.pk).delete()


@pytest.mark.parametrize("by", ["oneself", "a friend", "their lead", "HR"])
def test_nobody_gives_themselves_or_a_friend_a_certificate_by_a_session_of_their_own(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person, by: str
) -> None:
    """Attack 42: everyone may set up a session of anything and note who was there."""
    course = an_activity(van_dijk, title="High voltage", kind="course", hours=8)
    certificate, hours = a_type(van_dijk, "VOP"), a_type(van_dijk, "Code 95", hours_needed=35,
                                                         hours_months=60)  # fmt: skip
    Brings.objects.create(type=certificate, activity=course, what=Brings.What.CERTIFICATE)
    Brings.objects.create(type=hours, activity=course, what=Brings.What.PRACTICE)
    path = a_path(van_dijk, a_lesson("a", course))
    end = a_type(van_dijk, "VP")
    PathBrings.objects.create(type=end, path=path)
    a_walker(path, noor)
    friend = a_colleague(van_dijk, "Joost")
    makers = {"oneself": noor, "a friend": friend, "their lead": daan, "HR": femke}
    session = a_session(van_dijk, by=makers[by], days=-0.5, activity=course)
    a_past_place(session, noor)
    actions.note(session, [actions.Mark(noor.pk, "present", uuid.uuid4())], by=makers[by])
    actions.round_off(session)

    stands = "confirmed" if by in {"their lead", "HR"} else "waiting"
    assert dict(Holding.objects.values_list("type", "state")) == {
        certificate.pk: stands, end.pk: stands,
    }  # fmt: skip
    assert HoursDone.objects.get().state == stands


def test_being_there_ticks_the_step_adds_hours_and_is_recorded_and_shows_no_skill(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    skill = a_skill(organisation=van_dijk)
    course = an_activity(van_dijk, teaches={skill: (1, 3)}, hours=2)
    kind = a_type(van_dijk, hours_needed=35, hours_months=60)
    Brings.objects.create(type=kind, activity=course, what=Brings.What.PRACTICE)
    step = a_step(a_goal(noor, skill=skill), activity=course)
    session = a_session(van_dijk, by=daan, days=-0.2, activity=course)
    a_past_place(session, noor)
    there(session, noor)
    assert not is_done(step), "it counts when the list is whole"

    assert actions.round_off(session)
    assert not actions.round_off(session)

    step.refresh_from_db()
    on = session.starts_at.astimezone(session.at_zone).date()
    assert step.done_on == on
    assert [(int(h.hours), int(h.practice), h.on) for h in HoursDone.objects.all()] == [(2, 2, on)]
    assert Statement.objects.filter(verb__endswith="/attended").count() == 1
    assert not Evidence.objects.exists()


def test_too_short_counts_for_nothing_and_says_why(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    course = an_activity(van_dijk)
    step = a_step(a_goal(noor, skill=a_skill(organisation=van_dijk)), activity=course)
    session = a_session(van_dijk, by=daan, days=-0.2, activity=course)
    a_past_place(session, noor)
    there(session, noor, "partly", minutes=60)
    actions.round_off(session)
    assert not is_done(step)
    was = queries.was_there(session, noor)
    assert was is not None
    assert was.because == "not long enough"

    # The trainer mends it afterwards: a fact of its own, and then it counts.
    session.refresh_from_db()
    there(session, noor, "present")

    assert is_done(step)
    assert list(Attendance.objects.order_by("pk").values_list("kind", flat=True)) == [
        "partly", "present",
    ]  # fmt: skip


def test_a_course_in_parts_is_done_after_enough_of_them(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    course = an_activity(van_dijk)
    step = a_step(a_goal(noor, skill=a_skill(organisation=van_dijk)), activity=course)
    today = timezone.localdate()
    every_day = Pattern(Every.DAY, until_on=today - timedelta(days=8))
    a_session(
        van_dijk, by=daan, days=-10, activity=course, repeat=every_day, kind="parts",
        parts_needed=2,
    )  # fmt: skip
    parts = list(Gathering.objects.order_by("starts_at"))
    assert len(parts) == 3
    for number, part in enumerate(parts):
        a_past_place(part, noor)
        if number != 1:
            there(part, noor)
            actions.round_off(part)
        assert is_done(step) == (number == 2)


def test_who_forgets_to_round_off_is_helped_the_night_after(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    session = a_session(van_dijk, by=daan, days=-2.5)
    a_past_place(session, noor)
    there(session, noor)

    assert actions.round_off_forgotten(timezone.now()) == 1
    assert actions.round_off_forgotten(timezone.now()) == 0


def test_no_rounding_off_before_the_end_or_of_an_empty_list(
    van_dijk: Organisation, daan: Person
) -> None:
    with pytest.raises(ValidationError, match="not over yet"):
        actions.round_off(a_session(van_dijk, by=daan, days=-0.01))
    with pytest.raises(ValidationError, match="Nobody was noted"):
        actions.round_off(a_session(van_dijk, by=daan, days=-0.5))


def test_a_code_lets_in_who_has_no_place_while_there_is_one(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    session = a_session(van_dijk, by=daan, days=0.001, seats=1)
    code = codes.long_code(actions.secret(), str(session.key), codes.step_of(timezone.now()))

    actions.check_in(session, noor, code=code, key=uuid.uuid4())
    with pytest.raises(ValidationError, match="It is full"):
        actions.check_in(session, femke, code=code, key=uuid.uuid4())

    assert Place.objects.get().person == noor
    assert Attendance.objects.get().how == "qr"


def test_what_lay_on_a_phone_for_three_days_is_refused_with_what_to_do(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    session = a_session(van_dijk, by=daan, days=-3.0 + 0.5)
    a_past_place(session, noor)

    with pytest.raises(ValidationError, match="more than two days"):
        actions.check_in(session, noor, code="123456", key=uuid.uuid4(), seen_at=session.starts_at)


def test_nobody_is_noted_before_it_begins_or_without_a_place(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    mark = actions.Mark(noor.pk, "present", uuid.uuid4())
    with pytest.raises(ValidationError, match="not begun"):
        actions.note(a_session(van_dijk, by=daan, days=3), [mark], by=daan)
    with pytest.raises(ValidationError, match="no place here"):
        actions.note(a_session(van_dijk, by=daan, days=-0.05), [mark], by=daan)
    assert not Attendance.objects.exists()


# -- series and changes ---------------------------------------------------------------------------


def a_series(organisation: Organisation, by: Person) -> list[Gathering]:
    last = timezone.localdate() + timedelta(days=7 + 28)
    a_session(organisation, by=by, repeat=Pattern(Every.WEEK, until_on=last))
    return list(Gathering.objects.order_by("turn"))


def days_of(organisation: Organisation) -> list[int]:
    first = timezone.localdate()
    return [
        (g.starts_here.date() - first).days
        for g in Gathering.objects.filter(organisation=organisation).order_by("turn")
    ]


def test_one_this_and_following_and_all(van_dijk: Organisation, noor: Person, daan: Person) -> None:
    series = a_series(van_dijk, daan)
    assert days_of(van_dijk) == [7, 14, 21, 28, 35]
    a_place(series[3], noor)

    actions.change(series[1], a_plan(days=15), by=daan, version=1)
    assert days_of(van_dijk) == [7, 15, 21, 28, 35]
    actions.change(series[2], a_plan(days=23), reach=Reach.FOLLOWING, by=daan, version=1)
    assert days_of(van_dijk) == [7, 15, 23, 30, 37]
    series[3].refresh_from_db()
    assert series[3].sequence == 1
    version = Gathering.objects.get(pk=series[0].pk).version
    actions.change(series[0], a_plan(days=6), reach=Reach.ALL, by=daan, version=version)

    # What was moved by itself stays where someone put it.
    assert days_of(van_dijk) == [6, 15, 22, 29, 36]


def test_clock_time_stays_the_same_when_summer_begins(van_dijk: Organisation, daan: Person) -> None:
    plan = a_plan(repeat=Pattern(Every.WEEK, until_on=date(2027, 4, 8)))
    told = {name: getattr(plan, name) for name in ("title", "start", "end", "repeat")}
    actions.set_up(van_dijk, actions.Plan(on=date(2027, 3, 18), **told), by=daan, key=uuid.uuid4())

    found = Gathering.objects.order_by("turn")
    assert [f"{g.starts_here:%H:%M}" for g in found] == ["09:00"] * 4
    assert [g.starts_at.hour for g in found] == [8, 8, 7, 7]


def test_a_series_over_a_night_that_skips_its_hour_is_refused_whole(
    van_dijk: Organisation, daan: Person
) -> None:
    plan = actions.Plan(
        on=date(2027, 3, 14), start=time(2, 30), end=time(4), title="Night shift",
        repeat=Pattern(Every.WEEK, until_on=date(2027, 4, 4)),
    )  # fmt: skip

    with pytest.raises(ValidationError, match="28 March 2027"):
        actions.set_up(van_dijk, plan, by=daan, key=uuid.uuid4())
    assert not Gathering.objects.exists()


def test_fewer_seats_than_people_is_refused(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    session = a_session(van_dijk, by=daan, seats=5)
    a_place(session, noor)
    a_place(session, daan)

    with pytest.raises(ValidationError, match="2 people have a place"):
        actions.change(session, a_plan(seats=1), by=daan, version=1)
    actions.change(session, a_plan(seats=2), by=daan, version=1)
    with pytest.raises(actions.Outdated):
        actions.change(session, a_plan(seats=3), by=daan, version=1)


def test_calling_off_tells_everyone_and_frees_the_room(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    room = a_room(van_dijk)
    session = a_session(van_dijk, by=daan, resources=((room, 1),))
    a_place(session, noor)
    with pytest.raises(ValidationError, match="Say why"):
        actions.call_off(session, by=daan, reason=" ")

    assert actions.call_off(session, by=daan, reason="The lift is broken") == 1
    assert actions.call_off(session, by=daan, reason="Again") == 0

    assert News.objects.get(person=noor).note == "The lift is broken"
    assert Place.objects.get().state == "dropped"
    a_session(van_dijk, by=daan, title="In its place", resources=((room, 1),))


def test_the_past_of_someone_is_theirs_after_the_job(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    session = a_session(van_dijk, by=daan, days=-0.5)
    a_past_place(session, noor)
    there(session, noor)

    assert [f.gathering for f in queries.my_past(noor)] == [session]
    assert in_days(0) > session.ends_at
