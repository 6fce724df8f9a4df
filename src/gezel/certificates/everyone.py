"""How everyone at work here stands, from the facts: kept in parts, so that little is read again.

People fall into parts by their number. Each part carries a mark that is renewed in the transaction
of every change to it (`changed`). The facts of a part are kept in memory with its mark, and what
follows from them on a day with all marks: so no answer is older than what was kept, whichever
process gives it, and after one confirmed certificate a sixty-fourth is read again.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from gezel.certificates import rules
from gezel.certificates.models import (
    CertificateType,
    CountedPart,
    Duty,
    Exemption,
    TypeTerms,
    WorkTask,
)
from gezel.certificates.rules import Exempt, Rule, many
from gezel.kit.prepared import prepared
from gezel.people.api import Unit
from gezel.people.events import EmploymentChanged

PARTS = CountedPart.PARTS
A_DAY = 24 * 3600


# -- the marks ------------------------------------------------------------------------------------


def changed(organisation_pk: int, person_pks: Iterable[int] | None = None) -> None:
    """Something of these people changed (or of everyone, where nobody is named) that counts.

    Called in the transaction of the change, so that the new mark is seen when the change is.
    """
    parts = range(PARTS) if person_pks is None else sorted({pk % PARTS for pk in person_pks})
    # In one order, so that two who renew several never wait for each other in a circle.
    CountedPart.objects.bulk_create(
        [CountedPart(organisation_id=organisation_pk, part=p, mark=uuid.uuid4()) for p in parts],
        update_conflicts=True,
        unique_fields=["organisation", "part"],
        update_fields=["mark"],
    )


def on_employment_changed(event: EmploymentChanged) -> None:
    """Who begins, ends or gets another job has other duties."""
    changed(event.organisation_pk, event.person_pks)


@prepared
def _marks(organisation: int) -> QuerySet[CountedPart, tuple[int, uuid.UUID]]:
    return CountedPart.objects.filter(organisation=organisation).values_list("part", "mark")


Marks = tuple[uuid.UUID | None, ...]


def marks_of(organisation_pk: int) -> Marks:
    """The mark of every part, in order: one query."""
    found = dict(_marks(organisation_pk))
    return tuple(found.get(part) for part in range(PARTS))


# -- what holds for all ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Ground:
    """The types of an organisation, their terms, and who must have what."""

    types: dict[int, CertificateType]
    terms: dict[int, list[TypeTerms]]
    rules: list[Rule]
    exempt: list[Exempt]
    # (type, other, from, until): the other, issued within those days, counts for the type.
    accepted: list[tuple[int, int, date, date]]
    units: dict[int, str]

    def terms_on(self, type_: int, day: date) -> TypeTerms | None:
        """The terms a certificate issued on this day falls under."""
        versions = self.terms.get(type_, [])
        begun = [one for one in versions if one.from_on <= day]
        return begun[-1] if begun else versions[0] if versions else None


def ground_of(organisation_pk: int, marks: Marks | None = None) -> Ground:
    """What holds for all here: one query while nothing changed, else seven more."""
    marks = marks if marks is not None else marks_of(organisation_pk)
    name = f"certificates:ground:{organisation_pk}"
    kept = caches["near"].get(name)
    if kept is not None and kept[0] == marks:
        found: Ground = kept[1]
        return found
    ground = _ground(organisation_pk)
    caches["near"].set(name, (marks, ground), A_DAY)
    return ground


def _ground(organisation_pk: int) -> Ground:
    types = {t.pk: t for t in CertificateType.objects.filter(organisation=organisation_pk)}
    terms: dict[int, list[TypeTerms]] = {pk: [] for pk in types}
    for one in TypeTerms.objects.filter(type__in=types).order_by("from_on"):
        terms[one.type_id].append(one)
    accepted = []
    also = TypeTerms.also.through.objects.filter(typeterms__type__in=types).values_list(
        "typeterms_id", "certificatetype_id"
    )
    for terms_pk, other in also:
        for versions in terms.values():
            for place, one in enumerate(versions):
                if one.pk == terms_pk:
                    last = versions[place + 1].from_on if place + 1 < len(versions) else date.max
                    first = one.from_on if place else date.min
                    accepted.append((one.type_id, other, first, last))
    asked = [
        duty.rule()
        for duty in Duty.objects.filter(type__in=types).select_related("unit").order_by("pk")
    ]
    for task in WorkTask.objects.filter(organisation=organisation_pk).prefetch_related(
        "needs", "jobs"
    ):
        asked += [
            rules.Rule(type=need.pk, from_on=task.from_on, job=job.pk)
            for need in task.needs.all()
            for job in task.jobs.all()
        ]
    exempt = [
        rules.Exempt(one.type_id, one.person_id, one.from_on, one.until_on)
        for one in Exemption.objects.filter(type__in=types)
    ]
    units = dict(Unit.objects.filter(organisation=organisation_pk).values_list("pk", "path"))
    return Ground(types, terms, asked, exempt, accepted, units)


# -- the facts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """All certificates that came in and all places people had, as columns."""

    holdings: many.Holdings
    seats: many.Seats
    # Of each seat, what its person is sorted by.
    names: NDArray[np.bytes_]


def _day(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"COALESCE({column} - DATE '1970-01-01', {many.FOREVER})"
    return f"COALESCE(CAST(julianday({column}) - 2440587.5 AS integer), {many.FOREVER})"


def _asked(
    sql: str, organisation_pk: int, parts: Sequence[int], order: str = ""
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        if len(parts) < PARTS:
            sql += f" AND p %% {PARTS} IN ({', '.join(str(int(p)) for p in parts)})"
        cursor.execute(f"{sql} {order}", [organisation_pk])
        return list(cursor.fetchall())


def _holdings(columns: many.Numbers) -> many.Holdings:
    key, person, type_, issued, printed, terms, confirmed, refresher = columns
    return many.Holdings(
        key, person, type_, issued, printed, terms, confirmed.astype(bool), refresher.astype(bool)
    )


def _read(organisation_pk: int, parts: Sequence[int]) -> dict[int, Facts]:
    """The facts of these parts: two queries, whatever their number."""
    held = _asked(
        "SELECT * FROM (SELECT h.id, h.person_id AS p, h.type_id,"  # noqa: S608 # our own words
        f" {_day('h.issued_on')}, {_day('h.printed_until')},"
        " COALESCE(h.terms_id, -1 - COALESCE(h.term_months, 0)),"
        " CASE WHEN h.state = 'confirmed' THEN 1 ELSE 0 END,"
        " CASE WHEN h.refresher THEN 1 ELSE 0 END"
        " FROM certificates_holding h JOIN certificates_certificatetype t ON t.id = h.type_id"
        " WHERE t.organisation_id = %s AND h.state <> 'refused') AS known WHERE 1 = 1",
        organisation_pk,
        parts,
    )
    columns = np.array(held, dtype=np.int64).reshape(-1, 8).T
    holdings = _holdings(columns)
    sat = _asked(
        "SELECT * FROM (SELECT e.person_id AS p, e.job_id, e.unit_id,"  # noqa: S608 # idem
        " COALESCE(e.location_id, 0), e.contract_hours,"
        f" {_day('e.starts_on')} AS begins, {_day('e.ends_on')}, n.last_name, n.first_name"
        " FROM people_employment e JOIN people_person n ON n.id = e.person_id"
        " WHERE e.organisation_id = %s) AS known WHERE 1 = 1",
        organisation_pk,
        parts,
        "ORDER BY begins",
    )
    whole = np.array(
        [(r[0], r[1], r[2], r[3], r[5], r[6]) for r in sat], dtype=np.int64
    ).reshape(-1, 6).T  # fmt: skip
    hours = np.array([np.nan if r[4] is None else float(r[4]) for r in sat], dtype=np.float64)
    seats = many.Seats(whole[0], whole[1], whole[2], whole[3], hours, whole[4], whole[5])
    names = np.array(
        [f"{r[7].casefold():\x00<18.18}{r[8].casefold()}".encode()[:30] for r in sat], dtype="S30"
    )
    told = {}
    of_holding, of_seat = holdings.person % PARTS, seats.person % PARTS
    for part in parts:
        sits = of_seat == part
        told[part] = Facts(holdings.where(of_holding == part), seats.where(sits), names[sits])
    return told


def facts_of(organisation_pk: int, marks: Marks | None = None) -> Facts:
    """All facts here: one query while nothing changed, else two more for the parts that did."""
    marks = marks if marks is not None else marks_of(organisation_pk)
    name = f"certificates:facts:{organisation_pk}"
    kept: dict[int, tuple[Any, Facts]] = caches["near"].get(name) or {}
    old = [p for p in range(PARTS) if p not in kept or kept[p][0] != marks[p]]
    if old:
        kept |= {part: (marks[part], facts) for part, facts in _read(organisation_pk, old).items()}
        caches["near"].set(name, kept, A_DAY)
    parts = [kept[part][1] for part in range(PARTS)]
    return Facts(
        many.Holdings.joined([f.holdings for f in parts]),
        many.Seats.joined([f.seats for f in parts]),
        np.concatenate([f.names for f in parts]),
    )


# -- how they stand -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Everyone:
    """How everyone stands on a day, and of each row where its person sits."""

    table: many.Table
    unit: many.Numbers
    location: many.Numbers
    job: many.Numbers
    # Where a row belongs in a list: what asks attention first, then by day, then by name.
    order: many.Numbers
    at_work: many.Numbers  # the people at work here on the day it was asked


def reckon(facts: Facts, ground: Ground) -> many.Dates:
    """Last days, windows and grace of every certificate, by the rule."""
    codes, place = np.unique(facts.holdings.terms, return_inverse=True)
    by_pk = {one.pk: one.rule for versions in ground.terms.values() for one in versions}
    terms = [
        by_pk.get(int(code), rules.Terms())
        if code >= 0
        else rules.plain_terms(int(-1 - code) or None)
        for code in codes
    ]
    held = facts.holdings
    return many.reckoned(
        many.Holdings(
            held.key, held.person, held.type, held.issued, held.printed,
            place.reshape(-1), held.confirmed, held.refresher,
        ),
        terms,
    )  # fmt: skip


def stand_from(facts: Facts, ground: Ground, on: date, today: date) -> Everyone:
    """How everyone stands on a day, worked out from facts that are in memory."""
    accepted = [
        (type_, other, many.number(first), many.number(last) - 1)
        for type_, other, first, last in ground.accepted
    ]
    table = many.stand(
        facts.holdings,
        reckon(facts, ground),
        facts.seats,
        rules=ground.rules,
        exempt=ground.exempt,
        units=ground.units,
        accepted=accepted,
        on=on,
    )
    seats = facts.seats.where(table.seat)
    order = np.lexsort(
        (table.type, table.person, facts.names[table.seat], table.until, table.state)
    )
    now = many.number(today)
    here = (facts.seats.starts <= now) & (now <= facts.seats.ends)
    return Everyone(
        table, seats.unit, seats.location, seats.job, order, np.unique(facts.seats.person[here])
    )


def everyone(organisation_pk: int, on: date, today: date) -> Everyone:
    """How everyone at work here on a day stands: one query while nothing changed."""
    marks = marks_of(organisation_pk)
    name = f"certificates:table:{organisation_pk}:{on.isoformat()}:{today.isoformat()}"
    kept = caches["near"].get(name)
    if kept is not None and kept[0] == marks:
        found: Everyone = kept[1]
        return found
    ground = ground_of(organisation_pk, marks)
    told = stand_from(facts_of(organisation_pk, marks), ground, on, today)
    caches["near"].set(name, (marks, told), 3600)
    return told


def seats_on(organisation_pk: int, on: date) -> tuple[many.Seats, dict[int, str]]:
    """The places people have on a day, and the paths of units: to count whom a rule hits."""
    marks = marks_of(organisation_pk)
    seats = facts_of(organisation_pk, marks).seats
    day = many.number(on)
    return seats.where((seats.starts <= day) & (day <= seats.ends)), ground_of(
        organisation_pk, marks
    ).units


@dataclass(frozen=True, slots=True)
class Counts:
    """How many duties stand how, and how many holdings of people here wait for a decision."""

    duties: dict[str, int]
    to_decide: int


def counts_here(organisation_pk: int, on: date) -> Counts:
    """How the duties of everyone at work here stand on this day, and what waits to be decided.

    The same answer as `rules.standing` gives one by one; a test holds the two beside each other.
    """
    marks = marks_of(organisation_pk)
    name = f"certificates:counts:{organisation_pk}:{on.isoformat()}"
    kept = caches["near"].get(name)
    if kept is not None and kept[0] == marks:
        found: Counts = kept[1]
        return found
    told = everyone(organisation_pk, on, on)
    numbers = np.bincount(told.table.state[told.table.must], minlength=len(many.CODES))
    duties = {str(state): int(numbers[many.CODES.index(state)]) for state in rules.State}
    held = facts_of(organisation_pk, marks).holdings
    waits = int(np.isin(held.person[~held.confirmed], told.at_work).sum())
    counts = Counts(duties, waits)
    caches["near"].set(name, (marks, counts), A_DAY)
    return counts
