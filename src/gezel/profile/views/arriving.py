"""Arriving: what one brings along, looked through before it counts, and taken over once."""

import uuid

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gezel.kit.moments import day_of
from gezel.people.api import Request, at_work, signed_in
from gezel.profile import actions, policy, queries, words
from gezel.profile.forms import BringForm, ItemsForm, PassphraseForm
from gezel.profile.models import Arrival, Brought

TRIES, TRIES_SECONDS = 10, 600


@signed_in
@require_http_methods(["GET", "POST"])
def arriving(request: Request) -> HttpResponse:
    """Bring a file in, and what was brought before."""
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        sources = queries.Asking() if form.cleaned_data.get("ask") else queries.OurOwn()
        try:
            found = actions.receive(
                request.visitor,
                file.read(actions.MOST_BYTES + 1),
                name=file.name or "",
                sources=sources,
            )
        except actions.NotTaken as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("profile:arrival", found.pk)
    told = {"form": form, "arrivals": queries.arrivals_of(request.user)}
    return render(request, "profile/arriving.html", told, status=422 if form.errors else 200)


def _own(request: Request, pk: uuid.UUID) -> Arrival:
    return get_object_or_404(
        policy.own_arrivals(request.visitor).select_related("organisation"), pk=pk
    )


@signed_in
@require_http_methods(["GET", "POST"])
def arrival(request: Request, pk: uuid.UUID) -> HttpResponse:
    """What a file brings, each with how far it is proved; then it is taken over."""
    found = _own(request, pk)
    visitor = request.visitor
    items = list(found.items.select_related("skill"))
    works = visitor.employment is not None
    here = works and found.organisation_id == visitor.organisation.pk
    open_items = [
        i for i in items if i.kind == Brought.Kind.SKILL and not i.counted and not i.already_here
    ]
    skills = queries.skills_guessed(visitor, open_items) if here else {}
    form = ItemsForm(
        request.POST or None,
        items=open_items if here else [],
        skills=skills,
        employer=str(visitor.organisation) if works else "",
    )
    if request.method == "POST" and form.is_valid():
        first = found.state == Arrival.State.SHOWN
        try:
            counted = actions.take_over(
                found, visitor, form.choices(), show=form.cleaned_data["show"]
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            if first:
                messages.success(request, _("Kept with your profile, for life."))
            if counted:
                messages.success(
                    request,
                    ngettext(
                        "%(n)s skill counts from now on.",
                        "%(n)s skills count from now on.",
                        counted,
                    )
                    % {"n": counted},
                )
            return redirect("profile:arrival", pk)
    told = {
        "arrival": found,
        "locked": queries.keys_to_open(found),
        "passphrase": PassphraseForm(),
        "made_on": day_of(found.told.get("made_at")),
        "form": form,
        "works": works,
        "here": here,
        "rows": [
            (item, form.fields_of(item), [w for r in item.reasons if (w := words.kept_reason(r))])
            for item in items
            if not _needs_nothing(item)
        ],
        "known": [item for item in items if _needs_nothing(item)],
        "open": bool(open_items),
    }
    return render(request, "profile/arrival.html", told, status=422 if form.errors else 200)


def _needs_nothing(item: Brought) -> bool:
    """A skill that counts here without being brought: it stands in a list, not as a question."""
    return item.already_here and not item.counted and item.proof != Brought.Proof.REFUSED


@at_work
@require_POST
def look_up_again(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Which skills these are where one works now."""
    actions.look_up_again(_own(request, pk), request.visitor)
    return redirect("profile:arrival", pk)


@signed_in
@require_POST
def take_key(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The key in an archive becomes mine here, with its passphrase."""
    found = _own(request, pk)
    form = PassphraseForm(request.POST)
    tries = f"profile:passphrase:{found.pk}"
    if not form.is_valid():
        messages.error(request, _("Type the passphrase of your key."))
    elif _too_often(tries):
        messages.error(request, _("That was tried too often. Try again in ten minutes."))
    else:
        try:
            taken = actions.take_key(found, form.cleaned_data["passphrase"])
        except actions.NotTaken as refused:
            messages.error(request, str(refused))
        else:
            if taken:
                messages.success(
                    request, _("Your key is here now. What was issued to it is yours.")
                )
    return redirect("profile:arrival", pk)


def _too_often(name: str) -> bool:
    """Working one out costs memory and time, whoever asks for it."""
    cache.add(name, 0, TRIES_SECONDS)
    try:
        return cache.incr(name) > TRIES
    except ValueError:
        return False


@signed_in
@require_POST
def discard(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Throw away what was brought."""
    actions.discard(_own(request, pk))
    messages.success(request, _("Thrown away. Skills that counted already, stay in your evidence."))
    return redirect("profile:arriving")
