"""The need map: people × skills for who leads, places × skills for the organisation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from django.db.models import QuerySet, Sum
from django.db.models.functions import Substr
from django.utils import timezone

from gezel.kit.suppression import dark_in_tree
from gezel.people.api import Employment, Organisation, PersonQuerySet, Unit
from gezel.skills import rules
from gezel.skills.models import NeedCount, NeedCounting, RoleProfile, Skill
from gezel.skills.queries.needs import NOT_HELD, Held, Span, demands_of, levels, spans_asked

# Up to so many people the counts of any day can be made while the reader waits.
COUNTED_LIVE = 1_500


# --- a team: people × skills ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One person and skill: what is asked, what is held."""

    asked: int
    essential: bool
    held: Held

    @property
    def level(self) -> float:
        return self.held[0]

    @property
    def known(self) -> bool:
        return self.held[2] > 0

    @property
    def gap(self) -> float:
        return rules.gap(self.asked, self.level)

    @property
    def short(self) -> bool:
        return rules.is_short(self.asked, self.level)


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A person with their cells by skill."""

    seat: Employment
    profile: RoleProfile | None
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

    def short_in(self, skill: Skill) -> int:
        return sum(c.short for row in self.rows if (c := row.cells.get(skill.pk)))

    def asked_in(self, skill: Skill) -> int:
        return sum(skill.pk in row.cells for row in self.rows)


def seats_of(organisation: Organisation, people: PersonQuerySet) -> QuerySet[Employment]:
    """Where these people sit today, by name; who left has no seat."""
    return (
        Employment.objects.current()
        .filter(organisation=organisation, person__in=people)
        .select_related("person", "unit", "job__profile_job__profile")
        .order_by("person__first_name", "person__last_name", "pk")
    )


def team_map(
    seats: Sequence[Employment], *, on: date | None = None, asked_on: date | None = None
) -> TeamMap:
    """What each person's role asks beside what they show; two queries, whatever the team.

    The skills that most people lack lead, essential ones first, so that the map can be read from
    the left. People keep the order they came in: nobody is ranked.
    """
    today = timezone.localdate()
    profiles = {seat.pk: _profile(seat) for seat in seats}
    demands = demands_of({p.pk for p in profiles.values() if p})
    held = levels([seat.person_id for seat in seats], on)
    day = asked_on or on or today
    asked = {pk: rules.demand_on(dated, day) for pk, dated in demands.items()}
    skills: dict[int, Skill] = {}
    rows = []
    for seat in seats:
        profile = profiles[seat.pk]
        cells = {}
        for r in asked.get(profile.pk, []) if profile else []:
            if isinstance(r.skill, Skill):
                skills.setdefault(r.skill.pk, r.skill)
                found = held.get((seat.person_id, r.skill.pk), NOT_HELD)
                cells[r.skill.pk] = Cell(r.level, r.essential, found)
        rows.append(TeamRow(seat, profile, cells))
    later = {d for dated in demands.values() for d in rules.later_dates(dated, today)}
    lacking: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        for pk, cell in row.cells.items():
            lacking[pk][0] += cell.short and cell.essential
            lacking[pk][1] += cell.short
            lacking[pk][2] += 1
    ordered = sorted(
        skills.values(), key=lambda s: ([-n for n in lacking[s.pk]], s.name.casefold(), s.pk)
    )
    return TeamMap(ordered, rows, sorted(later))


def _profile(seat: Employment) -> RoleProfile | None:
    serving = getattr(seat.job, "profile_job", None)
    return serving.profile if serving else None


# --- the organisation: places × skills --------------------------------------------------------


@dataclass(slots=True)
class Count:
    """How many people reach what is asked of one skill, somewhere."""

    people: int = 0
    short: int = 0
    short_essential: int = 0
    gap_sum: float = 0.0

    def add(self, other: "Count") -> None:
        self.people += other.people
        self.short += other.short
        self.short_essential += other.short_essential
        self.gap_sum += other.gap_sum

    @property
    def reach_percent(self) -> int:
        return round(100 * (self.people - self.short) / self.people) if self.people else 0

    @property
    def mean_gap(self) -> float:
        """How far those who fall short fall short, on average."""
        return self.gap_sum / self.short if self.short else 0.0


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
        for skill in {skill for at, skill, _day in self._figures if at == place}:
            found = [f for day in days if (f := self.figure(place, skill, day))]
            if found:
                shown = [(f.count.short_essential, f.count.short) for f in found if not f.dark]
                weight[skill] = max(shown, default=(-1, -1))
        return sorted(weight, key=lambda skill: (-weight[skill][0], -weight[skill][1], skill))


@dataclass(frozen=True, slots=True)
class Biggest:
    """One skill in the list of biggest needs: now, and from the days ahead."""

    skill: Skill
    figures: list[tuple[date, Figure | None]]

    @property
    def now(self) -> Figure | None:
        return self.figures[0][1]


def counting_of(organisation: Organisation) -> NeedCounting | None:
    """When the needs were counted last, and whether something changed since."""
    return NeedCounting.objects.filter(organisation=organisation).first()


def stored_counts(organisation: Organisation, *, by: str, below: Unit, deep: bool) -> Counted:
    """Counts as they were kept: place, skill and interval → count.

    Args:
        by: "unit", "profile" or "location".
        below: only people at this unit or below it.
        deep: count also what stands beside the path from the root to `below`, and not only what
            is below it; needed to decide what stays dark.
    """
    here = NeedCount.objects.filter(organisation=organisation)
    if by != "unit":
        if below.depth > 1:
            here = here.filter(unit__path__startswith=below.path)
        return _summed(here, {"profile": "profile_id", "location": "location_id"}[by])
    step = int(Unit.steplen)
    counts: Counted = {}
    for level in _path_to(below) if deep else [below.path]:
        length = len(level) + step
        found = here.filter(unit__path__startswith=level) if len(level) > step else here
        placed = _summed(found.annotate(place=Substr("unit__path", 1, length)), "place")
        # The next step down the path is told by its own parts.
        further = below.path[:length] if level != below.path else None
        counts |= {key: count for key, count in placed.items() if key[0] != further}
    return counts


def _path_to(unit: Unit) -> list[str]:
    """The paths of the units from the root down to this one."""
    step = int(Unit.steplen)
    return [unit.path[:end] for end in range(step, len(unit.path) + 1, step)]


def _summed(found: QuerySet[NeedCount], key: str) -> Counted:
    return {
        (place, skill, (from_on, until_on)): Count(people, short, essential, gap)
        for place, skill, from_on, until_on, people, short, essential, gap in found.values_list(
            key, "skill_id", "from_on", "until_on"
        ).annotate(Sum("people"), Sum("short"), Sum("short_essential"), Sum("gap_sum"))
    }


def _place_of(path: str, below: Unit) -> str:
    """Where people of a unit are counted for a page about another: at the child of `below` that
    holds them, or else where their branch leaves the path to it."""
    step = int(Unit.steplen)
    shared = 0
    while path[shared : shared + step] == below.path[shared : shared + step] != "":
        shared += step
    return path[: shared + step]


def live_counts(
    organisation: Organisation, *, by: str, below: Unit, deep: bool, on: date | None = None
) -> Counted:
    """The same from the evidence itself, for a small organisation or another day."""
    asked = spans_asked(organisation.pk, on=on)
    seats = Employment.objects.current().filter(organisation=organisation)
    if not deep and below.depth > 1:
        seats = seats.filter(unit__path__startswith=below.path)
    rows = list(
        seats.filter(job__profile_job__isnull=False).values_list(
            "person_id", "unit__path", "job__profile_job__profile_id", "location_id"
        )
    )
    held = levels([row[0] for row in rows], on)
    counts: Counted = {}
    for person, path, profile, location in rows:
        places: dict[str, Place] = {
            "unit": _place_of(path, below),
            "profile": profile,
            "location": location,
        }
        for span in asked.get(profile, []):
            _tally(counts, places[by], span, held.get((person, span.skill_pk), NOT_HELD)[0])
    return counts


def _tally(counts: Counted, place: Place, span: Span, level: float) -> None:
    count = counts.setdefault((place, span.skill_pk, (span.from_on, span.until_on)), Count())
    if span.level:
        short = rules.is_short(span.level, level)
        gap = rules.gap(span.level, level) if short else 0.0
        count.add(Count(1, short, short and span.essential, gap))


def known_to(
    organisation: Organisation, people: PersonQuerySet, below: Unit
) -> dict[tuple[str, int], int]:
    """How many people at each place and profile the reader may see one by one anyway."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for path, profile in (
        Employment.objects.current()
        .filter(organisation=organisation, person__in=people, job__profile_job__isnull=False)
        .values_list("unit__path", "job__profile_job__profile_id")
    ):
        found[_place_of(path, below), profile] += 1
    return found


