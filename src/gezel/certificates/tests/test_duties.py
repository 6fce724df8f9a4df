"""Terms that change, who must have what, tasks, and hours: the pages and what they keep."""

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from gezel.catalogue.models import Activity
from gezel.catalogue.tests.builders import an_activity
from gezel.certificates import actions, queries, rules
from gezel.certificates.actions import AskFirst
from gezel.certificates.everyone import ground_of
from gezel.certificates.models import (
    CertificateType,
    Duty,
    Exemption,
    Holding,
    HoursDone,
    TypeTerms,
    WorkTask,
)
from gezel.certificates.tests.builders import (
    a_duty,
    a_holding,
    a_task,
    a_type,
    days,
    some_hours,
)
from gezel.content.events import ModuleCompleted
from gezel.kit.events import announce
from gezel.people.api import Employment, Job, Location, Organisation, Person
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]


def body(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined] # Django's test response
    return content.decode()


def state_of(person: Person, organisation: Organisation) -> dict[str, str]:
    return {row.type.name: str(row.standing.state) for row in queries.mine(person, organisation)}


# -- terms ----------------------------------------------------------------------------------------


def test_new_terms_never_alter_what_is_held_and_the_next_one_follows_them(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk, months=24)
    old = a_holding(noor, bhv, issued_on=date(2025, 3, 1), confirmed_by=daan)
    before = Holding.objects.filter(pk=old.pk).values().get()

    actions.change_terms(bhv, {"ends": "months", "months": 12}, from_on=date(2026, 1, 1))

    assert Holding.objects.filter(pk=old.pk).values().get() == before
    new = a_holding(noor, bhv, issued_on=date(2026, 1, 1), confirmed_by=daan)
    assert new.valid_until == date(2027, 1, 1)
    late = a_holding(noor, bhv, issued_on=date(2025, 12, 31), confirmed_by=daan)
    assert late.valid_until == date(2027, 12, 31)


def test_terms_somebody_holds_one_under_are_not_replaced(
    noor: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk)
    day = days(-10)
    terms = actions.change_terms(bhv, {"ends": "never"}, from_on=day)
    terms = actions.change_terms(bhv, {"ends": "months", "months": 6}, from_on=day)
    assert bhv.terms.count() == 2
    a_holding(noor, bhv, issued_on=day)
    with pytest.raises(ValidationError):
        actions.change_terms(bhv, {"ends": "never"}, from_on=day)
    assert not actions.take_back_terms(terms)
    assert actions.take_back_terms(bhv.terms.get(from_on=date(1900, 1, 1)))
    assert not actions.take_back_terms(bhv.terms.get())


def test_hr_looks_at_what_new_terms_change_before_keeping_them(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, months=24)
    a_holding(noor, bhv, issued_on=days(-100), confirmed_by=femke)
    hr, address = visit(femke), reverse("certificates:change_terms", args=[bhv.pk])
    assert hr.get(address).status_code == 200
    form = {"ends": "months", "months": "12", "basis": "norm", "from_on": days(0).isoformat()}
    page = body(hr.post(address, {**form, "how": "look"}))
    assert "1 person holds one that is valid" in page
    assert noor.name in page
    assert bhv.terms.count() == 1
    assert hr.post(address, {**form, "months": "", "how": "keep"}).status_code == 422
    assert hr.post(address, {**form, "from_on": "31-02-2026", "how": "keep"}).status_code == 422
    assert hr.post(address, {**form, "how": "keep"}).status_code == 302
    kept = bhv.terms.get(from_on=days(0))
    assert kept.months == 12
    hr.post(reverse("certificates:take_back_terms", args=[kept.pk]))
    assert bhv.terms.count() == 1


