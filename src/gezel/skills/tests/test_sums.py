"""What is kept added up is what adding up from scratch gives, whatever happened in between."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gezel.people.api import Employment, Job, Location, Organisation, Person, Unit, root_of
from gezel.people.tests.builders import a_colleague, a_unit, an_organisation
from gezel.skills import actions, queries
from gezel.skills.actions.sums import fold, settle
from gezel.skills.models import NeedCount, NeedSum, RoleProfile, Skill
from gezel.skills.queries.counts import Reading
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

pytestmark = pytest.mark.django_db
# As many examples as take some seconds on two databases; looking for a smaller one takes minutes.
EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@contextmanager
def undone() -> Iterator[None]:
    """What an example makes goes before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def kept(organisation: Organisation) -> dict[tuple[object, ...], tuple[int, ...]]:
    """The sums as they stand, the rows of a key added up."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in NeedSum.objects.filter(organisation=organisation):
        key = (row.unit.path, row.by, row.profile_id, row.location_id, row.skill_id, row.from_on)
        figures = (row.people, row.short, row.short_essential, row.gap_tenths)
        found[key] = [a + b for a, b in zip(found[key], figures, strict=True)]
    return {key: tuple(figures) for key, figures in found.items() if any(figures)}


def from_scratch(organisation: Organisation) -> dict[tuple[object, ...], tuple[int, ...]]:
    """The same from the counts of the units, walking up from each."""
    found: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in NeedCount.objects.filter(organisation=organisation).select_related("unit"):
        path = row.unit.path
        above = [path[:end] for end in range(4, len(path), 4)]
        places: list[tuple[object, ...]] = [(up, "unit", None, None) for up in above]
        if above:
            places.append((above[0], "profile", row.profile_id, None))
            places.append((above[0], "location", None, row.location_id))
        figures = (row.people, row.short, row.short_essential, row.gap_tenths)
        for place in places:
            key = (*place, row.skill_id, row.from_on)
            found[key] = [a + b for a, b in zip(found[key], figures, strict=True)]
    return {key: tuple(figures) for key, figures in found.items() if any(figures)}


class House:
    """An organisation with a tree, three roles that ask some skills now and more later."""

    def __init__(self, below: list[int], seats: list[tuple[int, int, int]]) -> None:
        self.organisation = an_organisation("House", slug="house")
        self.units = [root_of(self.organisation)]
        for number, above in enumerate(below):
            parent = Unit.objects.get(pk=self.units[above % len(self.units)].pk)
            self.units.append(a_unit(self.organisation, f"Unit {number}", below=parent))
        self.skills = [a_skill(f"Skill {n}") for n in range(3)]
        self.profiles = [
            a_profile(self.organisation, asks, name=f"Role {n}", job=f"Job {n}", essential=n == 1)
            for n, asks in enumerate(
                (
                    {self.skills[0]: 3, self.skills[1]: 2},
                    {self.skills[1]: 4},
                    {self.skills[2]: 5, self.skills[0]: 1},
                )
            )
        ]
        later = timezone.localdate() + timedelta(days=90)
        self.profiles[0].demands.create(skill=self.skills[0], level=5, from_on=later)
        self.profiles[2].demands.create(skill=self.skills[2], level=0, from_on=later)
        jobs = list(Job.objects.filter(organisation=self.organisation).order_by("name"))
        places = [
            None,
            Location.objects.create(organisation=self.organisation, name="Utrecht"),
        ]
        self.people = Person.objects.bulk_create(
            Person(email=f"p{n}@house.example", first_name=f"P{n}") for n in range(len(seats))
        )
        self.seats = Employment.objects.bulk_create(
            Employment(
                organisation=self.organisation,
                person=person,
                unit=self.units[unit % len(self.units)],
                job=jobs[job % len(jobs)],
                location=places[place % 2],
                starts_on=timezone.localdate() - timedelta(days=400),
            )
            for person, (unit, job, place) in zip(self.people, seats, strict=True)
        )

    def do(self, what: str, first: int, second: int) -> None:
        """One thing that happens in the life of an organisation."""
        match what:
            case "evidence":
                person = self.people[first % len(self.people)]
                skill = self.skills[second % 3]
                an_evidence(person, skill, level=1 + first % 5, kind="self")
            case "move":
                seat = self.seats[first % len(self.seats)]
                seat.unit = self.units[second % len(self.units)]
                seat.save()
            case "count":
                actions.count_needs(self.organisation)
            case "fold":
                fold(self.organisation)
            case "drop a role":
                RoleProfile.objects.filter(pk=self.profiles[first % 3].pk).delete()
            case "add a unit":
                above = Unit.objects.get(pk=self.units[first % len(self.units)].pk)
                self.units.append(a_unit(self.organisation, f"New {first}", below=above))


numbers = st.integers(0, 40)
trees = st.lists(numbers, min_size=0, max_size=7)
seatings = st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=24)
happenings = st.lists(
    st.tuples(
        st.sampled_from(["evidence", "evidence", "evidence", "count", "fold", "add a unit"]),
        numbers,
        numbers,
    ),
    max_size=8,
)


@given(trees, seatings, happenings)
@EXAMPLES
def test_the_sums_are_those_from_scratch_after_whatever_happens(
    below: list[int], seats: list[tuple[int, int, int]], happens: list[tuple[str, int, int]]
) -> None:
    with undone():
        house = House(below, seats)
        for what, first, second in happens:
            house.do(what, first, second)
            assert kept(house.organisation) == from_scratch(house.organisation), what


@given(trees, seatings, happenings, numbers)
@EXAMPLES
def test_moves_and_lost_roles_are_settled_at_the_next_count(
    below: list[int],
    seats: list[tuple[int, int, int]],
    happens: list[tuple[str, int, int]],
    which: int,
) -> None:
    with undone():
        house = House(below, seats)
        for step, (what, first, second) in enumerate(happens):
            house.do(what, first, second)
            house.do("move" if step % 2 else "drop a role", first + which, second)
        actions.count_needs(house.organisation)
        assert kept(house.organisation) == from_scratch(house.organisation)
        keys = NeedSum.objects.filter(organisation=house.organisation).values_list(
            "unit", "by", "profile", "location", "skill", "from_on", "until_on"
        )
        assert len(keys) == len(set(keys)), "folded: one row a key"


@given(trees, seatings, numbers)
@EXAMPLES
def test_every_page_reads_the_same_kept_or_counted_live_and_equally_dark(
    below: list[int], seats: list[tuple[int, int, int]], which: int
) -> None:
    with undone():
        house = House(below, seats)
        for n in range(0, which, 3):
            house.do("evidence", n, n + 1)
        actions.count_needs(house.organisation)
        today = timezone.localdate()
        days = [today, *queries.later_days(house.organisation, today)]
        sight = queries.Sight(4)
        for unit in Unit.objects.filter(organisation=house.organisation):
            for by in ("unit", "profile", "location"):
                for deep in (False, True):
                    told = {"by": by, "below": unit, "deep": deep}
                    stored = queries.stored_counts(house.organisation, **told)
                    live = queries.live_counts(house.organisation, **told)
                    if by == "unit":
                        assert stored == live
                        continue
                    if not deep:  # of a division there is no beside
                        assert stored == live
            whole, parts, live_map = (
                queries.need_map(counts, days, sight)
                for counts in (
                    queries.whole_counts(unit),
                    queries.stored_counts(
                        house.organisation, by="unit", below=unit, deep=unit.depth > 1
                    ),
                    queries.live_counts(house.organisation, by="unit", below=unit, deep=True),
                )
            )
            everywhere = {place for place, _skill, _day in live_map._figures}
            for skill in house.skills:
                for day in days:
                    for place in everywhere:
                        assert parts.figure(place, skill.pk, day) == live_map.figure(
                            place, skill.pk, day
                        )
                    if unit.depth == 1:
                        assert whole.figure(unit.path, skill.pk, day) == parts.figure(
                            unit.path, skill.pk, day
                        )


def test_a_new_piece_costs_as_much_however_deep_the_tree_and_large_the_organisation(
    van_dijk: Organisation, daan: Person, noor: Person
) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 4})
    costs = []
    for size in (1, 6):
        unit = a_unit(van_dijk, f"Region {size}")
        for n in range(size):
            unit = a_unit(van_dijk, f"Below {n}", below=Unit.objects.get(pk=unit.pk))
            a_colleague(van_dijk, f"Person {size} {n}", unit=unit)
        person = a_colleague(van_dijk, f"Someone {size}", unit=unit)
        actions.count_needs(van_dijk)
        with CaptureQueriesContext(connection) as asked:
            an_evidence(person, skill, level=4, by=daan)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_what_is_settled_twice_is_not_counted_twice(van_dijk: Organisation, noor: Person) -> None:
    skill: Skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    a_colleague(van_dijk, "Karim", unit=a_unit(van_dijk, "Zwolle"))
    actions.count_needs(van_dijk)
    before = kept(van_dijk)
    NeedSum.objects.filter(by="unit").delete()
    settle(van_dijk)
    settle(van_dijk)

    assert before == kept(van_dijk) == from_scratch(van_dijk)
    reading = queries.reading_of(van_dijk, by="unit", below=root_of(van_dijk), deep=False)
    assert isinstance(reading, Reading)
    assert sum(count.people for count in reading.whole.values()) == 2
