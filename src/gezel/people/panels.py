"""What people puts on the boards of home and team."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render

from gezel.kit.prepared import prepared
from gezel.people import policy
from gezel.people.models import Employment, JoinRequest, Person
from gezel.people.web import Request, at_work, signed_in


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


@at_work
def team(request: Request) -> HttpResponse:
    """Everyone in one's line today, near or far: nobody is left out, whatever else is known.

    Of a line of hundreds only who one leads oneself; the others are told as a number, and found
    in the tree.
    """
    visitor = request.visitor
    if not visitor.leads:
        raise Http404
    everyone = (
        Employment.objects.current()
        .filter(organisation=visitor.organisation, person__in=policy.people_led_by(visitor))
        .select_related("person", "unit", "job", "lead")
        .order_by("person__last_name", "person__first_name", "pk")
    )
    seats, number = list(everyone[: MOST_SHOWN + 1]), 0
    if len(seats) > MOST_SHOWN:
        number = everyone.count()
        seats = list(everyone.filter(lead=visitor.person)[:MOST_SHOWN])
    told = {
        "seats": seats,
        "all": number or len(seats),
        "beyond": number - len(seats) if number else 0,
        "own": visitor.person.pk,
        "folded": len(seats) > MOST_UNFOLDED,
    }
    return render(request, "people/panel_team.html", told)


MOST_UNFOLDED = 15
# More names than these nobody reads through: then only one's own people.
MOST_SHOWN = 250
