"""Reads what rules and pages need about certificates."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    QuerySet,
)
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
    types: Collection[CertificateType] | None = None,
) -> list[Row]:
    """How these people stand with these certificates of the organisation (or all): four queries.

    Those they must have by their job on that date, and those they hold besides; what asks
    attention first.
    """
    day = on or timezone.localdate()
    employed = Employment.objects.current(day).filter(organisation=organisation, person__in=people)
    if unit is not None:
        employed = employed.filter(unit__path__startswith=unit.path)
    if types is None:
        types = CertificateType.objects.filter(organisation=organisation)
    known = {t.pk: t for t in types}
    jobs: dict[int, set[int]] = defaultdict(set)
    for duty_type, job in Duty.objects.filter(type__in=known, from_on__lte=day).values_list(
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
        Holding.objects.filter(type__in=known, person__in=employed.values("person_id"))
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
        for type_, certificate in known.items():
            one = rules.standing(held.get((pk, type_), ()), must=type_ in must[pk], on=day)
            if one is None:
                continue
            behind = one.held or one.waiting
            number, decider = told[int(str(behind.key))] if behind else ("", "")
            unit_name, job_name = place[pk]
            rows.append(Row(colleague, certificate, one, unit_name, job_name, number, decider))
    return sorted(rows, key=lambda r: (*rules.pressing(r.standing), r.person.last_name))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows an overview is to show: of whom, as of when, and what of it.

    Args:
        people: whom the reader may read about.
        types: the certificates to look at.
        unit: only who works there or below it.
        state: only these; "waiting" also where a renewal waits.
        until: only what lapses from `on` to this day.
    """

    people: PersonQuerySet
    organisation: Organisation
    types: list[CertificateType]
    on: date
    unit: Unit | None = None
    state: str = ""
    until: date | None = None

    @property
    def seats(self) -> QuerySet[Employment]:
        """Where these people work on that day."""
        found = Employment.objects.current(self.on).filter(
            organisation=self.organisation, person__in=self.people
        )
        if self.unit is not None:
            found = found.filter(unit__path__startswith=self.unit.path)
        return found


# Up to so many rows their people are named one by one.
A_FEW = 500

# Who must have or has what, as one row for each person and certificate. `best` and `waiting` are
# the holding that lasts longest: its last day and its day of issue, as text that sorts like them.
# The states are those of `rules.standing`; a test holds the two beside each other.
_STANDINGS = """
    WITH seat AS ({seats}),
    pair AS (
        SELECT person_id, type_id, MAX(best) AS best, MAX(waiting) AS waiting
        FROM (
            SELECT s.person_id, d.type_id, 1 AS must,
                CAST(NULL AS text) AS best, CAST(NULL AS text) AS waiting
            FROM seat s JOIN certificates_duty d ON d.job_id = s.job_id
            WHERE d.from_on <= %s AND d.type_id IN ({types})
            UNION ALL
            SELECT person_id, type_id, 0,
                CASE WHEN state = 'confirmed' THEN lasts END,
                CASE WHEN state = 'waiting' AND substr(lasts, 1, 10) >= %s THEN lasts END
            FROM (
                SELECT person_id, type_id, state,
                    COALESCE(CAST(valid_until AS text), '9999-12-31') || CAST(issued_on AS text)
                        AS lasts
                FROM certificates_holding
                WHERE issued_on <= %s AND type_id IN ({types})
            ) AS known
            WHERE person_id IN (SELECT person_id FROM seat)
        ) AS one
        GROUP BY person_id, type_id
        HAVING MAX(must) = 1 OR MAX(best) IS NOT NULL OR MAX(waiting) IS NOT NULL
    ),
    told AS (
        SELECT person_id, type_id,
            COALESCE(substr(best, 1, 10), '9999-12-31') AS until,
            waiting > COALESCE(best, '') AS renewal,
            CASE
                WHEN substr(best, 1, 10) > %s THEN 'valid'
                WHEN substr(best, 1, 10) >= %s THEN 'expiring'
                WHEN waiting IS NOT NULL THEN 'waiting'
                WHEN best IS NOT NULL THEN 'expired'
                ELSE 'missing'
            END AS state
        FROM pair
    )
"""


