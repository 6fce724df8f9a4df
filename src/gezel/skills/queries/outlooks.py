"""What units and role profiles fall short ahead, and what of it who may see.

The figures are worked out every night and kept; where none stand yet, those of a small
organisation are made while the reader waits, by the very same code.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, pairwise

from django.utils import timezone

from gezel.kit.suppression import dark_in_tree
from gezel.people.api import Employment, Organisation, PersonQuerySet, Unit
from gezel.skills.models import AheadCounting, AheadFigure
from gezel.skills.queries.ahead import HORIZONS, Seat, look, months_on, seats_of_places
from gezel.skills.queries.places import DIRECT
from gezel.skills.rules import forecast
from gezel.skills.rules.forecast import Driver, Outlook
from gezel.skills.rules.widening import Widening

# Up to so many people it is worked out while the reader waits, where nothing stands yet.
WORKED_OUT_LIVE = 300
# As many people as are looked at together.
_A_CHUNK = 500

# A unit's path, `DIRECT` + path for who sits at a unit itself, or the key of a role profile.
Place = str | int


@dataclass(frozen=True, slots=True)
class PlaceAhead:
    """What a place falls short so many months on, and about how many people that is."""

    place: Place
    months: int
    people: int
    outlook: Outlook
    moved: Mapping[Driver, int]


def places_ahead(organisation: Organisation, on: date | None = None) -> Iterator[PlaceAhead]:
    """Every unit, everyone at a unit itself, and every role profile, half a year to two years on.

    Units come in the order of the tree; no more is held than the way down to where we are.
    """
    today = on or timezone.localdate()
    days = [months_on(today, months) for months in HORIZONS]
    sums: dict[Place, _Sum] = {}
    for chunk in _chunks(seats_of_places(organisation)):
        found = look(
            organisation, [seat for seat, _unit, _path in chunk], days, at=organisation.pk, on=today
        )
        placed = sorted(enumerate(chunk), key=lambda each: (each[1][2], each[1][0].profile_pk))
        for (path, profile), group in groupby(placed, key=lambda e: (e[1][2], e[1][0].profile_pk)):
            # Units that no path leads through any more are finished.
            yield from _finished(sums, path)
            cells, ahead = forecast.of_seats(found.cells, found.ahead, [at for at, _s in group])
            totals = forecast.totals_ahead(cells, ahead)
            moved = [forecast.people_moved(cells, day) for day in ahead]
            people = len(ahead[0].stays)
            for place in (*_way_down(path), DIRECT + path, profile):
                sums.setdefault(place, _Sum()).add(totals, moved, people)
    yield from _finished(sums, None)


Placed = tuple[Seat, int, str]


def _chunks(seats: Sequence[Placed]) -> Iterator[Sequence[Placed]]:
    for start in range(0, len(seats), _A_CHUNK):
        yield seats[start : start + _A_CHUNK]


def _way_down(path: str) -> list[str]:
    step = int(Unit.steplen)
    return [path[:end] for end in range(step, len(path) + 1, step)]


class _Sum:
    """Totals of a place, added up group by group."""

    def __init__(self) -> None:
        self.people = 0
        self.totals = [forecast.no_totals() for _ in HORIZONS]
        self.moved: list[dict[Driver, int]] = [dict.fromkeys(Driver, 0) for _ in HORIZONS]

    def add(
        self,
        totals: Sequence[forecast.Totals],
        moved: Sequence[Mapping[Driver, int]],
        people: int,
    ) -> None:
        self.people += people
        for n in range(len(HORIZONS)):
            self.totals[n] += totals[n]
            for driver, count in moved[n].items():
                self.moved[n][driver] += count

    def told(self, place: Place) -> Iterator[PlaceAhead]:
        for n, months in enumerate(HORIZONS):
            outlook = forecast.outlook(self.totals[n])
            yield PlaceAhead(place, months, self.people, outlook, self.moved[n])


def _finished(sums: dict[Place, _Sum], path: str | None) -> Iterator[PlaceAhead]:
    """Tell and let go of the units beside the way down to `path`; of everything at the end."""
    for place in list(sums):
        if path is None or (isinstance(place, str) and not _leads_to(place, path)):
            yield from sums.pop(place).told(place)


def _leads_to(place: str, path: str) -> bool:
    if place.startswith(DIRECT):
        return place == DIRECT + path
    return path.startswith(place)


# --- reading them -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Outlooks:
    """All figures of an organisation ahead, and since when they stand (None: made just now)."""

    counted_at: datetime | None
    stays_two_years: float | None
    figures: Mapping[tuple[Place, int], PlaceAhead]
    # Per number of months: how many times as wide the band is as reckoned, below and above.
    wider: Mapping[int, Widening] = field(default_factory=dict)

    def of(self, place: Place, months: int) -> PlaceAhead | None:
        return self.figures.get((place, months))


def wider_ahead(organisation: Organisation) -> dict[int, Widening]:
    """Per number of months how much wider the band is than reckoned, as it was worked out last."""
    counting = AheadCounting.objects.filter(organisation=organisation).first()
    return _wider(counting) if counting else {}


def _wider(counting: AheadCounting) -> dict[int, Widening]:
    return {int(months): Widening(*each) for months, each in counting.wider.items()}


def widening_at(wider: Mapping[int, Widening], months: float) -> Widening:
    """How much wider the band is so many months on: as at the first horizon that is as far."""
    return next((wider[n] for n in sorted(wider) if n >= months), Widening())


def outlooks(organisation: Organisation) -> Outlooks:
    """As they were kept; made just now where none stand yet and the organisation is small."""
    counting = AheadCounting.objects.filter(organisation=organisation).first()
    if counting is not None:
        kept = {(p.place, p.months): p for p in stored(organisation)}
        return Outlooks(counting.counted_at, counting.stays_two_years, kept, _wider(counting))
    seats = Employment.objects.current().filter(organisation=organisation)
    small = len(seats.values_list("pk")[: WORKED_OUT_LIVE + 1]) <= WORKED_OUT_LIVE
    live = places_ahead(organisation) if small else ()
    return Outlooks(None, None, {(p.place, p.months): p for p in live})


def stored(organisation: Organisation) -> Iterator[PlaceAhead]:
    """The figures as they were kept; one query."""
    for f in AheadFigure.objects.filter(organisation=organisation).select_related("unit"):
        place: Place
        if f.unit is not None:
            place = DIRECT + f.unit.path if f.direct else f.unit.path
        else:
            place = f.profile_id or 0
        outlook = Outlook(
            forecast.Fan(f.now_median, f.now_low, f.now_high),
            forecast.Fan(f.median, f.low, f.high),
            {
                Driver.NO_USE: f.no_use, Driver.DEMAND: f.demand, Driver.LEAVERS: f.leavers,
                Driver.LEARNING: f.learning,
            },
        )  # fmt: skip
        moved = {
            Driver.NO_USE: f.no_use_people, Driver.DEMAND: f.demand_people,
            Driver.LEAVERS: f.leavers_people, Driver.LEARNING: f.learning_people,
        }  # fmt: skip
        yield PlaceAhead(place, f.months, f.people, outlook, moved)


# --- what of it may be seen -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as a reader may see it: `drivers` are figures that each tell of enough people."""

    people: int
    now: forecast.Fan
    ahead: forecast.Fan
    change: float
    drivers: Sequence[tuple[Driver, float]]


