"""Where the figures of the organisation's need map come from: kept counts, or live ones."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.db.models import Count as CountRows
from django.db.models import Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Left

from gezel.kit.prepared import prepared
from gezel.people.api import Employment, Job, Organisation, PersonQuerySet, Unit
from gezel.skills import rules
from gezel.skills.models import Demand, NeedCount, NeedCounting, NeedSum
from gezel.skills.queries.needs import NOT_HELD, Span, levels, spans_asked
from gezel.skills.queries.places import Count, Counted, Figure, Place, need_map

# Up to so many people the counts of any day can be made while the reader waits.
COUNTED_LIVE = 1_500
_STEP = int(Unit.steplen)
A_DAY = 24 * 3600


# --- as they were kept ------------------------------------------------------------------------


def whole_counts(unit: Unit) -> Counted:
    """A unit with all below it as one place: its sum, and who sits at the unit itself."""
    return _told(_of_one(unit.pk), {unit.pk: unit.path})


@prepared
def _of_one(unit: int) -> QuerySet[NeedCount, Any]:
    return _added_up(
        NeedSum.objects.filter(unit=unit, by="unit"), NeedCount.objects.filter(unit=unit), "unit_id"
    )


def stored_counts(
    organisation: Organisation,
    *,
    by: str,
    below: Unit,
    deep: bool,
    skills: Collection[int] | None = None,
) -> Counted:
    """Counts as they were kept: place, skill and interval → count.

    Args:
        by: "unit", "profile" or "location".
        below: only people at this unit or below it.
        deep: count also what stands beside the path from the root to `below`, and not only what
            is below it; needed to decide what stays dark.
        skills: only these.
    """
    if by == NeedSum.By.UNIT:
        return _counts_of(units_beside(below, deep=deep), skills)
    # Only the whole organisation is kept in this division; below it there is less to add up.
    sums = NeedSum.objects.filter(unit=below, by=by) if below.depth == 1 else NeedSum.objects.none()
    here = NeedCount.objects.filter(organisation=organisation)
    if below.depth == 1:
        here = here.filter(unit=below)
    else:
        here = here.filter(unit__path__startswith=below.path)
    if skills is not None:
        sums, here = sums.filter(skill__in=skills), here.filter(skill__in=skills)
    return _told(_added_up(sums, here, f"{by}_id"))


@dataclass(frozen=True, slots=True)
class Beside:
    """The units a page about one unit tells of: those on the path, and one step below each."""

    path: list[str]
    units: list[Unit]

    @property
    def here(self) -> Unit:
        """The unit itself."""
        return next(u for u in self.units if u.path == self.path[-1])

    @property
    def below(self) -> list[Unit]:
        """One step below the unit itself, by name."""
        here = self.path[-1]
        return [u for u in self.units if u.path[:-_STEP] == here]

    @property
    def above(self) -> list[Unit]:
        """The way down from the root to the unit above, as far as it was read."""
        return sorted((u for u in self.units if u.path in self.path[:-1]), key=lambda u: u.path)


def from_the_top(organisation: Organisation) -> Beside:
    """The top of the organisation's tree with the units one step below it, in one query."""
    found = _at_the_top(organisation.pk)
    return Beside([next(u.path for u in found if u.depth == 1)], found)


@prepared
def _at_the_top(organisation: int) -> QuerySet[Unit]:
    found: QuerySet[Unit] = Unit.objects.filter(organisation=organisation, depth__lte=2)
    return found.order_by("name", "pk")


