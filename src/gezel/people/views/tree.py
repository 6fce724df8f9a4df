"""The organisation as a tree: who works where, and who leads."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from gezel.kit.tables import Column, Table
from gezel.people import policy, queries
from gezel.people.models import Employment
from gezel.people.views.shared import on_asked, person_url
from gezel.people.web import Request, at_work

MOST_FOUND = 20


@at_work
def tree(request: Request) -> HttpResponse:
    """All units with how many work there and who leads; and a box to find someone."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    context: dict[str, object] = {"words": words}
    if words:
        people = queries.by_name(queries.at_work(request.visitor.organisation), words)
        context["people"] = people.order_by("person__first_name", "person__last_name")[:MOST_FOUND]
        context["units"] = policy.units(request.visitor).filter(name__icontains=words)[:MOST_FOUND]
    if request.htmx and request.htmx.target == "found":
        return render(request, "people/tree.html#found", context)
    context["root"] = queries.tree(request.visitor.organisation)
    return render(request, "people/tree.html", context)


@at_work
def unit(request: Request, pk: int) -> HttpResponseBase:
    """One unit: what lies below it and who works in it."""
    found = get_object_or_404(policy.units(request.visitor), pk=pk)
    on = on_asked(request)
    rows = Employment.objects.current(on).filter(
        organisation=request.visitor.organisation, unit=found
    )
    table = Table(
        request,
        rows,
        key="unit",
        columns=[
            Column(
                "name",
                _("Name"),
                lambda e: e.person.name,
                sort=("person__first_name", "person__last_name"),
                link=person_url,
            ),
            Column("job", _("Job"), "job.name", sort=("job__name",)),
            Column("location", _("Location"), "location.name", sort=("location__name",)),
            Column("lead", _("Lead"), "lead.name", sort=("lead__first_name", "lead__last_name")),
        ],
        related=("person", "job", "location", "lead"),
        search=queries.by_name,
        keep=("on",),
        empty=_("Nobody works directly in this unit."),
    )
    branch = queries.tree(request.visitor.organisation, on, top=found)
    return table.answer(
        "people/unit.html", {"branch": branch, "above": list(queries.above(found)), "on": on}
    )
