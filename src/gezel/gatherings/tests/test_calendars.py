"""Invitations that update and cancel, the secret address, and what calendar programs read there."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.connect.actions import deliver
from gezel.gatherings import actions, ical
from gezel.gatherings.actions.telling import tell_what_changed_for_givers
from gezel.gatherings.models import Feed, Gathering, Invited, News, Place
from gezel.gatherings.moved import Was, take_along
from gezel.gatherings.rules import zones
from gezel.gatherings.rules.series import Every, Pattern, Reach
from gezel.gatherings.tests.builders import a_place, a_plan, a_room, a_session
from gezel.kit.tests.node import ROOT, node, run
from gezel.paths.actions import excuse
from gezel.paths.tests.builders import a_path, a_step, a_walker
from gezel.people.api import Organisation, Person, end_employment
from gezel.people.models import Employment

Visit = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _came_in(noor: Person, daan: Person) -> None:
    """Who never came in gets no mail."""
    for person in (noor, daan):
        person.last_login, person.language = timezone.now(), "en"
        person.save()


def invitations() -> list[icalendar.Component]:
    """The events in the mails that went out since, oldest first."""
    deliver()
    found = []
    for post in mail.outbox:
        assert isinstance(post, EmailMultiAlternatives)
        for part in post.alternatives:
            content, form = str(part[0]), str(part[1])
            if form.startswith("text/calendar"):
                whole = icalendar.Calendar.from_ical(content)
                event = whole.walk("VEVENT")[0]
                event["X-METHOD"] = str(whole["METHOD"])
                assert str(whole["METHOD"]) in form
                found.append(event)
    mail.outbox.clear()
    return found


def test_an_invitation_updates_and_cancels_the_same_event(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    session = a_session(van_dijk, by=daan, place="Canteen")
    place = a_place(session, noor)
    first = invitations()
    actions.change(session, a_plan(days=9, place="Workshop"), by=daan, version=1)
    moved = invitations()
    actions.give_up(place, by=noor)
    off = invitations()
    a_place(session, noor)
    again = invitations()

    events = [*first, *moved, *off, *again]
    assert [e["X-METHOD"] for e in events] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    assert {str(e["UID"]) for e in events} == {ical.uid_of(session)}
    assert [e.decoded("SEQUENCE") for e in events] == [0, 1, 2, 3]
    assert [str(e["STATUS"]) for e in events] == [
        "CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED",
    ]  # fmt: skip
    assert str(moved[0]["LOCATION"]) == "Workshop"
    assert moved[0].decoded("DTSTART") - first[0].decoded("DTSTART") == timedelta(days=2)
    assert str(first[0]["ATTENDEE"]) == f"mailto:{noor.email}"


def test_calling_off_takes_it_out_of_every_calendar_that_had_it(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    session = a_session(van_dijk, by=daan, seats=1)
    a_place(session, noor)
    a_place(session, daan)
    invitations()

    actions.call_off(session, by=daan, reason="Ill")

    # Who waited had nothing in their calendar: a mail, and nothing to take out.
    deliver()
    assert sorted(m.to[0] for m in mail.outbox) == sorted([noor.email, daan.email])
    assert [e["X-METHOD"] for e in invitations()] == ["CANCEL"]


def test_who_gave_up_before_the_mail_went_hears_only_that(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    place = a_place(a_session(van_dijk, by=daan), noor)
    actions.give_up(place, by=noor)

    assert [e["X-METHOD"] for e in invitations()] == ["CANCEL"]


def test_who_moves_up_has_it_in_their_calendar(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    session = a_session(van_dijk, by=daan, seats=1)
    first = a_place(session, daan)
    a_place(session, noor)
    assert len(invitations()) == 1

    actions.give_up(first, by=daan)

    told = {str(e["ATTENDEE"]): e["X-METHOD"] for e in invitations()}
    assert told == {f"mailto:{noor.email}": "REQUEST", f"mailto:{daan.email}": "CANCEL"}


def test_another_room_is_told_calmly_and_the_calendar_follows(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    one, two = a_room(van_dijk, "Room 1"), a_room(van_dijk, "Room 2")
    told: dict[str, Any] = {"place": "Utrecht", "trainers": (daan,)}
    session = a_session(van_dijk, by=femke, resources=((one, 1),), **told)
    a_place(session, noor)
    before = {str(e["ATTENDEE"]): e for e in invitations()}
    assert {str(e["LOCATION"]) for e in before.values()} == {"Utrecht, Room 1"}

    actions.change(session, a_plan(resources=((two, 1),), **told), by=femke, version=1)

    assert set(News.objects.filter(what="room").values_list("person", flat=True)) == {
        noor.pk, daan.pk,
    }  # fmt: skip
    deliver()
    assert {m.subject for m in mail.outbox} == {"In another room: Reading fault codes"}
    for event in invitations():
        assert str(event["LOCATION"]) == "Utrecht, Room 2"
        assert event["X-METHOD"] == "REQUEST"
        assert event["UID"] == before[str(event["ATTENDEE"])]["UID"]
        assert event.decoded("SEQUENCE") == 1


def test_who_gives_it_hears_that_they_do_that_it_moves_and_that_they_do_no_more(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    session = a_session(van_dijk, by=femke, trainers=(daan,))
    first = invitations()
    actions.change(session, a_plan(days=9, trainers=(daan,)), by=femke, version=1)
    moved = invitations()
    actions.change(session, a_plan(days=9, trainers=(noor,)), by=femke, version=2)
    other = invitations()
    actions.call_off(session, by=noor, reason="Ill")
    off = invitations()

    events = [*first, *moved, *other, *off]
    assert sorted(
        (str(e["ATTENDEE"])[7:], e["X-METHOD"], e.decoded("SEQUENCE")) for e in events
    ) == sorted([
        (daan.email, "REQUEST", 0), (daan.email, "REQUEST", 1), (daan.email, "CANCEL", 2),
        (noor.email, "REQUEST", 0), (noor.email, "CANCEL", 1),
    ])  # fmt: skip
    assert {str(e["UID"]) for e in events} == {ical.uid_of(session)}
    told = News.objects.order_by("pk").values_list("person__first_name", "what")
    assert list(told) == [
        ("Daan", "gives"), ("Daan", "changed"), ("Daan", "gives_not"), ("Noor", "gives"),
    ], "what Noor did herself is no news to her"  # fmt: skip


def test_who_gives_a_series_hears_it_in_one_mail_that_names_the_days(
    van_dijk: Organisation, daan: Person, femke: Person
) -> None:
    weekly = a_plan(
        trainers=(daan,), repeat=Pattern(Every.WEEK, times=14), place="Utrecht", title="Coaching"
    )
    first = actions.set_up(van_dijk, weekly, by=femke, key=uuid.uuid4())
    deliver()

    [post] = mail.outbox
    assert post.subject == "You give: 14 sessions"
    assert f"{first.when}, Coaching, Utrecht" in str(post.body)
    assert "and 2 more" in str(post.body)
    assert not Invited.objects.exists(), "no calendar was told, so there is nothing to take out"
    mail.outbox.clear()

    # One of them is called off: that one, and no invitation to take out.
    actions.call_off(first, by=femke, reason="Ill")
    deliver()
    assert [m.subject for m in mail.outbox] == ["Cancelled: Coaching"]
    # The rest goes to somebody else: one mail to who no longer gives them.
    mail.outbox.clear()
    second = Gathering.objects.standing().order_by("starts_at")[0]
    plan = replace(actions.planning.plan_of(second), trainers=(femke,))
    actions.change(second, plan, reach=Reach.FOLLOWING, by=femke, version=1)
    deliver()
    assert [m.subject for m in mail.outbox] == ["You no longer give: 13 sessions"]


def test_who_goes_on_to_another_session_takes_the_event_along_in_one_mail(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    one = a_session(van_dijk, by=daan, title="Brakes", place="Utrecht")
    two = a_session(van_dijk, by=daan, title="Brakes", place="Zwolle", days=9)
    place = a_place(one, noor)
    [was] = invitations()

    there = Was.of(one)
    actions.booking.take_off(one, [noor.pk], by=daan, reason="", at=timezone.now())
    actions.booking.seat(two, [noor.pk], by=daan, key=uuid.uuid4())
    assert take_along([(noor.pk, one.pk, two.pk)]) == set()
    actions.tell([noor.pk], two, "elsewhere", was={noor.pk: there})
    deliver()

    [post] = mail.outbox
    assert post.subject == "Planned again, now at this time: Brakes"
    moved = f"You were moved from {one.when}, Utrecht to {two.when}, Zwolle."
    assert moved in " ".join(str(post.body).split())
    [now] = invitations()
    assert (now["UID"], now["X-METHOD"], now.decoded("SEQUENCE")) == (was["UID"], "REQUEST", 1)
    assert now.decoded("DTSTART") == two.starts_at

    # What happens to the second moves that same event, and the first is new when they come back.
    actions.give_up(Place.objects.living().get(person=noor), by=noor)
    a_place(one, noor)
    off, back = sorted(invitations(), key=lambda event: str(event["X-METHOD"]))
    assert (off["UID"], off["X-METHOD"], off.decoded("SEQUENCE")) == (was["UID"], "CANCEL", 2)
    assert back["UID"] != was["UID"]
    assert back["X-METHOD"] == "REQUEST"
    assert place.gathering == one


def test_whose_calendar_knows_the_second_already_hears_of_each_apart(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    one = a_session(van_dijk, by=daan)
    two = a_session(van_dijk, by=daan, days=9)
    actions.give_up(a_place(two, noor), by=noor)
    a_place(one, noor)

    assert take_along([(noor.pk, one.pk, two.pk)]) == {(noor.pk, one.pk)}


# -- what is in it ---------------------------------------------------------------------------------


def test_the_zone_tells_the_night_the_clock_changes() -> None:
    found = zones.changes("Europe/Amsterdam", 2026, 2026)

    assert [(c.at.isoformat(), c.daylight) for c in found[1:]] == [
        ("2026-03-29T02:00:00", True),
        ("2026-10-25T03:00:00", False),
    ]
    assert len(zones.changes("UTC", 2020, 2030)) == 1


def a_calendar(organisation: Organisation, by: Person) -> bytes:
    """A series over the night that summer begins, one with awkward words, one called off."""
    awkward = "Café; ‘één’, \\ and a line\nbreak " + "ü" * 120
    plan = a_plan(title="Early shift", place=awkward, about=awkward)
    told = {name: getattr(plan, name) for name in ("title", "place", "about")}
    for day in (date(2027, 3, 27), date(2027, 3, 28), date(2027, 3, 29)):
        actions.set_up(
            organisation,
            actions.Plan(on=day, start=time(9), end=time(11), **told),
            by=by,
            key=uuid.uuid4(),
        )
    actions.call_off(Gathering.objects.order_by("pk")[2], by=by, reason="Easter")
    sessions = Gathering.objects.order_by("starts_at").select_related("organisation")
    return ical.feed(sessions, name="My; sessions")


def test_a_calendar_comes_back_as_it_went(van_dijk: Organisation, daan: Person) -> None:
    content = a_calendar(van_dijk, daan)

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    whole = icalendar.Calendar.from_ical(content)
    events = whole.walk("VEVENT")
    sessions = list(Gathering.objects.order_by("starts_at"))
    assert [e.decoded("DTSTART") for e in events] == [g.starts_at for g in sessions]
    assert [str(e["LOCATION"]) for e in events] == [g.place for g in sessions]
    assert [str(e["STATUS"]) for e in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert len(whole.walk("VTIMEZONE")) == 1


def test_a_name_over_two_lines_writes_no_line_of_its_own(
    van_dijk: Organisation, daan: Person
) -> None:
    """Of a session, an organisation or a guest; before, the calendar was an error for all."""
    evil = "Early\r\nATTENDEE:mailto:evil@example.test\x0b shift"
    gathering = actions.set_up(van_dijk, a_plan(title=evil), by=daan, key=uuid.uuid4())
    Organisation.objects.filter(pk=van_dijk.pk).update(name=evil)
    gathering.refresh_from_db()
    guest = ical.Guest(evil, "noor@example.test")

    content = ical.feed([gathering], name=evil)
    letter = ical.invitation(gathering, guest, sequence=1, method="REQUEST").encode()

    assert b"X-WR-CALNAME:Early ATTENDEE:mailto:evil@example.test shift\r\n" in content
    for told, many in ((content, 0), (letter, 1)):
        (event,) = icalendar.Calendar.from_ical(told).walk("VEVENT")
        assert told.count(b"\r\nATTENDEE") == many
        assert str(event["SUMMARY"]).startswith("Early")


READ_BY_ICAL_JS = """
const ICAL = (await import(process.argv[1])).default;
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const whole = new ICAL.Component(ICAL.parse(Buffer.concat(chunks).toString()));
for (const zone of whole.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
console.log(JSON.stringify(whole.getAllSubcomponents("vevent").map((one) => {
  const event = new ICAL.Event(one);
  return { uid: event.uid, sequence: event.sequence, location: event.location,
           start: event.startDate.toUnixTime(), end: event.endDate.toUnixTime(),
           zone: event.startDate.zone.tzid, status: one.getFirstPropertyValue("status") };
})));
"""


def test_ical_js_reads_what_we_meant(van_dijk: Organisation, daan: Person) -> None:
    """A second reader, with our own VTIMEZONE: what Thunderbird and many others are built on."""
    library = ROOT / "node_modules/ical.js/dist/ical.js"
    program = node()
    if program is None or not library.exists():
        pytest.skip("no Node or ical.js here: ./gezel run brings them in")
    told = run(program, READ_BY_ICAL_JS, library.as_uri(), given=a_calendar(van_dijk, daan))

    sessions = list(Gathering.objects.order_by("starts_at"))
    assert json.loads(told) == [
        {
            "uid": ical.uid_of(g),
            "sequence": g.sequence,
            "location": g.place,
            "start": int(g.starts_at.timestamp()),
            "end": int(g.ends_at.timestamp()),
            "zone": "Europe/Amsterdam",
            "status": "CANCELLED" if g.is_cancelled else "CONFIRMED",
        }
        for g in sessions
    ]


# -- the secret address ----------------------------------------------------------------------------


def test_the_secret_address_shows_mine_and_stops_when_taken_back(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    a_place(a_session(van_dijk, by=daan, title="Mine"), noor)
    a_session(van_dijk, by=daan, title="Not mine", days=8)
    client, page, anyone = visit(noor), reverse("gatherings:calendar"), Client()
    shown = client.post(page)
    secret = re.findall(r"/calendar/([^/]+)\.ics", shown.content.decode())[0]
    address = reverse("calendar_feed", args=[secret])

    answer = anyone.get(address)

    assert answer["Content-Type"].startswith("text/calendar")
    told = answer.content.decode()
    assert "SUMMARY:Mine" in told
    assert "Not mine" not in told
    assert secret not in str(list(Feed.objects.values_list()))
    assert anyone.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert secret not in client.get(page).content.decode(), "shown once"

    client.post(page, {"revoke": "1"})

    assert anyone.get(address).status_code == 404
    assert anyone.get(reverse("calendar_feed", args=["x"])).status_code == 404


def test_the_feed_tells_by_when_steps_of_my_paths_have_to_be_done(
    van_dijk: Organisation, noor: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    walker = a_walker(a_path(van_dijk, a_step("Read it", due_days=5)), noor)
    address = reverse("calendar_feed", args=[actions.make_feed(noor)])
    with django_assert_num_queries(5):
        first = Client().get(address)

    [day] = icalendar.Calendar.from_ical(first.content).walk("VEVENT")
    by = timezone.localdate() + timedelta(days=5)
    assert (day.decoded("DTSTART"), day.decoded("DTEND")) == (by, by + timedelta(days=1))
    assert "Read it" in str(day["SUMMARY"])
    assert (str(day["STATUS"]), str(day["TRANSP"])) == ("CONFIRMED", "TRANSPARENT")
    assert str(day["URL"]).endswith(reverse("paths:walk", args=[walker.pk]))
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304, "nothing changed"

    excuse(
        walker.path, noor, reason="Teaches it", from_on=timezone.localdate(), until_on=None, by=noor
    )
    [gone] = icalendar.Calendar.from_ical(Client().get(address).content).walk("VEVENT")
    assert gone["UID"] == day["UID"]
    assert str(gone["STATUS"]) == "CANCELLED"
    assert gone.decoded("SEQUENCE") > day.decoded("SEQUENCE")


def test_a_feed_tells_what_changed_and_a_new_address_ends_the_old(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    session = a_session(van_dijk, by=daan, title="Brakes")
    a_place(session, noor)
    old = actions.make_feed(noor)
    first = Client().get(reverse("calendar_feed", args=[old]))
    actions.call_off(session, by=daan, reason="Ill")

    later = Client().get(
        reverse("calendar_feed", args=[old]), headers={"If-None-Match": first["ETag"]}
    )
    actions.make_feed(noor)

    assert later.status_code == 200
    assert "STATUS:CANCELLED" in later.content.decode()
    assert Client().get(reverse("calendar_feed", args=[old])).status_code == 404


def test_who_left_keeps_what_was_and_sees_nothing_new_of_the_employer(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    """Attack 5: the address of who left shows no session of where they worked."""
    a_place(a_session(van_dijk, by=daan, title="Brakes"), noor)
    secret = actions.make_feed(noor)
    yesterday = timezone.localdate() - timedelta(days=1)
    end_employment(Employment.objects.get(person=noor), last_day=yesterday)

    told = Client().get(reverse("calendar_feed", args=[secret])).content.decode()

    assert "Brakes" not in told
    assert Place.objects.filter(person=noor).exists()


def test_who_gave_what_is_called_off_and_gives_another_of_the_same_has_one_mail(
    van_dijk: Organisation, noor: Person, daan: Person, femke: Person
) -> None:
    """And who gives nothing of it any more hears that it is off, with the reason."""
    one = a_session(van_dijk, by=femke, title="Brakes", trainers=(daan,), assistants=(noor,))
    two = a_session(van_dijk, by=femke, title="Brakes", days=9)
    events = {str(e["ATTENDEE"])[7:]: e for e in invitations()}
    gave, was = {one.pk: {daan.pk, noor.pk}, two.pk: set()}, {one.pk: Was.of(one)}

    actions.call_off(one, by=femke, reason="Planned again", tells_givers=False)
    two.roles.create(person=daan, role="trainer")
    one.refresh_from_db()
    tell_what_changed_for_givers([one, two], gave, {}, by=femke.pk, was=was, note="Planned again")

    told = News.objects.order_by("person__first_name").values_list("person__first_name", "what")
    assert list(told.exclude(what="gives")) == [("Daan", "gives_now"), ("Noor", "cancelled")]
    after = {str(e["ATTENDEE"])[7:]: e for e in invitations()}
    assert (after[daan.email]["X-METHOD"], after[noor.email]["X-METHOD"]) == ("REQUEST", "CANCEL")
    assert after[daan.email]["UID"] == events[daan.email]["UID"]
    assert after[daan.email].decoded("DTSTART") == two.starts_at
