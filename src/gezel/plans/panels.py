"""Panels of plans for the notice boards of other rooms; each asks one to three queries."""

from collections.abc import Hashable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from gezel.catalogue.api import Activity, told_of
from gezel.people.api import Request, at_work, signed_in
from gezel.plans import policy, queries
from gezel.plans.forms import PickForm
from gezel.plans.models import Goal, Step
from gezel.skills.api import standings_of

MOST = 4


@signed_in
def panel_goal(request: Request) -> HttpResponse:
    """The ring of my nearest goal, for the head of the home page."""
    goal = queries.nearest_goal(request.visitor)
    if goal is None:
        raise Http404
    shown: dict[Hashable, float] = {
        skill: held[0] for skill, held in standings_of(request.visitor).items()
    }
    told = {"goal": goal, "progress": queries.progress_of([goal], at=None, shown=shown)[goal]}
    if request.visitor.employment:
        # A skill in its title has our own name; a role costs a query for what it asks instead.
        queries.name_our_way([goal], [], request.visitor.organisation)
    return render(request, "plans/panel_goal.html", told)


@signed_in
def panel_next(request: Request) -> HttpResponse:
    """My next dated steps, and where I was in what I began; without a plan, a way to begin one."""
    steps = queries.own_open_steps(request.visitor, most=MOST)
    if not steps and request.visitor.employment is None:
        raise Http404
    told_of(request).update(one.step.activity_id for one in steps if one.step.activity_id)
    return render(request, "plans/panel_next.html", {"steps": steps})


@at_work
def panel_team(request: Request) -> HttpResponse:
    """For a lead: shared goals that wait for their confirmation, and their own late steps."""
    visitor = request.visitor
    if not visitor.leads:
        raise Http404
    waiting = list(queries.goals_shared_with(visitor, queries.Ask.WAITING)[:MOST])
    steps = list(
        queries.steps_in_full(
            Step.objects.filter(
                goal__in=policy.goals_to_wish_for(visitor), who=Step.Who.LEAD, done_on=None
            )
        )
        .select_related("goal__person")
        .order_by("due_on", "pk")[:MOST]
    )
    if not waiting and not steps:
        raise Http404
    told = {"waiting": waiting, "steps": queries.as_shown(steps, visitor)}
    return render(request, "plans/panel_team.html", told)


@at_work
def panel_add_step(request: Request, activity_pk: int) -> HttpResponse:
    """On the page of an activity: put it in my plan."""
    activity = get_object_or_404(Activity.objects.open_to(request.visitor), pk=activity_pk)
    goals = list(
        queries.goals_in_full(policy.own_goals(request.visitor).filter(state=Goal.State.OPEN))
    )
    planned = queries.steps_in_full(
        Step.objects.filter(goal__in=goals, activity=activity, done_on=None)
    ).first()
    told = {
        "activity": activity,
        "goals": goals,
        "planned": planned,
        "form": PickForm(auto_id="step_%s"),
    }
    return render(request, "plans/panel_add_step.html", told)


@at_work
def panel_shared(request: Request) -> HttpResponse:
    """The goals of my unit and organisation, and how far we are together."""
    goals = queries.shared_goals(request.visitor, editable=False)
    if not goals:
        raise Http404
    return render(request, "plans/panel_shared.html", {"goals": goals[:MOST]})
