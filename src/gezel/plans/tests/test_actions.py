"""Goals, steps and agreement: what is kept, what is asked anew, what follows from news."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.content.actions import start, take_waiver_back, waive
from gezel.content.events import ModuleCompleted
from gezel.content.models import Attempt, Waiver
from gezel.content.tests.builders import a_module
from gezel.kit.events import announce, listen
from gezel.people.api import (
    Employment,
    Organisation,
    Person,
    Visitor,
    employ,
    end_employment,
)
from gezel.people.events import EmploymentChanged
from gezel.plans import actions, policy, queries
from gezel.plans.actions import ChangedMeanwhileError
from gezel.plans.events import GoalReached
from gezel.plans.models import Agreement, Fact, Goal, Step
from gezel.plans.tests.builders import a_goal, a_step, an_activity, in_days
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

Visit = Callable[[Person], Client]
heard: list[GoalReached] = []
listen(GoalReached, heard.append)


def agreement_on(goal: Goal) -> Agreement:
    return Agreement.objects.get(goal=goal)


def agree(goal: Goal, person: Person, lead: Person) -> None:
    for by in (person, lead):
        actions.confirm(goal, by=by, seen=agreement_on(goal).version)


@pytest.mark.parametrize("what", ["goal", "wish", "step added", "step changed", "step removed"])
def test_any_change_asks_both_anew_and_says_what_changed(
    noor: Person, daan: Person, what: str
) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    step = a_step(goal, "Ask Karim")
    agree(goal, noor, daan)
    if what == "goal":
        actions.change_goal(
            goal, due_on=in_days(99), own_words="", level=3, by=noor, seen=goal.version
        )
    elif what == "wish":
        actions.write_wish(goal, text="Hope", by=daan, seen=agreement_on(goal).version)
    elif what == "step added":
        a_step(goal, "Another", by=daan)
    elif what == "step changed":
        actions.change_step(
            step, title="Ask Mei", due_on=in_days(5), who="person", by=noor, seen=step.version
        )
    else:
        actions.remove_step(step, by=noor)
    agreement = agreement_on(goal)
    assert agreement.person_confirmed_at is None
    assert agreement.lead_confirmed_at is None
    shown = queries.agreement_of(Goal.objects.select_related("agreement").get(pk=goal.pk))
    assert len(shown.changed_since) == 1


def test_doing_a_step_leaves_the_agreement_be(noor: Person, daan: Person) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    step = a_step(goal)
    agree(goal, noor, daan)
    actions.mark_step(step, done_on=in_days(0))
    assert agreement_on(goal).lead_confirmed_at is not None


def test_one_confirms_what_one_saw(noor: Person, daan: Person) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    seen = agreement_on(goal).version
    a_step(goal, "Slipped in")
    with pytest.raises(ChangedMeanwhileError):
        actions.confirm(goal, by=daan, seen=seen)
    assert agreement_on(goal).lead_confirmed_at is None


def test_confirming_twice_is_once(noor: Person) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    for _time in range(2):
        actions.confirm(goal, by=noor, seen=agreement_on(goal).version)
    assert Fact.objects.filter(goal=goal, kind=Fact.Kind.PERSON_CONFIRMED).count() == 1


def test_a_private_goal_has_nobody_to_agree_with(noor: Person) -> None:
    goal = a_goal(noor, skill=a_skill())
    with pytest.raises(ValidationError):
        actions.confirm(goal, by=noor, seen=agreement_on(goal).version)


def test_what_happened_in_private_stays_out_of_the_shared_history(noor: Person) -> None:
    goal = a_goal(noor, skill=a_skill())
    a_step(goal, "Secret step")
    actions.share(goal, shared=True, by=noor)
    assert list(Fact.objects.filter(goal=goal).values_list("kind", flat=True)) == ["shared"]


def test_taking_back_the_sharing_ends_the_agreement(noor: Person, daan: Person) -> None:
    goal = a_goal(noor, skill=a_skill(), shared=True)
    agree(goal, noor, daan)
    actions.share(goal, shared=False, by=noor)
    assert agreement_on(goal).lead_confirmed_at is None


def test_two_who_change_a_goal_at_once(noor: Person) -> None:
    goal = a_goal(noor, skill=a_skill(), level=3)
    first = in_days(50)
    actions.change_goal(goal, due_on=first, own_words="one", level=4, by=noor, seen=1)
    with pytest.raises(ChangedMeanwhileError):
        actions.change_goal(goal, due_on=in_days(60), own_words="two", level=5, by=noor, seen=1)
    goal.refresh_from_db()
    assert (goal.due_on, goal.own_words, goal.level) == (first, "one", 4)


@pytest.mark.parametrize(("passed", "ticks"), [(True, 1), (None, 1), (False, 0)])
def test_a_finished_module_ticks_the_step_that_waited(
    noor: Person, daan: Person, van_dijk: Organisation, passed: bool | None, ticks: int
) -> None:
    activity = an_activity(van_dijk)
    mine = a_step(a_goal(noor, skill=a_skill()), activity=activity)
    other = a_step(a_goal(daan, skill=a_skill()), activity=activity)
    announce(ModuleCompleted(noor.pk, activity.pk, 1, passed, in_days(0)))
    assert Step.objects.filter(pk=mine.pk, done_on=in_days(0)).count() == ticks
    assert Step.objects.filter(pk=other.pk, done_on=None).exists()


def test_what_someone_need_not_do_makes_way_for_the_next_step(
    noor: Person, daan: Person, van_dijk: Organisation, visit: Visit
) -> None:
    module = a_module(van_dijk)
    goal = a_goal(noor, skill=a_skill())
    first = a_step(goal, activity=module.activity)
    after = a_step(goal, due_on=in_days(9))

    def said(key: uuid.UUID) -> Waiver:
        return waive(
            noor, module.activity, reason="Administrative", words="x", by=daan, key=key
        )  # fmt: skip

    waiver = said(uuid.uuid4())
    plan = queries.plan_of(goal, Visitor(noor))
    assert (plan.next and plan.next.step) == after
    assert [(one.step, one.let_off) for one in plan.done] == [(first, True)]
    page = visit(noor).get(reverse("plans:goal", args=[goal.pk])).content.decode()
    assert "need not be done, since" in page
    take_waiver_back(waiver)
    plan = queries.plan_of(goal, Visitor(noor))
    assert (plan.next and plan.next.step, plan.done) == (first, [])

    # What they did all the same stays done, and reads as done, once the waiver is gone.
    waiver = said(uuid.uuid4())
    attempt = start(noor, module, organisation=van_dijk)
    Attempt.objects.filter(pk=attempt.pk).update(completed_at=timezone.now(), passed=True)
    take_waiver_back(waiver)
    assert [(one.step, one.let_off) for one in queries.plan_of(goal, Visitor(noor)).done] == [
        (first, False)
    ]


def test_a_reached_goal_is_told_once_and_never_closed_for_someone(noor: Person) -> None:
    skill = a_skill()
    goal = a_goal(noor, skill=skill, level=3)
    heard.clear()
    an_evidence(noor, skill, level=2)
    assert heard == []
    an_evidence(noor, skill, level=4, kind="certificate")
    an_evidence(noor, skill, level=4, kind="module")
    assert [event.goal_pk for event in heard] == [goal.pk]
    goal.refresh_from_db()
    assert goal.is_open
    assert goal.shown_on == in_days(0)


def test_a_role_is_reached_when_nothing_is_missing(noor: Person, van_dijk: Organisation) -> None:
    first, second = a_skill("First"), a_skill("Second")
    goal = a_goal(noor, profile=a_profile(van_dijk, {first: 3, second: 2}, job=None))
    heard.clear()
    an_evidence(noor, first, level=3)
    assert heard == []
    an_evidence(noor, second, level=2)
    assert [event.goal_pk for event in heard] == [goal.pk]


def test_progress_is_counted_from_the_day_it_was_set(noor: Person, van_dijk: Organisation) -> None:
    """What a role asks on the goal's own date, with the evidence of either day."""
    skill = a_skill()
    profile = a_profile(van_dijk, {skill: 4}, job=None)
    an_evidence(noor, skill, level=1, on=in_days(-200), kind="self")
    goal = a_goal(noor, profile=profile, set_on=in_days(-100))
    an_evidence(noor, skill, level=3, on=in_days(-10))
    told = queries.progress_since(goal, at=None)
    assert told.percent_before == 32
    assert told.percent > 50
    assert [m.skill for m in told.reasons] == [skill]


