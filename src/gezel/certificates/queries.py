"""Reads what rules and pages need about certificates."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezel.certificates import rules
from gezel.certificates.models import CERTIFICATES_OF_A_PERSON, CertificateType, Duty, Holding
from gezel.kit.prepared import prepared
from gezel.people.api import (
    Employment,
    Organisation,
    Person,
    PersonQuerySet,
    Unit,
    Visitor,
)


def why_until(holding: Holding) -> str:
    """Until when a certificate counts and where that date comes from, in a sentence."""
    if holding.valid_until is None:
        return _("This certificate does not lapse.")
    until = formats.date_format(holding.valid_until, "DATE_FORMAT")
    if holding.term_months is None:
        return _("Valid until %(until)s, as it says on the certificate.") % {"until": until}
    term = ngettext("%(n)s month", "%(n)s months", holding.term_months) % {"n": holding.term_months}
    told = _(
        "Valid until %(until)s, because %(name)s counts for %(term)s after %(issued)s (%(basis)s)."
    ) % {
        "until": until,
        "name": holding.type.name,
        "term": term,
        "issued": formats.date_format(holding.issued_on, "DATE_FORMAT"),
        "basis": holding.type.get_basis_display(),
    }
    return f"{told} {holding.type.source}".strip()


@dataclass(frozen=True, slots=True)
class Row:
    """How one person stands with one certificate."""

    person: Person
    type: CertificateType
    standing: rules.Standing
    unit: str = ""
    job: str = ""
    number: str = ""
    decided_by: str = ""

    @property
    def holding_pk(self) -> int | None:
        """The holding behind it: what waits, else what counts."""
        held = self.standing.waiting or self.standing.held
        return int(str(held.key)) if held else None

    @property
    def valid_until(self) -> date | None:
        return self.standing.held.valid_until if self.standing.held else None

    @property
    def issued_on(self) -> date | None:
        return self.standing.held.issued_on if self.standing.held else None


def rows_of(
    people: PersonQuerySet,
    organisation: Organisation,
    *,
    on: date | None = None,
    unit: Unit | None = None,
    type_pk: int = 0,
) -> list[Row]:
    """How these people stand with the organisation's certificates, in four queries.

    Those they must have by their job on that date, and those they hold besides; what asks
    attention first.
    """
    day = on or timezone.localdate()
    employed = Employment.objects.current(day).filter(organisation=organisation, person__in=people)
    if unit is not None:
        employed = employed.filter(unit__path__startswith=unit.path)
    types = {
        t.pk: t
        for t in CertificateType.objects.filter(organisation=organisation)
        if type_pk in {0, t.pk}
    }
    jobs: dict[int, set[int]] = defaultdict(set)
    for duty_type, job in Duty.objects.filter(type__in=types, from_on__lte=day).values_list(
        "type_id", "job_id"
    ):
        jobs[job].add(duty_type)
    place: dict[int, tuple[str, str]] = {}
    must: dict[int, set[int]] = defaultdict(set)
    persons: dict[int, Person] = {}
    for pk, first, last, unit_name, job_pk, job_name in employed.values_list(
        "person_id", "person__first_name", "person__last_name", "unit__name", "job_id", "job__name"
    ):
        persons[pk] = Person(pk=pk, first_name=first, last_name=last)
        place[pk] = (unit_name, job_name)
        must[pk] |= jobs[job_pk]
    held: dict[tuple[int, int], list[rules.Held]] = defaultdict(list)
    told: dict[int, tuple[str, str]] = {}
    for pk, person, type_, issued, until, state, number, first, last in (
        Holding.objects.filter(type__in=types, person__in=employed.values("person_id"))
        .exclude(state=Holding.State.REFUSED)
        .values_list(
            "pk", "person_id", "type_id", "issued_on", "valid_until", "state", "number",
            "decided_by__first_name", "decided_by__last_name",
        )
    ):  # fmt: skip
        held[person, type_].append(rules.Held(pk, issued, until, state == Holding.State.CONFIRMED))
        told[pk] = (number, f"{first or ''} {last or ''}".strip())
    rows = []
    for pk, colleague in persons.items():
        for type_, certificate in types.items():
            one = rules.standing(held.get((pk, type_), ()), must=type_ in must[pk], on=day)
            if one is None:
                continue
            behind = one.held or one.waiting
            number, decider = told[int(str(behind.key))] if behind else ("", "")
            unit_name, job_name = place[pk]
            rows.append(Row(colleague, certificate, one, unit_name, job_name, number, decider))
    return sorted(rows, key=lambda r: (*rules.pressing(r.standing), r.person.last_name))


def counts(rows: Iterable[Row]) -> dict[str, int]:
    """How many stand how, with what waits for confirmation beside it."""
    found = Counter(str(r.standing.state) for r in rows)
    return {state: found[state] for state in rules.State}


@prepared
def _holdings_of(person: int) -> QuerySet[Holding]:
    return (
        Holding.objects.filter(person=person)
        .exclude(state=Holding.State.REFUSED)
        .select_related("type")
    )


@prepared
def _holdings_here(person: int, organisation: int) -> QuerySet[Holding]:
    return (
        Holding.objects.filter(person=person, type__organisation=organisation)
        .exclude(state=Holding.State.REFUSED)
        .select_related("type")
    )


@prepared
def _duties_of(person: int, organisation: int, day: date) -> QuerySet[Duty]:
    return Duty.objects.filter(
        type__organisation=organisation,
        from_on__lte=day,
        job__employments__in=Employment.objects.current(day).filter(person=person),
    ).select_related("type")


def mine(
    person: Person,
    organisation: Organisation | None,
    *,
    on: date | None = None,
    only_here: bool = False,
) -> list[Row]:
    """How someone stands with what they must have and all they hold, in two queries.

    Args:
        only_here: leave out what belongs to other employers; for who looks at a colleague.
    """
    day = on or timezone.localdate()
    types: dict[int, CertificateType] = {}
    held: dict[int, list[rules.Held]] = defaultdict(list)
    if only_here and organisation is not None:
        holdings = _holdings_here(person.pk, organisation.pk)
    else:
        holdings = [] if only_here else _holdings_of(person.pk)
    for holding in holdings:
        types[holding.type_id] = holding.type
        held[holding.type_id].append(
            rules.Held(
                holding.pk,
                holding.issued_on,
                holding.valid_until,
                holding.state == Holding.State.CONFIRMED,
            )
        )
    must: set[int] = set()
    if organisation is not None:
        for duty in _duties_of(person.pk, organisation.pk, day):
            types[duty.type_id] = duty.type
            must.add(duty.type_id)
    rows = []
    for pk, type_ in types.items():
        one = rules.standing(held[pk], must=pk in must, on=day)
        if one is not None:
            rows.append(Row(person, type_, one))
    return sorted(rows, key=lambda r: (*rules.pressing(r.standing), r.type.name))


def employer_of(visitor: Visitor) -> Organisation | None:
    """Where they work, if anywhere: one's certificates are there between jobs too."""
    return visitor.employment.organisation if visitor.employment else None


