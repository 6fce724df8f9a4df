"""The need map of an organisation: places × skills, and what of it stays dark."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from gezel.kit.suppression import dark_in_tree
from gezel.people.api import Unit
from gezel.skills.models import Skill
from gezel.skills.queries.needs import Span


@dataclass(slots=True)
class Count:
    """How many people reach what is asked of one skill, somewhere."""

    people: int = 0
    short: int = 0
    short_essential: int = 0
    # Levels that are missing, over all who fall short, in tenths: whole, so that sums are exact.
    gap_tenths: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.people + other.people,
            self.short + other.short,
            self.short_essential + other.short_essential,
            self.gap_tenths + other.gap_tenths,
        )

    def add(self, other: "Count") -> None:
        self.people += other.people
        self.short += other.short
        self.short_essential += other.short_essential
        self.gap_tenths += other.gap_tenths

    @property
    def reach_percent(self) -> int:
        return round(100 * (self.people - self.short) / self.people) if self.people else 0

    @property
    def mean_gap(self) -> float:
        """How far those who fall short fall short, on average."""
        return self.gap_tenths / 10 / self.short if self.short else 0.0


# A place is a unit's path in the tree, `DIRECT` + path for who sits at a unit that has others
# below it, or the key of a profile or location.
Place = str | int | None
DIRECT = "="
Interval = tuple[date, date | None]
Counted = dict[tuple[Place, int, Interval], Count]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the map; `dark` where showing it would tell of too few people."""

    count: Count
    dark: bool


@dataclass(frozen=True)
class NeedMap:
    """Counts per place, skill and day, with what stays dark."""

    days: list[date]
    _figures: Mapping[tuple[Place, int, date], Count]
    _dark: frozenset[tuple[Place, int, date]] = field(default=frozenset())

    def figure(self, place: Place, skill_pk: int, day: date) -> Figure | None:
        """The figure of one place, skill and day; None where nobody is asked for it."""
        count = self._figures.get((place, skill_pk, day))
        if count is None or not count.people:
            return None
        return Figure(count, (place, skill_pk, day) in self._dark)

    def skills(self, place: Place, *days: date) -> list[int]:
        """Skills asked at a place on any of these days, most needed first.

        Essential shortages lead, then how many people fall short, on the day on which that is
        most. What is dark counts for nothing here, so that the order does not tell of it.
        """
        weight: dict[int, tuple[int, int]] = {}
        for key, count in self._figures.items():
            at, skill, day = key
            if at != place or day not in days or not count.people:
                continue
            shown = (-1, -1) if key in self._dark else (count.short_essential, count.short)
            if skill not in weight or shown > weight[skill]:
                weight[skill] = shown
        return sorted(weight, key=lambda skill: (-weight[skill][0], -weight[skill][1], skill))


@dataclass(frozen=True, slots=True)
class Biggest:
    """One skill in the list of biggest needs: now, and from the days ahead."""

    skill: Skill
    figures: list[tuple[date, Figure | None]]

    @property
    def now(self) -> Figure | None:
        return self.figures[0][1]


@dataclass(frozen=True, slots=True)
class Sight:
    """How far someone sees who may not see everyone.

    Args:
        smallest: the fewest people a figure may be about.
        known: people they may see one by one, per place and profile: with those taken off, what
            is left must still be a group.
        asked: the spans behind `known`.
    """

    smallest: int
    known: Mapping[tuple[str, int], int] = field(default_factory=dict)
    asked: Mapping[int, Sequence[Span]] = field(default_factory=dict)

    def of_whole(self, path: str) -> "Sight":
        """The same of a unit that is read as one place."""
        known: dict[tuple[str, int], int] = defaultdict(int)
        for (_place, profile), people in self.known.items():
            known[path, profile] += people
        return Sight(self.smallest, known, self.asked)


