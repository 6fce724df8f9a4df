"""What is kept of sessions goes when we said it would, and attendance stays."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from gezel.catalogue.tests.builders import an_activity
from gezel.gatherings.actions import digest_of, forget_old, make_feed, revoke_feed
from gezel.gatherings.models import (
    Attendance,
    Division,
    Feed,
    Giver,
    Group,
    GroupMember,
    GroupMove,
    GroupWish,
    Invited,
    News,
    Place,
    Proposed,
    ProposedPlace,
    SessionWish,
    Timetable,
    Wanted,
    Wisher,
)
from gezel.gatherings.tests.builders import a_room, a_session, in_days
from gezel.people.api import Organisation, Person


def test_what_was_kept_of_a_session_goes_after_two_years(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    now = timezone.now()
    kept = (Place, Division, GroupMember, GroupMove, GroupWish, SessionWish, Invited, News)
    for days in (-740, -700):
        session = a_session(van_dijk, by=daan, days=-300)
        session.starts_at, session.ends_at = in_days(days), in_days(days + 0.1)
        session.save()
        Place.objects.create(gathering=session, person=noor, state="booked")
        division = Division.objects.create(gathering=session, mode="rule", made_by=daan)
        group = Group.objects.create(division=division, position=0)
        GroupMember.objects.create(group=group, division=division, person=noor)
        GroupMove.objects.create(
            division=division, person=noor, from_group=group, to_group=group, step=uuid4()
        )
        GroupWish.objects.create(gathering=session, person=noor, other=daan)
        SessionWish.objects.create(gathering=session, person=noor)
        Invited.objects.create(gathering=session, person=noor, sequence=0)
        News.objects.create(
            gathering=session, person=noor, what="changed", told_at=session.starts_at
        )
        Attendance.objects.create(
            gathering=session, person=noor, kind="present", minutes=120, of_minutes=120,
            starts_at=session.starts_at, title=session.name, how="list", seen_at=session.ends_at,
        )  # fmt: skip

    forget_old(now)

    assert {m.__name__: m._default_manager.count() for m in kept} == {m.__name__: 1 for m in kept}
    assert Attendance.objects.count() == 2
    forget_old(now + timedelta(days=60))
    assert not any(m._default_manager.exists() for m in kept)
    assert Attendance.objects.count() == 2


def test_a_timetable_goes_three_months_after_its_last_day(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    today = timezone.localdate()
    room = a_room(van_dijk)
    kept = (Timetable, Giver, Wisher, Proposed, ProposedPlace)
    for days in (95, 85):
        on = today - timedelta(days=days)
        made = Timetable.objects.create(
            organisation=van_dijk, title="Spring", first_on=on, last_on=on, made_by=daan
        )
        wanted = Wanted.objects.create(timetable=made, activity=an_activity(van_dijk))
        Giver.objects.create(timetable=made, person=daan)
        Wisher.objects.create(timetable=made, person=noor)
        row = Proposed.objects.create(
            timetable=made, wanted=wanted, on=on, part="morning", room=room, trainer=daan
        )
        ProposedPlace.objects.create(proposed=row, person=noor)

    forget_old(timezone.now())

    assert {m.__name__: m._default_manager.count() for m in kept} == {m.__name__: 1 for m in kept}


def test_a_secret_address_goes_when_it_is_taken_back(noor: Person) -> None:
    first, second = make_feed(noor), make_feed(noor)

    assert Feed.objects.get().digest == digest_of(second) != digest_of(first)
    assert len(second) >= 32
    assert revoke_feed(noor)
    assert not Feed.objects.exists()
    assert not revoke_feed(noor)
