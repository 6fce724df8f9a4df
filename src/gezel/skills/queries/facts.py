"""What estimates are made from: evidence that stands, and what the organisation knows around it.

Four queries, however many people: which skills are one, the evidence, where they work, and what
was fitted and set there. Each as it was on the day asked; only what we learned of the evidence
itself, a correction or an objection, counts whatever day is asked.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gezel.kit.prepared import prepared
from gezel.people.api import Employment
from gezel.skills import rules
from gezel.skills.models import Evidence, Objection
from gezel.skills.queries.fitted import Fitted, fitted_for
from gezel.skills.queries.merged import merged_skills, same_skills, under_merged_too

# Objections that keep a piece out: nobody decided yet, or the person was right.
HOLDS = (Objection.Outcome.OPEN, Objection.Outcome.UPHELD)


def standing_evidence() -> QuerySet[Evidence]:
    """Evidence that counts: not corrected, not objected to, and no mere taking back."""
    return Evidence.objects.filter(corrected_by=None, level__gt=0).exclude(
        pk__in=Objection.objects.filter(outcome__in=HOLDS).values("evidence")
    )


def rater_of(kind: str, by: int | None) -> int | None:
    """Whose opinion a piece is; a certificate, module or test is nobody's."""
    return by if kind in rules.RATINGS else None


def cases_of(
    person_pks: Collection[int],
    on: date | None = None,
    *,
    skill_pks: Collection[int] | None = None,
) -> dict[tuple[int, int], rules.Case]:
    """All that the estimates of these people are made from, as of a day: (person, skill) → case."""
    day = on or timezone.localdate()
    merged = merged_skills()
    if skill_pks is not None:
        skill_pks = same_skills(skill_pks, merged)
    rows = _evidence(person_pks, skill_pks, day)
    around = _Around.of(person_pks, rows, day)
    pieces: dict[tuple[int, int], list[rules.Piece]] = defaultdict(list)
    fades: dict[int, str] = {}
    for pk, person, written, kind, level, exact, sd, seen, by, at, sort, knowledge in rows:
        skill = merged.get(written, written)
        if skill == written or skill not in fades:
            fades[skill] = rules.fades_as(sort, is_knowledge=knowledge)
        pieces[person, skill].append(
            rules.Piece(
                pk,
                kind,
                level if exact is None else exact,
                seen,
                rater_of(kind, by),
                sd,
                around.fitted.raters.get((at, by, kind)) if by else None,
            )
        )
    cases = {
        (person, skill): around.case(person, skill, fades[skill], found)
        for (person, skill), found in pieces.items()
    }
    return under_merged_too(cases, merged)


def start_of(person_pk: int, skill_pk: int, on: date | None = None) -> rules.Prior | None:
    """Where the belief about someone of whom nothing is known would start, if not anywhere."""
    day = on or timezone.localdate()
    around = _Around.of([person_pk], [], day)
    return around.fitted.priors.get((around.seats.get(person_pk, _NOWHERE).profile_pk, skill_pk))


def _evidence(
    person_pks: Collection[int], skill_pks: Collection[int] | None, day: date
) -> list[Any]:
    """Oldest row first: of two views of one day, the one written last is the one that stands."""
    found = standing_evidence().filter(person__in=person_pks, observed_on__lte=day)
    if skill_pks is not None:
        found = found.filter(skill__in=skill_pks)
    return list(
        found.order_by("pk").values_list(
            "pk", "person_id", "skill_id", "kind", "level", "exact", "sd", "observed_on",
            "given_by_id", "organisation_id", "skill__kind", "skill__is_knowledge",
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where someone works on the day, and the profile of their job."""

    organisation_pk: int | None = None
    profile_pk: int | None = None


_NOWHERE = _Seat()


@dataclass(slots=True)
class _Around:
    """Where people stand on the day, and what was known around the evidence by then."""

    day: date
    seats: Mapping[int, _Seat]
    fitted: Fitted

    @classmethod
    def of(cls, person_pks: Collection[int], rows: Collection[Any], day: date) -> "_Around":
        seats = _seats(person_pks, day)
        profiles = {seat.profile_pk for seat in seats.values() if seat.profile_pk}
        here = {seat.organisation_pk for seat in seats.values()} | {row[9] for row in rows}
        raters = {row[8] for row in rows if row[8]}
        return cls(
            day, seats, fitted_for(profiles, {pk for pk in here if pk}, day, rater_pks=raters)
        )

    def case(self, person: int, skill: int, fades: str, pieces: list[rules.Piece]) -> rules.Case:
        seat = self.seats.get(person, _NOWHERE)
        return rules.Case(
            pieces,
            self.fitted.priors.get((seat.profile_pk, skill)),
            rules.half_life_on(fades, self.fitted.fading.get(seat.organisation_pk, ()), self.day),
            self.fitted.sources.get(seat.organisation_pk),
        )


def _seats(person_pks: Collection[int], day: date) -> dict[int, _Seat]:
    """Of several employments the one whose role profile was made first."""
    seats: dict[int, _Seat] = {}
    for person, organisation, profile in _employments(list(person_pks), day):
        known = seats.get(person)
        if known is None or (known.profile_pk is None and profile is not None):
            seats[person] = _Seat(organisation, profile)
    return seats


@prepared
def _employments(people: Collection[int], day: date) -> QuerySet[Employment, Any]:
    return (
        Employment.objects.current(day)
        .filter(person__in=people)
        .order_by("job__profile_job__profile_id", "pk")
        .values_list("person_id", "organisation_id", "job__profile_job__profile_id")
    )
