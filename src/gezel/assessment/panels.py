"""What assessment puts on the pages of other rooms."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from gezel.assessment import policy, queries
from gezel.people.api import Request, at_work


@at_work
def panel_skill(request: Request, skill_pk: int) -> HttpResponse:
    """On the page of one's own skill: the test for it, where there is one."""
    visitor = request.visitor
    test = visitor.once(
        f"assessment:test:{skill_pk}", lambda: queries.test_to_take(visitor, skill_pk)
    )
    if test is None:
        raise Http404
    last = queries.latest(request.user, test)
    return render(request, "assessment/panel_skill.html", {"test": test, "last": last})


@at_work
def panel_under_way(request: Request) -> HttpResponse:
    """On the home page: the tests one is in the middle of."""
    sittings = list(
        policy.own_sittings(request.visitor)
        .filter(ended_at=None)
        .select_related("test__skill")
        .defer("pool")
        .order_by("-last_at")[:3]
    )
    if not sittings:
        raise Http404
    return render(request, "assessment/panel_under_way.html", {"sittings": sittings})


@at_work
def panel_evc(request: Request) -> HttpResponse:
    """On the home page: what others ask of one for EVC, and one's own dossiers that run."""
    visitor = request.visitor
    if not policy.has_part_in_evc(visitor):
        raise Http404
    asked = list(policy.statements_to_give(visitor).select_related("dossier__person")[:3])
    roles = list(
        policy.roles_carried(visitor)
        .filter(dossier__ended_at=None)
        .select_related("dossier__person", "dossier__standard")
        .order_by("-dossier__last_at")[:3]
    )
    mine = list(
        policy.own_dossiers(visitor)
        .filter(ended_at=None)
        .select_related("standard")
        .order_by("-last_at")[:2]
    )
    told = {"asked": asked, "roles": roles, "mine": mine}
    return render(request, "assessment/evc/panel.html", told)
