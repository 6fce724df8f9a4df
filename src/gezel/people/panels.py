"""What people puts on the home page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from gezel.people import policy
from gezel.people.web import Request, signed_in


@signed_in
def asked(request: Request) -> HttpResponse:
    """Organisations that say I work for them; not there when none does."""
    waiting = list(policy.requests_to_answer(request.user).select_related("organisation", "job"))
    if not waiting:
        raise Http404
    return render(request, "people/panel_asked.html", {"waiting": waiting})