def need_map(
    counts: Counted,
    days: Sequence[date],
    *,
    smallest: int = 0,
    known: Mapping[tuple[str, int], int] | None = None,
    asked: Mapping[int, Sequence[Span]] | None = None,
) -> NeedMap:
    """Figures per place and day; with `smallest`, small groups of units stay dark.

    Args:
        counts: per unit place for a map with darkness, any place otherwise.
        days: the days asked for, first one first.
        smallest: the fewest people a figure may be about, for a reader who may not see
            everyone; 0 for who may.
        known: people the reader may see one by one, per place and profile: with those taken
            off, what is left must still be a group.
        asked: the spans behind `known`.
    """
    figures: dict[tuple[Place, int, date], Count] = {}
    for (place, skill, interval), count in counts.items():
        for day in days:
            if _holds(interval, day):
                for at in _upward(place):
                    figures.setdefault((at, skill, day), Count()).add(count)
    if not smallest:
        return NeedMap(list(days), figures)
    unknown = {key: count.people for key, count in counts.items()}
    for (place_known, profile), people in (known or {}).items():
        for span in (asked or {}).get(profile, ()):
            key = (place_known, span.skill_pk, (span.from_on, span.until_on))
            if span.level and key in unknown:
                unknown[key] = max(0, unknown[key] - people)
    return NeedMap(list(days), figures, _darkness(unknown, days, smallest))


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


