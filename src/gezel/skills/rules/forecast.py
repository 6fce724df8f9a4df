"""What will be short on a day ahead, how sure that is, and what makes the difference.

A level ahead is today's estimate, aged (`rules.ageing`); what is asked ahead is what HR said of
that date, at the least, as expected and at the most. A thousand draws of both give the total that
a group falls short: `max(0, asked - level)` summed over people and skills, its median and the band
in which it lies 8 times out of 10.

Four drivers make the difference with today: no use, changed demand, who leaves, planned learning.
Each is given its Shapley value (Shapley 1953): what it adds on average, over every order in which
the four can be taken. The values add up to the difference exactly, and no driver gains by coming
first.

Draws come from a counter-based hash (SplitMix64: Steele, Lea & Flood 2014) of whom and what they
are about. So the same input gives the same output bit for bit, whoever else is on the page, on
every machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntFlag
from functools import lru_cache
from math import ceil, factorial, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from gezel.skills.rules.needs import SMALLEST_GAP
from gezel.skills.rules.parameters import EIGHTY_PERCENT, HIGHEST_LEVEL

Floats = NDArray[np.float64]
Draws = NDArray[np.float32]
Keys = NDArray[np.uint64]

DRAWS = 1_000
# How far one may look ahead; beyond that every answer is a guess.
MOST_MONTHS = 24
# What well-made training moves people on what was tested afterwards, in standard deviations
# (Arthur et al. 2003: d = .63 for learning criteria); people of one role lie about a level apart,
# so we count a level for a standard deviation.
GAIN_OF_A_STEP = 0.63
# What of the error in a level is the same for everyone with that skill: one lead rates many, and
# nobody knows exactly how fast it fades. As a share of the variance; our assumption. Without it
# the errors of many people would cancel out, and the band of a large group would be a pretence.
SHARED = 0.1
# Below so many revisions a trend is a story about two points.
FEWEST_REVISIONS = 6
# Holt's damped trend (Gardner & McKenzie 1985), in months: half of a surprise is believed at
# once, a tenth of it as trend, which loses a tenth of itself every month.
_SMOOTHING, _TREND, _DAMPING = 0.5, 0.1, 0.9


class Driver(IntFlag):
    """What makes a need ahead differ from today's."""

    NO_USE = 1
    DEMAND = 2
    LEAVERS = 4
    LEARNING = 8


DRIVERS = tuple(Driver)
EVERYTHING = Driver.NO_USE | Driver.DEMAND | Driver.LEAVERS | Driver.LEARNING


# --- draws ------------------------------------------------------------------------------------

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
# Of the 64 bits that one draw about one cell gives, who uses which.
_OF_LEVEL, _OF_NEWCOMER, _OF_GAIN = np.uint64(52), np.uint64(40), np.uint64(16)
# Cells looked at together: their draws stay within the fast memory of a processor.
_A_CHUNK = 64


def _mix(state: Keys) -> Keys:
    """The finaliser of SplitMix64, in place."""
    state ^= state >> np.uint64(30)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return state


def keys_of(*parts: Sequence[int] | NDArray[np.int64]) -> Keys:
    """One key for each row of these columns (a person and a skill, a profile and a skill)."""
    state = np.zeros(len(parts[0]), dtype=np.uint64)
    for part in parts:
        state = _mix((state + np.asarray(part, dtype=np.uint64)) * _GOLDEN + np.uint64(1))
    return state


def _bits(keys: Keys) -> Keys:
    """64 random bits for each key and draw: (n, `DRAWS`)."""
    steps = np.arange(1, DRAWS + 1, dtype=np.uint64) * _GOLDEN
    return _mix(keys[:, None] + steps[None, :])