def _standings(asked: Asked) -> tuple[str, list[Any]]:
    seats, params = asked.seats.values("person_id", "job_id").query.sql_with_params()
    types = [type_.pk for type_ in asked.types]
    ahead = asked.on + timedelta(days=rules.AHEAD_IN_DAYS)
    sql = _STANDINGS.format(seats=seats, types=", ".join(["%s"] * len(types)))
    today = asked.on.isoformat()
    return sql, [*params, today, *types, today, today, *types, ahead.isoformat(), today]


def _narrowed(asked: Asked) -> tuple[str, list[Any]]:
    """Of all standings those that are asked for."""
    conditions, params = ["1 = 1"], []
    if asked.state:
        also = " OR renewal" if asked.state == rules.State.WAITING else ""
        conditions.append(f"(state = %s{also})")
        params.append(str(asked.state))
    if asked.until is not None:
        conditions.append("until BETWEEN %s AND %s AND until < '9999-12-31'")
        params += [asked.on.isoformat(), asked.until.isoformat()]
    return " AND ".join(conditions), params


def _answer(asked: Asked, what: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What the database says of these standings; `what` is words of ours, never of a visitor."""
    if not asked.types:
        return []
    sql, before = _standings(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} {what}", [*before, *params])
        return list(cursor.fetchall())


def counts(asked: Asked) -> dict[str, int]:
    """How many stand how, whatever state is asked for: counted by the database."""
    found = dict(_answer(asked, "SELECT state, COUNT(*) FROM told GROUP BY state"))
    return {state: found.get(state, 0) for state in rules.State}


def number_of(asked: Asked, counted: Mapping[str, int]) -> int:
    """How many rows are asked for; `counted` tells it already where no more was asked."""
    if asked.until is None and asked.state != rules.State.WAITING:
        return counted[asked.state] if asked.state else sum(counted.values())
    condition, params = _narrowed(asked)
    rows = _answer(asked, f"SELECT COUNT(*) FROM told WHERE {condition}", params)  # noqa: S608
    return int(rows[0][0]) if rows else 0


def page_of(asked: Asked, *, start: int, size: int) -> list[Row]:
    """Some of the rows; what asks attention first."""
    condition, params = _narrowed(asked)
    order = " ".join(f"WHEN '{state}' THEN {n}" for n, state in enumerate(rules.ORDER))
    keys = _answer(
        asked,
        "SELECT t.person_id, t.type_id FROM told t JOIN people_person p ON p.id = t.person_id"  # noqa: S608
        f" WHERE {condition}"
        f" ORDER BY CASE state {order} END, until, p.last_name, p.first_name, p.id, t.type_id"
        f" LIMIT {size:d} OFFSET {start:d}",
        params,
    )
    if not keys:
        return []
    # The rule itself tells each row that is shown; the database only found and ordered them.
    people = asked.people
    if len(keys) < A_FEW:
        people = Person.objects.get_queryset().filter(pk__in={key[0] for key in keys})
    told = rows_of(people, asked.organisation, on=asked.on, unit=asked.unit, types=asked.types)
    rows = {(row.person.pk, row.type.pk): row for row in told}
    return [rows[person, type_] for person, type_ in keys]


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


@prepared
def _own_waiting(person: int, organisation: int) -> QuerySet[Holding, int]:
    return Holding.objects.filter(
        person=person, type__organisation=organisation, state=Holding.State.WAITING
    ).values_list("pk", flat=True)


def own_waiting(visitor: Visitor) -> int:
    """How many of the visitor's own certificates wait for someone else here: one query."""
    return len(_own_waiting(visitor.person.pk, visitor.organisation.pk))
