"""Bringing in a staff list, in four steps: choose it, its columns, look, confirm."""

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gezel.kit.export import FORMS
from gezel.kit.incoming.pages import Desk
from gezel.kit.tables import Column, Filter, Table
from gezel.people import actions, policy
from gezel.people.forms import ColumnsForm, UploadForm
from gezel.people.jobs import look_through, take_over
from gezel.people.models import Intake, IntakeLine
from gezel.people.rules import needs_brake
from gezel.people.web import Request, at_work, require
from gezel.people.words import FIELD_WORDS, KIND_WORDS, field_words, row_words

KINDS = ("problem", "note", "new", "asked", "returns", "changed", "ended")


def _receive(request: Request, file: "UploadedFile[Any]", key: uuid.UUID) -> Intake:
    return actions.receive(
        request.visitor.organisation, by=request.user, name=file.name or "", content=file.read(),
        key=key,
    )  # fmt: skip


def _must_be_said(intake: Intake) -> str:
    counts = intake.counts
    if not needs_brake(counts.get("leavers", 0), counts.get("here", 0)):
        return ""
    return _("Many people would leave. Tick that this is right, or go back.")


DESK: Desk[Intake] = Desk(
    name="people:import",
    title=gettext_lazy("Import people"),
    upload=UploadForm,
    columns_form=ColumnsForm,
    receive=_receive,
    choose=lambda intake, form: actions.choose_columns(
        intake, form.columns, everyone=form.cleaned_data["everyone"] == "yes"
    ),
    prepare=actions.prepare,
    take=lambda intake, digest, said: actions.apply(intake, digest=digest, brake_off=said),
    look_through=look_through,
    take_over=take_over,
    argument="intake",
    must_say="brake_off",
    unsaid=_must_be_said,
)


@at_work
def bring(request: Request) -> HttpResponse:
    """Choose a list; what was brought in before stands below."""
    require(request.visitor.is_hr)
    return DESK.bring(request, policy.intakes(request.visitor))


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
    return DESK.columns(request, _intake(request, pk))


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
    return DESK.preview(
        request,
        intake,
        table,
        may_confirm=not intake.blocked,
        shown={
            "tiles": [
                (kind, KIND_WORDS[kind], counts[kind]) for kind in KINDS[2:] if counts.get(kind)
            ],
            "brake": needs_brake(counts.get("leavers", 0), counts.get("here", 0)),
            "share": round(100 * counts.get("leavers", 0) / max(1, counts.get("here", 0))),
        },
    )


@at_work
@require_POST
def confirm(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR says: do it. What was shown is what is done, or it is shown again."""
    return DESK.confirm(request, _intake(request, pk))


@at_work
@require_POST
def discard(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR thinks better of it."""
    return DESK.discard(request, _intake(request, pk))