@lru_cache(maxsize=1)
def _normal_table() -> Draws:
    """4,096 equally likely values of a standard normal: a table is quick and equal everywhere."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((n + 0.5) / 4096) for n in range(4096)], dtype=np.float32)


def _normal(bits: Keys, place: np.uint64) -> Draws:
    return _normal_table()[((bits >> place) & np.uint64(0xFFF)).astype(np.intp)]


def _even(bits: Keys, place: np.uint64) -> Draws:
    """Evenly between 0 and 1, in 2^24 steps: the most that a float32 tells apart."""
    drawn = ((bits >> place) & np.uint64(0xFFFFFF)).astype(np.float32)
    drawn += np.float32(0.5)
    drawn *= np.float32(2.0**-24)
    return drawn


def triangular(low: Floats, mode: Floats, high: Floats, even: Draws) -> Draws:
    """Draws between the least and the most, most often near what is expected.

    Args:
        low, mode, high: (n,), with low <= mode <= high; where all are one, so is every draw.
        even: (n, draws), evenly between 0 and 1.
    """
    a, c, b = (np.asarray(x, dtype=np.float32)[:, None] for x in (low, mode, high))
    width = b - a
    turn = np.divide(c - a, width, out=np.zeros_like(width), where=width > 0)
    up = a + np.sqrt(even * width * (c - a))
    down = b - np.sqrt((np.float32(1) - even) * width * (b - c))
    return np.asarray(np.where(even < turn, up, down), dtype=np.float32)


# --- what goes in -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cells:
    """People times the skills asked of them, now or ahead; arrays of one length n.

    `who` is a key per person and skill, `ask` one per role profile and skill: what is asked turns
    out the same for all who hold the role. `skill` is a key per skill. `seat` numbers the persons
    from 0.
    """

    who: Keys
    ask: Keys
    skill: Keys
    seat: NDArray[np.intp]
    level: Floats
    sd: Floats
    asked: Floats

    def __len__(self) -> int:
        return len(self.level)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The same cells on a day ahead; arrays of n, but `stays` and `gone` per seat.

    level, sd: aged, as if nothing is done with the skill.
    low, expected, high: what is asked.
    gain: levels that planned learning adds on average, 0 without; it brings nobody above `reach`.
        `kept` is the share of that which is left by then.
    stays: the share of such a group that still works here, the same for everyone in it.
    gone: seats whose last day is known and past by then.
    new_level, new_sd: what who comes in their place shows; NaN where nothing can be said.
    """

    level: Floats
    sd: Floats
    low: Floats
    expected: Floats
    high: Floats
    gain: Floats
    reach: Floats
    kept: Floats
    stays: Floats
    gone: NDArray[np.bool_]
    new_level: Floats
    new_sd: Floats


def of_seats(
    cells: Cells, days: Sequence[Ahead], seats: Sequence[int]
) -> tuple[Cells, list[Ahead]]:
    """The same of some seats only, which are numbered anew in the order given."""
    place = {seat: at for at, seat in enumerate(seats)}
    rows = np.flatnonzero(np.isin(cells.seat, list(seats)))
    chosen = np.asarray(seats, dtype=np.intp)
    numbered = np.array([place[int(seat)] for seat in cells.seat[rows]], dtype=np.intp)
    told = Cells(
        who=cells.who[rows], ask=cells.ask[rows], skill=cells.skill[rows], seat=numbered,
        level=cells.level[rows], sd=cells.sd[rows], asked=cells.asked[rows],
    )  # fmt: skip
    return told, [
        Ahead(
            level=day.level[rows], sd=day.sd[rows], low=day.low[rows],
            expected=day.expected[rows], high=day.high[rows], gain=day.gain[rows],
            reach=day.reach[rows], kept=day.kept[rows], stays=day.stays[chosen],
            gone=day.gone[chosen], new_level=day.new_level[rows], new_sd=day.new_sd[rows],
        )
        for day in days
    ]  # fmt: skip


def people_moved(cells: Cells, ahead: Ahead) -> dict[Driver, int]:
    """About how many people each driver says something."""
    knows_comers = ~np.isnan(ahead.new_level)
    leaves = (ahead.stays < 1) | ahead.gone
    moved = {
        Driver.NO_USE: ahead.level != cells.level,
        Driver.DEMAND: (ahead.low != cells.asked)
        | (ahead.expected != cells.asked)
        | (ahead.high != cells.asked),
        Driver.LEAVERS: knows_comers & leaves[cells.seat],
        Driver.LEARNING: ahead.gain > 0,
    }
    return {driver: len(np.unique(cells.seat[rows])) for driver, rows in moved.items()}