def shown(
    told: Outlooks,
    months: int,
    *,
    smallest: int,
    everything: bool,
    known: Mapping[str, int] | None = None,
) -> dict[Place, Shown | None]:
    """What of the units may be shown to a reader; None stays dark.

    Who sees everyone's skills (HR) still does not read what people agreed with their lead, so
    planned learning of too few is told together with another driver for them as well.

    Args:
        smallest: the fewest people a figure may be about.
        everything: the reader may see everyone's skills one by one.
        known: how many people at each unit itself the reader may see one by one anyway.
    """
    here = [p for (_place, m), p in told.figures.items() if m == months]
    units = [p for p in here if isinstance(p.place, str)]
    own = {p.place: p for p in units if str(p.place).startswith(DIRECT)}
    root, children = _tree(own)
    beside = {place: (known or {}).get(str(place)[len(DIRECT) :], 0) for place in own}
    sizes = _upwards({place: p.people - beside[place] for place, p in own.items()})
    dark = frozenset() if everything else dark_in_tree(root, children, sizes, smallest)
    few: dict[Driver, frozenset[str]] = {}
    for driver in Driver:
        about = {
            place: max(0, p.moved[driver] - (0 if everything else beside[place]))
            for place, p in own.items()
        }
        open_to = everything and driver != Driver.LEARNING
        few[driver] = (
            frozenset() if open_to else dark_in_tree(root, children, _upwards(about), smallest)
        )
    found: dict[Place, Shown | None] = {}
    for p in units:
        place = str(p.place)
        found[place] = None if place in dark else _shown(p, few, place, smallest)
    for p in here:
        if not isinstance(p.place, str) and everything:
            # By role as well as by unit what people agreed could be subtracted: told by unit only.
            apart = {Driver.LEARNING: frozenset({str(p.place)})}
            found[p.place] = _shown(p, apart, str(p.place), smallest)
    return found


def _shown(p: PlaceAhead, few: Mapping[Driver, frozenset[str]], place: str, smallest: int) -> Shown:
    about = {
        driver: 0 if not count else 1 if place in few.get(driver, ()) else max(count, smallest)
        for driver, count in p.moved.items()
    }
    drivers = forecast.told_together(p.outlook.drivers, about, smallest)
    return Shown(p.people, p.outlook.now, p.outlook.ahead, p.outlook.change, drivers)


def _tree(own: Iterable[Place]) -> tuple[str, dict[str, list[str]]]:
    """The tree of units above these leaves, each of them who sits at a unit itself."""
    children: dict[str, set[str]] = defaultdict(set)
    root = ""
    for leaf in map(str, own):
        chain = [*_way_down(leaf[len(DIRECT) :]), leaf]
        root = chain[0]
        for above, below in pairwise(chain):
            children[above].add(below)
    return root, {above: sorted(below) for above, below in children.items()}


def _upwards(leaves: Mapping[Place, int]) -> dict[str, int]:
    """People at each leaf and at every unit above it."""
    sums: dict[str, int] = defaultdict(int)
    for leaf, people in leaves.items():
        for place in (*_way_down(str(leaf)[len(DIRECT) :]), str(leaf)):
            sums[place] += people
    return sums


def units_below(unit: Unit) -> list[Unit]:
    """The units one step down the tree, by name."""
    return list(
        Unit.objects.filter(
            organisation=unit.organisation_id, path__startswith=unit.path, depth=unit.depth + 1
        ).order_by("name", "pk")
    )


def seen_one_by_one(organisation: Organisation, people: PersonQuerySet) -> dict[str, int]:
    """How many people at each unit itself a reader may see anyway: path → people."""
    found: dict[str, int] = defaultdict(int)
    for path in (
        Employment.objects.current()
        .filter(organisation=organisation, person__in=people, job__profile_job__isnull=False)
        .values_list("unit__path", flat=True)
    ):
        found[path] += 1
    return found