def units_below(unit: Unit) -> list[Unit]:
    """The units one step down the tree, by name."""
    return list(
        Unit.objects.filter(
            organisation=unit.organisation_id, path__startswith=unit.path, depth=unit.depth + 1
        ).order_by("name", "pk")
    )


def units_above(unit: Unit) -> list[Unit]:
    """The way up the tree, from the root to the unit above."""
    above = _path_to(unit)[:-1]
    return list(Unit.objects.filter(path__in=above).order_by("depth")) if above else []


def later_days(asked: Mapping[int, Iterable[Span]], after: date, *, most: int = 3) -> list[date]:
    """The next days on which some role begins to ask something else."""
    days = {span.from_on for spans in asked.values() for span in spans if span.from_on > after}
    return sorted(days)[:most]


def people_without_role(organisation: Organisation, below: Unit) -> int:
    """How many work at this unit or below it in a job without role profile."""
    return (
        Employment.objects.current()
        .filter(organisation=organisation, unit__path__startswith=below.path, job__profile_job=None)
        .count()
    )


def seats_beside(seat: Employment) -> QuerySet[Employment]:
    """Who works in the same unit today."""
    return Employment.objects.current().filter(organisation=seat.organisation_id, unit=seat.unit_id)


@dataclass(frozen=True, slots=True)
class Reading:
    """Counts for a page, and how they came: kept ones and since when, or made just now."""

    counts: Counted
    live: bool
    counting: NeedCounting | None
    # The day of the evidence, if another than today was asked for and could be given.
    on: date | None


def counts_for(
    organisation: Organisation, *, by: str, below: Unit, deep: bool, on: date | None = None
) -> Reading:
    """Kept counts where they are true or the organisation is large, live ones otherwise."""
    counting = counting_of(organisation)
    fresh = counting is not None and counting.counted_at is not None and not counting.stale_since
    if fresh and on is None:
        counts = stored_counts(organisation, by=by, below=below, deep=deep)
        return Reading(counts, live=False, counting=counting, on=None)
    seats = Employment.objects.current().filter(organisation=organisation)
    if len(seats.values_list("pk")[: COUNTED_LIVE + 1]) <= COUNTED_LIVE:
        counts = live_counts(organisation, by=by, below=below, deep=deep, on=on)
        return Reading(counts, live=True, counting=counting, on=on)
    counts = stored_counts(organisation, by=by, below=below, deep=deep)
    return Reading(counts, live=False, counting=counting, on=None)


def totals(organisation: Organisation) -> Counted:
    """The counts of the whole organisation, as they were kept, in one query."""
    counts: Counted = {}
    found = NeedCount.objects.filter(organisation=organisation)
    for (_organisation, skill, interval), count in _summed(found, "organisation_id").items():
        counts[None, skill, interval] = count
    return counts


def later_days_in(counts: Counted, after: date, *, most: int) -> list[date]:
    """The next days on which these counts change."""
    return sorted({from_on for _p, _s, (from_on, _u) in counts if from_on > after})[:most]
