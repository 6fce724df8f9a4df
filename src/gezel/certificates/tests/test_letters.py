"""What is said by mail about certificates: in time, once, and only while it holds."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.catalogue.tests.builders import an_activity
from gezel.certificates import actions
from gezel.certificates.models import Brings, Reminder
from gezel.certificates.tests.builders import a_holding, a_list, a_load, a_type, days
from gezel.connect.actions import deliver
from gezel.connect.models import Message
from gezel.gatherings.tests.builders import a_session
from gezel.people.api import Employment, Organisation, Person, redraw_lines
from gezel.people.tests.builders import a_colleague


@pytest.fixture(autouse=True)
def _came_in(noor: Person, daan: Person, femke: Person) -> None:
    for person in (noor, daan, femke):
        person.last_login, person.language = timezone.now(), "en"
        person.save(update_fields=["last_login", "language"])


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`at(day)`: it is eight in the morning of that day."""
    zone = timezone.get_default_timezone()

    def go(day: date) -> None:
        moment = datetime.combine(day, time(8), zone)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return go


def nights(organisation: Organisation, at: Any, days_on: Any) -> dict[date, list[str]]:
    """Live through these days: each night's reminders, each morning's mail. What came when."""
    came: dict[date, list[str]] = {}
    for day in days_on:
        at(day)
        before = len(mail.outbox)
        actions.remind(organisation, day)
        deliver()
        if len(mail.outbox) > before:
            came[day] = [str(m.subject) for m in mail.outbox[before:]]
    return came


