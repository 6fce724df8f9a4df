"""Suggestions for a field in which a unit is chosen."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gezel.people.units import units_like, units_of
from gezel.people.visitor import Request
from gezel.people.web import at_work


@at_work
@require_safe
def unit_options(request: Request) -> HttpResponse:
    """Units of here by what was typed; how the organisation is divided is no secret to who
    works there."""
    typed = next(iter(request.GET.values()), "")[:420]
    found = units_like(units_of(request.visitor.organisation), str(typed))
    return render(request, "people/unit_options.html", {"labels": [label for _u, label in found]})