def test_another_type_counts_where_its_terms_say_so(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    basic = a_type(van_dijk, "VCA basic", jobs=("Mechanic",), months=120)
    full = a_type(van_dijk, "VCA full", months=120)
    a_holding(noor, full, issued_on=date(2025, 6, 1), confirmed_by=daan)
    assert state_of(noor, van_dijk)["VCA basic"] == "missing"
    actions.change_terms(
        basic, {"ends": "months", "months": 120}, from_on=date(2025, 1, 1), also=[full]
    )
    assert state_of(noor, van_dijk)["VCA basic"] == "valid"
    (row,) = [
        r
        for r in queries.rows_of(Person.objects.get_queryset(), van_dijk, types=[basic])
        if r.person == noor
    ]
    assert row.standing.may_work
    found = queries.find(queries.Asked(None, van_dijk, [basic], days(0)))
    assert found.counts["valid"] == 1


def test_a_validity_that_ends_before_it_starts_is_refused(
    noor: Person, van_dijk: Organisation
) -> None:
    ended = a_type(van_dijk, months=None, ends="day", ends_on=date(2024, 1, 1))
    with pytest.raises(ValidationError) as told:
        a_holding(noor, ended, issued_on=date(2025, 1, 1))
    assert "issued_on" in told.value.message_dict
    with pytest.raises(ValidationError):
        a_holding(noor, a_type(van_dijk), printed_until=days(-31))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends": "months", "months": None},
        {"ends": "yearly"},
        {"ends": "day"},
        {"ends": "never", "hours_needed": 35},
    ],
)
def test_the_database_keeps_no_terms_that_cannot_be(
    van_dijk: Organisation, wrong: dict[str, object]
) -> None:
    bhv = a_type(van_dijk)
    with pytest.raises(IntegrityError), transaction.atomic():
        TypeTerms.objects.create(type=bhv, from_on=date(2025, 1, 1), **wrong)


# -- registering ----------------------------------------------------------------------------------


