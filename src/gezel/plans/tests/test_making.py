"""Plans made to measure: the page, choosing one, what is fixed, what cannot be, and who may."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.catalogue.api import Activity, give_on, needs_first, prefer
from gezel.catalogue.tests.builders import an_activity
from gezel.kit.jobs import run_waiting
from gezel.kit.models import Task
from gezel.people.api import Organisation, Person
from gezel.plans import maker
from gezel.plans.models import Agreement, Goal, PlanningRules, Step
from gezel.plans.tests.builders import a_goal, a_step, in_days, key
from gezel.skills.api import Skill
from gezel.skills.tests.builders import a_profile, a_skill

Visit = Callable[[Person], Client]


@pytest.fixture
def skill(van_dijk: Organisation) -> Skill:
    return a_skill("High voltage")


@pytest.fixture
def goal(noor: Person, skill: Skill) -> Goal:
    return a_goal(noor, skill=skill, level=3, due_on=in_days(180))


@pytest.fixture
def offer(van_dijk: Organisation, skill: Skill) -> dict[str, Activity]:
    """A course with a date, a duo in the work, and reading at home."""
    course = an_activity(
        van_dijk, "Course", teaches={skill: (0, 2)}, hours=Decimal(8), price_cents=40_000,
        travel_cents=2_000,
    )  # fmt: skip
    give_on(course, starts_on=in_days(60), place="Utrecht", seats_left=3)
    duo = an_activity(
        van_dijk, "Duo", teaches={skill: (0, 3)}, hours=Decimal(6), mix="practice",
        form="on_the_job",
    )  # fmt: skip
    reading = an_activity(
        van_dijk, "Reading", teaches={skill: (0, 1)}, hours=Decimal(2), mix="others",
        form="online", own_percent=100,
    )  # fmt: skip
    return {"course": course, "duo": duo, "reading": reading}


def asked(goal: Goal | None, **limits: str | int) -> dict[str, str | int]:
    told: dict[str, str | int] = {"hours": "3", "money": "1500", "until": in_days(180).isoformat()}
    return ({"goal": goal.pk} if goal else {}) | told | limits


def page(client: Client, question: dict[str, str | int], status: int = 200) -> str:
    answer = client.get(reverse("plans:make"), question)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def form_of(text: str, aim: str) -> dict[str, str]:
    """What the button under one of the plans sends."""
    forms = re.findall(r'<form[^>]*action="/plan/make/choose/">(.*?)</form>', text, re.DOTALL)
    form = next(f for f in forms if f'name="aim" value="{aim}"' in f)
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def test_the_form_starts_with_the_limits_of_the_organisation_and_ones_own_wishes(
    van_dijk: Organisation, noor: Person, goal: Goal, visit: Visit
) -> None:
    PlanningRules.objects.create(
        organisation=van_dijk, money_cents=80_000, minutes_a_week=150, wage_cents=5_000
    )
    prefer(noor, no_evenings=True, language="nl")
    text = page(visit(noor), {"goal": goal.pk})

    assert 'value="800"' in text
    assert 'value="2.5"' in text
    assert f'value="{in_days(180).isoformat()}"' in text
    assert re.search(r'name="no_evenings"[^>]*checked', text)
    assert '<option value="nl" selected>' in text
    assert "Choose this plan" not in text


def test_what_an_hour_costs_is_said_once(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    """The programme page of HR reckons with the wage of the planning rules."""
    assert 'name="wage" value="45' in visit(femke).get("/skills/programme/").content.decode()

    PlanningRules.objects.create(organisation=van_dijk, wage_cents=5_225)

    assert 'name="wage" value="52.25"' in visit(femke).get("/skills/programme/").content.decode()


def test_three_plans_side_by_side_with_their_reasons(
    noor: Person, goal: Goal, offer: dict[str, Activity], visit: Visit
) -> None:
    text = page(visit(noor), asked(goal))

    assert text.count("Choose this plan") == 3
    for name in ("Best value", "Least absence", "Fastest", "Lost working time", "Why"):
        assert name in text
    assert "Proven best" in text
    assert "€ 420 fee and travel + € 360 lost working time = € 780." in text
    assert not Step.objects.exists()  # nothing is kept until one is chosen


def test_choosing_puts_dated_steps_in_the_goal_once_and_asks_to_confirm_anew(
    noor: Person, daan: Person, goal: Goal, offer: dict[str, Activity], visit: Visit
) -> None:
    Goal.objects.filter(pk=goal.pk).update(shared=True)
    Agreement.objects.filter(goal=goal).update(
        person_confirmed_at=timezone.now(), lead_confirmed_at=timezone.now()
    )
    kept = a_step(goal, "Ask Karim")
    moved = a_step(goal, activity=offer["duo"], due_on=in_days(3))
    client = visit(noor)
    form = form_of(page(client, asked(goal)), "value")

    first = client.post(reverse("plans:choose_plan"), form)
    again = client.post(reverse("plans:choose_plan"), form)

    assert first.status_code == again.status_code == 302
    assert first["Location"] == reverse("plans:goal", args=[goal.pk])
    steps = {s.activity_id: s for s in goal.steps.all()}
    assert set(steps) == {None, offer["course"].pk, offer["duo"].pk, offer["reading"].pk}
    assert steps[None] == kept
    assert steps[offer["duo"].pk].pk == moved.pk
    assert steps[offer["duo"].pk].due_on > in_days(3)
    assert steps[offer["course"].pk].starts_on == in_days(60)
    agreement = Agreement.objects.get(goal=goal)
    assert agreement.person_confirmed_at is None
    assert agreement.lead_confirmed_at is None
    offer["course"].offerings.update(ends_on=in_days(61))
    form = form_of(page(client, asked(goal)), "value")
    shown = client.post(reverse("plans:choose_plan"), form, follow=True).content.decode()
    assert f'datetime="{in_days(60).isoformat()}"' in shown
    assert f'datetime="{in_days(61).isoformat()}"' in shown


def test_steps_that_are_not_in_the_plan_leave_only_when_asked(
    van_dijk: Organisation, noor: Person, goal: Goal, offer: dict[str, Activity], visit: Visit
) -> None:
    other = a_step(goal, activity=an_activity(van_dijk, "Something else"))
    client = visit(noor)
    form = form_of(page(client, asked(goal)), "value")

    client.post(reverse("plans:choose_plan"), form)
    assert Step.objects.filter(pk=other.pk).exists()

    form = form_of(page(client, asked(goal)), "value")
    client.post(reverse("plans:choose_plan"), form | {"take_out": "1"})
    assert not Step.objects.filter(pk=other.pk).exists()


def test_what_changed_meanwhile_is_shown_and_not_kept(
    *,
    van_dijk: Organisation,
    noor: Person,
    goal: Goal,
    skill: Skill,
    offer: dict[str, Activity],
    visit: Visit,
) -> None:
    client = visit(noor)
    form = form_of(page(client, asked(goal)), "value")
    offer["course"].offerings.update(seats_left=0)

    answer = client.post(reverse("plans:choose_plan"), form, follow=True)

    assert "Something changed since you looked" in answer.content.decode()
    assert not Step.objects.exists()


def test_fixing_leaving_out_and_swapping_stand_in_the_address(
    noor: Person, goal: Goal, offer: dict[str, Activity], visit: Visit
) -> None:
    client, course, duo = visit(noor), offer["course"].pk, offer["duo"].pk
    text = page(client, asked(goal, lock=course, drop=duo))
    plans = text.split('class="three"')[1].split("What a little more")[0]

    assert plans.count("<bdi>Course</bdi></span>") == 3
    assert "<bdi>Duo</bdi></span>" not in plans
    assert "Take back" in text
    assert f"drop={course}" in text
    assert f"&lock={course}&drop={duo}" in text


def test_free_only_gives_a_plan_that_costs_nothing(
    noor: Person, goal: Goal, offer: dict[str, Activity], visit: Visit
) -> None:
    text = page(visit(noor), asked(goal, money="0"))

    assert "<bdi>Course</bdi></span>" not in text
    assert "<bdi>Duo</bdi></span>" in text


def test_bad_limits_are_told_at_their_field(noor: Person, goal: Goal, visit: Visit) -> None:
    text = page(visit(noor), asked(goal, hours="0", money="-3", until="2020-01-01"), status=422)

    assert text.count('class="error"') == 3
    assert "Choose a date that lies ahead." in text


def test_what_was_fixed_beyond_the_budget_says_what_to_do(
    noor: Person, goal: Goal, offer: dict[str, Activity], visit: Visit
) -> None:
    text = page(visit(noor), asked(goal, money="100", lock=offer["course"].pk), status=422)

    assert "raise the budget, or let go of a step you fixed" in text


def test_a_circle_made_past_the_form_is_named(
    van_dijk: Organisation, noor: Person, goal: Goal, offer: dict[str, Activity], visit: Visit
) -> None:
    needs_first(offer["course"], needs=offer["duo"])
    offer["duo"].prerequisites.create(needs=offer["course"])

    text = page(visit(noor), asked(goal), status=422)

    assert "Course → Duo → Course" in text


def test_no_date_in_time_and_nothing_on_offer_are_told_with_what_to_do(
    van_dijk: Organisation, noor: Person, visit: Visit
) -> None:
    late, bare = a_skill("Late"), a_skill("Bare")
    profile = a_profile(van_dijk, {late: 3, bare: 2}, name="Somewhere", job=None)
    course = an_activity(van_dijk, "Late course", teaches={late: (0, 3)}, mandatory=True)
    give_on(course, starts_on=in_days(300))

    text = page(visit(noor), asked(None, profile=profile.pk))

    assert "Nothing on offer fits. Write a step of your own, or ask a colleague." in text
    assert "it has no date before the end of the plan" in text
    assert "“Late course” is mandatory for this" in text


def test_from_my_needs_choosing_makes_a_goal_of_ones_own_role(
    van_dijk: Organisation, noor: Person, skill: Skill, offer: dict[str, Activity], visit: Visit
) -> None:
    profile = a_profile(van_dijk, {skill: 3})
    client = visit(noor)
    form = form_of(page(client, asked(None)), "fast")

    client.post(reverse("plans:choose_plan"), form)
    client.post(reverse("plans:choose_plan"), form)

    goal = Goal.objects.get(person=noor)
    assert goal.profile == profile
    assert not goal.shared
    assert goal.steps.count() > 0


def test_who_already_has_that_goal_plans_it_and_sets_no_second_one(
    noor: Person, goal: Goal, skill: Skill, offer: dict[str, Activity], visit: Visit
) -> None:
    client = visit(noor)
    text = page(client, asked(None, skill=skill.pk, level=3))
    client.post(reverse("plans:choose_plan"), form_of(text, "value"))

    assert list(Goal.objects.filter(person=noor)) == [goal]
    assert goal.steps.exists()


def test_a_merged_skill_is_planned_under_the_name_that_stays(
    van_dijk: Organisation, noor: Person, skill: Skill
) -> None:
    away = a_skill("Work on HV", organisation=van_dijk)
    role = a_profile(van_dijk, {away: 3})
    Skill.objects.filter(pk=away.pk).update(merged_into=skill)

    assert [gap.skill for gap in maker.from_role(noor, role, in_days(90)).gaps] == [skill.pk]


def test_nothing_missing_says_so(noor: Person, visit: Visit) -> None:
    assert "Nothing is missing" in page(visit(noor), {})


def test_another_ones_goal_is_not_there(
    *, noor: Person, daan: Person, femke: Person, sam: Person, goal: Goal, visit: Visit
) -> None:
    """Also not for the lead it is shared with: wishes and limits are the person's own."""
    Goal.objects.filter(pk=goal.pk).update(shared=True)
    for person in (daan, femke, sam):
        page(visit(person), asked(goal), status=404)
        form: dict[str, str | int] = {"aim": "value", "key": key(), **asked(goal)}
        assert visit(person).post(reverse("plans:choose_plan"), form).status_code == 404