def test_a_step_keeps_its_name_when_the_activity_goes(noor: Person, van_dijk: Organisation) -> None:
    activity = an_activity(van_dijk, "Battery basics")
    step = a_step(a_goal(noor, skill=a_skill()), activity=activity)
    activity.delete()
    step.refresh_from_db()
    assert step.name == "Battery basics"


def test_a_key_of_someone_else_opens_nothing(noor: Person, daan: Person) -> None:
    goal = a_goal(noor, skill=a_skill(), own_words="mine")
    with pytest.raises(ValidationError):
        actions.set_goal(
            daan, organisation=None, skill=a_skill(), level=2, due_on=in_days(9), key=goal.key
        )


def test_a_rehire_does_not_revive_what_was_shared_before(
    noor: Person, daan: Person, van_dijk: Organisation, as_visitor: Callable[[Person], Visitor]
) -> None:
    """A contract that follows on another is one stretch; a gap ends what was shared in it."""
    today = timezone.localdate()
    goal = a_goal(noor, skill=a_skill(), shared=True)
    first = noor.employments.get()

    def days_ago(days: int) -> date:
        return today - timedelta(days=days)

    def seen_by_lead() -> bool:
        return policy.goals_shared_with_me(as_visitor(daan)).filter(pk=goal.pk).exists()

    Fact.objects.filter(goal=goal).update(at=timezone.now() - timedelta(days=40))
    Goal.objects.filter(pk=goal.pk).update(created_at=timezone.now() - timedelta(days=40))
    Employment.objects.filter(pk=first.pk).update(starts_on=days_ago(90))
    end_employment(first, last_day=days_ago(31))
    told: dict[str, Any] = {"job": first.job, "unit": first.unit, "lead": daan}
    second = employ(noor, van_dijk, **told, starts_on=days_ago(30))
    assert seen_by_lead()

    end_employment(second, last_day=days_ago(9))
    assert not seen_by_lead()
    employ(noor, van_dijk, **told, starts_on=today)
    assert not seen_by_lead()
    goal.refresh_from_db()
    assert not goal.shared
    actions.share(goal, shared=True, by=noor)
    assert seen_by_lead()
    announce(EmploymentChanged(van_dijk.pk, (noor.pk,)))
    assert seen_by_lead()
