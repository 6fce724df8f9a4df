"""My own learning patterns: for me alone, and off until I switch them on."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gezel.people.api import Request, signed_in
from gezel.profile import actions, queries, saying


@never_cache
@signed_in
@require_safe
def patterns(request: Request) -> HttpResponse:
    """When, how long, in what form, and what sticks; each with what it was made from."""
    switch = queries.switch_of(request.visitor)
    found = queries.own_patterns(request.visitor, switch)
    told = {"switch": switch, "found": saying.patterns(found) if found else None}
    return render(request, "profile/patterns.html", told)


@signed_in
@require_POST
def switch(request: Request) -> HttpResponse:
    """On, off, or without suggestions."""
    person, wish = request.visitor.person, request.POST.get("wish", "")
    if wish == "on":
        actions.show_patterns(person)
        messages.success(request, _("On. Only you see this page, and nothing of it is kept."))
    elif wish == "off":
        actions.hide_patterns(person)
        messages.success(request, _("Off. Nothing of it was kept, and nothing is."))
    elif wish in {"suggest", "quiet"}:
        actions.suggest_from_patterns(person, suggests=wish == "suggest")
    return redirect("profile:patterns")
