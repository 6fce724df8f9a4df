"""Bringing in a staff list, in four steps: choose it, its columns, look, confirm."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gezel.kit.export import FORMS
from gezel.kit.jobs import enqueue, try_again
from gezel.kit.models import Task
from gezel.kit.sheets import SheetError
from gezel.kit.tables import Column, Filter, Table
from gezel.people import actions, policy
from gezel.people.forms import ColumnsForm, UploadForm
from gezel.people.jobs import look_through, take_over
from gezel.people.models import Intake, IntakeLine
from gezel.people.rules import needs_brake
from gezel.people.web import Request, at_work, require
from gezel.people.words import FIELD_WORDS, KIND_WORDS, field_words, row_words

KINDS = ("problem", "note", "new", "asked", "returns", "changed", "ended")


@at_work
def bring(request: Request) -> HttpResponse:
    """Choose a list; what was brought in before stands below."""
    require(request.visitor.is_hr)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            intake = actions.receive(
                request.visitor.organisation,
                by=request.user,
                name=file.name,
                content=file.read(),
                key=form.cleaned_data["key"],
            )
        except SheetError as error:
            form.add_error("file", str(error))
        else:
            return redirect("people:import_columns", intake.pk)
    earlier = policy.intakes(request.visitor).select_related("uploaded_by").defer("table")
    return render(
        request,
        "people/import.html",
        {"form": form, "earlier": earlier.order_by("-created_at")[:20], "fields": FIELD_WORDS},
        status=422 if form.errors else 200,
    )


@at_work
def example(request: Request, form: str) -> HttpResponseBase:
    """A list to fill in, with two people as an example."""
    require(request.visitor.is_hr and form in FORMS)
    header = [
        str(words).capitalize()
        for name, words in FIELD_WORDS.items()
        if name not in {"first_name", "infix", "last_name"}
    ]
    rows = [
        ["Daan Visser", "daan@example.org", "1001", _("Workshop/Utrecht"), "",
         _("Workshop manager"), "Utrecht", "01-03-2019", "", "36", "mbo 4", _("day")],
        ["Noor Jansen", "noor@example.org", "1002", _("Workshop/Utrecht"), "daan@example.org",
         _("Mechanic"), "Utrecht", "15-08-2023", "", "32", "mbo 3", _("day")],
    ]  # fmt: skip
    return FORMS[form](_("staff list"), header, rows)


def _intake(request: Request, pk: uuid.UUID) -> Intake:
    return get_object_or_404(policy.intakes(request.visitor).defer("table"), pk=pk)


@at_work
def columns(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Which column is which; guessed, and remembered for the next time."""
    intake = _intake(request, pk)
    if intake.state in {Intake.State.DONE, Intake.State.APPLYING}:
        return redirect("people:import_preview", intake.pk)
    form = ColumnsForm(request.POST or None, intake=intake)
    if request.method == "POST" and form.is_valid():
        everyone = form.cleaned_data["everyone"] == "yes"
        actions.choose_columns(intake, form.columns, everyone=everyone)
        if intake.rows > actions.AT_ONCE:
            task = enqueue(look_through, by=request.user, intake=str(intake.pk))
            actions.begin_preparing(intake, task.pk)
        else:
            actions.prepare(intake)
        return redirect("people:import_preview", intake.pk)
    first = actions.first_rows(intake)
    return render(
        request,
        "people/import_columns.html",
        {"intake": intake, "form": form, "first": first},
        status=422 if form.errors else 200,
    )


def _shown(name: str, value: str) -> str:
    if name in {"starts_on", "ends_on"} and (day := parse_date(value)):
        return date_format(day, "SHORT_DATE_FORMAT")
    return value


def _what(line: IntakeLine) -> SafeString:
    """A change as people read it: what it was, struck through, and what it becomes."""
    if line.kind in {"problem", "note"}:
        return format_html("{}", line.what[0][1])
    parts = []
    for name, was, becomes in line.what:
        before = format_html("<del>{}</del> ", _shown(name, was)) if was else ""
        after = format_html("<ins>{}</ins>", _shown(name, becomes) or _("empty"))
        parts.append((field_words(name), before, after))
    return format_html_join("", '<span class="what"><b>{}</b> {}{}</span>', parts)