def who_may_confirm(person: Person) -> list[str]:
    """The people who can confirm this person's certificates today, nearest first."""
    told: list[str] = []
    for readers in CERTIFICATES_OF_A_PERSON.readers_of(person):
        told += [name for name in readers.names if name not in told]
    return [name for name in told if name != person.name][:6]


def history(holdings: QuerySet[Holding]) -> QuerySet[Holding]:
    """Every certificate that ever came in, the newest first."""
    return holdings.select_related("type", "decided_by", "registered_by", "person").order_by(
        "-issued_on", "-pk"
    )


def organisation_counts(organisation: Organisation, on: date) -> dict[str, int]:
    """How many duties are met, about to lapse, lapsed, missing or waiting: one query.

    The same answer as `rules.standing` gives one by one, counted where the rows are; a test
    holds the two beside each other.
    """
    ahead = on + timedelta(days=rules.AHEAD_IN_DAYS)
    held = Holding.objects.filter(
        person=OuterRef("person_id"), type=OuterRef("job__duties__type_id"), issued_on__lte=on
    )
    confirmed = held.filter(state=Holding.State.CONFIRMED)
    lasting = confirmed.filter(Q(valid_until=None) | Q(valid_until__gt=ahead))
    running = confirmed.filter(valid_until__gte=on)
    waiting = held.filter(state=Holding.State.WAITING).filter(
        Q(valid_until=None) | Q(valid_until__gte=on)
    )
    rows = (
        Employment.objects.current(on)
        .filter(organisation=organisation, job__duties__from_on__lte=on)
        .values("person_id", "job__duties__type_id")
        .annotate(
            how=Case(
                When(Exists(lasting), then=Value(str(rules.State.VALID))),
                When(Exists(running), then=Value(str(rules.State.EXPIRING))),
                When(Exists(waiting), then=Value(str(rules.State.WAITING))),
                When(Exists(confirmed), then=Value(str(rules.State.EXPIRED))),
                default=Value(str(rules.State.MISSING)),
            )
        )
        .values("how")
        .annotate(n=Count("pk"))
        .values_list("how", "n")
    )
    found = dict(rows)
    return {state: found.get(state, 0) for state in rules.State}
