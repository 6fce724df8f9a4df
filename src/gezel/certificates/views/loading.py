"""Loading a list of certificates, in four steps: choose it, its columns, look, confirm."""

import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gezel.certificates import actions, forms, policy
from gezel.certificates.jobs import look_through_certificates, take_over_certificates
from gezel.certificates.models import Load, LoadLine
from gezel.kit.export import FORMS
from gezel.kit.incoming.pages import Desk
from gezel.kit.tables import Column, Filter, Table
from gezel.people.api import Request, at_work, require

KINDS = {
    "problem": gettext_lazy("problem"),
    "new": gettext_lazy("new"),
    "known": gettext_lazy("stands here already"),
}


def _receive(request: Request, file: "UploadedFile[Any]", key: uuid.UUID) -> Load:
    return actions.receive(
        request.visitor.organisation, by=request.user, name=file.name or "", content=file.read(),
        key=key,
    )  # fmt: skip


def _must_be_said(load: Load) -> str:
    if not load.counts.get("problems"):
        return ""
    return _("Tick that the rows with a problem are left out, or go back.")


DESK: Desk[Load] = Desk(
    name="certificates:load",
    title=gettext_lazy("Load certificates"),
    upload=forms.LoadForm,
    columns_form=forms.LoadColumnsForm,
    receive=_receive,
    choose=lambda load, form: actions.choose_columns(
        load, form.columns, month_first=form.cleaned_data["order"] == "month"
    ),
    prepare=actions.prepare,
    take=lambda load, digest, said: actions.apply(load, digest=digest, leave_out=said),
    look_through=look_through_certificates,
    take_over=take_over_certificates,
    argument="load",
    must_say="leave_out",
    unsaid=_must_be_said,
)


@at_work
def bring(request: Request) -> HttpResponse:
    """Choose a list; what was brought in before stands below."""
    require(request.visitor.is_hr)
    return DESK.bring(request, policy.loads(request.visitor))


@at_work
def example(request: Request, form: str) -> HttpResponseBase:
    """A list to fill in, with two certificates as an example."""
    require(request.visitor.is_hr and form in FORMS)
    header = [
        _("E-mail address"), _("Certificate"), _("Number"), _("Issued on"), _("Valid until"),
        _("Refresher"),
    ]  # fmt: skip
    rows = [
        ["daan@example.org", "BHV", "BHV-2025-001", "15-08-2025", "", _("no")],
        ["noor@example.org", "VCA", "12345678", "01-03-2019", "01-03-2029", _("no")],
    ]
    return FORMS[form](_("certificates"), header, rows)


def _load(request: Request, pk: uuid.UUID) -> Load:
    return get_object_or_404(policy.loads(request.visitor).defer("table"), pk=pk)


@at_work
def columns(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Which column is which, and how dates are written; guessed, and remembered."""
    return DESK.columns(request, _load(request, pk))


@at_work
def preview(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """What the list would add, and every problem at its row; or what it did."""
    load = _load(request, pk)
    table: Table[LoadLine] = Table(
        request,
        load.lines.all(),
        key="rows",
        columns=[
            Column("row", gettext_lazy("Row"), "row", sort=("row",), numeric=True),
            Column("kind", gettext_lazy("What"), lambda one: KINDS[one.kind], sort=("kind", "row")),
            Column("who", gettext_lazy("Who"), "who", sort=("who",)),
            Column("what", gettext_lazy("Certificate, or what is wrong"), "what"),
        ],
        search=lambda rows, words: rows.filter(who__icontains=words),
        filters=[
            Filter(
                "kind",
                gettext_lazy("Show"),
                lambda: list(KINDS.items()),
                lambda rows, value: rows.filter(kind=value),
            )
        ],
        sort="row",
        empty=gettext_lazy("Nothing stands in this list."),
    )
    return DESK.preview(request, load, table, may_confirm=bool(load.counts.get("new")))


@at_work
@require_POST
def confirm(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR says: take it over. What was shown is what is done, or it is shown again."""
    return DESK.confirm(request, _load(request, pk))


@at_work
@require_POST
def discard(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR thinks better of it."""
    return DESK.discard(request, _load(request, pk))
