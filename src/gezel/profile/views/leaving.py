"""Leaving: what one arranges in time, the archive, and what an employer one left still keeps."""

import uuid

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gezel.kit.jobs import enqueue
from gezel.people.api import Request, signed_in
from gezel.profile import actions, jobs, policy, queries
from gezel.profile.forms import TakeAlongForm


@signed_in
@require_safe
def leaving(request: Request) -> HttpResponse:
    """What is arranged for the day one leaves, and what is not; and the archive."""
    return _page(request, TakeAlongForm())


def _page(request: Request, form: TakeAlongForm) -> HttpResponse:
    ready = queries.ready_to_leave(request.user)
    told = {"ready": ready, "kept_days": actions.KEPT.days, "form": form}
    return render(request, "profile/leaving.html", told, status=422 if form.errors else 200)


@signed_in
@require_POST
def take_along(request: Request) -> HttpResponse:
    """Have the archive made, in the background; keys are locked here, so that no job and no table
    ever hears the passphrase."""
    form = TakeAlongForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    passphrase = form.cleaned_data["passphrase"]
    keys = actions.locked_keys(request.user, passphrase) if passphrase else {}
    takeout = actions.ask_archive(request.user, keys=keys)
    if takeout.task is None:
        task = enqueue(
            jobs.make_archive,
            by=request.user,
            key=takeout.pk,
            takeout=str(takeout.pk),
            language=get_language() or "",
        )
        actions.note_task(takeout, task.pk)
    return redirect("kit:task", takeout.pk)


@signed_in
@require_safe
def takeout(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """The archive, for who it is about."""
    found = get_object_or_404(policy.own_takeouts(request.visitor), pk=pk, made_at__isnull=False)
    if not default_storage.exists(found.file.name or ""):
        raise Http404
    answer = FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=f"gezel-{timezone.localdate(found.made_at).isoformat()}.zip",
        content_type="application/zip",
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
@require_POST
def drop_takeout(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The file goes from here before its seven days are over."""
    actions.throw_away(get_object_or_404(policy.own_takeouts(request.visitor), pk=pk))
    messages.success(request, _("The file is gone from here."))
    return redirect("profile:leaving")


@signed_in
@require_safe
def former(request: Request) -> HttpResponse:
    """What employers one left can still read, and by which ground."""
    found = queries.former_employers(request.user)
    return render(request, "profile/former.html", {"former": found})
