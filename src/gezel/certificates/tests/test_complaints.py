"""What people complain about in today's systems, each by its name; and that we do better."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gezel.certificates import actions, queries, rules
from gezel.certificates.models import Holding, Reminder
from gezel.certificates.tests.builders import (
    a_duty,
    a_holding,
    a_list,
    a_load,
    a_task,
    a_type,
    days,
)
from gezel.kit.jobs import begin_night, run_waiting
from gezel.people.api import (
    Employment,
    Organisation,
    Person,
    employ,
    end_employment,
    redraw_lines,
    root_of,
)
from gezel.people.tests.builders import a_colleague, a_unit

Visit = Callable[[Person], Client]


def body(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined] # Django's test response
    return content.decode()


def test_complaint_1_recertification_keeps_the_whole_history_over_three_renewals(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    rows: list[Any] = []
    for n in range(4):
        issued = rules.months_after(timezone.localdate(), -12 * (4 - n) + 2)
        a_holding(noor, bhv, issued_on=issued, confirmed_by=daan, number=f"BHV-{n}")
        if n:
            assert list(Holding.objects.filter(number__in=[f"BHV-{i}" for i in range(n)]).order_by(
                "pk").values()) == rows  # fmt: skip
        rows = list(Holding.objects.order_by("pk").values())
    page = body(visit(noor).get(reverse("certificates:mine")))
    assert all(f"BHV-{n}" in page for n in range(4))
    for n in range(4):
        on = rules.months_after(timezone.localdate(), -12 * (4 - n) + 3)
        (row,) = queries.mine(noor, van_dijk, on=on)
        assert row.number == f"BHV-{n}"
        assert row.standing.state == rules.State.VALID


def test_complaint_2_the_date_is_explained_step_by_step(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    card = a_type(van_dijk, "Code 95", months=60, from_previous=True, window_days=365)
    a_holding(noor, card, issued_on=date(2020, 5, 10), confirmed_by=daan)
    second = a_holding(noor, card, issued_on=date(2024, 9, 1), confirmed_by=daan)
    page = body(visit(noor).get(reverse("certificates:holding", args=[second.pk])))
    assert "10 May 2030" in page
    assert "renewed in time" in page
    for step in ("Issued on 1 September 2024", "window that opened on", "plus 60 months is"):
        assert step in page, step


def test_complaint_2_last_years_certificates_can_be_loaded_back_dated(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    this_year = a_holding(noor, bhv, issued_on=days(-30), confirmed_by=femke)
    before = Holding.objects.filter(pk=this_year.pk).values().get()
    last_year = (days(-390)).strftime("%d-%m-%Y")
    load = a_load(van_dijk, a_list((noor.email, "BHV", "L-1", last_year)), by=femke)

    actions.apply(load, digest=load.digest)

    assert Holding.objects.filter(pk=this_year.pk).values().get() == before
    (then,) = queries.mine(noor, van_dijk, on=days(-200))
    assert (then.number, then.standing.state) == ("L-1", rules.State.VALID)
    assert mail.outbox == []


def test_complaint_3_reminders_come_on_time_and_once(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",), window_days=30)
    held = a_holding(noor, bhv, issued_on=days(-300), confirmed_by=daan)
    assert held.valid_until is not None
    opens, last = held.valid_until - timedelta(days=30), held.valid_until
    nights = [opens + timedelta(days=n) for n in range(-3, 4)]
    nights += [last + timedelta(days=n) for n in (-1, 0, 1, 9)]
    days_told = [night for night in nights if actions.remind(van_dijk, night)]

    assert days_told == [opens, last + timedelta(days=1)]
    assert list(Reminder.objects.order_by("on").values_list("person", "about", "on")) == [
        (noor.pk, "window", opens),
        (noor.pk, "lapsed", last + timedelta(days=1)),
    ]


def test_complaint_3_the_night_reminds_and_the_reader_puts_it_aside(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    a_holding(noor, bhv, issued_on=days(-340), confirmed_by=daan)
    a_holding(daan, bhv, issued_on=days(-340))  # waits, so daan is left alone
    for hour in (2, 3):
        begin_night(timezone.localtime().replace(hour=hour, minute=0))
        run_waiting()
    reminder = Reminder.objects.get()
    me = visit(noor)
    assert "Time to renew" in body(me.get(reverse("certificates:mine")))
    assert "You were reminded on" in body(me.get(reverse("certificates:panel_mine")))

    assert visit(daan).post(reverse("certificates:seen", args=[reminder.pk])).status_code == 404
    me.post(reverse("certificates:seen", args=[reminder.pk]))

    assert "Time to renew" not in body(me.get(reverse("certificates:mine")))


def test_complaint_3_who_renewed_is_not_kept_reminded(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    a_holding(noor, bhv, issued_on=days(-340), confirmed_by=daan)
    actions.remind(van_dijk, days(0))
    assert queries.reminders_of(noor)
    a_holding(noor, bhv, issued_on=days(0), confirmed_by=daan)
    actions.remind(van_dijk, days(1))
    assert not queries.reminders_of(noor)


def test_complaint_3_who_sent_in_a_renewal_is_not_reminded(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    a_holding(noor, bhv, issued_on=days(-340), confirmed_by=daan)
    a_holding(noor, bhv, issued_on=days(-1))
    assert actions.remind(van_dijk, days(0)) == 0


def test_complaint_4_the_lead_sees_their_own_team_after_a_reorganisation(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """From the day it changes the new lead sees them, and the old one no longer does."""
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    holding = a_holding(noor, bhv, issued_on=days(-300))
    lena = a_colleague(van_dijk, "Lena New", job="Workshop manager")
    stays = a_colleague(van_dijk, "Sofie Stays", lead=daan)
    new_unit = a_unit(van_dijk, "New workshop")
    Employment.objects.filter(person=noor).update(lead=lena, unit=new_unit)
    redraw_lines(van_dijk)

    old, new = visit(daan), visit(lena)
    for address in (
        reverse("certificates:person", args=[noor.pk]),
        reverse("certificates:holding", args=[holding.pk]),
    ):
        assert new.get(address).status_code == 200, address
        assert old.get(address).status_code == 404, address
    names = ("team", "certificates:overview", "certificates:team", "certificates:panel_team")
    for address in map(reverse, names):
        assert noor.name in body(new.get(address)), address
        assert noor.name not in body(old.get(address)), address
        assert stays.name in body(old.get(address)), address
    assert new.post(reverse("certificates:decide", args=[holding.pk]), {"how": "confirm"})
    holding.refresh_from_db()
    assert holding.decided_by == lena


def test_complaint_5_who_leaves_keeps_every_certificate(
    noor: Person, daan: Person, van_dijk: Organisation, de_linde: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk)
    old = [a_holding(noor, bhv, issued_on=days(-400 + n), confirmed_by=daan) for n in range(3)]
    end_employment(noor.employments.get(), last_day=days(-1))
    employ(
        noor, de_linde, unit=root_of(de_linde), starts_on=days(0),
        job=de_linde.jobs.create(name="Carer"),
    )  # fmt: skip
    page = body(visit(noor).get(reverse("certificates:mine")))
    assert all(one.number in page for one in old)


def test_complaint_11_a_duty_by_department_hits_all_below_it_and_who_moves_in(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk)
    division = a_unit(van_dijk, "Division")
    team = a_unit(van_dijk, "Team", below=division)
    inside = a_colleague(van_dijk, "Ina Inside", unit=team)
    a_duty(bhv, unit=division)

    def must(person: Person) -> bool:
        return any(row.standing.must for row in queries.mine(person, van_dijk))

    assert must(inside)
    assert not must(noor)

    Employment.objects.filter(person=noor).update(unit=team)
    assert must(noor)


def test_complaint_13_one_signal_for_each_certificate_and_no_mail_at_once(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    types = [a_type(van_dijk, f"Type {n}", jobs=("Mechanic",)) for n in range(3)]
    for type_ in types:
        a_holding(noor, type_, issued_on=days(-340), confirmed_by=daan)
    for n in range(10):
        actions.remind(van_dijk, days(n))
    assert Reminder.objects.filter(person=noor).count() == len(types)
    assert mail.outbox == []


def test_complaint_4_the_board_of_a_lead_names_everyone_in_their_line_and_nobody_else(
    *, noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    """Also who has no certificate, no task and no plan; also through others."""
    quiet = a_colleague(van_dijk, "Quirine Quiet", job="Storekeeper", lead=daan)
    boss = a_colleague(van_dijk, "Bo Boss", job="Director")
    Employment.objects.filter(person=daan).update(lead=boss)
    other = a_colleague(van_dijk, "Olga Other", job="Storekeeper", lead=femke)
    redraw_lines(van_dijk)
    above, own = (body(visit(lead).get(reverse("team"))) for lead in (boss, daan))

    for page in (above, own):
        assert quiet.name in page
        assert noor.name in page
        assert other.name not in page
    assert daan.name in above
    assert visit(noor).get(reverse("team")).status_code == 404


def test_complaint_4_a_large_team_costs_no_question_a_person(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    a_task(van_dijk, needs=[bhv], jobs=[Employment.objects.get(person=noor).job])
    lead, asked = visit(daan), []
    for many in (4, 56):
        for n in range(many):
            person = a_colleague(van_dijk, f"Person {n}", lead=daan)
            a_holding(person, bhv, issued_on=days(-340), confirmed_by=daan if n % 2 else None)
        lead.get(reverse("team"))  # what does not change is remembered
        with CaptureQueriesContext(connection) as questions:
            assert lead.get(reverse("team")).status_code == 200
        asked.append(len(questions))

    assert asked[1] <= asked[0] + 2, asked


def test_complaint_4_what_waits_is_confirmed_on_the_board_itself(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    first = a_holding(noor, bhv, issued_on=days(-30), number="SEEN-1")
    second = a_holding(noor, bhv, issued_on=days(-20), number="SEEN-2")
    lead = visit(daan)
    assert "SEEN-1" in body(lead.get(reverse("team")))

    answer = lead.post(
        reverse("certificates:decide", args=[first.pk]), {"how": "confirm", "back": "team"}
    )
    assert answer["Location"] == reverse("team")
    page = body(lead.get(reverse("team")))
    assert "SEEN-1" not in page
    assert "SEEN-2" in page
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("confirmed", "waiting")


@pytest.mark.parametrize("nights", [730, 731])
def test_reminders_and_exceptions_are_kept_as_long_as_we_say(
    noor: Person, femke: Person, van_dijk: Organisation, nights: int
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    Reminder.objects.create(person=noor, type=bhv, about="missing", on=days(-nights))
    actions.excuse(bhv, noor, reason="Leave", from_on=days(-900), until_on=days(-nights), by=femke)
    actions.forget_old_reminders(days(0))
    actions.forget_old_exemptions(days(0))
    left = 1 if nights == 730 else 0
    assert Reminder.objects.count() == left
    assert bhv.exemptions.count() == left
