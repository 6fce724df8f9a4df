"""What the groups of a session are made of, read together: people, levels, rules, who has met.

Levels serve the reckoning alone: what leaves this module says nothing of the level of one person.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from itertools import combinations
from statistics import mean
from typing import Any

from django.utils import timezone

from gezel.catalogue.api import ActivitySkill
from gezel.gatherings.models import Division, Gathering, GroupMember, GroupWish, Place
from gezel.gatherings.rules.groups import Case, Dials, Member, sizes_for
from gezel.people.api import Employment, Person
from gezel.skills.api import levels

# The mark of who works here less than half a year.
NEW = "new"
NEW_FOR = timedelta(days=182)
# The parts of a day in which a shift works; rotating and unknown fit with all.
TIMES: Mapping[str, frozenset[str]] = {
    "early": frozenset({"morning", "midday"}),
    "day": frozenset({"morning", "midday", "afternoon"}),
    "late": frozenset({"afternoon", "evening"}),
    "night": frozenset({"night"}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What someone asks of the groups, as it is kept beside them."""

    groups: int
    smallest: int | None = None
    largest: int | None = None
    dials: Dials = field(default_factory=Dials)
    not_alone: bool = False
    same_times: bool = False
    seed: int = 7

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Asked":
        return cls(**{**told, "dials": Dials(**told["dials"])})

    def sizes(self, people: int, groups: int | None = None) -> tuple[int, int]:
        """The smallest and largest group: as asked, else as even as can be."""
        least, most = sizes_for(people, groups=groups or self.groups)
        smallest = least if self.smallest is None else min(self.smallest, least)
        largest = most if self.largest is None else max(self.largest, most)
        return smallest, largest


@dataclass(frozen=True, slots=True)
class Seated:
    """Someone who comes, with what may be shown of them."""

    person: Person
    unit: str
    job: str


