"""Loading a list of certificates, in four steps: choose it, its columns, look, confirm."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from gezel.certificates import actions, forms, policy
from gezel.certificates.jobs import look_through_certificates, take_over_certificates
from gezel.certificates.models import Load, LoadLine
from gezel.kit.export import FORMS
from gezel.kit.jobs import enqueue, try_again
from gezel.kit.models import Task
from gezel.kit.sheets import SheetError
from gezel.kit.tables import Column, Filter, Table
from gezel.people.api import Request, at_work, require

KINDS = {
    "problem": gettext_lazy("problem"),
    "new": gettext_lazy("new"),
    "known": gettext_lazy("stands here already"),
}


@at_work
def bring(request: Request) -> HttpResponse:
    """Choose a list; what was brought in before stands below."""
    require(request.visitor.is_hr)
    form = forms.LoadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            load = actions.receive(
                request.visitor.organisation,
                by=request.user,
                name=file.name,
                content=file.read(),
                key=form.cleaned_data["key"],
            )
        except SheetError as error:
            form.add_error("file", str(error))
        else:
            return redirect("certificates:load_columns", load.pk)
    earlier = policy.loads(request.visitor).select_related("uploaded_by").defer("table")
    told = {
        "form": form,
        "earlier": earlier.order_by("-created_at")[:20],
        "fields": forms.COLUMN_WORDS,
    }
    return render(request, "certificates/load.html", told, status=422 if form.errors else 200)


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
    load = _load(request, pk)
    if load.state in {Load.State.DONE, Load.State.APPLYING}:
        return redirect("certificates:load_preview", load.pk)
    form = forms.LoadColumnsForm(request.POST or None, load=load)
    if request.method == "POST" and form.is_valid():
        actions.choose_columns(
            load, form.columns, month_first=form.cleaned_data["order"] == "month"
        )
        if load.rows > actions.AT_ONCE:
            task = enqueue(look_through_certificates, by=request.user, load=str(load.pk))
            actions.begin(load, Load.State.PREPARING, task.pk)
        else:
            actions.prepare(load)
        return redirect("certificates:load_preview", load.pk)
    told = {
        "load": load,
        "form": form,
        "first": [line.cells for line in actions.lines_of(load)[:3]],
    }
    status = 422 if form.errors else 200
    return render(request, "certificates/load_columns.html", told, status=status)


@at_work
def preview(request: Request, pk: uuid.UUID) -> HttpResponseBase:
    """What the list would add, and every problem at its row; or what it did."""
    load = _load(request, pk)
    if load.state == Load.State.READ:
        return redirect("certificates:load_columns", load.pk)
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
    task = Task.objects.filter(pk=load.task).first() if load.task else None
    failed = bool(task and task.state == Task.State.FAILED)
    busy = load.state in {Load.State.PREPARING, Load.State.APPLYING} and not failed
    return table.answer(
        "certificates/load_preview.html",
        {
            "load": load,
            "counts": load.counts,
            "task": task,
            "busy": busy,
            "failed": failed,
            "can_confirm": bool(load.counts.get("new"))
            and (load.state == Load.State.READY or (failed and bool(load.digest))),
        },
    )


@at_work
@require_POST
def confirm(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR says: take it over. What was shown is what is done, or it is shown again."""
    load = _load(request, pk)
    digest = request.POST.get("digest", "")
    leave_out = request.POST.get("leave_out") == "yes"
    back = redirect("certificates:load_preview", load.pk)
    if load.state == Load.State.DONE:
        return back
    if load.counts.get("problems") and not leave_out:
        messages.error(request, _("Tick that the rows with a problem are left out, or go back."))
        return back
    if load.rows > actions.AT_ONCE:
        task = enqueue(
            take_over_certificates,
            by=request.user,
            key=uuid.uuid5(load.pk, f"{digest}{leave_out}"),
            load=str(load.pk),
            digest=digest,
            leave_out=leave_out,
        )
        try_again(task)
        actions.begin(load, Load.State.APPLYING, task.pk)
        return back
    try:
        actions.apply(load, digest=digest, leave_out=leave_out)
    except actions.LoadChanged:
        messages.error(
            request,
            _("Something changed since you looked, so nothing was done. Look again and confirm."),
        )
    except actions.LoadRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The list is taken over."))
    return back


@at_work
@require_POST
def discard(request: Request, pk: uuid.UUID) -> HttpResponse:
    """HR thinks better of it."""
    actions.discard(_load(request, pk))
    messages.success(request, _("The list is thrown away; nothing of it was taken over."))
    return redirect("certificates:load")