def test_a_large_catalogue_is_planned_by_a_job_and_found_when_it_is_done(
    noor: Person,
    goal: Goal,
    offer: dict[str, Activity],
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache.clear()
    monkeypatch.setattr(maker, "MOST_WHILE_WAITING", 1)
    client = visit(noor)

    assert "this takes a moment" in page(client, asked(goal))
    page(client, asked(goal))
    task = Task.objects.get(name="plans.make_plans")  # asked for once
    assert task.asked_by == noor
    run_waiting()

    assert page(client, asked(goal)).count("Choose this plan") == 3


def test_the_number_of_questions_does_not_grow_with_the_offer(
    *,
    van_dijk: Organisation,
    noor: Person,
    goal: Goal,
    skill: Skill,
    offer: dict[str, Activity],
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    for number in range(12):
        made = an_activity(van_dijk, f"More {number}", teaches={skill: (0, 2)})
        give_on(made, starts_on=in_days(30 + number))
        needs_first(made, needs=offer["reading"])
    client = visit(noor)
    with django_assert_max_num_queries(32):
        page(client, asked(goal))


def test_hr_sets_what_an_hour_costs_and_is_told_when_it_changed(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    client, address = visit(femke), reverse("plans:planning_rules")
    form = {"wage": "52.50", "hours": "4", "money": "", "both_ways": "on", "version": "1"}

    assert client.post(address, form).status_code == 302
    kept = PlanningRules.objects.get(organisation=van_dijk)
    assert (kept.wage_cents, kept.money_cents, kept.minutes_a_week) == (5_250, None, 240)
    assert client.post(address, form).status_code == 409
    assert client.post(address, form | {"wage": "-1"}).status_code == 422
    assert timedelta(minutes=kept.minutes_a_week) == timedelta(hours=4)