# --- draws of a total -------------------------------------------------------------------------

# For each set of drivers, as an index 0-15, what is short in total in each draw: (16, DRAWS).
Totals = NDArray[np.float64]
NOTHING = 0


def no_totals() -> Totals:
    """Totals of nobody: others are added to them."""
    return np.zeros((16, DRAWS))


def totals_ahead(
    cells: Cells, days: Sequence[Ahead], *, fully: Sequence[bool] | None = None
) -> list[Totals]:
    """What is short in total on days ahead, under every set of drivers: (16, `DRAWS`) for each.

    Row 0 is today, row 15 the forecast. Of the same draw every row and day has the same people,
    levels and demand, so that they can be compared.

    Args:
        fully: for each day whether all sets are wanted; without, only the forecast is worked out
            (quicker, for a fan without drivers) and the other rows stay 0.
    """
    wanted = fully if fully is not None else [True] * len(days)
    totals = [no_totals() for _ in days]
    asks, of_ask = np.unique(cells.ask, return_inverse=True)
    how_asked = _even(_bits(asks), _OF_GAIN)
    kinds, of_kind = np.unique(cells.skill, return_inverse=True)
    shared = _normal(_bits(_mix(kinds + _GOLDEN)), _OF_LEVEL) * np.float32(sqrt(SHARED))
    leaves = _leaving(cells, max((len(day.stays) for day in days), default=0))
    # Cells that differ in what can happen to them are worked out apart: most have no learning.
    learns = np.zeros(len(cells), dtype=np.bool_)
    for day in days:
        learns |= day.gain > 0
    for with_learning in (False, True):
        places = np.flatnonzero(learns == with_learning)
        for start in range(0, len(places), _A_CHUNK):
            part = places[start : start + _A_CHUNK]
            drawn = _drawn(_bits(cells.who[part]), how_asked[of_ask[part]], shared[of_kind[part]])
            leaving = leaves[cells.seat[part]]
            for total, day, full in zip(totals, days, wanted, strict=True):
                seats = cells.seat[part]
                leaves_from = np.where(day.gone[seats], 1.0, 1 - day.stays[seats])
                left = leaving < leaves_from.astype(np.float32)[:, None]
                chunk = _Chunk(cells, day, part, drawn, left)
                _add(total, chunk, learns=with_learning, fully=full)
    return totals


def _leaving(cells: Cells, seats: int) -> Draws:
    """(seats, DRAWS): evenly between 0 and 1; who draws above the share that stays has left."""
    own = np.zeros(seats, dtype=np.uint64)
    # A seat draws by one of its cells, the same in whatever order they come.
    np.maximum.at(own, cells.seat, cells.who)
    return _even(_bits(_mix(own + _GOLDEN)), _OF_GAIN)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The chance in some cells, all (n, `DRAWS`): of the level, of who comes in their place
    (standard normal), of a gain and of what is asked (evenly from 0 to 1)."""

    level: Draws
    newcomer: Draws
    gain: Draws
    asked: Draws


def _drawn(bits: Keys, asked: Draws, shared: Draws) -> _Drawn:
    level = _normal(bits, _OF_LEVEL)
    level *= np.float32(sqrt(1 - SHARED))
    level += shared
    return _Drawn(level, _normal(bits, _OF_NEWCOMER), _even(bits, _OF_GAIN), asked)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some cells on a day ahead, with what was drawn for them; `left` tells where someone left."""

    cells: Cells
    ahead: Ahead
    part: NDArray[np.intp]
    drawn: _Drawn
    left: NDArray[np.bool_]

    def level(self, mask: int) -> Draws:
        """Levels with ageing, planned learning, both or neither."""
        fades = bool(mask & Driver.NO_USE)
        source = self.ahead if fades else self.cells
        level = _levels(source.level[self.part], source.sd[self.part], self.drawn.level)
        if mask & Driver.LEARNING:
            # Of one training some take home nothing and others twice the mean.
            gain = self.ahead.gain[self.part] * (self.ahead.kept[self.part] if fades else 1.0)
            moved = self.drawn.gain * (2 * gain).astype(np.float32)[:, None]
            reach = self.ahead.reach[self.part].astype(np.float32)[:, None]
            level = np.maximum(level, np.minimum(level + moved, reach))
        return level

    def newcomers(self) -> Draws:
        """What who comes in a place shows; NaN where nothing is known."""
        return _levels(
            self.ahead.new_level[self.part], self.ahead.new_sd[self.part], self.drawn.newcomer
        )

    def asked(self, mask: int) -> Draws:
        """What is asked, today or on the day."""
        if not mask & Driver.DEMAND:
            return self.cells.asked[self.part].astype(np.float32)[:, None]
        low, mode, high = (
            side[self.part] for side in (self.ahead.low, self.ahead.expected, self.ahead.high)
        )
        open_ended = low < high
        if not open_ended.any():
            return mode.astype(np.float32)[:, None]
        told = np.repeat(mode.astype(np.float32)[:, None], DRAWS, axis=1)
        told[open_ended] = triangular(
            low[open_ended], mode[open_ended], high[open_ended], self.drawn.asked[open_ended]
        )
        return told


