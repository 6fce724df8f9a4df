"""The need map of a team: people × skills, for who leads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from gezel.kit.prepared import prepared
from gezel.people.api import Employment, PersonQuerySet, Visitor, stand_in
from gezel.skills import policy, rules
from gezel.skills.models import Skill
from gezel.skills.queries.facts import Held
from gezel.skills.queries.needs import NOT_HELD, RoleNamed, demands_of, levels


class Cell:
    """One person and skill: what is asked, what is held, and how far that falls short.

    A map asks whether it is short many times of hundreds of cells, so that is worked out once; how
    far, of those that are drawn. Not a frozen dataclass, for that makes each of them four times as
    dear; nobody changes one.
    """

    __slots__ = ("asked", "essential", "held", "known", "level", "short")

    def __init__(self, asked: int, essential: bool, held: Held) -> None:
        self.asked, self.essential, self.held = asked, essential, held
        self.level = held[0]
        self.known = held[2] > 0
        self.short = rules.is_short(asked, held[0])

    @property
    def gap(self) -> float:
        return rules.gap(self.asked, self.level)


class Seat(NamedTuple):
    """Who sits where, as far as a map tells it: what `seated` reads, and not five rows each."""

    person_id: int
    organisation_id: int
    first_name: str
    last_name: str
    unit: str
    profile_pk: int | None
    profile_nl: str | None
    profile_en: str | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A person with their cells by skill."""

    seat: Seat
    profile: RoleNamed | None
    cells: Mapping[int, Cell]

    @property
    def shortages(self) -> int:
        return sum(cell.short for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class TeamMap:
    """People and the skills their roles ask, most wanted skills first."""

    skills: list[Skill]
    rows: list[TeamRow]
    later_dates: list[date]
    # By skill: how many fall short where it is essential, how many in all, how many are asked.
    _counted: Mapping[int, Sequence[int]]

    def short_in(self, skill: Skill) -> int:
        return self._counted[skill.pk][1]

    def asked_in(self, skill: Skill) -> int:
        return self._counted[skill.pk][2]


def seats_of(
    organisation_pk: int, people: PersonQuerySet, on: date | None = None
) -> QuerySet[Employment]:
    """Where these people sit today (or on a date), by name; who left has no seat."""
    return (
        Employment.objects.current(on)
        .filter(organisation=organisation_pk, person__in=people)
        .select_related("person", "unit", "job__profile_job__profile")
        .order_by("person__first_name", "person__last_name", "pk")
    )


def seated(seats: QuerySet[Employment]) -> QuerySet[Employment, tuple[Any, ...]]:
    """The same seats as rows for `team_map`."""
    profile = "job__profile_job__profile"
    return seats.values_list(
        *("person_id", "organisation_id", "person__first_name", "person__last_name", "unit__name"),
        *(f"{profile}_id", f"{profile}__name_nl", f"{profile}__name_en"),
    )


@prepared
def _direct_team(
    lead: int, organisation: int, today: date
) -> QuerySet[Employment, tuple[Any, ...]]:
    people = policy.people_to_vouch_for(stand_in(lead, organisation, leads=True), today)
    return seated(seats_of(organisation, people, today).filter(lead=lead))


def direct_team(visitor: Visitor) -> list[tuple[Any, ...]]:
    """Where the people sit who report to this lead directly, by name."""
    if not visitor.leads:
        return []
    return _direct_team(visitor.person.pk, visitor.organisation.pk, timezone.localdate())


def team_map(
    seats: Iterable[tuple[Any, ...]],
    *,
    on: date | None = None,
    asked_on: date | None = None,
    dated: bool = True,
) -> TeamMap:
    """What each person's role asks beside what they show; two queries, whatever the team.

    Args:
        seats: the rows of `seated`.
        dated: whether the day of the newest piece is wanted too; the map itself does not tell it.

    The skills that most people lack lead, essential ones first, so that the map can be read from
    the left. People keep the order they came in: nobody is ranked.
    """
    today = timezone.localdate()
    people = [Seat(*row) for row in seats]
    profiles = {
        seat.profile_pk: RoleNamed.of(seat.profile_pk, seat.profile_nl or "", seat.profile_en or "")
        for seat in {seat.profile_pk: seat for seat in people}.values()
        if seat.profile_pk
    }
    demands = demands_of(list(profiles))
    held = _held_at([(seat.person_id, seat.organisation_id) for seat in people], on, dated=dated)
    day = asked_on or on or today
    # By profile, not by person: a team of thirty has three of them, and hundreds of cells.
    asked: dict[int, list[tuple[int, int, bool]]] = {}
    skills: dict[int, Skill] = {}
    for profile_pk, told_by_day in demands.items():
        wanted = asked[profile_pk] = []
        for r in rules.demand_on(told_by_day, day):
            if isinstance(r.skill, Skill):
                pk: int = r.skill.pk
                skills.setdefault(pk, r.skill)
                wanted.append((pk, r.level, r.essential))
    rows = []
    for seat in people:
        profile = profiles.get(seat.profile_pk) if seat.profile_pk else None
        rows.append(
            TeamRow(
                seat,
                profile,
                {
                    pk: Cell(level, essential, held.get((seat.person_id, pk), NOT_HELD))
                    for pk, level, essential in (asked.get(profile.pk, ()) if profile else ())
                },
            )
        )
    later = {d for found in demands.values() for d in rules.later_dates(found, today)}
    lacking: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        for pk, cell in row.cells.items():
            told = lacking[pk]
            told[2] += 1
            if cell.short:
                told[1] += 1
                told[0] += cell.essential
    language = get_language()
    ordered = sorted(
        skills.values(),
        key=lambda s: ([-n for n in lacking[s.pk]], s.named(language).casefold(), s.pk),
    )
    return TeamMap(ordered, rows, sorted(later), lacking)


def _held_at(
    seated: Iterable[tuple[int, int]], on: date | None, *, dated: bool
) -> dict[tuple[int, int], Held]:
    """What people show their own employer; the seats of a map are of one."""
    by_employer: dict[int, list[int]] = defaultdict(list)
    for person, employer in seated:
        by_employer[employer].append(person)
    found: dict[tuple[int, int], Held] = {}
    for employer, people in by_employer.items():
        found |= levels(people, on, at=employer, dated=dated)
    return found


def seats_beside(seat: Employment) -> QuerySet[Employment]:
    """Who works in the same unit today."""
    return Employment.objects.current().filter(organisation=seat.organisation_id, unit=seat.unit_id)
