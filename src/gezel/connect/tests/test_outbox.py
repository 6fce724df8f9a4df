"""What is said to people goes out once, when they want it, and only while it still holds."""

import email
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as Kept
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pytest_django import Settings

from gezel.connect import kinds as registry
from gezel.connect import rules
from gezel.connect.actions import (
    Note,
    Tally,
    choose_mail,
    deliver,
    invite,
    say_each,
    say_to,
    send_again,
    something_to_send,
    stop_mail,
    take_back,
)
from gezel.connect.kinds import Calendar, Kind, Letter, declare_kind
from gezel.connect.models import Mail, MailWishes, Message
from gezel.connect.rules import Way
from gezel.kit.jobs import begin_minute, run_waiting
from gezel.people.api import Employment, Organisation, Person, end_employment
from gezel.people.tests.builders import a_colleague

ZONE = ZoneInfo("Europe/Amsterdam")
Visit = Callable[[Person], Client]


class TestTheWeeklyMoment:
    """Pure rules: no database, no clock."""

    def test_it_goes_at_seven_by_the_clock_on_the_wall_on_both_sides_of_a_change(self) -> None:
        before = datetime(2026, 10, 23, 12, tzinfo=ZONE)  # the Friday before the clock goes back
        winter = rules.next_weekly(before, 0, ZONE)
        assert winter.isoformat() == "2026-10-26T07:00:00+01:00"
        assert rules.next_weekly(before, 5, ZONE).isoformat() == "2026-10-24T07:00:00+02:00"
        # The night in which it goes forward: Sunday 29 March.
        spring = rules.next_weekly(datetime(2026, 3, 28, 23, tzinfo=ZONE), 6, ZONE)
        assert spring.isoformat() == "2026-03-29T07:00:00+02:00"

    def test_at_seven_sharp_it_is_the_next_week(self) -> None:
        monday = datetime(2026, 6, 1, 7, tzinfo=ZONE)
        assert rules.next_weekly(monday, 0, ZONE) == monday + timedelta(days=7)
        assert rules.next_weekly(monday - timedelta(seconds=1), 0, ZONE) == monday

    def test_a_week_that_had_its_mail_has_no_other_whatever_day_is_chosen(self) -> None:
        tuesday = datetime(2026, 6, 2, 12, tzinfo=ZONE)
        friday = rules.next_weekly(tuesday, 4, ZONE, last=date(2026, 6, 1))
        assert friday.date() == date(2026, 6, 12)

    @pytest.mark.parametrize(
        ("by", "alone"),
        [
            (None, False),
            (date(2026, 6, 2), True),  # today
            (date(2026, 6, 8), True),  # the day of the weekly mail itself
            (date(2026, 6, 9), False),
            (date(2026, 6, 1), False),  # passed: hurries nobody
            (date(2014, 1, 1), False),
        ],
    )
    def test_only_a_date_that_comes_first_goes_alone(self, by: date | None, alone: bool) -> None:
        told = {"today": date(2026, 6, 2), "weekly_on": date(2026, 6, 8), "by": by}
        assert rules.goes_alone(Way.WEEKLY, **told) is alone  # type: ignore[arg-type]
        assert rules.goes_alone(Way.NOW, **told)  # type: ignore[arg-type]

    def test_a_failing_mail_is_offered_for_a_day(self) -> None:
        waits = sum((rules.wait_after(n) for n in range(1, rules.MOST_TRIES)), timedelta())
        assert timedelta(hours=18) < waits < timedelta(hours=30)


def _letter(message: Message) -> Letter | None:
    if message.about.get("break"):
        raise RuntimeError("no words")
    if message.about.get("gone"):
        return None
    calendar = message.about.get("calendar")
    return Letter(
        subject=str(message.about.get("subject") or _("Monday")),
        lines=(str(message.about.get("line") or _("Monday")),),
        path="/certificates/",
        action=_("Open"),
        calendar=Calendar(calendar, "REQUEST") if calendar else None,
    )


