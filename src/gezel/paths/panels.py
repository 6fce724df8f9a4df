"""Panels of paths for the notice boards of other rooms."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gezel.catalogue.api import told_of
from gezel.paths import policy, queries
from gezel.paths.models import Enrolment
from gezel.paths.web import note
from gezel.people.api import Request, at_work, signed_in

MOST = 2
MOST_IN_TEAM = 4


@signed_in
def panel_mine(request: Request) -> HttpResponse:
    """My path: what is next, and how far I am; nothing where I am on none."""
    own = policy.own_enrolments(request.visitor).filter(state=Enrolment.State.OPEN)
    found = list(queries.in_full(own).order_by("next_due_on", "begins_on", "pk")[: MOST + 1])
    if not found:
        raise Http404
    rows = queries.rows(found[:MOST], timezone.localdate())
    told = told_of(request)
    for row in rows:
        row.tell_once(told)
    return render(request, "paths/panel_mine.html", {"rows": rows, "more": len(found) > MOST})


@at_work
def panel_team(request: Request) -> HttpResponse:
    """For a lead: whose step is late, and about whom HR has to decide."""
    visitor = request.visitor
    if not visitor.leads:
        raise Http404
    late = list(
        queries.in_full(
            policy.enrolments_of_my_line(visitor).filter(
                state=Enrolment.State.OPEN, next_due_on__lt=timezone.localdate()
            )
        ).order_by("next_due_on", "pk")[:MOST_IN_TEAM]
    )
    if not late:
        raise Http404
    note(request, {e.person_id for e in late}, "lead")
    return render(request, "paths/panel_team.html", {"late": late})
