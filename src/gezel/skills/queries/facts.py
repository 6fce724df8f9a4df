"""What estimates are made from: evidence that stands, and what the organisation knows around it.

Four queries, however many people: which skills are one, the evidence, where they work, and what
was fitted and set there. Each as it was on the day asked; only what we learned of the evidence
itself, a correction or an objection, counts whatever day is asked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gezel.kit.prepared import prepared
from gezel.people.api import Employment
from gezel.skills import rules
from gezel.skills.models import Evidence, Objection, Showing
from gezel.skills.queries.fitted import Fitted, fitted_for
from gezel.skills.queries.merged import merged_skills, same_skills, under_merged_too

# Level, standard deviation, pieces that count, day of the newest.
Held = tuple[float, float, int, date | None]

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


def may_count(at: int) -> Q:
    """Evidence an employer may count: made there, or shown to it by the person."""
    shown = Showing.objects.filter(evidence=OuterRef("pk"), organisation=at)
    return Q(organisation=at) | Q(Exists(shown))


class _Row(NamedTuple):
    """One piece as the database tells it."""

    pk: int
    person: int
    skill: int
    kind: str
    level: int
    exact: float | None
    sd: float | None
    seen: date
    by: int | None
    at: int | None
    sort: str
    knowledge: bool


def _pieces(found: QuerySet[Evidence]) -> QuerySet[Evidence, Any]:
    """Oldest row first: of two views of one day, the one written last is the one that stands."""
    return found.order_by("pk").values_list(
        "pk", "person_id", "skill_id", "kind", "level", "exact", "sd", "observed_on",
        "given_by_id", "organisation_id", "skill__kind", "skill__is_knowledge",
    )  # fmt: skip


@prepared
def _pieces_of(person: int, day: date) -> QuerySet[Evidence, Any]:
    return _pieces(standing_evidence().filter(person=person, observed_on__lte=day))


@prepared
def _pieces_counted(person: int, day: date, at: int) -> QuerySet[Evidence, Any]:
    found = standing_evidence().filter(person=person, observed_on__lte=day)
    return _pieces(found.filter(may_count(at)))


def _evidence(
    person_pks: Collection[int],
    skill_pks: Collection[int] | None,
    day: date,
    at: int | None,
    also: Collection[int],
) -> list[_Row]:
    if len(person_pks) == 1 and skill_pks is None and not also:
        (person,) = person_pks  # as a page about someone asks all day
        one = _pieces_of(person, day) if at is None else _pieces_counted(person, day, at)
        return [_Row(*row) for row in one]
    found = standing_evidence().filter(person__in=person_pks, observed_on__lte=day)
    if skill_pks is not None:
        found = found.filter(skill__in=skill_pks)
    if at is not None:
        found = found.filter(may_count(at) | Q(pk__in=also) if also else may_count(at))
    return [_Row(*row) for row in _pieces(found)]


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
    # By person and employer; under None the one seat that stands for all of them.
    seats: Mapping[tuple[int, int | None], _Seat]
    fitted: Fitted

    @classmethod
    def of(cls, person_pks: Collection[int], rows: Collection[_Row], day: date) -> "_Around":
        seats = _seats(person_pks, day)
        profiles = {seat.profile_pk for seat in seats.values() if seat.profile_pk}
        here = {seat.organisation_pk for seat in seats.values()} | {row.at for row in rows}
        raters = {row.by for row in rows if row.by}
        return cls(
            day, seats, fitted_for(profiles, {pk for pk in here if pk}, day, rater_pks=raters)
        )

    def seat(self, person: int, at: int | None = None) -> _Seat:
        return self.seats.get((person, at), _NOWHERE)

    def employers(self) -> Mapping[int, list[int]]:
        """Where each of these people works on the day."""
        found: dict[int, list[int]] = defaultdict(list)
        for person, employer in self.seats:
            if employer is not None:
                found[person].append(employer)
        return found

    def case(
        self, person: int, skill: int, fades: str, pieces: list[rules.Piece], at: int | None
    ) -> rules.Case:
        seat = self.seat(person, at)
        organisation = seat.organisation_pk or at
        return rules.Case(
            pieces,
            self.fitted.priors.get((seat.profile_pk, skill)),
            rules.half_life_on(fades, self.fitted.fading.get(organisation, ()), self.day),
            self.fitted.sources.get(organisation),
        )


def _seats(person_pks: Collection[int], day: date) -> dict[tuple[int, int | None], _Seat]:
    """Of several employments, at one employer or in all, the one whose role profile came first."""
    seats: dict[tuple[int, int | None], _Seat] = {}
    for person, organisation, profile in _employments(list(person_pks), day):
        for key in ((person, organisation), (person, None)):
            known = seats.get(key)
            if known is None or (known.profile_pk is None and profile is not None):
                seats[key] = _Seat(organisation, profile)
    return seats


@prepared
def _employments(people: Collection[int], day: date) -> QuerySet[Employment, Any]:
    return (
        Employment.objects.current(day)
        .filter(person__in=people)
        .order_by("job__profile_job__profile_id", "pk")
        .values_list("person_id", "organisation_id", "job__profile_job__profile_id")
    )


@dataclass(frozen=True)
class _Known:
    """Evidence of people with all around it, before it is divided into cases."""

    rows: Sequence[_Row]
    merged: Mapping[int, int]
    around: _Around

    @classmethod
    def of(
        cls,
        person_pks: Collection[int],
        day: date,
        skill_pks: Collection[int] | None,
        *,
        at: int | None,
        also: Collection[int] = (),
        but: Collection[int] = (),
    ) -> "_Known":
        merged = merged_skills()
        if skill_pks is not None:
            skill_pks = same_skills(skill_pks, merged)
        left_out = frozenset(but)
        rows = [r for r in _evidence(person_pks, skill_pks, day, at, also) if r.pk not in left_out]
        return cls(rows, merged, _Around.of(person_pks, rows, day))

    def read_as(self, row: _Row) -> int:
        return self.merged.get(row.skill, row.skill)

    def cases(self, rows: Iterable[_Row], at: int | None) -> dict[tuple[int, int], rules.Case]:
        pieces: dict[tuple[int, int], list[rules.Piece]] = defaultdict(list)
        fades: dict[int, str] = {}
        for row in rows:
            skill = self.read_as(row)
            if skill == row.skill or skill not in fades:
                fades[skill] = rules.fades_as(row.sort, is_knowledge=row.knowledge)
            pieces[row.person, skill].append(
                rules.Piece(
                    row.pk,
                    row.kind,
                    row.level if row.exact is None else row.exact,
                    row.seen,
                    rater_of(row.kind, row.by),
                    row.sd,
                    self.around.fitted.raters.get((row.at, row.by, row.kind)) if row.by else None,
                )
            )
        return {
            (person, skill): self.around.case(person, skill, fades[skill], found, at)
            for (person, skill), found in pieces.items()
        }

    def countable_apart(
        self, all_from: Mapping[tuple[int, int], int | None]
    ) -> dict[int, list[_Row]]:
        """Employer → the pieces it may count, of skills where that is not simply all of them."""
        employers = self.around.employers()
        apart = [
            (row, employer)
            for row in self.rows
            for employer in employers.get(row.person, ())
            if all_from.get((row.person, self.read_as(row))) != employer
        ]
        if not apart:
            return {}
        shown = set(
            Showing.objects.filter(
                evidence__person__in={row.person for row, _employer in apart},
                organisation__in={employer for _row, employer in apart},
            ).values_list("evidence_id", "organisation_id")
        )
        found: dict[int, list[_Row]] = defaultdict(list)
        for row, employer in apart:
            if row.at == employer or (row.pk, employer) in shown:
                found[employer].append(row)
        return found


@dataclass(frozen=True, slots=True)
class Kept:
    """Levels to store.

    Attributes:
        whole: (person, skill) → over everything, and the one employer it is all from, if one.
        parts: (employer, person, skill) → what that employer may reckon, where it differs.
    """

    whole: Mapping[tuple[int, int], tuple[Held, int | None]]
    parts: Mapping[tuple[int, int, int], Held]


def cases_of(
    person_pks: Collection[int],
    on: date | None = None,
    *,
    at: int | None,
    skill_pks: Collection[int] | None = None,
    also: Collection[int] = (),
    but: Collection[int] = (),
) -> dict[tuple[int, int], rules.Case]:
    """All that the estimates of these people are made from, as of a day: (person, skill) → case.

    Args:
        at: the employer who reckons, with what it may count; None is the person, with everything.
        also: pieces that count too, as if the person let them.
        but: pieces that do not count, as if they never were.
    """
    known = _Known.of(person_pks, on or timezone.localdate(), skill_pks, at=at, also=also, but=but)
    return under_merged_too(known.cases(known.rows, at), known.merged)


def held_and_where(
    person_pk: int, on: date, *, at: int | None
) -> tuple[dict[int, Held], frozenset[int | None]]:
    """What someone shows by skill on a day, and the employers where the pieces were made."""
    known = _Known.of([person_pk], on, None, at=at)
    cases = under_merged_too(known.cases(known.rows, at), known.merged)
    held = zip(cases, held_in(list(cases.values()), on), strict=True)
    return {skill: each for (_person, skill), each in held}, frozenset(r.at for r in known.rows)


def beliefs_to_keep(
    person_pks: Collection[int], on: date, *, skill_pks: Collection[int] | None = None
) -> Kept:
    """What is stored of these people: over everything, and at each employer where that differs.

    One query more than `cases_of` for who has evidence from elsewhere, none for others.
    """
    known = _Known.of(person_pks, on, skill_pks, at=None)
    origins: dict[tuple[int, int], set[int | None]] = defaultdict(set)
    for row in known.rows:
        origins[row.person, known.read_as(row)].add(row.at)
    all_from = {
        (person, skill): next(iter(places))
        for (person, skill), places in origins.items()
        if len(places) == 1 and known.around.seat(person).organisation_pk in (None, *places)
    }
    whole = under_merged_too(
        {key: (case, all_from.get(key)) for key, case in known.cases(known.rows, None).items()},
        known.merged,
    )
    parts = {
        (employer, *key): case
        for employer, rows in known.countable_apart(all_from).items()
        for key, case in under_merged_too(known.cases(rows, employer), known.merged).items()
    }
    found = held_in([*(case for case, _from in whole.values()), *parts.values()], on)
    return Kept(
        {key: (next(found), origin) for key, (_case, origin) in whole.items()},
        {key: next(found) for key in parts},
    )


def held_in(cases: Sequence[rules.Case], on: date) -> Iterator[Held]:
    """The level each case gives on a day, in the order they came."""
    found = rules.beliefs(cases, on)
    for level, sd, pieces, newest in zip(
        found.level, found.sd, found.pieces, found.newest, strict=True
    ):
        yield float(level), float(sd), int(pieces), date.fromordinal(int(newest))


def start_of(
    person_pk: int, skill_pk: int, on: date | None = None, *, at: int | None
) -> rules.Prior | None:
    """Where the belief about someone of whom nothing is known would start, if not anywhere."""
    around = _Around.of([person_pk], [], on or timezone.localdate())
    return around.fitted.priors.get((around.seat(person_pk, at).profile_pk, skill_pk))
