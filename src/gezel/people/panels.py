"""What people puts on the home page."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render

from gezel.kit.prepared import prepared
from gezel.people import policy
from gezel.people.models import JoinRequest, Person
from gezel.people.web import Request, signed_in


@prepared
def _waiting(person: int) -> QuerySet[JoinRequest]:
    return policy.requests_to_answer(Person(pk=person)).select_related("organisation", "job")


@signed_in
def asked(request: Request) -> HttpResponse:
    """Organisations that say I work for them; not there when none does."""
    waiting = _waiting(request.user.pk)
    if not waiting:
        raise Http404
    return render(request, "people/panel_asked.html", {"waiting": waiting})
