"""Which sessions there are, and mine."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gezel.gatherings import policy
from gezel.people.api import Request, at_work


@at_work
@require_safe
def coming(request: Request) -> HttpResponse:
    """What is given here from now on, first what comes first."""
    found = policy.sessions_to_read(request.visitor).standing().ahead(timezone.now())
    shown = {"sessions": found.select_related("activity")[:100]}
    return render(request, "gatherings/coming.html", shown)