def test_a_certificate_uploaded_twice_is_refused_kindly(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv, me = a_type(van_dijk), visit(noor)
    form = {"type": bhv.pk, "issued_on": days(-1).isoformat(), "number": "N 1"}
    assert (
        me.post(reverse("certificates:register"), {**form, "key": uuid.uuid4()}).status_code == 302
    )
    again = me.post(reverse("certificates:register"), {**form, "number": "n1", "key": uuid.uuid4()})
    assert again.status_code == 422
    assert "stands here already" in body(again)
    assert Holding.objects.count() == 1


def test_a_number_that_stands_with_someone_else_is_refused(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk)
    a_holding(daan, bhv, number="SAME")
    with pytest.raises(ValidationError) as told:
        a_holding(noor, bhv, number="same")
    assert "number" in told.value.message_dict


@pytest.mark.parametrize(
    ("number", "good"),
    [("NL-2025-QX", True), ("nl-2025-qx", True), ("NL-2025-Q1", False), ("NL2025QX", False),
     ("", True)],
)  # fmt: skip
def test_the_form_of_a_number_is_looked_at(
    noor: Person, van_dijk: Organisation, visit: Visit, number: str, good: bool
) -> None:
    bhv = a_type(van_dijk, number_form="NL-9999-AA")
    answer = visit(noor).post(
        reverse("certificates:register"),
        {"type": bhv.pk, "issued_on": days(-1).isoformat(), "number": number, "key": uuid.uuid4()},
    )
    assert (answer.status_code == 302) == good
    if not good:
        assert "looks like NL-1234-AB" in body(answer)


def test_a_refresher_that_came_too_late_says_so(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",), run_out_months=3)
    a_holding(noor, bhv, issued_on=date(2024, 1, 1), confirmed_by=daan)
    late = a_holding(noor, bhv, issued_on=date(2025, 4, 2), refresher=True, confirmed_by=daan)
    page = body(visit(noor).get(reverse("certificates:holding", args=[late.pk])))
    assert "does not count" in page
    assert "only the whole course renews" in page
    assert state_of(noor, van_dijk) == {"BHV": "expired"}


# -- duties ---------------------------------------------------------------------------------------


def test_by_job_unit_place_contract_and_person(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation
) -> None:
    utrecht = Location.objects.create(organisation=van_dijk, name="Utrecht")
    unit = a_unit(van_dijk, "Workshop")
    below = a_unit(van_dijk, "Bay 1", below=unit)
    Employment.objects.filter(person=noor).update(
        unit=below, location=utrecht, contract_hours=Decimal(32)
    )
    mechanic = Job.objects.get(organisation=van_dijk, name="Mechanic")
    hit: dict[str, dict[str, Any]] = {
        "job": {"job": mechanic}, "unit": {"unit": unit}, "place": {"location": utrecht},
        "contract": {"least_hours": Decimal(32)}, "person": {"person": noor},
        "all of it": {"job": mechanic, "unit": unit, "location": utrecht},
    }  # fmt: skip
    missed: dict[str, dict[str, Any]] = {
        "alone": {"unit": unit, "alone": True},
        "hours": {"least_hours": Decimal(33)},
    }
    for name, who in {**hit, **missed}.items():
        a_duty(a_type(van_dijk, name), **who)
    assert set(state_of(noor, van_dijk)) == set(hit)
    assert state_of(femke, van_dijk) == {}


def test_a_duty_holds_from_its_date_until_its_last(noor: Person, van_dijk: Organisation) -> None:
    bhv = a_type(van_dijk)
    mechanic = Job.objects.get(organisation=van_dijk, name="Mechanic")
    actions.ask(bhv, from_on=days(-5), until_on=days(5), sure=True, job=mechanic)
    for ahead, must in ((-6, False), (-5, True), (5, True), (6, False)):
        assert bool(queries.mine(noor, van_dijk, on=days(ahead))) == must, ahead
    with pytest.raises(ValidationError):
        actions.ask(bhv, from_on=days(0), until_on=days(-1), sure=True)


def test_a_duty_that_hits_nobody_or_everybody_asks_first_with_the_count(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk)
    empty = Job.objects.create(organisation=van_dijk, name="Nobody's job")
    with pytest.raises(AskFirst) as told:
        actions.ask(bhv, from_on=days(0), job=empty)
    assert (told.value.hit.people, told.value.hit.here) == (0, 3)
    hr, address = visit(femke), reverse("certificates:duties", args=[bhv.pk])
    everyone = {"form": "duty", "from_on": days(0).isoformat()}
    asked = hr.post(address, everyone)
    assert asked.status_code == 422
    assert "This hits everyone" in body(asked)
    assert "3 of 3 people" in body(asked)
    assert not Duty.objects.exists()
    assert hr.post(address, {**everyone, "sure": "yes"}).status_code == 302
    assert Duty.objects.get().job is None
    assert set(state_of(noor, van_dijk)) == {"BHV"}


def test_whom_it_hits_is_counted_while_one_writes(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk)
    a_holding(noor, bhv, confirmed_by=daan)
    mechanic = Job.objects.get(organisation=van_dijk, name="Mechanic")
    hr, address = visit(femke), reverse("certificates:count_duty", args=[bhv.pk])
    page = body(hr.get(address, {"job": str(mechanic.pk), "from_on": days(0).isoformat()}))
    assert "<b>1</b>" in page
    assert "of 3 people" in page
    assert "0 do not have it" in page
    assert "Choose a day" in body(hr.get(address, {"from_on": "x"}))
    assert "<b>0</b>" in body(
        hr.get(address, {"from_on": days(0).isoformat(), "least_hours": "40"})
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_on": ""}, {"from_on": "29-02-2025"}, {"until_on": "2001-01-01"},
        {"person": "nobody@example.test"}, {"job": "999999"}, {"least_hours": "-1"},
    ],
)  # fmt: skip
def test_a_duty_with_a_mistake_is_told(
    femke: Person, noor: Person, van_dijk: Organisation, visit: Visit, wrong: dict[str, str]
) -> None:
    bhv = a_type(van_dijk)
    form = {"form": "duty", "from_on": days(0).isoformat(), "person": noor.email, **wrong}
    answer = visit(femke).post(reverse("certificates:duties", args=[bhv.pk]), form)
    assert answer.status_code == 422
    assert not Duty.objects.exists()


def test_an_exception_stands_with_its_reason_until_it_ends(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    hr, address = visit(femke), reverse("certificates:duties", args=[bhv.pk])
    form = {"form": "exemption", "someone": noor.email, "reason": "On leave until spring",
            "free_from": days(-5).isoformat(), "key": str(uuid.uuid4())}  # fmt: skip
    assert hr.post(address, {**form, "reason": ""}).status_code == 422
    assert hr.post(address, {**form, "free_until": days(-6).isoformat()}).status_code == 422
    for _time in range(2):
        assert hr.post(address, form).status_code == 302
    one = Exemption.objects.get()
    assert state_of(noor, van_dijk) == {}
    assert "On leave until spring" in body(hr.get(address))
    assert Reading.objects.filter(reader=femke, about=noor).exists()
    found = queries.find(queries.Asked(None, van_dijk, [bhv], days(0)))
    assert found.counts["missing"] == 0

    hr.post(reverse("certificates:end_exemption", args=[one.pk]))
    assert state_of(noor, van_dijk) == {"BHV": "missing"}
    assert "On leave until spring" in body(hr.get(address))


def test_a_duty_taken_away_asks_nobody_any_more(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    visit(femke).post(reverse("certificates:drop_duty", args=[bhv.duties.get().pk]))
    assert state_of(noor, van_dijk) == {}


# -- tasks ----------------------------------------------------------------------------------------


def test_a_task_asks_its_certificates_of_its_jobs_and_tells_who_may(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    vop, bhv = a_type(van_dijk, "VOP", months=36), a_type(van_dijk)
    mechanic = Job.objects.get(organisation=van_dijk, name="Mechanic")
    task = a_task(van_dijk, needs=[vop, bhv], jobs=[mechanic])
    assert state_of(noor, van_dijk) == {"VOP": "missing", "BHV": "missing"}
    helper = a_colleague(van_dijk, "Hugo Helper", job="Helper", lead=daan)
    for type_ in (vop, bhv):
        a_holding(helper, type_, issued_on=days(-30), confirmed_by=daan)
    a_holding(noor, vop, issued_on=days(-30), confirmed_by=daan)
    team = Person.objects.get_queryset().filter(pk__in=[noor.pk, helper.pk])
    (row,) = queries.tasks_of(team, van_dijk)
    assert row.task == task
    told = dict(row.people)
    assert not told[noor].may
    assert told[noor].lacking == ("BHV",)
    assert told[helper].may
    assert told[helper].until == rules.months_after(days(-30), 12)
    page = body(visit(daan).get(reverse("certificates:team")))
    assert "may not: BHV" in page
    assert "not in the job" in page
    assert Reading.objects.filter(reader=daan, about=noor, matter="certificates").exists()


def test_hr_writes_a_task(
    noor: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv, hr = a_type(van_dijk), visit(femke)
    job = Job.objects.get(organisation=van_dijk, name="Mechanic")
    form = {"name_nl": "Heftruck", "from_on": days(-1).isoformat(), "needs": [bhv.pk],
            "jobs": [job.pk], "key": str(uuid.uuid4())}  # fmt: skip
    new = reverse("certificates:new_task")
    assert hr.post(new, {**form, "name_nl": ""}).status_code == 422
    assert hr.post(new, {**form, "needs": []}).status_code == 422
    for _time in range(2):
        assert hr.post(new, form).status_code == 302
    task = WorkTask.objects.get()
    address = reverse("certificates:task", args=[task.pk])
    assert hr.post(address, {**form, "name_nl": "First", "version": "1"}).status_code == 302
    assert hr.post(address, {**form, "name_nl": "Second", "version": "1"}).status_code == 409
    assert "First" in body(visit(noor).get(reverse("certificates:tasks")))
    hr.post(reverse("certificates:drop_task", args=[task.pk]))
    assert state_of(noor, van_dijk) == {}


# -- hours ----------------------------------------------------------------------------------------


def code_95(organisation: Organisation, **terms: Any) -> CertificateType:
    return a_type(
        organisation, "Code 95", months=60, from_previous=True, window_days=365, hours_needed=35,
        hours_months=60, hours_practice=7, hours_e_learning=12, hours_repeats=1, **terms,
    )  # fmt: skip


def test_code_95_tells_what_is_still_needed_and_by_when(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    card = code_95(van_dijk)
    held = a_holding(noor, card, issued_on=days(-1500), confirmed_by=daan)
    some_hours(noor, card, course="Loading", confirmed_by=daan, practice=7)
    some_hours(noor, card, course="Waiting")
    for n in range(3):
        some_hours(noor, card, course="Online", on=days(-20 - n), confirmed_by=daan, e_learning=7)
    (stand,) = queries.hours_of(noor, queries.mine(noor, van_dijk), ground_of(van_dijk.pk))
    assert (stand.hours, stand.practice, stand.e_learning) == (19, 7, 12)
    assert (stand.needed, stand.counted.ends) == (16, held.valid_until)
    page = body(visit(noor).get(reverse("certificates:mine")))
    assert "Still 16 hours to follow" in page
    assert "this course counts already" in page
    assert "Waits for confirmation" in page


def test_hours_are_confirmed_by_the_lead_once_and_never_ones_own(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    card = code_95(van_dijk)
    form = {"type": card.pk, "course": "Loading", "on": days(-3).isoformat(), "hours": "7",
            "practice": "3,5", "key": str(uuid.uuid4())}  # fmt: skip
    me = visit(noor)
    for wrong in ({"on": days(1).isoformat()}, {"hours": "0"}, {"hours": "25"},
                  {"practice": "8"}, {"course": ""}, {"on": "30-02-2025"}):  # fmt: skip
        told = me.post(reverse("certificates:register_hours"), {**form, "practice": "3.5", **wrong})
        assert told.status_code == 422, wrong
    for _time in range(2):
        kept = me.post(reverse("certificates:register_hours"), {**form, "practice": "3.5"})
        assert kept.status_code == 302
    again = {**form, "practice": "3.5", "key": str(uuid.uuid4()), "course": "loading "}
    assert me.post(reverse("certificates:register_hours"), again).status_code == 422
    done = HoursDone.objects.get()
    address = reverse("certificates:decide_hours", args=[done.pk])
    assert me.post(address, {"how": "confirm"}).status_code == 404
    lead = visit(daan)
    assert "Loading" in body(lead.get(reverse("certificates:team")))
    lead.post(address, {"how": "refuse", "reason": ""})
    done.refresh_from_db()
    assert done.state == "waiting"
    lead.post(address, {"how": "confirm"})
    visit(femke).post(address, {"how": "refuse", "reason": "Too late"})
    done.refresh_from_db()
    assert (done.state, done.decided_by) == ("confirmed", daan)
    with pytest.raises(ValidationError):
        actions.decide_hours(done, accept=True, by=noor)


def test_meeting_the_hours_renews_where_the_terms_say_so_once_and_without_losing_days(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    card = code_95(van_dijk, renews_by_hours=True)
    old = a_holding(noor, card, issued_on=days(-1700), confirmed_by=daan)
    for n in range(4):
        some_hours(noor, card, on=days(-40 + n), confirmed_by=daan)
    assert Holding.objects.count() == 1
    some_hours(noor, card, on=days(-1), confirmed_by=daan, practice=7)
    assert old.valid_until is not None
    new = Holding.objects.get(origin="hours")
    assert (new.state, new.issued_on) == ("confirmed", days(-1))
    assert new.valid_until == rules.months_after(old.valid_until, 60)
    actions.renew_all_by_hours(van_dijk, days(0))
    assert Holding.objects.count() == 2


def test_completing_an_activity_brings_a_certificate_or_hours_once(
    noor: Person, van_dijk: Organisation
) -> None:
    card, bhv = code_95(van_dijk), a_type(van_dijk)
    online = an_activity(van_dijk, "Rest times")
    Activity.objects.filter(pk=online.pk).update(hours=Decimal(4))
    actions.save_type(van_dijk, {}, brings={online: "e_learning"}, certificate=card, seen=1)
    actions.save_type(van_dijk, {}, brings={online: "certificate"}, certificate=bhv, seen=1)
    for passed in (False, True, True):
        announce(ModuleCompleted(noor.pk, online.pk, 1, passed, days(0)))
    holding, done = Holding.objects.get(), HoursDone.objects.get()
    assert (holding.type, holding.state, holding.origin) == (bhv, "confirmed", "activity")
    assert (done.hours, done.e_learning) == (Decimal(4), Decimal(4))
    assert done.state == "confirmed"
    announce(ModuleCompleted(noor.pk, online.pk, 1, passed=True, on=days(1), made_it=True))
    assert Holding.objects.get(issued_on=days(1)).state == "waiting"
    assert HoursDone.objects.get(on=days(1)).state == "waiting"


def test_the_refresher_is_offered_where_it_is_time(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    course = an_activity(van_dijk, "BHV refresher day")
    actions.save_type(van_dijk, {}, brings={course: "refresher"}, certificate=bhv, seen=1)
    a_holding(noor, bhv, issued_on=days(-340), confirmed_by=daan)
    for page in ("mine", "panel_mine"):
        told = body(visit(noor).get(reverse(f"certificates:{page}")))
        assert reverse("catalogue:activity", args=[course.pk]) in told


def test_the_overview_by_place_month_and_what_must_be_held(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    utrecht = Location.objects.create(organisation=van_dijk, name="Utrecht")
    Employment.objects.filter(person=noor).update(location=utrecht)
    bhv, other = a_type(van_dijk, jobs=("Mechanic",)), a_type(van_dijk, "Other")
    held = a_holding(noor, bhv, issued_on=days(-200), confirmed_by=daan)
    a_holding(daan, other, issued_on=days(-30), confirmed_by=femke)
    hr, address = visit(femke), reverse("certificates:overview")
    assert daan.name not in body(hr.get(address, {"place": utrecht.pk}))
    assert noor.name in body(hr.get(address, {"place": utrecht.pk}))
    assert daan.name not in body(hr.get(address, {"must": "1"}))
    assert held.valid_until is not None
    month = f"{held.valid_until:%Y-%m}"
    page = body(hr.get(address, {"month": month}))
    assert noor.name in page
    assert f"month={month}" in page
    export = hr.get(address, {"export": "csv", "place": str(utrecht.pk)})
    rows = b"".join(export.streaming_content).decode()  # type: ignore[attr-defined] # streamed
    assert held.number in rows
    assert "because BHV counts for 12 months" in rows
    assert "This list was made on" in rows


def test_who_it_is_asked_of_by_name_is_not_told_to_colleagues(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation, visit: Visit
) -> None:
    bhv = a_type(van_dijk)
    a_duty(bhv, person=noor)
    page = body(visit(daan).get(reverse("certificates:types")))
    assert "1 by name" in page
    assert noor.name not in page


def test_of_a_long_line_the_board_tells_who_one_leads_oneself(
    daan: Person, van_dijk: Organisation, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A director of thousands reads about their own few; the others are a number and a search."""
    boss = a_colleague(van_dijk, "Bo Boss", job="Director")
    near = a_colleague(van_dijk, "Nina Near", job="Manager", lead=boss)
    far = a_colleague(van_dijk, "Fay Far", job="Mechanic", lead=near)
    a_type(van_dijk, "BHV", jobs=("Manager", "Mechanic"))
    names = ("certificates:team", "certificates:panel_may", "certificates:panel_team")
    for name in names:
        assert far.name in body(visit(boss).get(reverse(name)))

    monkeypatch.setattr("gezel.certificates.team.MOST_PEOPLE", 1)
    monkeypatch.setattr("gezel.people.panels.MOST_SHOWN", 1)
    for name in (*names, "people:panel_team"):
        page = body(visit(boss).get(reverse(name)))
        assert near.name in page
        assert far.name not in page
    assert "1 more person works below them" in body(visit(boss).get(reverse(names[0])))