def test_complaint_3_a_mail_comes_on_time_and_once(
    noor: Person, daan: Person, van_dijk: Organisation, at: Any
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",), window_days=30)
    held = a_holding(noor, bhv, issued_on=days(-300), confirmed_by=daan)
    Message.objects.all().delete()  # that it was confirmed
    assert held.valid_until
    opens, last = held.valid_until - timedelta(days=30), held.valid_until
    came = nights(van_dijk, at, [opens + timedelta(days=n) for n in range(-3, 60)])

    renew, lapsed = came.items()
    assert renew[0].weekday() == lapsed[0].weekday() == 0  # a Monday
    assert opens <= renew[0] <= opens + timedelta(days=7)
    assert renew[1] == [f"BHV is valid until {_long(last)}: time to renew"]
    assert last < lapsed[0] <= last + timedelta(days=8)
    assert lapsed[1] == [f"BHV lapsed on {_long(last)}"]
    assert {m.to[0] for m in mail.outbox} == {noor.email}


def test_complaint_3_a_last_day_before_the_next_weekly_mail_is_told_at_once(
    noor: Person, daan: Person, van_dijk: Organisation, at: Any
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",), window_days=30)
    tuesday = days(0) + timedelta(days=(1 - days(0).weekday()) % 7)
    at(tuesday)
    a_holding(
        noor, bhv, issued_on=tuesday - timedelta(days=200), confirmed_by=daan,
        printed_until=tuesday + timedelta(days=3),
    )  # fmt: skip
    Message.objects.all().delete()
    assert list(nights(van_dijk, at, [tuesday])) == [tuesday]
    assert "where you can renew" not in str(mail.outbox[0].body)
    assert f"/certificates/register/?type={bhv.pk}" in mail.outbox[0].body


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def test_it_says_until_when_why_and_where_to_book_the_refresher(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",), window_days=100)
    course = an_activity(van_dijk, "BHV in a day")
    Brings.objects.create(type=bhv, activity=course)
    a_holding(noor, bhv, issued_on=days(-320), confirmed_by=daan)
    Message.objects.all().delete()
    actions.remind(van_dijk, days(0))
    deliver(timezone.now() + timedelta(days=8))

    (letter,) = mail.outbox
    assert "because BHV counts for 12 months" in letter.body
    assert "BHV in a day" in letter.body
    assert f"/learn/{course.pk}/" in letter.body


def test_the_refresher_is_booked_on_the_page_where_the_certificate_lapses(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Callable[[Person], Client]
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",), window_days=100)
    course = an_activity(van_dijk, "BHV in a day", kind="course")
    Brings.objects.create(type=bhv, activity=course)
    a_holding(noor, bhv, issued_on=days(-320), confirmed_by=daan)
    session = a_session(van_dijk, by=daan, activity=course)
    page = visit(noor).get(reverse("certificates:mine")).content.decode()
    book = reverse("gatherings:book", args=[session.pk])
    assert f'action="{book}"' in page

    visit(noor).post(book, {"key": str(uuid.uuid4())})
    assert session.places.get().person == noor


@pytest.mark.parametrize("what", ["renewed", "sent in", "no duty any more"])
def test_complaint_13_what_was_seen_to_before_the_mail_goes_is_not_said(
    noor: Person, daan: Person, van_dijk: Organisation, what: str
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",), window_days=100)
    if what != "no duty any more":
        a_holding(noor, bhv, issued_on=days(-320), confirmed_by=daan)
    assert actions.remind(van_dijk, days(0)) == 1
    if what == "renewed":
        a_holding(noor, bhv, issued_on=days(0), confirmed_by=daan)
    elif what == "sent in":
        a_holding(noor, bhv, issued_on=days(0))
    else:
        actions.ask_no_more(bhv.duties.get())
    deliver(timezone.now() + timedelta(days=8))

    told = "".join(str(m.body) for m in mail.outbox if m.to == [noor.email])
    assert "time to renew" not in told
    assert "not there yet" not in told


def test_complaint_13_ten_certificates_are_one_mail_a_week(
    noor: Person, daan: Person, van_dijk: Organisation, at: Any
) -> None:
    for n in range(10):
        type_ = a_type(van_dijk, f"Type {n}", jobs=("Mechanic",), window_days=60)
        a_holding(noor, type_, issued_on=days(-320), confirmed_by=daan)
    Message.objects.all().delete()
    came = nights(van_dijk, at, [days(n) for n in range(21)])

    assert [len(subjects) for subjects in came.values()] == [1]
    assert "and 9 things more" in mail.outbox[0].subject


def test_complaint_2_loading_ten_years_back_is_no_mail_storm(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, at: Any
) -> None:
    """Nothing at once; in the first week at most one mail to each, and about today alone."""
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    a_type(van_dijk, "VCA", months=120, jobs=("Mechanic",))
    people = [a_colleague(van_dijk, f"Person {n}", lead=daan) for n in range(40)]
    for person in people:
        person.last_login = timezone.now()
        person.save(update_fields=["last_login"])
    rows = [
        (person.email, "BHV", f"{n}-{year}", f"01-03-{year}")
        for n, person in enumerate(people)
        for year in range(2014, 2023)
    ]
    load = a_load(van_dijk, a_list(*rows), by=femke)
    actions.apply(load, digest=load.digest)
    assert not Message.objects.exists()
    deliver()
    assert mail.outbox == []

    came = nights(van_dijk, at, [days(n) for n in range(15)])
    assert [len(subjects) for subjects in came.values()] == [41]  # the forty and Noor
    # BHV of 2022 lapsed years ago: it stands on their page, it is no news. VCA misses today.
    theirs = [str(m.body) for m in mail.outbox if m.to != [noor.email]]
    assert all("VCA" in body and "BHV" not in body for body in theirs)
    assert Reminder.objects.filter(type=bhv).count() == 41


def test_an_older_reminder_is_not_said_again_when_its_message_has_gone(
    noor: Person, van_dijk: Organisation
) -> None:
    """Messages go after a year and reminders after two: what was told stays told."""
    a_type(van_dijk, jobs=("Mechanic",))
    assert actions.remind(van_dijk, days(0)) == 1
    Message.objects.all().delete()
    assert actions.remind(van_dijk, days(1)) == 0

    assert not Message.objects.exists()


def test_the_lead_hears_what_waits_until_someone_confirmed_it(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    first = a_holding(noor, bhv, issued_on=days(-30))
    a_holding(noor, bhv, issued_on=days(-20))
    actions.confirm(first, by=femke)
    deliver(timezone.now() + timedelta(days=8))

    told = {m.to[0]: m for m in mail.outbox}
    assert told[daan.email].subject == "Noor Jansen sent in a certificate: BHV"
    assert told[noor.email].subject == "BHV is confirmed"
    assert len(mail.outbox) == 2


def test_complaint_4_after_a_reorganisation_the_old_lead_hears_nothing_of_them(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    """Judged when the mail goes: what was written down for Daan is not sent to him any more."""
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    a_holding(noor, bhv, issued_on=days(-30))
    lena = a_colleague(van_dijk, "Lena New", job="Workshop manager")
    Employment.objects.filter(person=noor).update(lead=lena)
    redraw_lines(van_dijk)
    deliver(timezone.now() + timedelta(days=8))

    assert [m for m in mail.outbox if m.to == [daan.email]] == []


def test_who_sent_it_in_hears_why_it_was_refused(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    holding = a_holding(noor, a_type(van_dijk))
    actions.refuse(holding, by=daan, reason="The photo shows no date.")
    deliver(timezone.now() + timedelta(days=8))

    (letter,) = [m for m in mail.outbox if m.to == [noor.email]]
    assert "The photo shows no date." in letter.body


def test_reminding_a_thousand_asks_no_question_a_person(
    van_dijk: Organisation, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    a_type(van_dijk, jobs=("Mechanic",))
    for n in range(60):
        a_colleague(van_dijk, f"Person {n}")
    with django_assert_max_num_queries(45):
        assert actions.remind(van_dijk, days(0)) >= 60
