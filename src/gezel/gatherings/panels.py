"""Panels of gatherings for the notice boards of other rooms; each asks one to four queries."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from gezel.catalogue.api import activities_to_read
from gezel.gatherings import policy, queries
from gezel.gatherings.words import STATES
from gezel.people.api import Request, at_work
from gezel.trust.api import note_reading

MOST = 5
MOST_OF_TEAM = 8


@at_work
def panel_mine(request: Request) -> HttpResponse:
    """My next session and what I was told about mine; nothing when there is neither."""
    visitor, now = request.visitor, timezone.now()
    places = list(queries.my_places(visitor, now=now)[:3])
    news = queries.unseen_news(visitor.person)
    if not places and not news:
        raise Http404
    first = places[0] if places else None
    told = {
        "first": first,
        "tone": STATES.get(first.state) if first else None,
        "others": places[1:],
        "news": news[:3],
    }
    return render(request, "gatherings/panel_mine.html", told)


@at_work
def panel_run(request: Request) -> HttpResponse:
    """What I am to decide: too few people, or my people who want to go."""
    visitor, now = request.visitor, timezone.now()
    few = queries.to_decide(visitor, now=now)
    asked = list(queries.to_approve(visitor, now=now)[:MOST]) if visitor.leads else []
    if not few and not asked:
        raise Http404
    return render(request, "gatherings/panel_run.html", {"few": few[:MOST], "asked": asked})


@at_work
def panel_team(request: Request) -> HttpResponse:
    """On the team's board: where my people go, soonest first; nothing where nobody goes."""
    visitor = request.visitor
    if not visitor.leads:
        raise Http404
    found = list(
        policy.places_of_my_line(visitor)
        .filter(gathering__ends_at__gt=timezone.now())
        .select_related("person", "gathering__activity")
        .order_by("gathering__starts_at", "person__last_name", "pk")[: MOST_OF_TEAM + 1]
    )
    if not found:
        raise Http404
    places = found[:MOST_OF_TEAM]
    note_reading(
        reader_pk=request.user.pk, about={p.person_id for p in places}, matter="sessions",
        purpose="lead",
    )  # fmt: skip
    told = {"places": places, "more": len(found) > MOST_OF_TEAM}
    return render(request, "gatherings/panel_team.html", told)


@at_work
def panel_choose(request: Request) -> HttpResponse:
    """Where I may still say what I would like and did not yet; nothing where there is nothing."""
    told = queries.still_to_say(request.visitor, timezone.localdate())
    if not told:
        raise Http404
    return render(request, "gatherings/panel_choose.html", {"told": told[:MOST]})


@at_work
def panel_activity(request: Request, pk: int) -> HttpResponse:
    """When an activity is given, with seats, to book right there."""
    visitor = request.visitor
    activity = get_object_or_404(activities_to_read(visitor), pk=pk)
    sessions = queries.of_activity(visitor, activity, now=timezone.now())
    if not sessions and activity.kind not in {"course", "session"}:
        raise Http404
    states = queries.states_of(visitor.person, sessions)
    told = {
        "activity": activity,
        "sessions": [(g, states.get(g.pk)) for g in sessions],
        "states": STATES,
    }
    return render(request, "gatherings/panel_activity.html", told)


@at_work
def panel_blend(request: Request, walk: int, activities: str) -> HttpResponse:
    """In a blend of a path: when its parts are given and where one has a place, to book there.

    Args:
        walk: the path to go back to after booking.
        activities: their keys, in the order of the blend, with dashes between.
    """
    visitor = request.visitor
    asked = [int(pk) for pk in activities.split("-") if pk.isascii() and pk.isdecimal()]
    parts = queries.given_for(visitor, asked, now=timezone.now())
    if not parts:
        raise Http404
    return render(request, "gatherings/panel_blend.html", {"parts": parts, "walk": walk})
