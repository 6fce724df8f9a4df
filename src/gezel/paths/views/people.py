"""Who follows a path: by hand, by a list; exceptions, and how far everyone is."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from gezel.kit.export import FORMS
from gezel.kit.figures import grouped
from gezel.kit.sheets import SheetError, read
from gezel.kit.tables import Column, Filter, Table
from gezel.paths import actions, forms, policy, queries
from gezel.paths.models import Enrolment, Path
from gezel.paths.web import key, note
from gezel.people.api import Employment, Request, Unit, at_work
from gezel.trust.api import note_event

Export = Callable[[str, Sequence[object], Iterable[Sequence[object]]], HttpResponseBase]


# -- everyone on it -------------------------------------------------------------------------------


@at_work
def people(request: Request, pk: int) -> HttpResponseBase:
    """Who is on a path and how far; to search, to take along, to add someone."""
    path = get_object_or_404(policy.paths_to_assign(request.visitor), pk=pk)
    today = timezone.localdate()
    posted = request.POST if request.method == "POST" else None
    form = forms.EnrolForm(posted, organisation=path.organisation, initial={"begins_on": today})
    if posted is not None and form.is_valid():
        try:
            new = actions.enrol(
                path, [form.cleaned_data["someone"].pk],
                begins_on=form.cleaned_data["begins_on"], how=Enrolment.How.HAND, by=request.user,
            )  # fmt: skip
        except ValidationError as wrong:
            form.add_error("someone", wrong)
        else:
            messages.success(
                request, _("Put on this path.") if new else _("They are on this path already.")
            )
            return redirect("paths:people", path.pk)
    there = _there(request, path)
    if export := FORMS.get(request.GET.get("export", "")):
        return _report(request, path, there, export)
    table = Table(
        request,
        queries.placed(there, path.organisation, today),
        key="path",
        columns=_columns(),
        related=("person",),
        search=_search,
        search_label=_("Name or e-mail address"),
        filters=[
            Filter("state", _("State"), _states, _in_state, blank=_("everyone")),
            Filter("unit", _("Unit"), lambda: _units(path), _in_unit),
        ],
        sort="name",
        empty=_("Nobody is on this path yet."),
    )
    shown = {
        "path": path,
        "form": form,
        "to_decide": list(
            queries.in_full(there.filter(state="open", unmatched_on__isnull=False)).order_by(
                "unmatched_on", "person__last_name"
            )[:20]
        ),
        "rules": queries.told_rules(path),
        "counts": {state: there.filter(state=state).count() for state in ("open", "done")},
        "late": there.filter(state="open", next_due_on__lt=today).count(),
        "hours": queries.hours_off_the_job(there),
    }
    answer = table.answer("paths/people.html", shown)
    if form.errors:
        answer.status_code = 422
    note(request, {e.person_id for e in table.on_page}, "hr")
    return answer


def _there(request: Request, path: Path) -> QuerySet[Enrolment]:
    """Everyone on it who works here; who left is out of sight."""
    return Enrolment.objects.filter(path=path, person__in=policy.people_to_assign(request.visitor))


def _report(
    request: Request, path: Path, there: QuerySet[Enrolment], export: Export
) -> HttpResponseBase:
    """The completion report: of each person each step."""
    today = timezone.localdate()
    steps = queries.report_steps(path)
    header = [
        _("Name"), _("Staff number"), _("Unit"), _("Job"), _("State"), _("Begins on"),
        _("Completed on"), _("Percent"), _("Steps done"), _("Steps asked"), _("Next due on"),
        _("Hours off the job, planned"), _("Hours off the job, spent"),
        *(title for _key, title in steps),
    ]  # fmt: skip
    about = set(there.values_list("person_id", flat=True))
    note(request, about, "hr")
    visitor = request.visitor
    note_event(
        visitor.organisation.pk, "export", what="path", by=visitor.person.pk, people=len(about)
    )
    return export(path.name, header, queries.report(there, path.organisation, steps, today))


def _columns() -> list[Column[Enrolment]]:
    return [
        Column(
            "name", _("Name"), "person.name", sort=("person__last_name", "person__first_name"),
            link=lambda e: reverse("paths:walk", args=[e.pk]),
        ),
        Column("unit", _("Unit"), "unit_name", sort=("unit_name",)),
        Column("job", _("Job"), "job_name", sort=("job_name",), hidden=True),
        Column("state", _("State"), lambda e: e.get_state_display(), sort=("state",),
               html=_state),
        Column(
            "far", _("Steps"), lambda e: f"{e.steps_settled} / {e.steps_asked}",
            sort=("steps_settled",), numeric=True,
        ),
        Column(
            "due", _("Next due on"), lambda e: e.next_due_on if e.is_open else None,
            sort=("next_due_on",), nulls_last=True,
        ),
        Column("begins", _("Begins on"), "begins_on", sort=("begins_on",), hidden=True),
        Column("completed", _("Completed on"), "completed_on", sort=("completed_on",),
               nulls_last=True),
        Column("planned", _("Hours off the job, planned"), lambda e: _hours(e, spent=False),
               numeric=True, hidden=True),
        Column("spent", _("Hours off the job, spent"), lambda e: _hours(e, spent=True),
               numeric=True, hidden=True),
        Column("how", _("Put on it"), lambda e: e.get_how_display(), hidden=True),
    ]  # fmt: skip


def _hours(e: Enrolment, *, spent: bool) -> float | None:
    if e.minutes_spent is None or e.minutes_left is None:
        return None
    return round((e.minutes_spent + (0 if spent else e.minutes_left)) / 60, 2)


def _state(e: Enrolment) -> SafeString:
    tone = "ok" if e.state == Enrolment.State.DONE else "warn" if e.late else ""
    told = _("late") if e.late else e.get_state_display()
    return format_html('<span class="pill {}">{}</span>', tone, told)


def _search(rows: QuerySet[Enrolment], told: str) -> QuerySet[Enrolment]:
    for word in told.split():
        rows = (
            rows.filter(person__last_name__icontains=word)
            | rows.filter(person__first_name__icontains=word)
            | rows.filter(person__email__icontains=word)
        )
    return rows


def _states() -> list[tuple[str, str]]:
    return [("late", _("late")), *((s.value, str(s.label)) for s in Enrolment.State)]


def _in_state(rows: QuerySet[Enrolment], state: str) -> QuerySet[Enrolment]:
    if state == "late":
        return rows.filter(state="open", next_due_on__lt=timezone.localdate())
    if state not in set(Enrolment.State):
        raise ValueError(state)
    return rows.filter(state=state)


def _units(path: Path) -> list[tuple[str, str]]:
    return [
        (unit_path, name)
        for unit_path, name in Unit.objects.filter(organisation=path.organisation)
        .order_by("path")
        .values_list("path", "name")
    ]


def _in_unit(rows: QuerySet[Enrolment], unit_path: str) -> QuerySet[Enrolment]:
    there = Employment.objects.current(timezone.localdate()).filter(
        organisation=OuterRef("path__organisation"),
        person=OuterRef("person"),
        unit__path__startswith=unit_path,
    )
    return rows.filter(Exists(there))


# -- by a list ------------------------------------------------------------------------------------


@at_work
def by_list(request: Request, pk: int) -> HttpResponse:
    """People of a list: shown first, then put on the path as it was shown. Nothing is kept of
    the list: what was read travels along in the form."""
    path = get_object_or_404(policy.paths_to_assign(request.visitor), pk=pk)
    today = timezone.localdate()
    if "rows" in request.POST:
        return _put_listed(request, path)
    form = forms.ListForm(
        request.POST or None, request.FILES or None, initial={"list_begins_on": today}
    )
    if form.is_valid():
        try:
            sheet = read(form.cleaned_data["file"].read())
        except SheetError as wrong:
            form.add_error("file", str(wrong))
        else:
            if len(sheet.lines) <= queries.MOST_LISTED:
                listed = queries.look_through(path, sheet, today)
                return _preview(request, path, listed, form.cleaned_data["list_begins_on"])
            form.add_error(
                "file", _("This list has more than 5,000 people. Use a rule, or split it.")
            )
    status = 422 if form.errors else 200
    return render(request, "paths/list.html", {"path": path, "form": form}, status=status)


def _preview(
    request: Request, path: Path, listed: queries.Listed, begins_on: date, *, stale: bool = False
) -> HttpResponse:
    shown = {
        "path": path,
        "listed": listed,
        "begins_on": begins_on,
        "rows": queries.as_rows(listed),
        "stale": stale,
    }
    note(request, {r.person_pk for r in [*listed.new, *listed.known] if r.person_pk}, "hr")
    return render(request, "paths/list_preview.html", shown, status=409 if stale else 200)


def _put_listed(request: Request, path: Path) -> HttpResponse:
    """What was shown is done, if it still comes out so."""
    today = timezone.localdate()
    form = forms.ListedForm(request.POST)
    try:
        sheet = read(request.POST["rows"].encode())
    except SheetError:
        raise Http404 from None  # nobody was sent this form
    listed = queries.look_through(path, sheet, today)
    begins_on = form.cleaned_data["list_begins_on"] if form.is_valid() else today
    try:
        put = actions.enrol_listed(
            path, listed, digest=request.POST.get("digest", ""), begins_on=begins_on,
            by=request.user,
        )  # fmt: skip
    except actions.ListChanged:
        return _preview(request, path, listed, begins_on, stale=True)
    except ValidationError as wrong:
        messages.warning(request, wrong.messages[0])
    else:
        told = ngettext(
            "%(n)s person is put on this path.", "%(n)s people are put on this path.", put
        )
        messages.success(request, told % {"n": grouped(put)})
    return redirect("paths:people", path.pk)


# -- exceptions -----------------------------------------------------------------------------------


@at_work
def exemptions(request: Request, pk: int) -> HttpResponse:
    """Who need not follow a path, and why."""
    path = get_object_or_404(policy.paths_to_assign(request.visitor), pk=pk)
    today = timezone.localdate()
    form = forms.ExemptForm(
        request.POST or None, organisation=path.organisation, initial={"free_from": today}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.excuse(
                path, given["someone"], reason=given["reason"], from_on=given["free_from"],
                until_on=given["free_until"], by=request.user, key=key(request),
            )  # fmt: skip
        except ValidationError as wrong:
            form.add_error("free_until", wrong.messages[0])
        else:
            messages.success(request, _("The exception stands."))
            return redirect("paths:exemptions", path.pk)
    there = list(path.exemptions.select_related("person", "made_by").order_by("-from_on", "-pk"))
    note(request, {e.person_id for e in there}, "hr")
    shown = {"path": path, "form": form, "exemptions": there, "today": today}
    return render(request, "paths/exemptions.html", shown, status=422 if form.errors else 200)


@at_work
@require_POST
def end_exemption(request: Request, pk: int) -> HttpResponse:
    """The exception ends; rules may put them on the path again."""
    found = get_object_or_404(policy.exemptions_to_edit(request.visitor), pk=pk)
    actions.excuse_no_more(found)
    messages.success(request, _("The exception has ended."))
    return redirect("paths:exemptions", found.path_id)
