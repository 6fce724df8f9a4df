"""Keeping the counts behind the need map of a large organisation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from gezel.kit.statistics import renew_statistics
from gezel.people.api import Employment, Organisation, Unit
from gezel.skills import queries, rules
from gezel.skills.actions.evidence import recompute
from gezel.skills.actions.fits import fit_groups, fit_ratings
from gezel.skills.actions.showing import end_showing
from gezel.skills.actions.sums import fold, pass_on, settle
from gezel.skills.models import NeedCount, NeedCounting, NeedSum

# As many people as one transaction looks at: other writers wait no longer than that takes.
A_CHUNK = 1_000


class Told(Protocol):
    """Who wants to know how far a long action is."""

    def begin(self, steps: int) -> None: ...
    def step(self, steps: int = 1) -> None: ...


def recompute_organisation(organisation: Organisation, *, told: Told | None = None) -> int:
    """All estimates of who works here, as of today, and the counts; returns people looked at.

    Estimates age, so this runs every night; it may stop half-way and run again. First what the
    ratings tell of raters and of groups, for that is where each estimate starts.
    """
    end_showing(organisation.pk)
    fit_ratings(organisation)
    fit_groups(organisation)
    people = list(
        Employment.objects.current()
        .filter(organisation=organisation)
        .order_by("person_id")
        .values_list("person_id", flat=True)
        .distinct()
    )
    if told:
        told.begin(len(people))
    for start in range(0, len(people), A_CHUNK // 2):
        chunk = people[start : start + A_CHUNK // 2]
        recompute(chunk)
        if told:
            told.step(len(chunk))
    count_needs(organisation)
    return len(people)


def count_needs(organisation: Organisation) -> None:
    """Count anew, unit by unit, who reaches what is asked; readers see no half-counted unit.

    The sums that pages read follow at the end, a layer of the tree at a time.
    """
    # Changes hold this row until they are kept (`mark_stale`), so after this line we see them all;
    # what changes later marks it again.
    counting, _new = NeedCounting.objects.get_or_create(organisation=organisation)
    NeedCounting.objects.filter(pk=counting.pk).update(stale_since=None)
    seats = Employment.objects.current().filter(
        organisation=organisation, job__profile_job__isnull=False
    )
    sizes: dict[int, int] = defaultdict(int)
    for unit in seats.values_list("unit_id", flat=True):
        sizes[unit] += 1
    asked = queries.spans_asked(organisation.pk)
    for units in _chunks(sizes):
        _count_units(organisation.pk, units, asked)
    NeedCount.objects.filter(organisation=organisation).exclude(unit__in=list(sizes)).delete()
    settle(organisation)
    fold(organisation)
    if sum(sizes.values()) > A_CHUNK:
        renew_statistics(NeedCount, NeedSum)
    NeedCounting.objects.filter(pk=counting.pk).update(counted_at=timezone.now())


def _chunks(sizes: dict[int, int]) -> Iterator[list[int]]:
    units: list[int] = []
    people = 0
    for unit in sorted(sizes):
        units.append(unit)
        people += sizes[unit]
        if people >= A_CHUNK or len(units) >= 500:
            yield units
            units, people = [], 0
    if units:
        yield units


@transaction.atomic
def recount(person_pk: int, skill_pk: int) -> None:
    """Someone's level changed: count their unit, role profile and that skill anew."""
    merged = queries.merged_skills()
    skill_pk = merged.get(skill_pk, skill_pk)
    same = queries.same_skills([skill_pk], merged)
    seats = (
        Employment.objects.current()
        .filter(person=person_pk, job__profile_job__profile__demands__skill__in=same)
        .values_list("organisation_id", "unit_id", "job__profile_job__profile_id")
        .distinct()
    )
    for organisation, unit, profile in seats:
        asked = queries.spans_asked(organisation, profile_pk=profile, skill_pk=skill_pk)
        (place,) = _lock([unit])
        old = NeedCount.objects.filter(unit=unit, profile=profile, skill=skill_pk)
        before = list(old)
        after = _counted(organisation, [unit], asked, profile_pk=profile)
        old.delete()
        NeedCount.objects.bulk_create(after)
        pass_on(place, before, after)