def _levels(level: Floats, sd: Floats, z: Draws) -> Draws:
    drawn = z * sd.astype(np.float32)[:, None]
    drawn += level.astype(np.float32)[:, None]
    np.clip(drawn, 0, HIGHEST_LEVEL, out=drawn)
    return drawn


def _gaps(asked: Draws, level: Draws) -> Draws:
    short = asked - level
    np.maximum(short, 0, out=short)
    return short


def _add(totals: Totals, chunk: _Chunk, *, learns: bool, fully: bool) -> None:
    """Add some cells to the totals of every set of drivers, or of all four only."""
    leaves = bool(chunk.left.any())
    # Where a driver cannot do anything, a set with it is the set without it.
    idle = (0 if learns else int(Driver.LEARNING)) | (0 if leaves else int(Driver.LEAVERS))
    wanted = {mask: mask & ~idle for mask in (range(16) if fully else (int(EVERYTHING),))}
    of_level = int(Driver.NO_USE | Driver.LEARNING)
    asked = {mask: chunk.asked(mask) for mask in {m & int(Driver.DEMAND) for m in wanted}}
    levels = {mask: chunk.level(mask) for mask in {does & of_level for does in wanted.values()}}
    staying_on = {
        (ask, level): _gaps(asked[ask], levels[level])
        for ask, level in {(m & int(Driver.DEMAND), does & of_level) for m, does in wanted.items()}
    }
    comers = {}
    if leaves:
        new = chunk.newcomers()
        # Where nothing is known of who comes, the seat counts on as it is.
        comes = chunk.left & ~np.isnan(new)
        comers = {ask: _gaps(told, new) for ask, told in asked.items()}
    sums: dict[int, Floats] = {}
    for mask, does in wanted.items():
        if does not in sums:
            ask = does & int(Driver.DEMAND)
            short = staying_on[ask, does & of_level]
            if does & Driver.LEAVERS:
                short = np.where(comes, comers[ask], short)
            sums[does] = np.add.reduce(short, axis=0).astype(np.float64)
        totals[mask] += sums[does]


# --- what comes out ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fan:
    """A total on a day: its median and the band in which it lies 8 times out of 10, in levels."""

    median: float
    low: float
    high: float


def fan(draws: Floats) -> Fan:
    """The median and the 80 % band of some draws, to a tenth of a level, as shown."""
    low, median, high = np.quantile(draws, (0.1, 0.5, 0.9), method="linear")
    return Fan(_tenth(median), _tenth(low), _tenth(high))


