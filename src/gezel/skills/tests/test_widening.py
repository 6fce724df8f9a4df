"""The band of a look ahead learns from what came of earlier ones."""

from datetime import date, timedelta

import numpy as np
import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills import actions
from gezel.skills.models import AheadCounting, AheadFigure, AheadSaid
from gezel.skills.queries.ahead import HORIZONS
from gezel.skills.rules.forecast import Fan
from gezel.skills.rules.widening import (
    AS_RECKONED,
    DAYS_OF_TRUST,
    FEWEST_CAME,
    Came,
    Widening,
    widening,
)
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

DAY = date(2026, 1, 1)


def looks(off: list[float], *, days: int = 1) -> list[Came]:
    """What was said to be 10, between 8 and 12, came out this far off."""
    return [
        Came(DAY + timedelta(days=31 * (n % days)), Fan(10, 8, 12), 10 + each)
        for n, each in enumerate(off)
    ]


def test_few_outcomes_change_nothing() -> None:
    assert widening(looks([9.0] * (FEWEST_CAME - 1))) == AS_RECKONED


def test_what_came_as_said_keeps_the_band_as_it_is() -> None:
    chance = np.random.default_rng(1)
    # Nine of ten within 2 on each side is what a band of 80 % promises.
    found = widening(looks([float(x) for x in chance.normal(0, 2 / 1.2816, 4_000)]))

    assert found.low == pytest.approx(1, abs=0.03)
    assert found.high == pytest.approx(1, abs=0.03)


def test_only_the_side_that_was_wrong_grows_and_more_days_are_believed_more() -> None:
    off = [6.0] * 40
    one, many = widening(looks(off)), widening(looks(off, days=20))

    assert one.low == many.low == 1.0
    # It should have been three times as wide; a day alone counts for a quarter of that.
    assert one.high == pytest.approx(1 + 2 / (1 + DAYS_OF_TRUST))
    assert many.high == pytest.approx(1 + 2 * 20 / (20 + DAYS_OF_TRUST))


def test_with_many_days_the_band_holds_what_it_promises() -> None:
    """Said too narrowly by half: after enough days four of five lie within again."""
    chance = np.random.default_rng(2)
    wide = 2 * 2 / 1.2816
    wider = widening(looks([float(x) for x in chance.normal(0, wide, 3_000)], days=300))
    band = wider.of(Fan(10, 8, 12))
    came = 10 + chance.normal(0, wide, 20_000)

    assert np.mean((came >= band.low) & (came <= band.high)) == pytest.approx(0.8, abs=0.03)


@given(st.floats(0, 50), st.floats(0, 9), st.floats(0, 9), st.floats(1, 5), st.floats(1, 5))
def test_never_narrower_and_never_below_nothing(
    median: float, below: float, above: float, low: float, high: float
) -> None:
    fan = Fan(round(median, 1), round(max(0, median - below), 1), round(median + above, 1))
    told = Widening(low, high).of(fan)

    assert 0 <= told.low <= fan.low
    assert told.high >= fan.high
    assert told.median == fan.median
    assert AS_RECKONED.of(fan) == fan


@pytest.mark.django_db
def test_what_was_said_is_held_against_what_came(
    van_dijk: Organisation, noor: Person, daan: Person
) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 3})
    for n in range(6):
        an_evidence(a_colleague(van_dijk, f"M{n}"), skill, level=3, by=daan)
    said = timezone.now()

    for days in (0, 1, 29, 182, 184):
        with time_machine.travel(said + timedelta(days=days)):
            actions.work_out_ahead(van_dijk)

    # Once a month and not every night; of the whole and of who sits at the root, no roles.
    day = timezone.localdate(said)
    kept = AheadSaid.objects.filter(organisation=van_dijk)
    assert kept.values("said_on").distinct().count() == 3
    assert kept.filter(said_on=day).count() == 2 * len(HORIZONS)
    came = kept.exclude(came=None)
    assert {(row.said_on, row.months) for row in came} == {(day, 6)}
    with time_machine.travel(said + timedelta(days=184)):
        now = AheadFigure.objects.filter(organisation=van_dijk, months=6, profile=None)
        assert {row.came for row in came} == {figure.now_median for figure in now}


@pytest.mark.django_db
def test_a_band_that_was_too_narrow_is_wider_and_the_page_says_so(
    van_dijk: Organisation, noor: Person, femke: Person, visit: object
) -> None:
    skill = a_skill()
    a_profile(van_dijk, {skill: 5})
    for n in range(6):
        an_evidence(a_colleague(van_dijk, f"M{n}"), skill, level=2, by=femke)
    actions.work_out_ahead(van_dijk)
    before = {(f.unit_id, f.direct, f.profile_id, f.months): f for f in AheadFigure.objects.all()}
    unit = next(f.unit for f in before.values() if f.unit_id)
    AheadSaid.objects.bulk_create(
        AheadSaid(
            organisation=van_dijk, unit=unit, direct=False, months=24, median=10, low=9, high=11,
            said_on=timezone.localdate() - timedelta(days=800 + 31 * n), came=16,
        )
        for n in range(FEWEST_CAME)
    )  # fmt: skip

    actions.work_out_ahead(van_dijk)

    for figure in AheadFigure.objects.all():
        old = before[figure.unit_id, figure.direct, figure.profile_id, figure.months]
        assert figure.median == old.median
        assert figure.low == old.low
        if figure.months == 24 and old.high > old.median:
            assert figure.high > old.high
        else:
            assert figure.high == old.high
    assert list(AheadCounting.objects.get().wider) == ["24"]
    page = visit(femke).get("/skills/organisation/ahead/").content.decode()  # type: ignore[operator]
    assert "Earlier looks ahead came out further off than reckoned" in page