@transaction.atomic
def mark_stale(organisation_pk: int) -> bool:
    """Something changed that only a new count tells; whether nobody had marked it yet.

    The row stays locked until the change is kept, so a count cannot begin in between and miss it.
    """
    NeedCounting.objects.get_or_create(organisation_id=organisation_pk)
    counting = NeedCounting.objects.select_for_update().get(organisation=organisation_pk)
    if counting.stale_since is not None:
        return False
    counting.stale_since = timezone.now()
    counting.save(update_fields=["stale_since"])
    return True


@dataclass(slots=True)
class _Tally:
    people: int = 0
    short: int = 0
    short_essential: int = 0
    gap_tenths: int = 0

    def add(self, span: queries.Span, held: float) -> None:
        self.people += 1
        if rules.is_short(span.level, held):
            self.short += 1
            self.short_essential += span.essential
            self.gap_tenths += round(10 * rules.gap(span.level, held))


@transaction.atomic
def _count_units(
    organisation_pk: int, unit_pks: Collection[int], asked: dict[int, list[queries.Span]]
) -> None:
    """Replace the counts of these units."""
    _lock(unit_pks)
    made = _counted(organisation_pk, unit_pks, asked)
    NeedCount.objects.filter(organisation=organisation_pk, unit__in=unit_pks).delete()
    NeedCount.objects.bulk_create(made, batch_size=2_000)


def _lock(unit_pks: Collection[int]) -> list[Unit]:
    """Two who count the same unit wait for each other, or both would put their rows there."""
    return list(Unit.objects.select_for_update().filter(pk__in=unit_pks).order_by("pk"))


def _counted(
    organisation_pk: int,
    unit_pks: Collection[int],
    asked: dict[int, list[queries.Span]],
    *,
    profile_pk: int | None = None,
) -> list[NeedCount]:
    """The counts of these units as of now, for one profile or for all."""
    seats = Employment.objects.current().filter(
        organisation=organisation_pk, unit__in=unit_pks, job__profile_job__isnull=False
    )
    if profile_pk is not None:
        seats = seats.filter(job__profile_job__profile=profile_pk)
    places: dict[tuple[int, int, int | None], list[int]] = defaultdict(list)
    for unit, profile, location, person in seats.values_list(
        "unit_id", "job__profile_job__profile_id", "location_id", "person_id"
    ):
        places[unit, profile, location].append(person)
    # A level of 0 says that nothing is asked any more: nobody to count.
    spans = {key[1]: [s for s in asked.get(key[1], []) if s.level] for key in places}
    held = _held(
        organisation_pk,
        [person for people in places.values() for person in people],
        {span.skill_pk for found in spans.values() for span in found},
    )
    return [
        _row(
            organisation_pk,
            key,
            span,
            _tally(span, (held.get((person, span.skill_pk), 0.0) for person in people)),
        )
        for key, people in places.items()
        for span in spans[key[1]]
    ]


def _tally(span: queries.Span, levels: Iterable[float]) -> _Tally:
    tally = _Tally()
    for held in levels:
        tally.add(span, held)
    return tally


def _held(
    organisation_pk: int, people: Sequence[int], skills: Iterable[int]
) -> dict[tuple[int, int], float]:
    """Stored levels of these people in these skills, as this employer may reckon them."""
    wanted = list(skills)
    found = queries.levels(
        people, at=organisation_pk, skill_pks=wanted if len(wanted) == 1 else None
    )
    return {key: held[0] for key, held in found.items()}


def _row(
    organisation_pk: int, key: tuple[int, int, int | None], span: queries.Span, tally: _Tally
) -> NeedCount:
    unit, profile, location = key
    return NeedCount(
        organisation_id=organisation_pk,
        unit_id=unit,
        profile_id=profile,
        location_id=location,
        skill_id=span.skill_pk,
        from_on=span.from_on,
        until_on=span.until_on,
        people=tally.people,
        short=tally.short,
        short_essential=tally.short_essential,
        gap_tenths=tally.gap_tenths,
    )


__all__ = ["count_needs", "mark_stale", "recompute_organisation", "recount"]
