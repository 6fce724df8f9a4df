"""Working out the look ahead of an organisation, so that nobody waits for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from gezel.people.api import Organisation, Unit
from gezel.skills.models import AheadCounting, AheadFigure, AheadSaid
from gezel.skills.queries.ahead import HORIZONS, months_on, spells_of
from gezel.skills.queries.outlooks import PlaceAhead, places_ahead
from gezel.skills.queries.places import DIRECT
from gezel.skills.rules import forecast
from gezel.skills.rules.forecast import Driver, Fan
from gezel.skills.rules.widening import AS_RECKONED, FEWEST_CAME, Came, Widening, widening

# Two years, over which we look at how many people stay.
TWO_YEARS = 730
# What was said ahead is written down once in so many days, and kept as long.
SAID_EVERY = timedelta(days=28)
SAID_KEPT = timedelta(days=5 * 365)


def work_out_ahead(organisation: Organisation) -> int:
    """What every unit and role falls short half a year to two years on; gives how many figures.

    Readers see the figures of before until the new ones stand. It can run twice.
    """
    today = timezone.localdate()
    stays = forecast.staying(
        spells_of(organisation), on=today, days=TWO_YEARS, smallest=organisation.smallest_group
    )
    # First how many stay, which the figures are worked out with.
    AheadCounting.objects.update_or_create(
        organisation=organisation,
        defaults={"counted_at": timezone.now(), "stays_two_years": stays},
    )
    units = {
        unit.path: unit.pk for unit in Unit.objects.filter(organisation=organisation).only("path")
    }
    told = list(places_ahead(organisation, today))
    _keep_what_was_said(organisation, units, told, today)
    wider = {months: _wider(organisation, months) for months in HORIZONS}
    rows = [_row(organisation, units, one) for one in _widened(told, wider)]
    AheadCounting.objects.filter(organisation=organisation).update(
        wider={str(months): [w.low, w.high] for months, w in wider.items() if w != AS_RECKONED}
    )
    with transaction.atomic():
        AheadFigure.objects.filter(organisation=organisation).delete()
        AheadFigure.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _widened(told: Sequence[PlaceAhead], wider: Mapping[int, Widening]) -> Iterator[PlaceAhead]:
    for one in told:
        ahead = wider[one.months].of(one.outlook.ahead)
        yield replace(one, outlook=replace(one.outlook, ahead=ahead))


@transaction.atomic
def _keep_what_was_said(
    organisation: Organisation, units: Mapping[str, int], told: Sequence[PlaceAhead], today: date
) -> None:
    """What comes today of what was said is put beside it; and now and then what is said today.

    As reckoned, not as widened: else a wide band would be taken for a good one.
    """
    here = AheadSaid.objects.filter(organisation=organisation)
    here.filter(said_on__lt=today - SAID_KEPT).delete()
    now: dict[tuple[int, bool], float] = {}
    said: list[AheadSaid] = []
    for one in told:
        if not isinstance(one.place, str) or one.people < organisation.smallest_group:
            continue
        direct, unit = one.place.startswith(DIRECT), units[one.place.removeprefix(DIRECT)]
        now[unit, direct] = one.outlook.now.median
        fan = one.outlook.ahead
        said.append(
            AheadSaid(
                organisation=organisation,
                unit_id=unit,
                direct=direct,
                months=one.months,
                said_on=today,
                median=fan.median,
                low=fan.low,
                high=fan.high,
            )
        )
    came = []
    for row in here.filter(came=None, said_on__lte=months_on(today, -min(HORIZONS))):
        if months_on(row.said_on, row.months) > today:
            continue
        if (row.unit_id, row.direct) in now:
            row.came = now[row.unit_id, row.direct]
            came.append(row)
    AheadSaid.objects.bulk_update(came, ["came"], batch_size=500)
    if not here.filter(said_on__gt=today - SAID_EVERY).exists():
        AheadSaid.objects.bulk_create(said, batch_size=500)


def _wider(organisation: Organisation, months: int) -> Widening:
    """By what came of looks so many months ahead; where too few came yet, of shorter ones."""
    past = AheadSaid.objects.filter(organisation=organisation).exclude(came=None)
    for horizon in sorted((h for h in HORIZONS if h <= months), reverse=True):
        found = [
            Came(said_on, Fan(median, low, high), came)
            for said_on, median, low, high, came in past.filter(months=horizon).values_list(
                "said_on", "median", "low", "high", "came"
            )
            if came is not None
        ]
        if len(found) >= FEWEST_CAME:
            return widening(found)
    return AS_RECKONED


def _row(organisation: Organisation, units: dict[str, int], told: PlaceAhead) -> AheadFigure:
    o = told.outlook
    row = AheadFigure(
        organisation=organisation, months=told.months, people=told.people,
        now_median=o.now.median, now_low=o.now.low, now_high=o.now.high,
        median=o.ahead.median, low=o.ahead.low, high=o.ahead.high,
        no_use=o.drivers[Driver.NO_USE], no_use_people=told.moved[Driver.NO_USE],
        demand=o.drivers[Driver.DEMAND], demand_people=told.moved[Driver.DEMAND],
        leavers=o.drivers[Driver.LEAVERS], leavers_people=told.moved[Driver.LEAVERS],
        learning=o.drivers[Driver.LEARNING], learning_people=told.moved[Driver.LEARNING],
    )  # fmt: skip
    if isinstance(told.place, str):
        row.direct = told.place.startswith(DIRECT)
        row.unit_id = units[told.place.removeprefix(DIRECT)]
    else:
        row.profile_id = told.place
    return row