class Hall:
    """The people of a session and how they are divided now; asked of the database once."""

    def __init__(self, gathering: Gathering, division: Division | None = None) -> None:
        self.gathering = gathering
        self._division = division

    @cached_property
    def division(self) -> Division | None:
        """How it stands, or the earlier one that was asked for."""
        return self._division or standing(self.gathering)

    @cached_property
    def seated(self) -> dict[int, Seated]:
        """Who comes, by key, in the order of names."""
        places = (
            Place.objects.seated()
            .filter(gathering=self.gathering)
            .select_related("person")
            .order_by("person__first_name", "person__last_name", "person_id")
        )
        return {
            place.person_id: Seated(
                place.person,
                work.unit.name if (work := self._work.get(place.person_id)) else "",
                work.job.name if work else "",
            )
            for place in places
        }

    @cached_property
    def _work(self) -> dict[int, Employment]:
        on = timezone.localdate()
        coming = Place.objects.seated().filter(gathering=self.gathering)
        return {
            work.person_id: work
            for work in Employment.objects.current(on)
            .filter(organisation=self.gathering.organisation_id, person__in=coming.values("person"))
            .select_related("unit", "job")
        }

    @cached_property
    def members(self) -> dict[int, GroupMember]:
        """By person: where they are, of those who still come."""
        if self.division is None:
            return {}
        found = self.division.members.select_related("group")
        return {m.person_id: m for m in found if m.person_id in self.seated}

    @cached_property
    def where(self) -> dict[int, int]:
        """By person the position of their group."""
        return {key: member.group.position for key, member in self.members.items()}

    @cached_property
    def left_over(self) -> list[int]:
        """Who came to it after the groups were formed."""
        return [key for key in self.seated if key not in self.members]

    @cached_property
    def rules(self) -> list[GroupWish]:
        """Who must be together or apart, as who gives it said."""
        return list(
            GroupWish.objects.filter(gathering=self.gathering, must=True)
            .select_related("person", "other")
            .order_by("pk")
        )

    @cached_property
    def _wishes(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for one, other in GroupWish.objects.filter(
            gathering=self.gathering, must=False, kind=GroupWish.Kind.TOGETHER
        ).values_list("person_id", "other_id"):
            found.setdefault(one, set()).add(other)
        return found

    @cached_property
    def _levels(self) -> dict[int, float]:
        """The mean level in what the session teaches; only for reckoning, never shown."""
        if self.gathering.activity_id is None:
            return {}
        taught = set(
            ActivitySkill.objects.filter(activity=self.gathering.activity_id).values_list(
                "skill_id", flat=True
            )
        )
        shown: dict[int, list[float]] = {}
        if taught:
            for (person, skill), held in levels(
                list(self.seated), at=self.gathering.organisation_id
            ).items():
                if skill in taught:
                    shown.setdefault(person, []).append(held[0])
        return {person: mean(each) for person, each in shown.items()}

    @cached_property
    def _met(self) -> Counter[frozenset[int]]:
        """How often two were in one group before."""
        found = (
            GroupMember.objects.filter(
                person__in=list(self.seated),
                division__withdrawn_at=None,
                division__gathering__ends_at__lt=timezone.now(),
            )
            .exclude(division__gathering=self.gathering)
            .order_by("division_id")
            .values_list("division__gathering_id", "division_id", "group_id", "person_id")
        )
        newest: dict[int, int] = {}
        groups: dict[tuple[int, int], list[int]] = {}
        for gathering, division, group, person in found:
            newest[gathering] = division
            groups.setdefault((division, group), []).append(person)
        there = set(newest.values())
        return Counter(
            frozenset(pair)
            for (division, _), people in groups.items()
            if division in there
            for pair in combinations(people, 2)
        )

    def case(self, asked: Asked, people: Sequence[int] | None = None) -> Case:
        """The people as the rules want them, divided as was asked."""
        chosen = list(self.seated) if people is None else list(people)
        since = timezone.localdate() - NEW_FOR
        smallest, largest = asked.sizes(len(chosen))
        return Case(
            members=tuple(self._member(key, since) for key in chosen),
            groups=asked.groups,
            smallest=smallest,
            largest=largest,
            together=self._said(GroupWish.Kind.TOGETHER, chosen),
            apart=self._said(GroupWish.Kind.APART, chosen),
            not_alone=frozenset({NEW} if asked.not_alone else ()),
            same_times=asked.same_times,
            met=self._met,
            dials=asked.dials,
        )

    def _member(self, key: int, since: Any) -> Member:
        work = self._work.get(key)
        return Member(
            key,
            level=self._levels.get(key),
            unit=work.unit_id if work else None,
            marks=frozenset({NEW} if work and work.starts_on > since else ()),
            times=TIMES.get(work.shift, frozenset()) if work else frozenset(),
            wishes=frozenset(self._wishes.get(key, ())),
        )

    def _said(self, kind: str, people: Collection[int]) -> tuple[frozenset[int], ...]:
        here = set(people)
        return tuple(
            frozenset({rule.person_id, rule.other_id})
            for rule in self.rules
            if rule.kind == kind and {rule.person_id, rule.other_id} <= here
        )

    def asked(self) -> Asked:
        """What was asked of the groups there are; else something to begin with."""
        if self.division is not None:
            return replace(Asked.read(self.division.asked), groups=self.count)
        return Asked(groups=max(1, round(len(self.seated) / 4)))

    @cached_property
    def called(self) -> dict[int, str]:
        """By position what each group is called."""
        return {g.position: g.name for g in self.division.groups.all()} if self.division else {}

    @cached_property
    def count(self) -> int:
        """How many groups there are."""
        return self.division.groups.count() if self.division else 0


def standing(gathering: Gathering) -> Division | None:
    """How a session is divided now."""
    return Division.objects.filter(gathering=gathering, withdrawn_at=None).order_by("-pk").first()