def units_beside(unit: Unit, *, deep: bool) -> Beside:
    """A unit with the units one step below it; `deep`: with those above it and beside them."""
    if not deep:
        found = _with_children(
            unit.organisation_id, unit.path, unit.path, unit.depth + 1, length=len(unit.path)
        )
        return Beside([unit.path], found)
    path = _path_to(unit)
    wanted = Q(path__in=path)
    for level in path:
        wanted |= Q(path__startswith=level, depth=len(level) // _STEP + 1)
    beside = Unit.objects.filter(wanted, organisation=unit.organisation_id)
    return Beside(path, list(beside.order_by("name", "pk")))


@prepared
def _with_children(
    organisation: int, path: str, same: str, depth: int, *, length: int
) -> QuerySet[Unit]:
    """A unit and those one step below it: the beginning of their path, told by its length."""
    here: QuerySet[Unit] = Unit.objects.filter(organisation=organisation)
    here = here.alias(above=Left("path", length))
    return here.filter(Q(path=path) | Q(above=same, depth=depth)).order_by("name", "pk")


def _counts_of(beside: Beside, skills: Collection[int] | None) -> Counted:
    paths = {unit.pk: unit.path for unit in beside.units}
    # The next step down the path is told by its own parts; who sits at it, by its count.
    whole = [pk for pk, path in paths.items() if path not in beside.path] or [0]
    if skills is None:
        return _told(_of_units(whole, list(paths)), paths)
    wanted = list(skills)
    return _told(_of_units_and_skills(whole, list(paths), wanted, wanted), paths)


@prepared
def _of_units(whole: Collection[int], here: Collection[int]) -> QuerySet[NeedCount, Any]:
    return _added_up(
        NeedSum.objects.filter(unit__in=whole, by="unit"),
        NeedCount.objects.filter(unit__in=here),
        "unit_id",
    )


@prepared
def _of_units_and_skills(
    whole: Collection[int], here: Collection[int], skills: Collection[int], same: Collection[int]
) -> QuerySet[NeedCount, Any]:
    return _added_up(
        NeedSum.objects.filter(unit__in=whole, by="unit", skill__in=skills),
        NeedCount.objects.filter(unit__in=here, skill__in=same),
        "unit_id",
    )


def _path_to(unit: Unit) -> list[str]:
    """The paths of the units from the root down to this one."""
    return [unit.path[:end] for end in range(_STEP, len(unit.path) + 1, _STEP)]


def _added_up(
    sums: QuerySet[NeedSum], counts: QuerySet[NeedCount], place: str
) -> QuerySet[NeedCount, Any]:
    """What was added up before and what is added up now, in one query: of one moment."""
    key = (place, "skill_id", "from_on", "until_on")
    figures = [Sum(name) for name in ("people", "short", "short_essential", "gap_tenths")]
    return (
        counts.order_by()
        .values_list(*key)
        .annotate(*figures)
        .union(sums.order_by().values_list(*key).annotate(*figures), all=True)
    )


def _told(rows: Iterable[Any], names: Mapping[int, Place] | None = None) -> Counted:
    added: Counted = {}
    for at, skill, from_on, until_on, *figures in rows:
        if not figures[0]:  # nobody is asked it
            continue
        key = (names[at] if names else at, skill, (from_on, until_on))
        counted = Count(*figures)
        if known := added.get(key):
            known.add(counted)
        else:
            added[key] = counted
    return added


# --- from the evidence itself -----------------------------------------------------------------


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
    held = levels([row[0] for row in rows], on, at=organisation.pk)
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


def _place_of(path: str, below: Unit) -> str:
    """Where people of a unit are counted for a page about another: at the child of `below` that
    holds them, or else where their branch leaves the path to it."""
    shared = 0
    while path[shared : shared + _STEP] == below.path[shared : shared + _STEP] != "":
        shared += _STEP
    return path[: shared + _STEP]


def _tally(counts: Counted, place: Place, span: Span, level: float) -> None:
    if span.level:
        short = rules.is_short(span.level, level)
        tenths = round(10 * rules.gap(span.level, level)) if short else 0
        counts.setdefault((place, span.skill_pk, (span.from_on, span.until_on)), Count()).add(
            Count(1, short, short and span.essential, tenths)
        )


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


# --- for a page -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """Counts for a page about one unit, and how they came: kept ones, or made just now.

    Args:
        by, below, deep: as for `stored_counts`.
        counting: when the needs were counted last, and whether something changed since.
        on: the day of the evidence, if another than today was asked for and could be given.
        read: the units beside it, where they were read with the unit itself.
    """

    organisation: Organisation
    by: str
    below: Unit
    deep: bool
    live: bool
    counting: NeedCounting | None
    on: date | None
    read: Beside | None = None

    @property
    def whole_apart(self) -> bool:
        """Whether the whole can be read without its parts: not if the parts decide what of it
        stays dark, and not if all is counted anyway."""
        return not self.live and self.by == "unit" and (self.below.depth == 1 or not self.deep)

    @cached_property
    def beside(self) -> Beside:
        """The units that stand on the page."""
        return self.read or units_beside(self.below, deep=self.deep)

    @cached_property
    def whole(self) -> Counted:
        """Counts that tell all of the unit, if not more."""
        return whole_counts(self.below) if self.whole_apart else self._all

    def parts(self, skills: Collection[int]) -> Counted:
        """Counts of what the unit is divided into; at least of these skills."""
        return _counts_of(self.beside, skills) if self.whole_apart else self._all

    @cached_property
    def _all(self) -> Counted:
        if not self.live and self.by == "unit":
            return _counts_of(self.beside, None)
        if not self.live:
            return stored_counts(self.organisation, by=self.by, below=self.below, deep=self.deep)
        return live_counts(
            self.organisation, by=self.by, below=self.below, deep=self.deep, on=self.on
        )


def reading_of(
    organisation: Organisation,
    *,
    by: str,
    below: Unit,
    deep: bool,
    on: date | None = None,
    read: Beside | None = None,
) -> Reading:
    """Kept counts where they are true or the organisation is large, live ones otherwise."""
    counting = next(iter(_counting(organisation.pk)), None)
    fresh = counting is not None and counting.counted_at is not None and not counting.stale_since
    live = False
    if not fresh or on is not None:
        seats = Employment.objects.current().filter(organisation=organisation)
        live = len(seats.values_list("pk")[: COUNTED_LIVE + 1]) <= COUNTED_LIVE
    return Reading(organisation, by, below, deep, live, counting, on if live else None, read)


@prepared
def _counting(organisation: int) -> QuerySet[NeedCounting]:
    return NeedCounting.objects.filter(organisation=organisation)


@dataclass(frozen=True, slots=True)
class Most:
    """What an organisation needs most: skills, each with its figure on these days."""

    days: list[date]
    figures: list[tuple[int, list[tuple[date, Figure | None]]]]


def needed_most(organisation: Organisation, today: date, *, most: int) -> Most:
    """What is needed most today or from the next days on which something is asked: one query.

    Two when counts changed since this process was asked last. Every change of the counts it is made
    of adds a row or takes one away, so their number, last and sum tell whether any did.
    """
    mark = (today, most, *sorted(_mark_of_root(organisation.pk, organisation.pk)))
    name = f"skills:needed-most:{organisation.pk}"
    kept: tuple[Any, Most] | None = caches["near"].get(name)
    if kept is not None and kept[0] == mark:
        return kept[1]
    counts = _told(_of_root(organisation.pk, organisation.pk))
    days = [today, *later_days_in(counts, today, most=2)]
    told = need_map(counts, days)
    skills = told.skills("", *days)[:most]
    found = Most(days, [(s, [(day, told.figure("", s, day)) for day in days]) for s in skills])
    caches["near"].set(name, (mark, found), A_DAY)
    return found


@prepared
def _mark_of_root(organisation: int, same: int) -> QuerySet[NeedCount, Any]:
    sums, counts = _at_root(organisation, same)
    told = {"number": CountRows("pk"), "last": Max("pk"), "together": Sum("pk")}
    return (
        counts.order_by()
        .values_list("organisation_id")
        .annotate(of=Value(0), **told)
        .union(
            sums.order_by().values_list("organisation_id").annotate(of=Value(1), **told), all=True
        )
    )


@prepared
def _of_root(organisation: int, same: int) -> QuerySet[NeedCount, Any]:
    return _added_up(*_at_root(organisation, same), "organisation_id")


def _at_root(organisation: int, same: int) -> tuple[QuerySet[NeedSum], QuerySet[NeedCount]]:
    top, root = (Unit.objects.filter(organisation=pk, depth=1) for pk in (organisation, same))
    return (
        NeedSum.objects.filter(unit__in=top, by="unit"),
        NeedCount.objects.filter(unit__in=root),
    )


def units_above(unit: Unit) -> list[Unit]:
    """The way up the tree, from the root to the unit above."""
    above = _path_to(unit)[:-1]
    return list(Unit.objects.filter(path__in=above).order_by("depth")) if above else []


def later_days(organisation: Organisation, after: date) -> list[date]:
    """The next three days on which some role begins to ask something else."""
    return list(_later_days(organisation.pk, after))


@prepared
def _later_days(organisation: int, after: date) -> QuerySet[Demand, Any]:
    asked = Demand.objects.filter(profile__organisation=organisation, from_on__gt=after)
    return asked.order_by("from_on").values_list("from_on", flat=True).distinct()[:3]


def later_days_in(counts: Counted, after: date, *, most: int) -> list[date]:
    """The next days on which these counts change."""
    days = {day for _place, _skill, interval in counts for day in interval if day}
    return sorted(day for day in days if day > after)[:most]


def people_without_role(organisation: Organisation, below: Unit) -> int:
    """How many work at this unit or below it in a job without role profile."""
    jobs = _jobs_without_profile(organisation.pk)
    if not jobs:
        return 0
    seats = Employment.objects.current().filter(organisation=organisation, job__in=jobs)
    if below.depth > 1:
        seats = seats.filter(unit__path__startswith=below.path)
    return seats.count()


@prepared
def _jobs_without_profile(organisation: int) -> QuerySet[Job, int]:
    # Few jobs have no profile: those first, or the database looks at everyone.
    jobs = Job.objects.filter(organisation=organisation, profile_job=None)
    return jobs.values_list("pk", flat=True)
