"""What content puts on the pages of other rooms."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from gezel.catalogue.api import Activity, told_of
from gezel.content import decks, policy, queries
from gezel.people.api import Request, at_work

MOST_SHOWN = 3


@at_work
def panel_start(request: Request, activity_pk: int) -> HttpResponse:
    """On the page of an activity: begin, go on, or do it again."""
    module = (
        policy.told_who_makes(policy.modules_to_play(request.visitor), request.visitor)
        .select_related("activity")
        .filter(activity=activity_pk)
        .first()
    )
    if module is None:
        return _panel_of_package(request, activity_pk)
    last = queries.latest_attempt(request.user, module)
    under_way = last if last is not None and last.completed_at is None else None
    can_edit = policy.may_edit(request.visitor, module)
    told = {
        "module": module,
        "last": last,
        "under_way": under_way is not None,
        "standing": queries.standing_of(under_way) if under_way is not None else None,
        "can_edit": can_edit,
        **_letting_off(request, module.activity, makes=can_edit),
    }
    return render(request, "content/panel_start.html", told)


def _panel_of_package(request: Request, activity_pk: int) -> HttpResponse:
    package = get_object_or_404(
        policy.packages_to_play(request.visitor).select_related("activity"), activity=activity_pk
    )
    last = queries.current_package_attempt(request.user, package)
    can_edit = policy.may_edit_package(request.visitor, package)
    told = {
        "package": package,
        "last": last,
        "under_way": last is not None and last.completed_at is None,
        "minutes": round(package.activity.hours * 60) or 1,
        "can_edit": can_edit,
        **_letting_off(request, package.activity, makes=can_edit),
    }
    return render(request, "content/panel_start_package.html", told)


def _letting_off(request: Request, activity: Activity, *, makes: bool) -> dict[str, Any]:
    return {
        "waiver": queries.waiver_of(request.user, activity.pk),
        "can_let_off": policy.may_let_off(request.visitor, activity, makes=makes),
    }


@at_work
def panel_continue(request: Request) -> HttpResponse:
    """On the home page: what one need no longer do, and what one is in the middle of, the last
    touched first."""
    told = told_of(request)
    let_off = queries.let_off_lately(request.visitor, most=MOST_SHOWN)
    under_way = [one for one in queries.under_way_here(request.visitor) if one.activity not in told]
    found = under_way[:MOST_SHOWN]
    told.update(one.activity for one in found)
    if not found and not let_off:
        raise Http404
    return render(request, "content/panel_continue.html", {"found": found, "let_off": let_off})


@at_work
def panel_cards(request: Request) -> HttpResponse:
    """On the home page: a calm line that cards are waiting; nothing if there are none."""
    waiting = decks.waiting(request.visitor, timezone.localdate())
    if not waiting:
        raise Http404
    minutes = max(1, round(waiting * decks.seconds_of(request.user) / 60))
    return render(request, "content/panel_cards.html", {"waiting": waiting, "minutes": minutes})


@at_work
def panel_making(request: Request) -> HttpResponse:
    """On the home page: what colleagues ask of who makes things, and their thanks."""
    told = queries.asked_of_maker(request.visitor)
    if not any(told[name] for name in ("reviews", "proofs", "askings", "thanks")):
        raise Http404
    return render(request, "content/panel_making.html", told)


@at_work
def panel_together(request: Request, activity_pk: int) -> HttpResponse:
    """On the page of an activity: thanks and questions; everyone who may play it reads them."""
    module = get_object_or_404(
        policy.modules_to_play(request.visitor).select_related("activity__shared_by"),
        activity=activity_pk,
    )
    told = queries.around(request.visitor, module)
    makes = any(person.pk == request.user.pk for person in told["makers"])
    return render(
        request,
        "content/panel_together.html",
        told
        | {
            "module": module,
            "makes": makes,
            "may_answer": makes or policy.may_edit(request.visitor, module),
        },
    )
