"""Working out the look ahead of an organisation, so that nobody waits for it."""

from django.db import transaction
from django.utils import timezone

from gezel.people.api import Organisation, Unit
from gezel.skills.models import AheadCounting, AheadFigure
from gezel.skills.queries.ahead import spells_of
from gezel.skills.queries.outlooks import PlaceAhead, places_ahead
from gezel.skills.queries.places import DIRECT
from gezel.skills.rules import forecast
from gezel.skills.rules.forecast import Driver

# Two years, over which we look at how many people stay.
TWO_YEARS = 730


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
    rows = [_row(organisation, units, told) for told in places_ahead(organisation, today)]
    with transaction.atomic():
        AheadFigure.objects.filter(organisation=organisation).delete()
        AheadFigure.objects.bulk_create(rows, batch_size=500)
    return len(rows)


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
