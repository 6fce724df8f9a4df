"""Choosing among sessions: opened by who organises, done by people, and the places shared out."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gezel.gatherings import jobs, policy
from gezel.gatherings.actions import choosing as actions
from gezel.gatherings.choosing_forms import ChooseForm, ChoosingForm
from gezel.gatherings.models import Choosing, Gathering, GatheringQuerySet, Place, SessionWish
from gezel.gatherings.views.shared import add_errors, key, note
from gezel.kit.figures import grouped
from gezel.kit.jobs import enqueue
from gezel.people.api import Person, Request, at_work, require

PAGE = 50
# With more than this the places are shared out in the background.
MOST_AT_ONCE = 300
WHY = {
    "full": gettext_lazy("everything they wished for is full"),
    "no seats": gettext_lazy("what they wished for is not held, or has no seats"),
    "busy": gettext_lazy("they have another session at those times"),
}


def _found(request: Request, pk: int) -> Choosing:
    return get_object_or_404(policy.choosings_to_run(request.visitor), pk=pk)


def _sessions(request: Request, choosing: Choosing | None) -> GatheringQuerySet:
    """Sessions ahead that one runs, and those that are in it."""
    mine = policy.sessions_to_run(request.visitor).standing().filter(starts_at__gt=timezone.now())
    if choosing is not None:
        keys = list(choosing.sessions.values_list("pk", flat=True))
        mine = mine | Gathering.objects.filter(pk__in=keys)
    found = mine.select_related("activity").order_by("starts_at", "pk").values("pk")
    keys = [row["pk"] for row in found.distinct()[: actions.MOST_SESSIONS]]
    return Gathering.objects.filter(pk__in=keys).select_related("activity")


@at_work
def edit(request: Request, pk: int | None = None) -> HttpResponse:
    """Among which sessions, until when, for whom."""
    visitor = request.visitor
    require(visitor.is_author)
    found = _found(request, pk) if pk else None
    initial: dict[str, Any] = {}
    if found:
        initial = {n: getattr(found, n) for n in ("title", "about", "until_on")}
        initial |= {"unit": found.units.first(), "sessions": found.sessions.all()}
    elif (series := request.GET.get("series", "")).isdecimal() and len(series) < 19:
        initial["sessions"] = _sessions(request, None).filter(series=int(series))
    form = ChoosingForm(
        request.POST or None,
        organisation=visitor.organisation,
        sessions=_sessions(request, found),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.keep_choosing(
                visitor.organisation,
                form.told,
                list(form.cleaned_data["sessions"]),
                form.cleaned_data["unit"],
                by=visitor.person,
                key=key(request),
                choosing=found,
            )
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            with transaction.atomic():
                enqueue(
                    jobs.announce_choosing,
                    by=request.user,
                    key=uuid.uuid5(kept.key, f"announce {key(request)}"),
                    choosing=kept.pk,
                )
            messages.success(request, _("People can choose now; everyone who may is told by mail."))
            return redirect("gatherings:choosing", kept.pk)
    shown = {"form": form, "choosing": found}
    return render(
        request, "gatherings/choosing_edit.html", shown, status=422 if form.errors else 200
    )


@at_work
@require_safe
def choosing(request: Request, pk: int) -> HttpResponse:
    """How many chose, and how the places would be shared out: who gets which wish, who none."""
    found = _found(request, pk)
    shown: dict[str, Any] = {"choosing": found, "today": timezone.localdate()}
    shown["unit"] = found.units.first()
    if found.placed_at is None:
        shares = actions.shares(found, timezone.now())
        shown |= _shown(request, shares)
    else:
        shown |= {
            "by_rank": [(int(rank), n) for rank, n in found.outcome["by_rank"].items()],
            "without_count": found.outcome["without"],
            "sessions": [
                (g, None) for g in found.sessions.select_related("activity").order_by("starts_at")
            ],
        }
    return render(request, "gatherings/choosing.html", shown)


def _shown(request: Request, shares: actions.Shares) -> dict[str, Any]:
    who = "without" if request.GET.get("who") == "without" else "placed"
    listed = list(shares.without if who == "without" else shares.session)
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    people = {p.pk: p for p in Person.objects.filter(pk__in=list(page))}
    note(request, people.values())
    return {
        "digest": shares.digest,
        "asking": len(shares.wishes),
        "kept": shares.kept,
        "by_rank": list(shares.by_rank.items()),
        "placed_count": len(shares.session),
        "without_count": len(shares.without),
        "sessions": [(g, len(shares.coming[pk])) for pk, g in shares.sessions.items()],
        "who": who,
        "page": page,
        "rows": [
            (people[pk], shares.sessions[shares.session[pk]], shares.rank[pk], "")
            if who == "placed"
            else (people[pk], None, 0, WHY[shares.without[pk]])
            for pk in page
            if pk in people
        ],
    }


@at_work
@require_POST
def share_out(request: Request, pk: int) -> HttpResponse:
    """The places are given as they were shown, and people are told."""
    found, digest = _found(request, pk), request.POST.get("digest", "")[:20]
    if found.wishes.values("person").distinct().count() > MOST_AT_ONCE:
        with transaction.atomic():
            task = enqueue(
                jobs.share_out_places,
                by=request.user,
                key=uuid.uuid5(found.key, f"share out {digest}"),
                choosing=pk,
                digest=digest,
            )
        return redirect("kit:task", task.pk)
    try:
        shares = actions.share_out(found, digest=digest)
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
    except actions.ChangedMeanwhile:
        messages.warning(
            request,
            _("A wish or a place changed since this was shown. Look once more."),
        )
    else:
        if shares is not None:
            told = {"n": grouped(len(shares.session)), "without": grouped(len(shares.without))}
            messages.success(
                request,
                _("Shared out: %(n)s with a place, %(without)s without one.") % told,
            )
    return redirect("gatherings:choosing", pk)


@at_work
def choose(request: Request, pk: int) -> HttpResponse:
    """What I would like, in my order; and afterwards what it became."""
    visitor = request.visitor
    found = get_object_or_404(
        policy.choosings_of(visitor) | policy.choosings_to_run(visitor).distinct(), pk=pk
    )
    sessions = list(
        found.sessions.standing()  # type: ignore[attr-defined]
        .filter(starts_at__gt=timezone.now())
        .select_related("activity")
        .order_by("starts_at", "pk")
    )
    mine = list(
        SessionWish.objects.filter(choosing=found, person=visitor.person)
        .select_related("gathering__activity")
        .order_by("rank")
    )
    is_open = found.placed_at is None and found.until_on >= timezone.localdate()
    form = ChooseForm(
        request.POST or None,
        sessions=[(g, f"{g.name} · {g.when}") for g in sessions],
        initial={f"wish_{w.rank}": w.gathering_id for w in mine},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose(found, visitor.person, form.chosen)
        except ValidationError as problem:
            add_errors(form, problem)
        else:
            messages.success(request, _("Kept. You can change it until choosing ends."))
            return redirect("gatherings:choose", pk)
    places = Place.objects.living().filter(
        person=visitor.person, gathering__in=found.sessions.values("pk")
    )
    shown = {
        "choosing": found,
        "sessions": sessions,
        "form": form,
        "mine": mine,
        "is_open": is_open,
        "places": list(places.select_related("gathering__activity")),
    }
    return render(request, "gatherings/choose.html", shown, status=422 if form.errors else 200)
