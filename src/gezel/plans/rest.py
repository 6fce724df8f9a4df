"""The part of `/api/v1/` that plans answers.

A key speaks for whoever made it and reads no further than they may: goals that people in their
line chose to share, and the goals of groups, with the same figures dark as on the page. Private
goals, and the words of why someone wants something, do not leave by this door.
"""

from datetime import date
from typing import Annotated, Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from gezel.connect.api import ApiRequest, Page, Scope, page
from gezel.people.api import Visitor, visitor_of
from gezel.plans import policy, queries, rules
from gezel.plans.models import Goal, Step
from gezel.trust.api import note_reading

router = Router(tags=["plans"])

LAST = 2**31 - 1
READ = Scope("plans:read")


class StepOut(Schema):
    """A dated step."""

    id: int
    title: str
    activity: int | None
    who: str
    due_on: date
    done_on: date | None


class PlanOut(Schema):
    """A shared goal with its steps. `agreed` is nobody, person, lead or both."""

    id: int
    person: int
    kind: str
    role_profile: int | None
    skill: int | None
    level: int | None
    set_on: date
    due_on: date
    state: str
    agreed: str
    steps: list[StepOut]


class SharedGoalOut(Schema):
    """So many people at a level by a date; `reached` is null where the group is too small."""

    id: int
    unit: int | None
    skill: int
    level: int
    people: int
    due_on: date
    why: str
    group: int
    reached: int | None


def _readable(request: ApiRequest) -> QuerySet[Goal]:
    """What the maker of the key may read here today, if they still work here."""
    maker = request.auth.token.made_by
    if maker is None:
        return Goal.objects.none()
    here = maker.employments.current().filter(organisation=request.auth.organisation).first()
    visitor: Visitor = visitor_of(maker, here.pk if here else None)
    if visitor.employment is None or visitor.organisation != request.auth.organisation:
        return Goal.objects.none()
    return (
        policy.goals_shared_with_me(visitor)
        .select_related("agreement")
        .prefetch_related(Prefetch("steps", Step.objects.select_related("activity")))
    )


def _told(request: ApiRequest, goals: list[Goal]) -> list[PlanOut]:
    if request.auth.token.made_by_id is not None:
        note_reading(
            reader_pk=request.auth.token.made_by_id,
            about={g.person_id for g in goals},
            matter="plans",
            purpose="lead",
        )
    return [
        PlanOut(
            id=g.pk,
            person=g.person_id,
            kind=g.kind,
            role_profile=g.profile_id,
            skill=g.skill_id,
            level=g.level,
            set_on=g.set_on,
            due_on=g.due_on,
            state=g.state,
            agreed=rules.agreed(
                by_person=g.agreement.person_confirmed_at is not None,
                by_lead=g.agreement.lead_confirmed_at is not None,
            ),
            steps=[
                StepOut(
                    id=s.pk,
                    title=s.name,
                    activity=s.activity_id,
                    who=s.who,
                    due_on=s.due_on,
                    done_on=s.done_on,
                )
                for s in g.steps.all()
            ],
        )
        for g in goals
    ]


@router.get("/plans", auth=READ, response=Page[PlanOut])
def plans(
    request: ApiRequest,
    after: Annotated[int, Query(ge=0, le=LAST)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Goals shared with the maker of this key, with their steps, in the order they were set."""
    told = page(_readable(request), after=after, limit=limit)
    return told | {"items": _told(request, told["items"])}


@router.get("/plans/{pk}", auth=READ, response=PlanOut)
def plan(request: ApiRequest, pk: int) -> PlanOut:
    """One shared goal with its steps."""
    found = get_object_or_404(_readable(request), pk=max(0, min(pk, LAST)))
    return _told(request, [found])[0]


@router.get("/shared-goals", auth=READ, response=list[SharedGoalOut])
def shared_goals(request: ApiRequest) -> list[SharedGoalOut]:
    """The goals of units and of the whole organisation, with how many people are there."""
    return [
        SharedGoalOut(
            id=shown.goal.pk,
            unit=shown.goal.unit_id,
            skill=shown.goal.skill_id,
            level=shown.goal.level,
            people=shown.goal.people,
            due_on=shown.goal.due_on,
            why=shown.goal.why,
            group=shown.group,
            reached=shown.reached,
        )
        for shown in queries.shared_goals_in(request.auth.organisation)
    ]