def _tenth(value: float) -> float:
    return round(round(float(value), 6), 1) + 0.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is short today and on a day ahead, and what each driver adds: `now` plus the drivers
    is `ahead.median`, to the tenth that is shown."""

    now: Fan
    ahead: Fan
    drivers: Mapping[Driver, float]

    @property
    def change(self) -> float:
        return _tenth(self.ahead.median - self.now.median)


def outlook(totals: Totals) -> Outlook:
    """The figures of totals under every set of drivers (see `totals_ahead`)."""
    medians = np.quantile(totals, 0.5, axis=1)
    now, ahead = fan(totals[NOTHING]), fan(totals[EVERYTHING])
    shares = shapley([float(m) for m in medians])
    return Outlook(now, ahead, dict(zip(DRIVERS, summing(shares, now, ahead), strict=True)))


def shapley(values: Sequence[float]) -> list[float]:
    """What each player adds, on average over every order in which they can come.

    Args:
        values: of each set of players, by its bits: 2^n of them, the empty set first.
    """
    players = (len(values) - 1).bit_length()
    orders = factorial(players)
    told = []
    for player in range(players):
        bit, share = 1 << player, 0.0
        for group in range(len(values)):
            if not group & bit:
                size = group.bit_count()
                orders_so = factorial(size) * factorial(players - size - 1)
                share += orders_so / orders * (values[group | bit] - values[group])
        told.append(share)
    return told


def summing(parts: Sequence[float], now: Fan, ahead: Fan) -> list[float]:
    """Parts in tenths that add up to the difference as it is shown (largest remainder)."""
    whole = round(ahead.median * 10) - round(now.median * 10)
    exact = [10 * part for part in parts]
    tenths = [round(x) for x in exact]
    step = 1 if whole > sum(tenths) else -1
    # Whose figure was rounded furthest the other way is moved first; equals keep their order.
    rest = sorted(range(len(parts)), key=lambda i: -step * (exact[i] - tenths[i]))
    for turn in range(abs(whole - sum(tenths))):
        tenths[rest[turn % len(rest)]] += step
    return [n / 10 for n in tenths]


def told_together(
    drivers: Mapping[Driver, float], people: Mapping[Driver, int], smallest: int
) -> list[tuple[Driver, float]]:
    """Drivers as a reader may see them who may not see people one by one.

    A driver about fewer than `smallest` people is told as one figure with the next ones, or it
    would tell of those few; and so is one alone that is left, for it could be subtracted.

    Returns:
        (drivers, levels) of each figure; the levels still add up.
    """
    moved = sorted((d for d in drivers if people[d]), key=lambda d: (people[d], int(d)))
    still = [(d, drivers[d]) for d in drivers if not people[d]]
    together, levels, most = Driver(0), 0.0, 0
    while moved and (people[moved[0]] < smallest or (together and most < smallest)):
        driver = moved.pop(0)
        together |= driver
        levels += drivers[driver]
        most = max(most, people[driver])
    told = [*still, *((d, drivers[d]) for d in moved)]
    if together:
        told.append((together, _tenth(levels)))
    return sorted(told, key=lambda each: int(each[0]))


# --- a level ahead, and until when it holds ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Band:
    """A level on a day ahead: median and 80 % band, on the scale 0-5."""

    median: float
    low: float
    high: float


def band(level: float, sd: float) -> Band:
    """The band of a level as it is drawn above: a normal that the scale cuts off."""
    return Band(*(min(5.0, max(0.0, level + z * sd)) for z in (0, -EIGHTY_PERCENT, EIGHTY_PERCENT)))


@dataclass(frozen=True, slots=True)
class RefreshBy:
    """In how many days a level becomes a need if nothing is done; None: not within the look ahead.

    earliest, latest: 8 times out of 10 it happens between these.
    """

    expected: int | None
    earliest: int | None
    latest: int | None


def refresh_by(
    days: NDArray[np.int64], level: Floats, sd: Floats, asked: Floats
) -> list[RefreshBy]:
    """When each level sinks half a level below what is asked, from when it counts as a need.

    Args:
        days: (m,), ahead, rising from 0.
        level, sd: (n, m), aged to each of those days.
        asked: (n, m), what is asked on each, as expected.

    In each draw a person lies equally far off on every day, so the band of the day follows from
    the band of the level.
    """
    paths = [
        np.clip(level + z * sd, 0, HIGHEST_LEVEL) - (asked - SMALLEST_GAP)
        for z in (0.0, -EIGHTY_PERCENT, EIGHTY_PERCENT)
    ]
    told = [_crossings(days, path) for path in paths]
    return [RefreshBy(*row) for row in zip(*told, strict=True)]


def _crossings(days: NDArray[np.int64], above: Floats) -> list[int | None]:
    """For each row the first day at which it is below zero, by a straight line in between."""
    below = above < 0
    found: list[int | None] = []
    for row, under in zip(above, below, strict=True):
        if not under.any():
            found.append(None)
            continue
        at = int(under.argmax())
        if at == 0:
            found.append(0)
            continue
        before, after = float(row[at - 1]), float(row[at])
        step = float(days[at] - days[at - 1])
        found.append(int(days[at - 1]) + ceil(step * before / (before - after) - 1e-9))
    return found


# --- what is asked ahead ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What will be asked: at the least, as expected, at the most."""

    low: float
    expected: float
    high: float