@pytest.fixture
def weekly() -> Iterator[Kind]:
    """A kind that comes weekly and can be stopped."""
    yield declare_kind(
        "tests.weekly",
        title="A weekly thing",
        because=gettext_lazy("Monday"),
        write=_letter,
    )
    registry._kinds.pop("tests.weekly")


@pytest.fixture
def at_once() -> Iterator[Kind]:
    """A kind that comes at once and cannot be stopped."""
    yield declare_kind(
        "tests.at_once",
        title="A thing at once",
        because="You get this because it cannot wait.",
        write=_letter,
        way=Way.NOW,
        may_stop=False,
    )
    registry._kinds.pop("tests.at_once")


@pytest.fixture(autouse=True)
def _came_in(request: pytest.FixtureRequest) -> None:
    """Noor and Daan have been in Gezel before, and read English."""
    for name in ("noor", "daan"):
        if name in request.fixturenames:
            person = request.getfixturevalue(name)
            person.last_login = timezone.now()
            person.language = "en"
            person.save(update_fields=["last_login", "language"])


def say(kind: Kind, person: Person, organisation: Organisation, **about: Any) -> int:
    """Say one thing to one person."""
    by = about.pop("by", None)
    once = about.pop("once", "1")
    return say_to([person.pk], kind, organisation=organisation.pk, once=once, about=about, by=by)


def next_monday() -> datetime:
    """Just after the weekly mail of who never chose a day went."""
    return rules.next_weekly(timezone.now(), 0, timezone.get_default_timezone()) + timedelta(
        minutes=1
    )


def ended(person: Person) -> None:
    """Their last day was yesterday."""
    end_employment(
        Employment.objects.get(person=person), last_day=timezone.localdate() - timedelta(days=1)
    )


