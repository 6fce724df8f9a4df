"""Keeping the counts of the needs added up, so that a page of the organisation reads few rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby

from django.db import connection, transaction

from gezel.people.api import Organisation, Unit
from gezel.skills.models import NeedCount, NeedCounting, NeedSum

# People, short, short in what is essential, tenths of levels missing.
Figures = tuple[int, int, int, int]
NOTHING: Figures = (0, 0, 0, 0)

_STEP = int(Unit.steplen)
# So many units are folded in one transaction.
A_FOLD = 50


def pass_on(unit: Unit, before: Iterable[NeedCount], after: Iterable[NeedCount]) -> None:
    """The counts of one unit changed: add the difference to the sums of the units above it.

    The caller has locked the unit, so that nobody else changes these counts meanwhile.
    """
    paths = [unit.path[:end] for end in range(_STEP, len(unit.path), _STEP)]
    changes = {key: d for key, d in _difference(before, after).items() if d != NOTHING}
    if not paths or not changes:
        return
    above = list(Unit.objects.filter(path__in=paths).order_by("depth"))
    rows: dict[tuple[object, ...], Figures] = defaultdict(lambda: NOTHING)
    for (profile, location, *span), figures in changes.items():
        places: list[tuple[int, str, int | None, int | None]] = [
            *((place.pk, NeedSum.By.UNIT, None, None) for place in above),
            (above[0].pk, NeedSum.By.PROFILE, profile, None),
            (above[0].pk, NeedSum.By.LOCATION, None, location),
        ]
        for place in places:
            rows[*place, *span] = _plus(rows[*place, *span], figures)
    NeedSum.objects.bulk_create(
        _row(unit.organisation_id, key, figures)
        for key, figures in rows.items()
        if figures != NOTHING
    )


def _difference(
    before: Iterable[NeedCount], after: Iterable[NeedCount]
) -> Mapping[tuple[int, int | None, object, object, object], Figures]:
    found: dict[tuple[int, int | None, object, object, object], Figures]
    found = defaultdict(lambda: NOTHING)
    for sign, counts in ((-1, before), (1, after)):
        for c in counts:
            key = (c.profile_id, c.location_id, c.skill_id, c.from_on, c.until_on)
            figures = (c.people, c.short, c.short_essential, c.gap_tenths)
            found[key] = _plus(found[key], figures, sign)
    return found


def _plus(one: Figures, other: Figures, sign: int = 1) -> Figures:
    a, b, c, d = (x + sign * y for x, y in zip(one, other, strict=True))
    return a, b, c, d


def _row(organisation_pk: int, key: tuple[object, ...], figures: Figures) -> NeedSum:
    names = ("unit_id", "by", "profile_id", "location_id", "skill_id", "from_on", "until_on")
    told = dict(zip(names, key, strict=True))
    told |= zip(("people", "short", "short_essential", "gap_tenths"), figures, strict=True)
    return NeedSum(organisation_id=organisation_pk, **told)


def settle(organisation: Organisation) -> None:
    """Bring the sums into line with the counts, whatever happened to either.

    Adds what is missing and takes off what is too much, a layer of the tree at a time. Counts
    and sums are compared in one statement, so in one moment: what others count meanwhile
    changes both alike and is no difference.
    """
    units = Unit.objects.filter(organisation=organisation)
    deepest = units.order_by("-depth").values_list("depth", flat=True).first() or 1
    for depth in range(1, deepest):
        _settle(organisation.pk, depth, NeedSum.By.UNIT, "NULL", "NULL")
    _settle(organisation.pk, 1, NeedSum.By.PROFILE, "c.profile_id", "NULL")
    _settle(organisation.pk, 1, NeedSum.By.LOCATION, "NULL", "c.location_id")


@transaction.atomic
def _settle(organisation_pk: int, depth: int, by: str, profile: str, location: str) -> None:
    _alone(organisation_pk)
    key = "profile_id, location_id, skill_id, from_on, until_on"
    added = ", ".join(f"SUM({name})" for name in _FIGURES)
    with connection.cursor() as cursor:
        cursor.execute(
            # Only names and numbers of our own are put in; what came from outside is a parameter.
            f"""
            INSERT INTO skills_needsum
                (organisation_id, unit_id, "by", {key}, {", ".join(_FIGURES)})
            SELECT %s, unit_id, %s, {key}, {added}
            FROM (
                SELECT a.id AS unit_id, {_bigint(profile)} AS profile_id,
                    {_bigint(location)} AS location_id, c.skill_id, c.from_on, c.until_on,
                    {", ".join(f"c.{name}" for name in _FIGURES)}
                FROM skills_needcount c
                JOIN people_unit u ON u.id = c.unit_id AND u.depth > %s
                JOIN people_unit a ON a.path = substr(u.path, 1, %s)
                WHERE c.organisation_id = %s
                UNION ALL
                SELECT s.unit_id, s.profile_id, s.location_id, s.skill_id, s.from_on, s.until_on,
                    {", ".join(f"-s.{name}" for name in _FIGURES)}
                FROM skills_needsum s
                JOIN people_unit a ON a.id = s.unit_id AND a.depth = %s
                WHERE s.organisation_id = %s AND s."by" = %s
            ) AS found
            GROUP BY unit_id, {key}
            HAVING {" OR ".join(f"SUM({name}) <> 0" for name in _FIGURES)}
            """,  # noqa: S608
            [
                *(organisation_pk, by, depth, depth * _STEP, organisation_pk),
                *(depth, organisation_pk, by),
            ],
        )


def _alone(organisation_pk: int) -> None:
    """Two who settle would both add what is missing; two who fold would keep the same twice."""
    NeedCounting.objects.get_or_create(organisation_id=organisation_pk)
    NeedCounting.objects.select_for_update().get(organisation=organisation_pk)


_FIGURES = ("people", "short", "short_essential", "gap_tenths")


def _bigint(column: str) -> str:
    return f"CAST({column} AS bigint)"


def fold(organisation: Organisation) -> None:
    """Make one row again of what was added row by row; nobody who reads sees a difference."""
    many = (
        NeedSum.objects.filter(organisation=organisation)
        .values_list("unit_id", flat=True)
        .distinct()
        .order_by("unit_id")
    )
    units = list(many)
    for start in range(0, len(units), A_FOLD):
        _fold(organisation.pk, units[start : start + A_FOLD])


@transaction.atomic
def _fold(organisation_pk: int, unit_pks: list[int]) -> None:
    # Rows never change and only go here, so what we read is what we take away, whatever others
    # add meanwhile.
    _alone(organisation_pk)
    names = ("unit_id", "by", "profile_id", "location_id", "skill_id", "from_on", "until_on")
    rows = NeedSum.objects.filter(organisation=organisation_pk, unit__in=unit_pks)
    ordered = sorted(rows.values_list(*names, *_FIGURES, "pk"), key=lambda row: str(row[:7]))
    gone: list[int] = []
    made: list[NeedSum] = []
    for key, found in groupby(ordered, key=lambda row: row[:7]):
        group = list(found)
        figures = NOTHING
        for row in group:
            figures = _plus(figures, row[7:11])
        if len(group) > 1 or figures == NOTHING:
            gone += [row[-1] for row in group]
            if figures != NOTHING:
                made.append(_row(organisation_pk, key, figures))
    for start in range(0, len(gone), 2_000):
        NeedSum.objects.filter(pk__in=gone[start : start + 2_000]).delete()
    NeedSum.objects.bulk_create(made, batch_size=2_000)


__all__ = ["fold", "pass_on", "settle"]