def damped_trend(revisions: Sequence[tuple[date, int]], on: date, ahead: date) -> Asked | None:
    """Where what is asked is heading, from how it was revised; None with too few revisions.

    Holt's damped trend on the level asked at the end of each month. The spread is what it was
    wrong by, one month ahead in its own past, grown with the root of the months; at least half a
    level. The least and the most are the ends of a triangle whose middle 80 % is that band.
    """
    past = sorted(each for each in revisions if each[0] <= on)
    if len(past) < FEWEST_REVISIONS:
        return None
    months = max(1, (on - past[0][0]).days // 30)
    series, place = [], 0
    for month in range(months + 1):
        day = past[0][0] + timedelta(days=30 * month)
        while place + 1 < len(past) and past[place + 1][0] <= day:
            place += 1
        series.append(float(past[place][1]))
    series[-1] = float(past[-1][1])
    level, trend, wrong = series[0], 0.0, [0.0]
    for value in series[1:]:
        foreseen = level + _DAMPING * trend
        wrong.append(value - foreseen)
        moved = _SMOOTHING * value + (1 - _SMOOTHING) * foreseen
        trend = _TREND * (moved - level) + (1 - _TREND) * _DAMPING * trend
        level = moved
    steps = max(1, round((ahead - on).days / 30.4375))
    reach = sum(_DAMPING**n for n in range(1, steps + 1))
    expected = min(5.0, max(0.0, series[-1] + reach * trend))
    sd = max(0.5, sqrt(sum(w * w for w in wrong) / len(wrong)) * sqrt(steps))
    half = EIGHTY_PERCENT * sd / (1 - sqrt(0.2))
    return Asked(max(0.0, expected - half), expected, min(5.0, expected + half))


# --- who stays --------------------------------------------------------------------------------


def staying(
    spells: Iterable[tuple[date, date | None]], *, on: date, days: int, smallest: int
) -> float | None:
    """The share of a group that still works here so many days on, as it went before `on`.

    Kaplan & Meier (1958) over the days before, with people entering as they came: on each day on
    which someone left, the share that stayed of those at work. Where the group is younger than the
    stretch asked for, what is known goes on at the same pace.

    Args:
        spells: first and last day (None: still here) of everyone who ever worked here.
        days: how far ahead; as far is looked back.
        smallest: on no day looked at were fewer people at work, or nothing is told (None).
    """
    told = [(start, end) for start, end in spells if start <= on]
    if len(told) < smallest:
        return None
    # Since when the group is a group.
    since = sorted(start for start, _end in told)[smallest - 1]
    window = min(days, (on - since).days)
    if window < 180:
        return None
    begin, share = on - timedelta(days=window), 1.0
    for day in sorted({end for _s, end in told if end is not None and begin <= end < on}):
        at_work = sum(start <= day and (end is None or end >= day) for start, end in told)
        if at_work < smallest:
            return None
        share *= 1 - sum(end == day for _s, end in told) / at_work
    return float(share ** (days / window))