class TestSaying:
    def test_once_means_once(self, noor: Person, van_dijk: Organisation, at_once: Kind) -> None:
        assert say(at_once, noor, van_dijk) == 1
        assert say(at_once, noor, van_dijk) == 0
        deliver()
        assert say(at_once, noor, van_dijk) == 0
        deliver()

        assert len(mail.outbox) == 1

    def test_it_goes_with_its_cause_or_not_at_all(
        self, noor: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        @transaction.atomic
        def cause_that_fails() -> None:
            say(at_once, noor, van_dijk)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            cause_that_fails()
        deliver()

        assert mail.outbox == []

    def test_a_worker_is_woken_within_the_minute(
        self, noor: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        assert begin_minute() == 0
        say(at_once, noor, van_dijk)
        assert begin_minute() == 1
        run_waiting()

        assert [m.to for m in mail.outbox] == [[noor.email]]
        assert begin_minute() == 0

    def test_what_has_not_gone_can_be_taken_back(
        self, noor: Person, daan: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        people = [noor.pk, daan.pk]
        say_to(people, at_once, organisation=van_dijk.pk, once="1")
        assert take_back(at_once, once="1", people=[noor.pk]) == 1
        deliver()

        assert [m.to for m in mail.outbox] == [[daan.email]]
        assert take_back(at_once, once="1") == 0

    def test_what_someone_does_not_want_is_not_even_written_down(
        self, noor: Person, van_dijk: Organisation, weekly: Kind
    ) -> None:
        stop_mail(noor, weekly)

        assert say(weekly, noor, van_dijk) == 0
        assert not Message.objects.exists()

    def test_ten_thousand_people_are_told_in_a_few_questions(
        self, van_dijk: Organisation, weekly: Kind
    ) -> None:
        people = Person.objects.bulk_create(
            Person(email=f"p{n}@example.test", first_name="P") for n in range(10_000)
        )
        notes = [Note(p.pk, "1", {"n": p.pk}) for p in people]
        began = time.monotonic()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert say_each(weekly, notes, organisation=van_dijk.pk) == 10_000
        assert len(asked) < 200  # SQLite takes 999 values a statement; none a person
        assert time.monotonic() - began < 30

        assert say_each(weekly, notes, organisation=van_dijk.pk) == 0
        assert Message.objects.count() == 10_000


class TestTheWeeklyMail:
    def test_a_week_is_one_mail(self, noor: Person, van_dijk: Organisation, weekly: Kind) -> None:
        for n in range(3):
            say(weekly, noor, van_dijk, once=str(n), subject=f"Thing {n}", line=f"Line {n}.")
        deliver()
        assert mail.outbox == []
        deliver(next_monday())
        deliver(next_monday())

        (letter,) = mail.outbox
        assert letter.subject == "Thing 0, and 2 things more"
        assert all(f"Line {n}." in letter.body for n in range(3))

    def test_with_nothing_to_say_nothing_is_sent(
        self, noor: Person, van_dijk: Organisation, weekly: Kind
    ) -> None:
        deliver(next_monday())
        say(weekly, noor, van_dijk, gone=True)
        deliver(next_monday())

        assert mail.outbox == []
        assert Mail.objects.get().state == Mail.State.EMPTY

    def test_another_day_does_not_bring_a_second_mail_in_the_week(
        self, noor: Person, van_dijk: Organisation, weekly: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monday = datetime(2026, 6, 1, 8, tzinfo=ZONE)
        monkeypatch.setattr(timezone, "now", lambda: monday - timedelta(days=1))
        say(weekly, noor, van_dijk, once="1")
        monkeypatch.setattr(timezone, "now", lambda: monday)
        deliver()
        assert len(mail.outbox) == 1

        choose_mail(noor, weekday=2, ways={})  # Wednesday
        say(weekly, noor, van_dijk, once="2")
        for day in range(7):
            monkeypatch.setattr(timezone, "now", lambda day=day: monday + timedelta(days=day))
            deliver()
        assert len(mail.outbox) == 1
        monkeypatch.setattr(timezone, "now", lambda: monday + timedelta(days=9))
        deliver()
        assert len(mail.outbox) == 2

    def test_a_date_that_comes_first_goes_alone(
        self, noor: Person, van_dijk: Organisation, weekly: Kind
    ) -> None:
        today = timezone.localdate()
        say(weekly, noor, van_dijk, once="soon", subject="Soon", by=today)
        say(weekly, noor, van_dijk, once="later", by=today + timedelta(days=40))
        deliver()

        assert [m.subject for m in mail.outbox] == ["Soon"]

    def test_what_someone_chooses_holds_for_what_waits_too(
        self, noor: Person, daan: Person, van_dijk: Organisation, weekly: Kind
    ) -> None:
        for person in (noor, daan):
            say(weekly, person, van_dijk)
        choose_mail(noor, weekday=0, ways={weekly.name: "now"})
        choose_mail(daan, weekday=0, ways={weekly.name: "not"})
        deliver()
        assert [m.to for m in mail.outbox] == [[noor.email]]
        deliver(next_monday())
        assert len(mail.outbox) == 1

    def test_one_message_that_cannot_be_written_does_not_spoil_the_week(
        self, noor: Person, van_dijk: Organisation, weekly: Kind
    ) -> None:
        say(weekly, noor, van_dijk, once="1", **{"break": True})
        say(weekly, noor, van_dijk, once="2", subject="Whole")
        deliver(next_monday())

        assert [m.subject for m in mail.outbox] == ["Whole"]
        assert Message.objects.get(once="1").fate == Message.Fate.BROKEN


class TestJudgedWhenItIsSent:
    def test_nothing_to_who_left(self, noor: Person, van_dijk: Organisation, at_once: Kind) -> None:
        say(at_once, noor, van_dijk)
        ended(noor)
        deliver()

        assert mail.outbox == []
        assert Message.objects.get().fate == Message.Fate.MOOT

    def test_nothing_of_one_employer_to_who_works_at_another_by_now(
        self, noor: Person, van_dijk: Organisation, de_linde: Organisation, weekly: Kind
    ) -> None:
        say(weekly, noor, van_dijk, subject="Of Van Dijk")
        say(weekly, noor, de_linde, once="2", subject="Of De Linde")
        deliver(next_monday())

        assert [m.subject for m in mail.outbox] == ["Of Van Dijk"]

    def test_nothing_about_what_one_may_not_see_any_more(
        self, noor: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        say(at_once, noor, van_dijk, gone=True)
        deliver()

        assert mail.outbox == []

    def test_nothing_before_someone_was_let_in_but_the_invitation(
        self, noor: Person, femke: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        """A staff list that is loaded fills no mailboxes: first somebody tells people of Gezel."""
        stranger = a_colleague(van_dijk, "New One")
        say(at_once, stranger, van_dijk, once="1")
        deliver()
        assert mail.outbox == []

        invite(stranger, femke, van_dijk)
        say(at_once, stranger, van_dijk, once="2", subject="After")
        deliver()
        assert {m.subject for m in mail.outbox} == {"Je plek in Gezel bij Van Dijk", "After"}

    def test_a_kind_no_room_has_any_more_says_nothing(
        self, noor: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        say(at_once, noor, van_dijk)
        del registry._kinds[at_once.name]
        deliver()
        registry._kinds[at_once.name] = at_once

        assert mail.outbox == []


class TestTheMailItself:
    def test_it_is_in_the_language_of_the_reader(
        self, noor: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        noor.language = "nl"
        noor.save()
        with translation.override("en"):
            say(at_once, noor, van_dijk)
            deliver()
        letter = mail.outbox[0]
        assert letter.subject == "maandag"
        assert "Dag Noor" in letter.body
        assert '<html lang="nl">' in _html(letter)

    def test_it_says_why_and_how_to_get_fewer(
        self, noor: Person, van_dijk: Organisation, at_once: Kind, weekly: Kind
    ) -> None:
        say(at_once, noor, van_dijk)
        say(weekly, noor, van_dijk, by=timezone.localdate())
        deliver()
        fixed, stoppable = mail.outbox
        if "List-Unsubscribe" in fixed.extra_headers:
            fixed, stoppable = stoppable, fixed
        for text in (fixed.body, _html(fixed)):
            assert "You get this because it cannot wait." in text
            assert "http://localhost:8000/account/mail/" in text
        assert "/mail/stop/" not in fixed.body
        link = re.search(r"http://localhost:8000(/account/mail/stop/\S+)", str(stoppable.body))
        assert link
        assert stoppable.extra_headers["List-Unsubscribe"] == f"<{link[0]}>"
        assert link[0] in _html(stoppable)

    def test_what_people_wrote_is_text_and_nothing_else(
        self, noor: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        hostile = "<script>x</script>{{7*7}}{% now 'Y' %}${7*7}\r\nBcc: other@example.test"
        say(at_once, noor, van_dijk, subject=hostile, line=hostile)
        deliver()
        letter = mail.outbox[0]
        raw: EmailMessage = email.message_from_bytes(letter.message().as_bytes())  # type: ignore[assignment]
        assert raw["Bcc"] is None
        assert "{{7*7}}" in letter.subject
        assert "<script>" not in _html(letter)
        assert "&lt;script&gt;" in _html(letter)

    def test_an_invitation_of_a_calendar_goes_along_by_itself(
        self, noor: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Één\r\nEND:VCALENDAR\r\n"
        say(at_once, noor, van_dijk, calendar=calendar)
        deliver()
        parts = [
            part
            for part in email.message_from_bytes(mail.outbox[0].message().as_bytes()).walk()
            if part.get_content_type() == "text/calendar"
        ]
        assert [part.get_param("method") for part in parts] == ["REQUEST", "REQUEST"]
        assert [part.get_filename() for part in parts] == [None, "invite.ics"]
        for part in parts:
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            assert body.decode("utf-8").splitlines() == calendar.splitlines()

    def test_offered_again_it_is_the_same_mail(
        self, noor: Person, van_dijk: Organisation, at_once: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        say(at_once, noor, van_dijk)
        seen = []

        def refuse(self: Kept, posts: list[Any]) -> int:
            seen.append(posts[0].message()["Message-ID"])
            raise SMTPDataError(451, b"try again")

        with monkeypatch.context() as patch:
            patch.setattr(Kept, "send_messages", refuse)
            deliver()
        deliver(timezone.now() + timedelta(hours=1))

        assert [m.message()["Message-ID"] for m in mail.outbox] == seen
        assert len(seen) == 1


def _html(letter: Any) -> str:
    return str(letter.alternatives[0][0])


class _Down(Kept):
    def open(self) -> bool:
        raise ConnectionRefusedError("nobody there")


class _Refuses(Kept):
    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({"x": (550, b"no such mailbox")})


DOWN, REFUSES = (f"{__name__}.{name}" for name in ("_Down", "_Refuses"))


class TestAMailServerThatFails:
    def test_down_for_a_day_each_goes_out_once_later(
        self, noor: Person, daan: Person, van_dijk: Organisation, at_once: Kind, settings: Settings
    ) -> None:
        works = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = DOWN
        for person in (noor, daan):
            say(at_once, person, van_dijk)
        now = timezone.now()
        for minute in range(0, 24 * 60, 7):
            deliver(now + timedelta(minutes=minute))
        assert set(Mail.objects.values_list("state", "tries")) == {(Mail.State.WAITING, 0)}

        settings.EMAIL_BACKEND = works
        for minute in range(24 * 60, 24 * 60 + 10):
            deliver(now + timedelta(minutes=minute))
        assert sorted(m.to[0] for m in mail.outbox) == sorted([noor.email, daan.email])

    def test_a_refused_address_is_not_tried_for_ever_and_is_seen(
        self, noor: Person, femke: Person, van_dijk: Organisation, at_once: Kind,
        *, settings: Settings, visit: Visit,
    ) -> None:  # fmt: skip
        works = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = REFUSES
        say(at_once, noor, van_dijk, subject="A secret subject")
        assert deliver().failed == 1
        assert not something_to_send(timezone.now() + timedelta(days=30))

        page = visit(femke).get("/account/mail/trouble/").content.decode()
        assert noor.name in page
        assert "550 no such mailbox" in page
        assert "A thing at once" in page
        assert "A secret subject" not in page

        settings.EMAIL_BACKEND = works
        wrong = Mail.objects.get()
        visit(femke).post(f"/account/mail/trouble/{wrong.pk}/", {"do": "again"})
        deliver()
        assert [m.to for m in mail.outbox] == [[noor.email]]
        assert "Everything arrived" in visit(femke).get("/account/mail/trouble/").content.decode()

    def test_a_mail_that_keeps_failing_is_given_up_and_seen(
        self, noor: Person, van_dijk: Organisation, at_once: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(self: Kept, posts: list[Any]) -> int:
            raise SMTPDataError(452, b"full")

        monkeypatch.setattr(Kept, "send_messages", fail)
        say(at_once, noor, van_dijk)
        now = timezone.now()
        for hour in range(60):
            deliver(now + timedelta(hours=hour))
        told = Mail.objects.get()
        assert (told.state, told.tries, told.problem) == ("failed", rules.MOST_TRIES, "452 full")

    def test_late_mail_is_seen(
        self, noor: Person, femke: Person, van_dijk: Organisation, at_once: Kind,
        *, settings: Settings, visit: Visit,
    ) -> None:  # fmt: skip
        settings.EMAIL_BACKEND = DOWN
        say(at_once, noor, van_dijk)
        Message.objects.update(goes_at=timezone.now() - timedelta(hours=2))
        deliver()

        page = visit(femke).get("/account/mail/trouble/").content.decode()
        assert "1 message waits since" in page

    def test_left_as_it_is_it_goes_off_the_list_and_not_out(
        self, noor: Person, femke: Person, van_dijk: Organisation, at_once: Kind,
        *, settings: Settings, visit: Visit,
    ) -> None:  # fmt: skip
        settings.EMAIL_BACKEND = REFUSES
        say(at_once, noor, van_dijk)
        deliver()
        wrong = Mail.objects.get()
        visit(femke).post(f"/account/mail/trouble/{wrong.pk}/", {"do": "leave"})

        assert "Everything arrived" in visit(femke).get("/account/mail/trouble/").content.decode()
        assert not send_again(wrong)

    def test_mail_of_another_organisation_is_not_on_the_list(
        self, noor: Person, de_linde: Organisation, van_dijk: Organisation,
        *, at_once: Kind, settings: Settings, visit: Visit,
    ) -> None:  # fmt: skip
        settings.EMAIL_BACKEND = REFUSES
        say(at_once, noor, van_dijk)
        deliver()
        other = a_colleague(de_linde, "Rachida Benali", mandates=["admin"])
        assert noor.name not in visit(other).get("/account/mail/trouble/").content.decode()
        wrong = Mail.objects.get()
        answer = visit(other).post(f"/account/mail/trouble/{wrong.pk}/", {"do": "again"})
        assert answer.status_code == 404


class TestWorkers:
    def test_two_who_send_at_once_send_nothing_twice(
        self, noor: Person, daan: Person, van_dijk: Organisation, at_once: Kind,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        """While one hands a mail over, another worker begins: it finds nothing that is free."""
        for person in (noor, daan):
            say(at_once, person, van_dijk)
        real = Kept.send_messages
        nested: list[Tally] = []

        def meanwhile(self: Kept, posts: list[Any]) -> int:
            if not nested:
                nested.append(deliver())
            return real(self, posts)

        monkeypatch.setattr(Kept, "send_messages", meanwhile)
        deliver()

        assert sorted(m.to[0] for m in mail.outbox) == sorted([noor.email, daan.email])
        assert nested[0].sent == 0

    def test_who_lost_the_lease_does_not_send(
        self, noor: Person, van_dijk: Organisation, at_once: Kind, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker that slept between holding and handing over finds the mail gone."""
        say(at_once, noor, van_dijk)
        real_open = Kept.open
        slept: list[int] = []

        def sleep_through(self: Kept) -> Any:
            if not slept:
                slept.append(1)
                deliver(timezone.now() + timedelta(hours=1))
            return real_open(self)

        monkeypatch.setattr(Kept, "open", sleep_through)
        assert deliver().sent == 0

        assert len(mail.outbox) == 1

    def test_what_was_being_handed_over_is_unsure_and_never_sent_by_itself(
        self, noor: Person, femke: Person, van_dijk: Organisation, at_once: Kind, visit: Visit
    ) -> None:
        say(at_once, noor, van_dijk)
        deliver()
        Mail.objects.update(  # as a worker leaves it that dies at that moment
            state=Mail.State.HANDING, holder=uuid.uuid4(), held_until=timezone.now()
        )
        Message.objects.update(fate=Message.Fate.WAITING)
        mail.outbox.clear()
        for hour in range(48):
            deliver(timezone.now() + timedelta(hours=hour))

        assert mail.outbox == []
        page = visit(femke).get("/account/mail/trouble/").content.decode()
        assert "Perhaps it arrived" in page


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_half_way_sends_nothing_twice(
    van_dijk: Organisation, femke: Person, tmp_path: Path
) -> None:
    """A real process is killed while it sends; another finishes: each address at most once.

    At most one is unsure, the one that was being handed over, and that one stands to be seen.
    """
    people = [a_colleague(van_dijk, f"Person {n}") for n in range(30)]
    for person in people:
        invite(person, femke, van_dijk)
    folder = tmp_path / "mail"
    folder.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-c", _SLOW_WORKER, str(folder)],
        env={**os.environ, "GEZEL_TEST_DATABASE": str(connection.settings_dict["NAME"])},
    )
    try:
        _until(lambda: len(list(folder.iterdir())) >= 7)
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    Mail.objects.filter(held_until__isnull=False).update(
        held_until=timezone.now() - timedelta(seconds=1)
    )
    first = {f.read_text() for f in folder.iterdir()}
    deliver()
    second = [m.to[0] for m in mail.outbox]

    unsure = set(
        Mail.objects.filter(state=Mail.State.UNSURE).values_list("person__email", flat=True)
    )
    assert len(unsure) <= 1
    assert len(second) == len(set(second))
    assert not first & set(second)
    assert first | set(second) | unsure == {p.email for p in people}


def _until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the worker did not come so far"
        time.sleep(0.05)


# Another process on the database of this test; each mail becomes a file with its address.
_SLOW_WORKER = """
import os, sys, time
import pytest  # as the settings see that this is a test
os.environ["DJANGO_SETTINGS_MODULE"] = "gezel.site.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["GEZEL_TEST_DATABASE"]
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
import django
django.setup()
from django.core.mail.backends.locmem import EmailBackend
folder, n = sys.argv[1], 0
def send(self, posts):
    global n
    n += 1
    with open(f"{folder}/{n}", "w") as file:
        file.write(posts[0].to[0])
    time.sleep(0.05)
    return 1
EmailBackend.send_messages = send
from gezel.connect.actions import deliver
deliver()
"""


class TestChoosing:
    def test_a_page_for_ones_own_choice(
        self, noor: Person, weekly: Kind, at_once: Kind, visit: Visit
    ) -> None:
        page = visit(noor).get("/account/mail/").content.decode()
        assert "A weekly thing" in page
        assert "A thing at once" in page  # told, with nothing to choose
        assert f'name="{at_once.name}"' not in page

        answer = visit(noor).post(
            "/account/mail/", {**_others(page), "weekday": "4", weekly.name: "not"}
        )
        assert answer.status_code == 302
        wishes = MailWishes.objects.get(person=noor)
        assert (wishes.weekday, wishes.ways) == (4, {weekly.name: "not"})

    def test_what_cannot_be_chosen_is_refused_at_the_field(
        self, noor: Person, weekly: Kind, visit: Visit
    ) -> None:
        page = visit(noor).get("/account/mail/").content.decode()
        for wrong in ({"weekday": "9"}, {weekly.name: "hourly"}):
            chosen = {"weekday": "1", weekly.name: "now", **_others(page), **wrong}
            assert visit(noor).post("/account/mail/", chosen).status_code == 422
        assert not MailWishes.objects.exists()

    def test_who_leads_nobody_has_nothing_to_choose_about_a_team(
        self, noor: Person, daan: Person, visit: Visit
    ) -> None:
        assert 'name="certificates.confirm"' in visit(daan).get("/account/mail/").content.decode()
        assert "certificates.confirm" not in visit(noor).get("/account/mail/").content.decode()

    def test_what_must_be_said_cannot_be_stopped_by_a_form_of_ones_own(
        self, noor: Person, van_dijk: Organisation, at_once: Kind
    ) -> None:
        choose_mail(noor, weekday=0, ways={at_once.name: "not"})

        assert say(at_once, noor, van_dijk) == 1

    def test_a_link_in_the_mail_stops_a_kind_without_signing_in(
        self, noor: Person, van_dijk: Organisation, weekly: Kind
    ) -> None:
        say(weekly, noor, van_dijk, by=timezone.localdate())
        deliver()
        found = re.search(
            r"http://localhost:8000(/account/mail/stop/\S+)", str(mail.outbox[0].body)
        )
        assert found
        # As a mail program does it by one click: no cookie, no form, no token of ours.
        client = Client(enforce_csrf_checks=True)
        assert "A weekly thing" in client.get(found[1]).content.decode()
        assert not MailWishes.objects.exists(), "looking at a link stops nothing"

        assert client.post(found[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert MailWishes.objects.get(person=noor).ways == {weekly.name: "not"}
        assert say(weekly, noor, van_dijk, once="2") == 0

    def test_the_link_of_the_weekly_mail_stops_what_comes_weekly(
        self, noor: Person, van_dijk: Organisation, weekly: Kind, at_once: Kind
    ) -> None:
        say(weekly, noor, van_dijk)
        deliver(next_monday())
        found = re.search(
            r"http://localhost:8000(/account/mail/stop/\S+)", str(mail.outbox[0].body)
        )
        assert found
        Client().post(found[1])

        assert MailWishes.objects.get(person=noor).ways[weekly.name] == "not"
        assert say(at_once, noor, van_dijk) == 1

    def test_a_link_of_someone_else_or_made_up_is_none(self, noor: Person) -> None:
        client = Client()
        for token in ("x", "WzEsIiJd:1abc:zzz"):
            assert client.get(f"/account/mail/stop/{token}/").status_code == 404


def _others(page: str) -> dict[str, str]:
    """What the page has chosen."""
    selected = r'<select name="([\w.]+)"(?:(?!</select>).)*value="(\w+)" selected'
    return dict(re.findall(selected, page, re.DOTALL))
