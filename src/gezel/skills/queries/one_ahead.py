"""One skill of one person ahead: the level with its sum, and until when it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from gezel.skills import rules
from gezel.skills.models import Demand, Skill
from gezel.skills.queries.ahead import Look, months_on
from gezel.skills.rules import forecast


@dataclass(frozen=True, slots=True)
class SkillAhead:
    """One skill of one person, today and on a day ahead, with the sum that leads there.

    `now` plus `no_use` plus `learning` is `level`, to the tenth that is shown.
    """

    skill: Skill
    essential: bool
    pieces: int
    newest_on: date | None
    now: forecast.Band
    level: forecast.Band
    no_use: float
    learning: float
    asked_now: int
    asked: forecast.Asked
    changes_on: date | None

    @property
    def known(self) -> bool:
        return self.pieces > 0

    @property
    def fades(self) -> float:
        """Levels lost by not using it."""
        return -self.no_use

    @property
    def gap(self) -> float:
        """Levels short on the day, of what is expected to be asked then."""
        return max(0.0, round(self.asked.expected - self.level.median, 1))

    @property
    def short(self) -> bool:
        return self.gap >= rules.SMALLEST_GAP

    @property
    def short_now(self) -> bool:
        return rules.is_short(self.asked_now, self.now.median)

    @property
    def is_open(self) -> bool:
        """What is asked on the day may turn out otherwise."""
        return self.asked.low < self.asked.high


def skill_ahead(found: Look, row: int, day: int = 0) -> SkillAhead:
    """One row of a look ahead as it is shown, on its nth day.

    Everyone who may see it gets it from here, so all see the same.
    """
    _seat, asking = found.rows[row]
    ahead = found.ahead[day]
    now = forecast.band(float(found.cells.level[row]), float(found.cells.sd[row]))
    aged = float(ahead.level[row])
    gained = float(ahead.gain[row] * ahead.kept[row])
    most = max(aged, float(ahead.reach[row]))
    level = min(aged + gained, most)
    shown = forecast.band(level, float(ahead.sd[row]))
    tenths = [round(10 * x) for x in (now.median, aged, level)]
    return SkillAhead(
        skill=found.skills[asking.skill_pk],
        essential=asking.essential,
        pieces=int(found.pieces[row]),
        newest_on=found.newest[row],
        now=_in_tenths(now),
        level=_in_tenths(shown),
        no_use=(tenths[1] - tenths[0]) / 10,
        learning=(tenths[2] - tenths[1]) / 10,
        asked_now=asking.asked,
        asked=asking.ahead[day],
        changes_on=asking.changes_on,
    )


def _in_tenths(band: forecast.Band) -> forecast.Band:
    return forecast.Band(round(band.median, 1), round(band.low, 1), round(band.high, 1))


@dataclass(frozen=True, slots=True)
class Refresh:
    """Until when a skill most likely holds what is asked, if nothing is done with it.

    A day is None where it lies beyond the look ahead; `asks_more` where not fading but a higher
    demand makes the need.
    """

    on: date | None
    earliest: date | None
    latest: date | None
    asked: int
    asks_more: bool


def grid_of(profile_pk: int, today: date) -> list[date]:
    """The days on which a person's path is looked at: months, and when something else is asked."""
    end = months_on(today, forecast.MOST_MONTHS)
    days = {months_on(today, n) for n in range(forecast.MOST_MONTHS + 1)}
    for begins in Demand.objects.filter(
        profile=profile_pk, from_on__gt=today, from_on__lte=end
    ).values_list("from_on", flat=True):
        days |= {begins - timedelta(days=1), begins}
    return sorted(days)


def refreshes(found: Look, days: Sequence[date]) -> list[Refresh | None]:
    """For each row until when it holds; None for a skill of which nothing is known or asked.

    `days` are those of the look, the first of them today.
    """
    n = len(days)
    offsets = np.array([(day - found.on).days for day in days], dtype=np.int64)
    level = np.stack([day.level for day in found.ahead[:n]], axis=1)
    sd = np.stack([day.sd for day in found.ahead[:n]], axis=1)
    asked = np.stack([day.expected for day in found.ahead[:n]], axis=1)
    told: list[Refresh | None] = []
    for row, by in enumerate(forecast.refresh_by(offsets, level, sd, asked)):
        asking = found.rows[row][1]
        if not found.pieces[row]:
            told.append(None)
            continue
        asks_more = False
        if by.expected is not None:
            at = min(int(np.searchsorted(offsets, by.expected)), n - 1)
            held = bool(level[row, at] >= asking.asked - rules.SMALLEST_GAP)
            asks_more = held and bool(asked[row, at] > asking.asked)
        told.append(
            Refresh(
                _day(found.on, by.expected),
                _day(found.on, by.earliest),
                _day(found.on, by.latest),
                asking.asked,
                asks_more,
            )
        )
    return told


def _day(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)
