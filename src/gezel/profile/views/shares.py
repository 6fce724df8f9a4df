"""My links: choosing what is shown, seeing it as the other will, who looked, withdrawing."""

import uuid
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gezel.people.api import Request, signed_in
from gezel.profile import actions, policy, queries
from gezel.profile.models import Share
from gezel.profile.rules import sharing
from gezel.profile.sharing_forms import ShareForm, UntilForm


@signed_in
@require_safe
def shares(request: Request) -> HttpResponse:
    """Every link of mine: those that lead somewhere, and those that ended."""
    found = list(queries.with_openings(policy.own_shares(request.visitor)))
    told = {
        "open": [share for share in found if share.is_open],
        "ended": [share for share in found if not share.is_open],
    }
    return render(request, "profile/shares.html", told)


@never_cache
@signed_in
def new_share(request: Request) -> HttpResponse:
    """Choose, look at it as the other will see it, and only then make the link."""
    person = request.visitor.person
    profile = queries.profile_of(person)
    parts = [part for part in profile.parts if part.placed.shown]
    keys = [item.key for part in parts for item in part.items]
    choices = sharing.may_be_chosen(keys)
    if request.method != "POST":
        first = request.GET.getlist("chosen")
        initial = {"key": uuid.uuid4(), "chosen": [key for key in first if key in choices]}
        form = ShareForm(choices=choices, initial=initial)
        return _choose(request, form, parts)
    form = ShareForm(request.POST, choices=choices)
    step = request.POST.get("step", "preview")
    if not form.is_valid():
        return _choose(request, form, parts, status=422)
    if step == "back":
        return _choose(request, form, parts)
    told = form.cleaned_data
    as_of = timezone.localdate() if told["facts"] == "today" else None
    if step == "make":
        return _make(request, form, parts, as_of=as_of)
    shown = _as_read(
        queries.shared_profile(person, form.chosen, as_of=as_of),
        note=sharing.plain_text(told["note"]),
        until=told["until"],
    )
    return render(request, "profile/share_preview.html", shown | {"form": form})


def _make(
    request: Request, form: ShareForm, parts: list[Any], *, as_of: date | None
) -> HttpResponse:
    told = form.cleaned_data
    try:
        made, secret = actions.share_profile(
            request.visitor.person, label=told["label"], note=told["note"], until=told["until"],
            chosen=form.chosen, as_of=as_of, key=told["key"],
        )  # fmt: skip
    except ValidationError as problem:
        form.add_error(None, problem.messages[0])
        return _choose(request, form, parts, status=422)
    if not secret:
        return redirect("profile:share", made.pk)
    # No redirect: the address is on this one page and nowhere else.
    return _one(request, made, secret=secret)


def _choose(
    request: Request, form: ShareForm, parts: list[Any], *, status: int = 200
) -> HttpResponse:
    chosen = set(form.chosen)
    rows = [
        {
            "part": part,
            "story": sharing.story_of(part.code),
            "story_on": sharing.story_of(part.code) in chosen,
            "whole": sharing.whole_of(part.code),
            "whole_on": sharing.whole_of(part.code) in chosen,
            "items": [(item, item.key in chosen) for item in part.items],
        }
        for part in parts
    ]
    told = {"form": form, "rows": [row for row in rows if row["items"] or row["part"].placed.story]}
    return render(request, "profile/share_new.html", told, status=status)


def _as_read(profile: queries.Profile, *, note: str, until: date) -> dict[str, Any]:
    """What the page of the reader is made of; the preview is made of the same."""
    return {"profile": profile, "note": note, "until": until}


# -- one link -------------------------------------------------------------------------------------


def _own(request: Request, pk: int) -> Share:
    return get_object_or_404(policy.own_shares(request.visitor), pk=pk)


@never_cache
@signed_in
@require_safe
def share(request: Request, pk: int) -> HttpResponse:
    """One link: until when, how often it was opened, and ending it."""
    return _one(request, _own(request, pk))


def _one(
    request: Request, found: Share, *, secret: str = "", form: UntilForm | None = None
) -> HttpResponse:
    told = {
        "share": found,
        "address": settings.BASE_URL + reverse("profile:read", args=[secret]) if secret else "",
        "openings": queries.openings_of(found),
        "form": form or UntilForm(initial={"until": found.until}),
        "again": urlencode([("chosen", key) for key in found.chosen]),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "profile/share.html", told, status=status)


@signed_in
@require_safe
def share_preview(request: Request, pk: int) -> HttpResponse:
    """What the reader of an open link sees now."""
    found = _own(request, pk)
    if not found.is_open:
        return redirect("profile:share", pk)
    shown = _as_read(
        queries.shared_profile(request.visitor.person, found.chosen, as_of=found.as_of),
        note=found.note,
        until=found.until,
    )
    return render(request, "profile/share_preview.html", shown | {"share": found})


@signed_in
@require_POST
def withdraw_share(request: Request, pk: int) -> HttpResponse:
    """The link leads nowhere any more, at once."""
    if actions.withdraw_share(_own(request, pk)):
        messages.success(request, _("Withdrawn. The link leads nowhere any more."))
    else:
        messages.info(request, _("This link had ended already."))
    return redirect("profile:share", pk)


@signed_in
@require_POST
def move_share(request: Request, pk: int) -> HttpResponse:
    """Another last day, while it is open."""
    found, form = _own(request, pk), UntilForm(request.POST)
    if form.is_valid():
        try:
            if actions.move_share(found, until=form.cleaned_data["until"]):
                messages.success(request, _("The last day is changed."))
            else:
                messages.error(request, _("This link ended, and nothing opens it again."))
            return redirect("profile:share", pk)
        except ValidationError as problem:
            form.add_error("until", problem.messages[0])
    return _one(request, found, form=form)


@never_cache
@signed_in
@require_POST
def renew_share(request: Request, pk: int) -> HttpResponse:
    """A new address for who lost it; the one of before stops."""
    found = _own(request, pk)
    secret = actions.renew_address(found)
    if not secret:
        messages.error(request, _("This link ended, and nothing opens it again."))
        return redirect("profile:share", pk)
    return _one(request, found, secret=secret)