def _plain(line: IntakeLine) -> str:
    if line.kind in {"problem", "note"}:
        return str(line.what[0][1])
    return "; ".join(
        f"{field_words(name)}: {_shown(name, was)} → {_shown(name, becomes)}"
        for name, was, becomes in line.what
    )


@at_work
def preview(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """What the list would do, person by person, and every problem at its row; or what it did."""
    intake = _intake(request, pk)
    if intake.state == Intake.State.READ:
        return redirect("people:import_columns", intake.pk)
    counts = intake.counts
    table = Table(
        request,
        intake.lines.all(),
        key="changes",
        columns=[
            Column(
                "row",
                gettext_lazy("Row"),
                lambda line: row_words(line.row) if line.row else _("Not in the list"),
                sort=("row",),
            ),
            Column(
                "kind", gettext_lazy("What"), lambda line: KIND_WORDS[line.kind], sort=("kind",)
            ),
            Column("who", gettext_lazy("Who"), "who", sort=("who",)),
            Column("what", gettext_lazy("What would change"), _plain, html=_what),
        ],
        search=lambda rows, words: rows.filter(who__icontains=words),
        filters=[
            Filter(
                "kind",
                gettext_lazy("Show"),
                lambda: [(kind, KIND_WORDS[kind]) for kind in KINDS],
                lambda rows, value: rows.filter(kind=value),
            )
        ],
        sort="row",
        empty=gettext_lazy("This list says what is already known: nothing changes."),
    )
    task = Task.objects.filter(pk=intake.task).first() if intake.task else None
    busy = intake.state in {Intake.State.PREPARING, Intake.State.APPLYING}
    failed = bool(task and task.state == Task.State.FAILED)
    return table.answer(
        "people/import_preview.html",
        {
            "intake": intake,
            "counts": counts,
            "tiles": [
                (kind, KIND_WORDS[kind], counts[kind]) for kind in KINDS[2:] if counts.get(kind)
            ],
            "brake": needs_brake(counts.get("leavers", 0), counts.get("here", 0)),
            "share": round(100 * counts.get("leavers", 0) / max(1, counts.get("here", 0))),
            "task": task,
            "busy": busy and not failed,
            "failed": failed,
            "can_confirm": not intake.blocked
            and (intake.state == Intake.State.READY or (failed and bool(intake.digest))),
        },
    )


@at_work
@require_POST
def confirm(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR says: do it. What was shown is what is done, or it is shown again."""
    intake = _intake(request, pk)
    digest = request.POST.get("digest", "")
    brake_off = request.POST.get("brake_off") == "yes"
    back = redirect("people:import_preview", intake.pk)
    if intake.state == Intake.State.DONE:
        return back
    counts = intake.counts
    if needs_brake(counts.get("leavers", 0), counts.get("here", 0)) and not brake_off:
        messages.error(request, _("Many people would leave. Tick that this is right, or go back."))
        return back
    if intake.rows > actions.AT_ONCE:
        task = enqueue(
            take_over,
            by=request.user,
            key=uuid.uuid5(intake.pk, f"{digest}{brake_off}"),
            intake=str(intake.pk),
            digest=digest,
            brake_off=brake_off,
        )
        try_again(task)
        actions.begin_applying(intake, task.pk)
        return back
    try:
        actions.apply(intake, digest=digest, brake_off=brake_off)
    except actions.PlanChanged:
        messages.error(
            request,
            _("Something changed since you looked, so nothing was done. Look again and confirm."),
        )
    except actions.ImportRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The list is taken over."))
    return back


@at_work
@require_POST
def discard(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR thinks better of it."""
    actions.discard(_intake(request, pk))
    messages.success(request, _("The list is thrown away; nothing of it was taken over."))
    return redirect("people:import")
