"""What was recorded about me, and, for who looks after it, the systems that record and read."""

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gezel.people.api import Request, at_work, require, signed_in
from gezel.records import actions, policy, rules, words
from gezel.records.actions import forwarding
from gezel.records.forms import ForwardForm, KeyForm
from gezel.records.queries import overview
from gezel.trust.api import note_event, note_reading, note_taken

A_PAGE = 50


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """What someone did while learning, in plain words; only they see this page."""
    found = policy.statements_to_read(request.visitor).order_by("-timestamp", "-stored", "pk")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    rows = [(one, words.told(one.verb, one.verb_name, one.object_name)) for one in page]
    told = {"page": page, "rows": rows, "adl": rules.ADL}
    return render(request, "records/mine.html", told)


@signed_in
@require_safe
def download(request: Request) -> StreamingHttpResponse:
    """The same as xAPI statements, one a line, so that they can go into another store."""
    found = policy.statements_to_read(request.visitor).order_by("timestamp", "stored", "pk")

    def lines() -> Iterator[str]:
        for raw in found.values_list("raw", flat=True).iterator(chunk_size=500):
            yield json.dumps(raw, ensure_ascii=False) + "\n"

    return _lines(lines(), "gezel")


def _lines(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    file = f"{name}-{timezone.localdate():%Y-%m-%d}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["Cache-Control"] = "private, no-store"
    return response


# --- Other systems -------------------------------------------------------------------------------


@at_work
@require_safe
def systems(request: Request) -> HttpResponse:
    """Which systems come in, where statements go on to, and how much there is."""
    visitor = request.visitor
    require(policy.may_see_systems(visitor))
    told = {
        "keys": policy.keys_to_see(visitor).select_related("made_by"),
        "forwards": policy.forwards_to_see(visitor).annotate(apart=Count("undelivered")),
        "counts": overview.counts_of(visitor.organisation.pk),
        "may_change": policy.may_connect_systems(visitor),
        "endpoint": f"{settings.BASE_URL}/xapi/",
    }
    return render(request, "records/systems.html", told)


@never_cache
@at_work
def new_key(request: Request) -> HttpResponse:
    """Make a key for a system."""
    require(policy.may_connect_systems(request.visitor))
    answer: HttpResponse = _new_key(request)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def _new_key(request: Request) -> HttpResponse:
    form = KeyForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        last_day: Any = told["expires_on"] + timedelta(days=1)
        ends = timezone.make_aware(datetime.combine(last_day, time()))
        try:
            made = actions.make_key(
                request.visitor.organisation,
                name=told["name"],
                scopes=told["scopes"],
                reads_house=told["reads_house"],
                expires_at=ends,
                by=request.user,
            )
        except ValidationError as error:
            asked = any(one.code == "consent" for one in error.error_list)
            form.add_error("reads_house" if asked else "name", error)
    # No redirect after making one: the password is on this one page and nowhere else.
    shown = {"form": form, "made": made, "endpoint": f"{settings.BASE_URL}/xapi/"}
    return render(request, "records/new_key.html", shown, status=422 if form.errors else 200)


@require_POST
@at_work
def close_key(request: Request, pk: int) -> HttpResponse:
    """Close a key, at once."""
    key = get_object_or_404(policy.keys_to_close(request.visitor), pk=pk)
    actions.revoke_key(key)
    messages.success(request, _("%s is closed from now on.") % key.name)
    return redirect("records:systems")


@never_cache
@at_work
def new_forward(request: Request) -> HttpResponse:
    """Hand statements on to another store."""
    require(policy.may_connect_systems(request.visitor))
    answer: HttpResponse = _new_forward(request)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator] # allauth has no types
def _new_forward(request: Request) -> HttpResponse:
    form = ForwardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            forward = forwarding.forward_to(
                request.visitor.organisation, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error("address", error)
        else:
            messages.success(request, _("Statements go on to %s within a minute.") % forward.name)
            return redirect("records:systems")
    status = 422 if form.errors else 200
    return render(request, "records/new_forward.html", {"form": form}, status=status)


@require_POST
@at_work
def change_forward(request: Request, pk: int) -> HttpResponse:
    """Pause it, go on, send again what was set apart, or remove it."""
    forward = get_object_or_404(policy.forwards_to_change(request.visitor), pk=pk)
    what = request.POST.get("what")
    if what in ("pause", "resume"):
        try:
            forwarding.set_running(forward, running=what == "resume")
        except ValidationError as error:
            messages.error(request, error.messages[0])
    elif what == "again":
        came, left = forwarding.send_again(forward)
        told = ngettext("%d statement arrived.", "%d statements arrived.", came) % came
        if left:
            told += " " + ngettext("%d is still refused.", "%d are still refused.", left) % left
        messages.info(request, told)
    elif what == "remove":
        forward.delete()
        messages.success(request, _("Nothing goes on to %s any more.") % forward.name)
    else:
        raise Http404
    return redirect("records:systems")


@require_POST
@at_work
def export(request: Request) -> StreamingHttpResponse:
    """All that came from outside, one statement a line; who it is about sees who took it along."""
    visitor = request.visitor
    require(policy.may_connect_systems(visitor))
    reader = request.user.pk
    shelves = (visitor.organisation.pk,)
    # Before the first byte: a file that has begun cannot be taken back.
    about = overview.people_in(shelves) - {reader}
    note_reading(reader_pk=reader, about=about, matter="records", purpose="admin")
    note_event(visitor.organisation.pk, "export", what="records", by=reader)

    def noted() -> Iterator[str]:
        for lines, people in overview.lines(shelves):
            note_taken(reader_pk=reader, about=people, matter="records", purpose="admin")
            yield lines

    return _lines(noted(), f"xapi-{visitor.organisation.slug}")
