"""Reads what the rules and pages of people need. None of them asks once per person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower, Substr
from django.utils import timezone

from gezel.people.models import Employment, JoinRequest, Organisation, Person, Unit
from gezel.people.rules import Account, Known, Places
from gezel.people.rules.importing import folded

# Who left no longer ago than this, and works nowhere else, may be taken back without asking.
LATELY = timedelta(days=60)
# A tree of more units than this opens two levels at a time, each on its own page.
UNITS_AT_ONCE = 300


def unit_paths(organisation: Organisation) -> dict[int, tuple[str, ...]]:
    """Every unit with the names from the top down to it; the top itself is the empty path."""
    names: dict[str, tuple[str, ...]] = {}
    found = {}
    step = Unit.steplen
    for pk, path, depth, name in (
        Unit.objects.filter(organisation=organisation)
        .order_by("path")
        .values_list("pk", "path", "depth", "name")
    ):
        names[path] = () if depth == 1 else (*names.get(path[:-step], ()), name)
        found[pk] = names[path]
    return found


def places(organisation: Organisation, paths: dict[int, tuple[str, ...]]) -> Places:
    """How units, jobs and locations are spelled here."""
    return Places(
        root=organisation.name,
        units={tuple(folded(part) for part in path): path for path in paths.values()},
        jobs={folded(name): name for name in organisation.jobs.values_list("name", flat=True)},
        locations={
            folded(name): name for name in organisation.locations.values_list("name", flat=True)
        },
    )


def known_here(
    organisation: Organisation, paths: dict[int, tuple[str, ...]], today: date
) -> list[Known]:
    """Who works here, begins later, or was asked to."""
    running = Employment.objects.filter(organisation=organisation).exclude(ends_on__lt=today)
    elsewhere = set(
        Employment.objects.filter(person__employments__in=running)
        .exclude(organisation=organisation)
        .values_list("person_id", flat=True)
    )
    common = ("lead_id", "number", "starts_on", "ends_on", "contract_hours", "education", "shift")
    found = [
        Known(
            person, email, first, last, paths[unit], job, begins, location or "", lead, number,
            ends, hours, education, shift, employment=pk, our_name=person not in elsewhere,
        )
        for (
            pk, person, email, first, last, unit, job, location,
            lead, number, begins, ends, hours, education, shift,
        ) in running.order_by("pk").values_list(
            "pk", "person_id", "person__email", "person__first_name", "person__last_name",
            "unit_id", "job__name", "location__name", *common,
        )
    ]  # fmt: skip
    found += [
        Known(
            person, email, first, last, paths[unit], job, begins, location or "", lead, number,
            ends, hours, education, shift, pending=pk, our_name=False,
        )
        for (
            pk, person, email, first, last, unit, job, location,
            lead, number, begins, ends, hours, education, shift,
        ) in JoinRequest.objects.filter(organisation=organisation).order_by("pk").values_list(
            "pk", "person_id", "person__email", "first_name", "last_name",
            "unit_id", "job__name", "location__name", *common,
        )
    ]  # fmt: skip
    return found


def accounts_among(
    emails: Iterable[str], organisation: Organisation, today: date
) -> dict[str, Account]:
    """Which of these addresses have an account already, and whose left here only lately."""
    found: dict[str, Account] = {}
    asked = iter(sorted(set(emails)))
    while batch := list(islice(asked, 2_000)):
        elsewhere = Q(employments__isnull=False) & ~Q(employments__organisation=organisation)
        lately = Q(employments__organisation=organisation, employments__ends_on__gte=today - LATELY)
        for email, pk, away, left in (
            Person.objects.get_queryset()
            .filter(email__in=batch)
            .annotate(
                away=Count("employments", filter=elsewhere),
                left=Count("employments", filter=lately),
            )
            .values_list("email", "pk", "away", "left")
        ):
            found[email] = Account(pk, returns=bool(left and not away))
    return found


def earlier_starts(organisation: Organisation, today: date) -> dict[int, set[date]]:
    """Person → first days of employments here that ended."""
    found: dict[int, set[date]] = defaultdict(set)
    for person, starts_on in Employment.objects.filter(
        organisation=organisation, ends_on__lt=today
    ).values_list("person_id", "starts_on"):
        found[person].add(starts_on)
    return found


# --- The tree --------------------------------------------------------------------------------


@dataclass(slots=True)
class Branch:
    """A unit with who works in it, who leads there, and the units below."""

    unit: Unit
    here: int = 0
    total: int = 0
    lead: str = ""
    lead_pk: int | None = None
    below: list["Branch"] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return bool(self.unit.depth <= 2)


def tree(organisation: Organisation, on: date | None = None, *, top: Unit | None = None) -> Branch:
    """The tree with its counts, from the top or from one unit down.

    Where there are more units than can be read at once, it ends two steps below its top; what
    lies deeper is counted there, and opens on the unit's own page.
    """
    root = top or Unit.objects.get(organisation=organisation, depth=1)
    all_units = Unit.objects.filter(organisation=organisation, path__startswith=root.path)
    current = Employment.objects.current(on).filter(organisation=organisation)
    deepest = root.depth + 2
    deeper: dict[str, int] = {}
    if len(all_units.values_list("pk")[: UNITS_AT_ONCE + 1]) > UNITS_AT_ONCE:
        shown = all_units.filter(depth__lte=deepest)
        deeper = dict(
            current.filter(unit__path__startswith=root.path, unit__depth__gt=deepest)
            .values_list(Substr("unit__path", 1, deepest * Unit.steplen))
            .annotate(number=Count("pk"))
        )
    else:
        shown = all_units
    # By name, not by path: units are shown as people look for them.
    branches = {unit.path: Branch(unit) for unit in shown.order_by("name")}
    by_pk = {branch.unit.pk: branch for branch in branches.values()}
    leads: dict[int, tuple[int, int]] = {}
    for unit, lead, number in (
        current.filter(unit__in=list(by_pk))
        .values("unit_id", "lead_id")
        .annotate(number=Count("pk"))
        .values_list("unit_id", "lead_id", "number")
    ):
        by_pk[unit].here += number
        if lead and number > leads.get(unit, (0, 0))[0]:
            leads[unit] = (number, lead)
    names = Person.objects.in_bulk([lead for _number, lead in leads.values()])
    for unit, (_number, lead) in leads.items():
        by_pk[unit].lead, by_pk[unit].lead_pk = names[lead].name, lead
    for path, branch in sorted(branches.items(), key=lambda item: -item[1].unit.depth):
        branch.total = branch.here + sum(child.total for child in branch.below)
        branch.total += deeper.get(path, 0)
        above = branches.get(path[: -Unit.steplen])
        if above is not None:
            above.below.append(branch)
    for branch in branches.values():
        branch.below.sort(key=lambda child: child.unit.name.casefold())
    return branches[root.path]


def above(unit: Unit) -> Iterator[Unit]:
    """The units above this one, from the top down."""
    yield from Unit.objects.get_ancestors(unit)


# A list to choose from that one can still look through; longer ones go down step by step.
def at_work(organisation: Organisation, on: date | None = None) -> QuerySet[Employment]:
    """Everyone at work here on a date, with who and what."""
    return (
        Employment.objects.current(on)
        .filter(organisation=organisation)
        .select_related("person", "unit", "job", "location", "lead")
    )


def by_name(rows: QuerySet[Employment], words: str) -> QuerySet[Employment]:
    """Each word must stand in the name: what colleagues may look for."""
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word)
        )
    return rows


def by_words(rows: QuerySet[Employment], words: str) -> QuerySet[Employment]:
    """Each word must stand in the name or the address, or begin the staff number.

    Everyone is looked at once, so a row must be cheap: what is known of someone is put together
    and made small once, where three fields and a number were each made large.
    """
    told: list[Any] = []
    for each in ("first_name", "last_name", "email"):
        told += [F(f"person__{each}"), Value(" ")]
    rows = rows.alias(told=Lower(Concat(*told, output_field=TextField())))
    for word in words.split()[:5]:
        told_of = Q(told__contains=word.lower())
        # Names hold no figures, and few numbers are without: only then the number is looked at.
        numbered = any(c.isdecimal() for c in word)
        rows = rows.filter(told_of | Q(number__istartswith=word) if numbered else told_of)
    return rows


def led_directly(lead: Person, organisation: Organisation) -> QuerySet[Employment]:
    """Whom someone leads here today, without those in between."""
    return at_work(organisation, timezone.localdate()).filter(lead=lead)


def leads_of(organisation: Organisation) -> QuerySet[Person]:
    """Everyone who leads someone here directly, by name."""
    here = Employment.objects.current().filter(organisation=organisation)
    return (
        Person.objects.get_queryset()
        .filter(pk__in=here.exclude(lead=None).values("lead_id"))
        .order_by("last_name", "first_name")
    )


def number_of_leads(organisation: Organisation, *, most: int) -> int:
    """How many lead someone here, counted no further than asked."""
    here = Employment.objects.current().filter(organisation=organisation).exclude(lead=None)
    return here.order_by().values("lead_id").distinct()[:most].count()


def below(
    rows: QuerySet[Employment], organisation: Organisation, unit_pk: int
) -> QuerySet[Employment]:
    """Those who work in a unit or anywhere below it.

    Raises:
        ValueError: no such unit here.
    """
    path = (
        Unit.objects.filter(organisation=organisation, pk=unit_pk)
        .values_list("path", flat=True)
        .first()
    )
    if path is None:
        raise ValueError(unit_pk)
    units = Unit.objects.filter(organisation=organisation, path__startswith=path)
    return rows.filter(unit__in=units.values("pk"))
