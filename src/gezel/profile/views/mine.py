"""What was issued to me: reading it, taking it along, and letting others see it for a while."""

import json
import uuid

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.people.api import Request, signed_in
from gezel.profile import actions, files, policy, sealing
from gezel.profile.forms import OpenForm
from gezel.profile.models import Credential
from gezel.profile.views.outside import check_chosen, chosen


def _own(request: Request, pk: uuid.UUID) -> Credential:
    return get_object_or_404(
        policy.own_credentials(request.visitor).select_related(
            "organisation", "achievement", "person"
        ),
        pk=pk,
    )


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """Every credential of mine, whoever issued it."""
    found = policy.own_credentials(request.visitor).select_related("organisation", "achievement")
    today = timezone.localdate()
    shown = [
        (one, bool(one.valid_until and one.valid_until < today), _is_open(one)) for one in found
    ]
    issuers = {one.organisation.slug: one.organisation for one in found if one.counts}
    return render(request, "profile/mine.html", {"credentials": shown, "issuers": issuers.values()})


def _is_open(credential: Credential) -> bool:
    return bool(credential.open_until and credential.open_until >= timezone.localdate())


@signed_in
@require_safe
def credential(request: Request, pk: uuid.UUID) -> HttpResponse:
    """One of mine: what it says, whether it holds, taking it along, who can see it."""
    return _page(request, _own(request, pk), OpenForm())


def _page(request: Request, found: Credential, form: OpenForm) -> HttpResponse:
    shown = check_chosen(request, found) | {
        "credential": found,
        "form": form,
        "is_open": _is_open(found),
        "link": settings.BASE_URL + reverse("profile:shared", args=[found.pk]),
    }
    status = 422 if form.errors else 200
    return render(request, "profile/credential.html", shown, status=status)


@signed_in
@require_POST
def open_to_link(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Whoever has the link sees it until a day."""
    found = _own(request, pk)
    form = OpenForm(request.POST)
    if form.is_valid():
        try:
            actions.open_to_link(found, until=form.cleaned_data["until"])
        except ValidationError as problem:
            form.add_error("until", problem)
        else:
            messages.success(request, _("Whoever has the link can now open it."))
            return redirect("profile:credential", found.pk)
    return _page(request, found, form)


@signed_in
@require_POST
def close(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The link leads nowhere any more, at once."""
    actions.open_to_link(_own(request, pk), until=None)
    messages.success(request, _("Closed. The link leads nowhere any more."))
    return redirect("profile:credential", pk)


@signed_in
@require_safe
def file(request: Request, pk: uuid.UUID, form: str) -> HttpResponse:
    """A credential of mine to take along."""
    found = _own(request, pk)
    try:
        return files.as_file(found, chosen(request, found), form)
    except sealing.CannotOpen:
        shut = _("The key of %(name)s is shut now, so nothing new is signed. Take another form.")
        messages.error(request, shut % {"name": found.organisation.name})
        return redirect("profile:credential", found.pk)


@signed_in
@require_safe
def record(request: Request, slug: str) -> HttpResponse:
    """Everything that one organisation issued to me, as one learner record."""
    found = list(
        policy.own_credentials(request.visitor)
        .filter(organisation__slug=slug, revoked_at=None, suspended_at=None)
        .select_related("organisation", "person")
    )
    if not found:
        raise Http404
    text = json.dumps(actions.bundle(found), ensure_ascii=False, indent=2)
    return files.download(text.encode(), "application/json", f"record-{slug}.json")
