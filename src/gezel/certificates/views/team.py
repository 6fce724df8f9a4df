"""The page of a lead's own people, as of any day."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gezel.certificates.team import team_of
from gezel.certificates.views.shared import day
from gezel.people.api import Request, at_work, require


@at_work
@require_safe
def team(request: Request) -> HttpResponse:
    """For a lead: who may do which task on a day, who lapses when, and what waits for me."""
    require(request.visitor.leads)
    told = team_of(request, day(request.GET.get("on", "")))
    return render(request, "certificates/team.html", {"team": told, "today": timezone.localdate()})