def need_map(
    counts: Counted,
    days: Sequence[date],
    sight: Sight | None = None,
    *,
    places: Collection[Place] | None = None,
) -> NeedMap:
    """Figures per place and day; with a `sight`, small groups of units stay dark.

    Args:
        counts: per unit place for a map with darkness, any place otherwise.
        days: the days asked for, first one first.
        sight: for a reader who may not see everyone.
        places: of which figures are asked, for who knows; None is of all.
    """
    figures: dict[tuple[Place, int, date], Count] = {}
    sums: set[tuple[Place, int, date]] = set()
    # Hundreds of counts of a few places and spans: where and when each counts is told once.
    above: dict[Place, list[Place]] = {}
    held_on: dict[Interval, list[date]] = {}
    for (place, skill, interval), count in counts.items():
        if place not in above:
            above[place] = [at for at in _upward(place) if places is None or at in places]
        if interval not in held_on:
            held_on[interval] = [day for day in days if _holds(interval, day)]
        for day in held_on[interval]:
            for at in above[place]:
                key = (at, skill, day)
                # Most figures are of one count alone: that one itself, which nobody adds to here.
                if (found := figures.get(key)) is None:
                    figures[key] = count
                elif key in sums:
                    found.add(count)
                else:
                    figures[key] = found + count
                    sums.add(key)
    if sight is None:
        return NeedMap(list(days), figures)
    unknown = {key: count.people for key, count in counts.items()}
    for (place_known, profile), people in sight.known.items():
        for span in sight.asked.get(profile, ()):
            asked = (place_known, span.skill_pk, (span.from_on, span.until_on))
            if span.level and asked in unknown:
                unknown[asked] = max(0, unknown[asked] - people)
    return NeedMap(list(days), figures, _darkness(unknown, days, sight.smallest))


def _holds(interval: Interval, day: date) -> bool:
    from_on, until_on = interval
    return from_on <= day and (until_on is None or day < until_on)


def _upward(place: Place) -> list[Place]:
    """A unit's place itself and all above it; other places stand alone, under the whole."""
    if not isinstance(place, str):
        return [place, ""]
    step = int(Unit.steplen)
    return [DIRECT + place, *(place[:end] for end in range(len(place), 0, -step))]


def _darkness(
    unknown: Mapping[tuple[Place, int, Interval], int], days: Sequence[date], smallest: int
) -> frozenset[tuple[Place, int, date]]:
    """What stays dark, decided per skill and day over the whole tree.

    Two days can be subtracted as well: of the same people, only those of whom something else is
    asked change. So a later day's group is as small as the group that changed.
    """
    places = {place for place, _skill, _interval in unknown if isinstance(place, str)}
    root, children = _tree(places)
    by_skill: dict[int, dict[Interval, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for (place, skill, interval), people in unknown.items():
        if isinstance(place, str):
            by_skill[skill][interval][place] = people
    dark: set[tuple[Place, int, date]] = set()
    for skill, spans in by_skill.items():
        holding = {day: {i for i in spans if _holds(i, day)} for day in days}
        for number, day in enumerate(days):
            sizes = _sums(spans, holding[day])
            for earlier in days[:number]:
                began = _sums(spans, holding[day] - holding[earlier])
                ended = _sums(spans, holding[earlier] - holding[day])
                for changed in (began, ended):
                    for place, people in changed.items():
                        if 0 < people < sizes.get(place, 0):
                            sizes[place] = people
            dark |= {(p, skill, day) for p in dark_in_tree(root, children, sizes, smallest)}
    return frozenset(dark)


def _tree(places: Collection[str]) -> tuple[str, dict[str, list[str]]]:
    """The tree above these places; who sits at a unit itself is a leaf of its own."""
    children: dict[str, set[str]] = defaultdict(set)
    root = ""
    for place in places:
        chain = [at for at in reversed(_upward(place)) if isinstance(at, str)]
        root = chain[0]
        for above, at in pairwise(chain):
            children[above].add(at)
    return root, {above: sorted(below) for above, below in children.items()}


def _sums(
    spans: Mapping[Interval, Mapping[str, int]], intervals: Collection[Interval]
) -> dict[str, int]:
    """People per place and all above it, over some of the intervals."""
    sums: dict[str, int] = defaultdict(int)
    for interval in intervals:
        for place, people in spans[interval].items():
            for at in _upward(place):
                if isinstance(at, str):
                    sums[at] += people
    return sums
