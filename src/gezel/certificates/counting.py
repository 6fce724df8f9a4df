"""How many duties are met here, remembered in parts so that HR's home need not count everyone.

People fall into parts by their number. Each part carries a mark that is renewed in the transaction
of every change to it (`changed`); what was counted is remembered with the mark and the day. So a
figure is never older than what was kept, whichever process counted it, and after one confirmed
certificate a sixty-fourth is counted again.
"""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.cache import caches
from django.db.models import (
    Case,
    Count,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Mod

from gezel.certificates import rules
from gezel.certificates.models import CountedPart, Holding
from gezel.kit.prepared import prepared
from gezel.people.api import Employment, Organisation
from gezel.people.events import EmploymentChanged

PARTS = CountedPart.PARTS
A_DAY = 24 * 3600

# A holding that makes one stand like the later counts more than one of the earlier.
_BY_WORTH = (
    rules.State.MISSING,
    rules.State.EXPIRED,
    rules.State.WAITING,
    rules.State.EXPIRING,
    rules.State.VALID,
)
# What is counted besides: holdings of people at work here that wait for someone.
_TO_DECIDE = len(_BY_WORTH)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many duties stand how, and how many holdings of people here wait for a decision."""

    duties: dict[str, int]
    to_decide: int


def counts_here(organisation: Organisation, on: date) -> Counts:
    """How the duties of everyone at work here stand on this day: one query, and two if something
    changed since the last time.

    The same answer as `rules.standing` gives one by one; a test holds the two beside each other.
    """
    marks = dict(_marks(organisation.pk))
    name = f"certificates:counts:{organisation.pk}:{on.isoformat()}"
    kept: dict[int, tuple[Any, dict[int, int]]] = caches["near"].get(name) or {}
    old = [p for p in range(PARTS) if p not in kept or kept[p][0] != marks.get(p)]
    if old:
        counted = _counted(organisation.pk, old, on)
        kept |= {part: (marks.get(part), counted[part]) for part in old}
        caches["near"].set(name, kept, A_DAY)
    total: Counter[int] = Counter()
    for _mark, figures in kept.values():
        total.update(figures)
    duties = {str(state): total[worth] for worth, state in enumerate(_BY_WORTH)}
    return Counts(duties, total[_TO_DECIDE])


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


def _counted(organisation_pk: int, parts: list[int], on: date) -> dict[int, dict[int, int]]:
    """For each of these parts how many stand how, as of now."""
    counted: dict[int, dict[int, int]] = {part: {} for part in parts}
    ahead = on + timedelta(days=rules.AHEAD_IN_DAYS)
    for part, worth, n in _duties_by_worth(organisation_pk, on, ahead, parts):
        counted[part][worth] = n
    for part, n in _to_decide(organisation_pk, on, parts):
        counted[part][_TO_DECIDE] = n
    return counted


def _worth(state: rules.State) -> Value:
    return Value(_BY_WORTH.index(state))


@prepared
def _duties_by_worth(
    organisation: int, on: date, ahead: date, parts: list[int]
) -> QuerySet[Employment, tuple[int, int, int]]:
    confirmed = Q(state=Holding.State.CONFIRMED)
    waiting = Q(state=Holding.State.WAITING)
    unending = Q(valid_until=None)
    worth = Case(
        When(confirmed & (unending | Q(valid_until__gt=ahead)), then=_worth(rules.State.VALID)),
        When(confirmed & Q(valid_until__gte=on), then=_worth(rules.State.EXPIRING)),
        When(waiting & (unending | Q(valid_until__gte=on)), then=_worth(rules.State.WAITING)),
        When(confirmed, then=_worth(rules.State.EXPIRED)),
        default=_worth(rules.State.MISSING),
    )
    # What counts most of one's holdings decides, so each duty asks the index once. `MAX` as a
    # plain function: what it looks at is of one person and type, there is nothing to group by.
    best = Holding.objects.filter(
        person=OuterRef("person_id"), type=OuterRef("job__duties__type_id"), issued_on__lte=on
    ).values(best=Func(worth, function="MAX", output_field=IntegerField()))
    return (
        Employment.objects.current(on)
        .filter(organisation=organisation, job__duties__from_on__lte=on)
        .order_by()
        .annotate(
            part=Mod(F("person_id"), PARTS, output_field=IntegerField()),
            best=Coalesce(Subquery(best), _worth(rules.State.MISSING)),
        )
        .filter(part__in=parts)
        .values("part", "best")
        .annotate(n=Count("pk"))
        .values_list("part", "best", "n")
    )


@prepared
def _to_decide(organisation: int, on: date, parts: list[int]) -> QuerySet[Holding, tuple[int, int]]:
    at_work = Employment.objects.current(on).filter(organisation=organisation)
    return (
        Holding.objects.filter(
            type__organisation=organisation,
            state=Holding.State.WAITING,
            person__in=at_work.values("person_id"),
        )
        .order_by()
        .annotate(part=Mod(F("person_id"), PARTS, output_field=IntegerField()))
        .filter(part__in=parts)
        .values("part")
        .annotate(n=Count("pk"))
        .values_list("part", "n")
    )
