"""Complaint 13: too many mails, yet no signal that someone stalls."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.connect.actions import deliver
from gezel.connect.models import Message
from gezel.paths.actions import enrol, stop
from gezel.paths.models import Enrolment
from gezel.paths.tests.builders import a_path, a_step, a_walker
from gezel.people.api import Organisation, Person


@pytest.fixture(autouse=True)
def _came_in(noor: Person, daan: Person) -> None:
    for person in (noor, daan):
        person.last_login, person.language = timezone.now(), "en"
        person.save(update_fields=["last_login", "language"])


def test_complaint_13_ten_paths_are_one_weekly_mail(
    noor: Person, van_dijk: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        a_walker(a_path(van_dijk, a_step("read"), name=f"Path {number}"), noor)

    deliver()
    assert mail.outbox == []
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=8))
    deliver()

    [told] = mail.outbox
    assert all(f"Path {number}" in told.body for number in range(10))


def test_complaint_13_only_a_date_before_the_weekly_mail_is_told_sooner(
    noor: Person, van_dijk: Organisation
) -> None:
    a_walker(a_path(van_dijk, a_step("read", due_days=60), name="Later"), noor)
    a_walker(a_path(van_dijk, a_step("read", due_days=1), name="Soon"), noor)
    goes = {m.about["enrolment"]: m.goes_at for m in Message.objects.all()}
    soon, later = (Enrolment.objects.get(path__name_en=n).pk for n in ("Soon", "Later"))

    assert goes[soon] < goes[later]
    assert goes[soon] < timezone.now() + timedelta(days=1)


def test_complaint_13_who_is_off_it_or_put_themselves_on_it_hears_nothing(
    noor: Person, van_dijk: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(a_walker(a_path(van_dijk, name="Stopped"), noor), why="Mistake", on=timezone.localdate())
    own = a_path(van_dijk, name="Own")
    enrol(own, [noor.pk], begins_on=timezone.localdate(), how="hand", by=noor)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=8))
    deliver()

    assert mail.outbox == []


def test_complaint_13_who_stalls_is_a_signal_to_their_lead_and_no_mail(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Callable[[Person], Client]
) -> None:
    path = a_path(van_dijk, a_step("read", due_days=5), name="Onboarding")
    a_walker(path, noor, begins_on=timezone.localdate() - timedelta(days=20))

    page = visit(daan).get(reverse("paths:panel_team"))

    assert b"Noor Jansen" in page.content
    assert not Message.objects.filter(person=daan).exists()
