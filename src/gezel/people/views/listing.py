"""Everyone who works here, as HR's table."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.kit.tables import Column, Filter, Table, Text
from gezel.people import policy, queries
from gezel.people.models import Employment, Organisation
from gezel.people.views.shared import on_asked, person_url
from gezel.people.web import Request, at_work, require
from gezel.trust.api import note_event, note_reading

# With more leads than this a list to choose from helps nobody; search by name instead.
MOST_CHOICES = 400
# Beyond what colleagues see of each other: showing it is noted.
TERMS = frozenset({"number", "starts_on", "ends_on", "hours", "education", "shift"})
STATES = {"left": _("Left"), "later": _("Begins later")}


def _columns() -> list[Column[Employment]]:
    return [
        Column(
            "name",
            _("Name"),
            lambda e: e.person.name,
            sort=("person__last_name", "person__first_name"),
            link=person_url,
        ),
        Column("unit", _("Unit"), "unit.name", sort=("unit__name",)),
        Column("job", _("Job"), "job.name", sort=("job__name",)),
        Column("location", _("Location"), "location.name", sort=("location__name",)),
        Column("lead", _("Lead"), "lead.name", sort=("lead__last_name", "lead__first_name")),
        Column("email", _("E-mail address"), "person.email", sort=("person__email",), hidden=True),
        Column("number", _("Staff number"), "number", sort=("number",), hidden=True),
        Column("starts_on", _("Start date"), "starts_on", sort=("starts_on",), hidden=True),
        Column(
            "ends_on", _("Last day"), "ends_on", sort=("ends_on",), hidden=True, nulls_last=True
        ),
        Column(
            "hours",
            _("Hours a week"),
            "contract_hours",
            sort=("contract_hours",),
            numeric=True,
            hidden=True,
            nulls_last=True,
        ),
        Column(
            "education",
            _("Education level"),
            lambda e: e.get_education_display(),
            sort=("education",),
            hidden=True,
        ),
        Column("shift", _("Shift"), lambda e: e.get_shift_display(), sort=("shift",), hidden=True),
    ]


def _filters(organisation: Organisation) -> list[Filter[Employment]]:
    def units() -> Iterable[tuple[str, Text]]:
        paths = queries.unit_paths(organisation)
        deepest = 99 if len(paths) <= MOST_CHOICES else 2
        told = sorted((" / ".join(path), pk) for pk, path in paths.items() if path)
        return [(str(pk), name) for name, pk in told if name.count(" / ") < deepest]

    def named(name: str) -> list[tuple[str, Text]]:
        found = getattr(organisation, name).values_list("pk", "name")[:MOST_CHOICES]
        return [(str(pk), label) for pk, label in found]

    def leads() -> Iterable[tuple[str, Text]]:
        if queries.number_of_leads(organisation, most=MOST_CHOICES + 1) > MOST_CHOICES:
            return []
        return [(str(p.pk), p.name) for p in queries.leads_of(organisation)]

    return [
        Filter("unit", _("Unit"), units, lambda rows, v: queries.below(rows, organisation, int(v))),
        Filter("job", _("Job"), lambda: named("jobs"), lambda rows, v: rows.filter(job=int(v))),
        Filter(
            "location",
            _("Location"),
            lambda: named("locations"),
            lambda rows, v: rows.filter(location=int(v)),
        ),
        Filter("lead", _("Lead"), leads, lambda rows, v: rows.filter(lead=int(v))),
        Filter("state", _("Who"), STATES.items, _state, blank=_("At work now")),
    ]


def _state(rows: QuerySet[Employment], value: str) -> QuerySet[Employment]:
    """Already chosen at the base of the list; here it only has to be a choice."""
    if value not in STATES:
        raise ValueError(value)
    return rows


@at_work
def people(request: Request) -> HttpResponseBase:
    """HR's table of everyone: at work on a date, left, or yet to begin."""
    require(request.visitor.is_hr)
    organisation, on = request.visitor.organisation, on_asked(request)
    today = on or timezone.localdate()
    kept = policy.employments_to_keep(request.visitor)
    rows = {
        "left": kept.filter(ends_on__lt=today),
        "later": kept.filter(starts_on__gt=today),
    }.get(request.GET.get("state", ""), kept.current(on))

    def taken(found: QuerySet[Employment]) -> None:
        if TERMS & {column.key for column in table.columns}:
            about = set(found.order_by().values_list("person_id", flat=True))
            reader = request.visitor.person
            note_reading(reader_pk=reader.pk, about=about, matter="employment", purpose="hr")
        note_event(
            organisation.pk,
            "export",
            what="people",
            by=request.visitor.person.pk,
            people=found.count(),
        )

    table = Table(
        request,
        rows,
        key="people",
        columns=_columns(),
        related=("person", "unit", "job", "location", "lead"),
        search=queries.by_words,
        search_label=_("Name, e-mail address or staff number"),
        filters=_filters(organisation),
        sort="name",
        keep=("on",),
        on_export=taken,
        empty=_("Import your people, and they stand here."),
    )
    if TERMS & {column.key for column in table.columns} and "export" not in request.GET:
        note_reading(
            reader_pk=request.visitor.person.pk,
            about=[employment.person_id for employment in table.on_page],
            matter="employment",
            purpose="hr",
        )
    return table.answer("people/list.html", {"on": on, "today": timezone.localdate()})
