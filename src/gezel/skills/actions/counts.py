"""Keeping the counts behind the need map of a large organisation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from gezel.people.api import Employment, Organisation, Unit
from gezel.skills import queries, rules
from gezel.skills.actions.evidence import recompute
from gezel.skills.models import NeedCount, NeedCounting, Standing

# As many people as one transaction looks at: other writers wait no longer than that takes.
A_CHUNK = 1_000


class Told(Protocol):
    """Who wants to know how far a long action is."""

    def begin(self, steps: int) -> None: ...
    def step(self, steps: int = 1) -> None: ...


def recompute_organisation(organisation: Organisation, *, told: Told | None = None) -> int:
    """All estimates of who works here, as of today, and the counts; returns people looked at.

    Estimates age, so this runs every night; it may stop half-way and run again.
    """
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
    """Count anew, unit by unit, who reaches what is asked; readers see no half-counted unit."""
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
        _count_units(organisation, [unit], asked, profile_pk=profile, skill_pk=skill_pk)


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
    gap_sum: float = 0.0

    def add(self, span: queries.Span, held: float) -> None:
        if not span.level:
            return
        self.people += 1
        if rules.is_short(span.level, held):
            self.short += 1
            self.short_essential += span.essential
            self.gap_sum += rules.gap(span.level, held)


@dataclass(slots=True)
class _Place:
    """People of one unit, profile and location, and the tally of each span asked of them."""

    people: list[int] = field(default_factory=list)
    tallies: list[_Tally] = field(default_factory=list)


@transaction.atomic
def _count_units(
    organisation_pk: int,
    unit_pks: Collection[int],
    asked: dict[int, list[queries.Span]],
    *,
    profile_pk: int | None = None,
    skill_pk: int | None = None,
) -> None:
    """Replace the counts of these units, for one profile and skill or for all."""
    # Two who count the same unit wait for each other, or both would put their rows there.
    list(Unit.objects.select_for_update().filter(pk__in=unit_pks).order_by("pk"))
    seats = Employment.objects.current().filter(
        organisation=organisation_pk, unit__in=unit_pks, job__profile_job__isnull=False
    )
    old = NeedCount.objects.filter(organisation=organisation_pk, unit__in=unit_pks)
    if profile_pk is not None:
        seats = seats.filter(job__profile_job__profile=profile_pk)
        old = old.filter(profile=profile_pk)
    if skill_pk is not None:
        old = old.filter(skill=skill_pk)
    places: dict[tuple[int, int, int | None], _Place] = defaultdict(_Place)
    for unit, profile, location, person in seats.values_list(
        "unit_id", "job__profile_job__profile_id", "location_id", "person_id"
    ):
        places[unit, profile, location].people.append(person)
    people = [person for place in places.values() for person in place.people]
    skills = {span.skill_pk for spans in asked.values() for span in spans}
    held = _held(people, skills)
    for (_unit, profile, _location), place in places.items():
        for span in asked.get(profile, []):
            tally = _Tally()
            for person in place.people:
                tally.add(span, held.get((person, span.skill_pk), 0.0))
            place.tallies.append(tally)
    old.delete()
    NeedCount.objects.bulk_create(
        (
            _row(organisation_pk, key, span, tally)
            for key, place in places.items()
            for span, tally in zip(asked.get(key[1], []), place.tallies, strict=True)
        ),
        batch_size=2_000,
    )


def _held(people: Sequence[int], skills: Iterable[int]) -> dict[tuple[int, int], float]:
    """Stored levels of these people in these skills."""
    stored = Standing.objects.filter(person__in=people)
    wanted = list(skills)
    if len(wanted) == 1:
        stored = stored.filter(skill=wanted[0])
    return {
        (person, skill): level
        for person, skill, level in stored.values_list("person_id", "skill_id", "level")
    }


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
        gap_sum=round(tally.gap_sum, 1),
    )


__all__ = ["count_needs", "mark_stale", "recompute_organisation", "recount"]
