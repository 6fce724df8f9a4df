"""What day it was, here, at a moment that a file tells."""

from datetime import date

import pytest
from django.utils import timezone

from gezel.kit.moments import day_of


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-11-27T12:00:00Z", date(2026, 11, 27)),
        ("2026-11-27T23:15:00+00:00", date(2026, 11, 28)),  # a quarter past midnight in Amsterdam
        ("2026-07-27T22:00:00.123456Z", date(2026, 7, 28)),
        ("2026-11-28T00:15:00+01:00", date(2026, 11, 28)),
        ("2026-11-27T23:15:00", date(2026, 11, 27)),  # no zone: the day as it stands
    ],
)
def test_a_moment_is_a_day_of_the_reader(told: str, day: date) -> None:
    with timezone.override("Europe/Amsterdam"):
        assert day_of(told) == day


@pytest.mark.parametrize("told", ["", "soon", "2026-13-40T25:00:00Z", None, 7, ["2026-11-27"]])
def test_anything_else_is_no_day(told: object) -> None:
    assert day_of(told) is None
