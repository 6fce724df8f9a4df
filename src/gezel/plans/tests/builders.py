"""Short ways to goals, steps and activities, through the actions the product uses."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from gezel.catalogue.api import Activity, ActivitySkill
from gezel.people.api import Organisation, Person
from gezel.plans.actions import add_step, set_goal
from gezel.plans.models import Goal, Step
from gezel.skills.api import RoleProfile, Skill


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def a_goal(
    person: Person,
    *,
    skill: Skill | None = None,
    profile: RoleProfile | None = None,
    level: int = 3,
    due_on: date | None = None,
    shared: bool = False,
    own_words: str = "",
    set_on: date | None = None,
) -> Goal:
    """Someone's goal at the organisation they work for today."""
    employment = person.employments.current().first()
    goal = set_goal(
        person,
        organisation=employment.organisation if employment else None,
        skill=skill,
        profile=profile,
        level=level if skill else None,
        due_on=due_on or in_days(180),
        shared=shared,
        own_words=own_words,
        set_on=set_on,
    )
    return Goal.objects.select_related("agreement", "profile", "skill").get(pk=goal.pk)


def a_step(
    goal: Goal,
    title: str = "Go along with Karim",
    *,
    due_on: date | None = None,
    activity: Activity | None = None,
    who: str = Step.Who.PERSON,
    by: Person | None = None,
) -> Step:
    return add_step(
        goal, title="" if activity else title, activity=activity,
        due_on=due_on or in_days(7), who=who, by=by or goal.person,
    )  # fmt: skip


def an_activity(
    organisation: Organisation,
    title: str = "Battery diagnosis, basics",
    *,
    teaches: dict[Skill, tuple[int, int]] | None = None,
    mix: str = "practice",
    kind: str = "workplace",
) -> Activity:
    activity = Activity.objects.create(
        organisation=organisation, title_en=title, title_nl=title, kind=kind, mix=mix,
        form="on_the_job", hours=Decimal(2),
    )  # fmt: skip
    for skill, (start, end) in (teaches or {}).items():
        ActivitySkill.objects.create(activity=activity, skill=skill, from_level=start, to_level=end)
    return activity


def key() -> str:
    return str(uuid.uuid4())
