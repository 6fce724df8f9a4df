"""What the evidence says about one skill of one person: a level, how sure, and the arithmetic.

A belief is a normal distribution on the scale 0-5. It starts where people with that role stand,
or anywhere on the scale where that is not known; then each piece of evidence moves it, in the
order of their days, and the time between pieces lets it fade (`ageing`). So the arithmetic reads
as a story: start, a piece, months without use, a piece, today. Each step is a whole number of
thousandths of a level, and the steps sum to the figure on the page.

- A *rating* (self, lead, colleague) is the level, plus what ratings of its kind lie too high, plus
  how mild this rater is, plus noise. A *test* has noise alone.
- A *practical* piece of work that someone looked at is its level plus noise; each piece counts.
- A *certificate* says that someone is at or above its level with a certain probability; so does a
  credential of an *earlier* employer, with a lower one.
- A *completed module* moves a little, and never above the level it assessed.
- Of one rater and kind only the newest counts: who changes their mind has not seen twice as much.
- Without evidence there is no belief: `NOTHING_KNOWN`, level 0, which is not "unable".

Many people are computed at once with NumPy, one person by the very same code. Same facts, same
day, same version: same figure.

Source of the form: Kalman filter of normal observations; precision-weighted means.
"""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from gezel.skills.rules import ageing
from gezel.skills.rules.ageing import Floats
from gezel.skills.rules.parameters import (
    CURRENT,
    EIGHTY_PERCENT,
    HIGHEST_LEVEL,
    PARAMETERS,
    RATINGS,
    Parameters,
    Source,
)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Leniency:
    """How many levels one rater rates above others of their kind, and how sure that is (sd)."""

    levels: float
    sd: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence, as the rule needs it. `rater` tells whose opinion it is.

    `sd` is how far the level may lie off where the source says so itself (a test); `leniency`
    what is known of the rater.
    """

    key: Hashable
    kind: str
    level: float
    observed_on: date
    rater: Hashable = None
    sd: float | None = None
    leniency: Leniency | None = None


@dataclass(frozen=True, slots=True)
class Prior:
    """Where a belief starts: mean and standard deviation, and of how many people that is known."""

    mean: float
    sd: float
    people: int = 0


def general_prior(version: int = CURRENT) -> Prior:
    """Where a belief starts if nothing is known of people in that role: anywhere on the scale."""
    p = PARAMETERS[version]
    return Prior(p.prior_mean, p.prior_sd)


@dataclass(frozen=True, slots=True)
class Case:
    """All that one estimate is made from.

    Attributes:
        pieces: evidence that stands: not corrected, not objected to.
        prior: where the belief starts; None is anywhere on the scale.
        half_life: months, see `ageing.half_life_on`.
        sources: what the organisation's own ratings show of each kind, see `raters`; kinds that
            are not named have the published figures.
    """

    pieces: Sequence[Piece]
    prior: Prior | None = None
    half_life: float = PARAMETERS[CURRENT].half_lives["mixed"]
    sources: Mapping[str, Source] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one piece does to the estimate, in whole thousandths of a level.

    Attributes:
        weight: how much of the distance between belief and piece it bridged, 0-1; None for a
            certificate or module, which do not say "this level" but "at least" or "a little more".
        raw: what the piece as given adds.
        bias: what the correction for its kind adds to that.
        leniency: what the correction for this rater adds to that.
        after: the level after this piece.
    """

    piece: Piece
    weight: float | None
    raw: float
    bias: float
    leniency: float
    after: float

    @property
    def adds(self) -> float:
        """Levels by which this piece moved the estimate, corrections included."""
        return round(self.raw + self.bias + self.leniency, 3)


@dataclass(frozen=True, slots=True)
class Faded:
    """What a time without news took off, in whole thousandths of a level."""

    from_on: date
    until_on: date
    adds: float
    after: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A level on the scale 0-5 with its interval (80 %) and the arithmetic behind it.

    `start` plus what every step adds is `level`, exact to the thousandth. `parts` are the pieces
    that count, newest first; `steps` the same and the fading between, oldest first.
    """

    level: float
    sd: float
    parts: tuple[Part, ...]
    newest_on: date | None
    start: Prior = Prior(0.0, 0.0)
    steps: tuple[Part | Faded, ...] = ()
    uses: int = 0

    @property
    def low(self) -> float:
        return max(0.0, self.level - EIGHTY_PERCENT * self.sd)

    @property
    def high(self) -> float:
        return min(float(HIGHEST_LEVEL), self.level + EIGHTY_PERCENT * self.sd)


NOTHING_KNOWN = Estimate(level=0.0, sd=0.0, parts=(), newest_on=None)


@dataclass(frozen=True, slots=True)
class Beliefs:
    """The same of many cases, without the arithmetic: arrays in the order of the cases.

    Where nothing is known `level`, `sd` and `pieces` are 0 and `newest` is 0 (a proleptic day
    number otherwise, `date.toordinal`). `uses` counts later occasions, see `ageing.stability`.
    """

    level: Floats
    sd: Floats
    pieces: Ints
    newest: Ints
    uses: Ints


def estimate(
    pieces: Iterable[Piece],
    on: date,
    *,
    prior: Prior | None = None,
    half_life: float | None = None,
    sources: Mapping[str, Source] | None = None,
    version: int = CURRENT,
) -> Estimate:
    """The level someone shows on a date, with every step that led there.

    Args:
        pieces: evidence that stands, in any order; pieces of a later date do not exist yet.
        on: the day asked.
        prior, half_life, sources: see `Case`.
    """
    case = Case(
        tuple(pieces),
        prior,
        half_life if half_life is not None else PARAMETERS[version].half_lives["mixed"],
        sources,
    )
    return estimates([case], on, version=version)[0]


def estimates(cases: Sequence[Case], on: date, *, version: int = CURRENT) -> list[Estimate]:
    """As `estimate`, for many cases at once."""
    packed = _pack(cases, on, PARAMETERS[version])
    trace: list[_Moved] = []
    level, sd = _run(packed, on, PARAMETERS[version], trace)
    return _explained(packed, level, sd, trace, on)


def beliefs(cases: Sequence[Case], on: date, *, version: int = CURRENT) -> Beliefs:
    """As `estimates`, without the arithmetic: for recomputing an organisation."""
    packed = _pack(cases, on, PARAMETERS[version])
    level, sd = _run(packed, on, PARAMETERS[version], None)
    pieces = np.bincount(packed.case, minlength=packed.cases)
    newest = np.zeros(packed.cases, dtype=np.int64)
    np.maximum.at(newest, packed.case, packed.day)
    uses = np.zeros(packed.cases, dtype=np.int64)
    np.maximum.at(uses, packed.case, packed.uses)
    return Beliefs(level, sd, pieces, newest, uses)


def counting(pieces: Iterable[Piece], on: date) -> list[Piece]:
    """The pieces that count on a date, newest first: of one rater and kind only the newest."""
    newest: dict[tuple[str, Hashable], Piece] = {}
    for piece in pieces:
        if piece.observed_on > on:
            continue
        whose = (piece.kind, piece.rater if piece.rater is not None else piece.key)
        known = newest.get(whose)
        if known is None or piece.observed_on >= known.observed_on:
            newest[whose] = piece
    return sorted(newest.values(), key=lambda p: (p.observed_on, str(p.key)), reverse=True)


def history(
    pieces: Iterable[Piece],
    on: date,
    *,
    prior: Prior | None = None,
    half_life: float | None = None,
    sources: Mapping[str, Source] | None = None,
    version: int = CURRENT,
) -> list[tuple[date, float]]:
    """The level on each day on which something was seen, just before the next, and on the last.

    Between two pieces a level fades; the point on the day before the next piece shows how far.
    """
    known = [p for p in pieces if p.observed_on <= on]
    seen = sorted({p.observed_on for p in known})
    days = sorted({*seen, *(d - timedelta(days=1) for d in seen[1:]), *([on] if seen else [])})
    return [
        (
            day,
            estimate(
                known, day, prior=prior, half_life=half_life, sources=sources, version=version
            ).level,
        )
        for day in days
    ]


# --- one person and many by the same code --------------------------------------------------------

_TEST, _CERTIFICATE, _MODULE, _RATING = range(4)


@dataclass(frozen=True, slots=True)
class _Packed:
    """Pieces of all cases in rows, those of one case after each other, oldest first.

    Shapes: `starts` to `half_life` per case, the others per piece.
    """

    cases: int
    starts: list[Prior]
    mean: Floats
    sd: Floats
    half_life: Floats
    pieces: list[Piece]
    case: Ints
    rank: Ints
    day: Ints
    what: Ints
    shown: Floats
    bias: Floats
    leniency: Floats
    variance: Floats
    uses: Ints


def _pack(cases: Sequence[Case], on: date, p: Parameters) -> _Packed:
    pieces: list[Piece] = []
    case: list[int] = []
    rank: list[int] = []
    rows: list[tuple[int, int, float, float, float, float, int]] = []
    for number, one in enumerate(cases):
        counted = counting(one.pieces, on)
        uses = _uses(one.pieces, counted, p)
        for place, piece in enumerate(reversed(counted)):
            pieces.append(piece)
            case.append(number)
            rank.append(place)
            rows.append((*_said(piece, one.sources, p), uses[piece.observed_on]))
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    general = Prior(p.prior_mean, p.prior_sd)
    starts = [one.prior or general for one in cases]
    return _Packed(
        cases=len(cases),
        starts=starts,
        mean=np.array([start.mean for start in starts], dtype=np.float64),
        sd=np.array([start.sd for start in starts], dtype=np.float64),
        half_life=np.array([one.half_life for one in cases], dtype=np.float64),
        pieces=pieces,
        case=np.array(case, dtype=np.int64),
        rank=np.array(rank, dtype=np.int64),
        day=np.array(columns[0], dtype=np.int64),
        what=np.array(columns[1], dtype=np.int64),
        shown=np.array(columns[2], dtype=np.float64),
        bias=np.array(columns[3], dtype=np.float64),
        leniency=np.array(columns[4], dtype=np.float64),
        variance=np.array(columns[5], dtype=np.float64),
        uses=np.array(columns[6], dtype=np.int64),
    )


def _said(
    piece: Piece, sources: Mapping[str, Source] | None, p: Parameters
) -> tuple[int, int, float, float, float, float]:
    """Day, sort of step, level, bias, leniency and variance of one piece."""
    day = piece.observed_on.toordinal()
    if piece.kind in RATINGS:
        source = (sources or {}).get(piece.kind, p.sources[piece.kind])
        known = piece.leniency or Leniency(0.0, source.leniency)
        variance = source.noise * source.noise + known.sd * known.sd
        return day, _RATING, piece.level, source.bias, known.levels, variance
    # What EVC assessors found says a level as a test does, with the spread that they bring.
    if piece.kind in {"test", "evc"}:
        spread = piece.sd if piece.sd is not None else p.test_sd
        return day, _TEST, piece.level, 0.0, 0.0, spread * spread
    if piece.kind == "practical":
        return day, _RATING, piece.level, 0.0, 0.0, p.practical_sd * p.practical_sd
    if piece.kind == "certificate":
        return day, _CERTIFICATE, piece.level, 0.0, 0.0, _odds(piece.level, p.certificate_p, p)
    if piece.kind == "earlier":
        return day, _CERTIFICATE, piece.level, 0.0, 0.0, _odds(piece.level, p.earlier_p, p)
    if piece.kind == "module":
        return day, _MODULE, piece.level, 0.0, 0.0, p.module_sd * p.module_sd
    raise ValueError(f"evidence of an unknown kind: {piece.kind}")


def _odds(level: float, probability: float, p: Parameters) -> float:
    """How many times likelier a holder of this certificate is at its level than below.

    Such that of people of whom nothing else is known, who hold it are there with that
    probability, whether that level is common or rare.
    """
    above = 0.5 * math.erfc((level - 0.5 - p.prior_mean) / p.prior_sd / math.sqrt(2.0))
    return max(1.0, probability / (1.0 - probability) * (1.0 - above) / above)


def _uses(all_pieces: Iterable[Piece], counted: Sequence[Piece], p: Parameters) -> dict[date, int]:
    """On each day of a piece: how often the skill had been shown again by then.

    What someone says of themselves is no occasion. An older view that counts no more for the
    level still tells that the skill was used then.
    """
    newest = counted[0].observed_on if counted else date.min
    days = sorted(
        {q.observed_on for q in all_pieces if q.kind != "self" and q.observed_on <= newest}
    )
    found: dict[date, int] = {}
    occasions, last = 0, date.min
    wanted = sorted({q.observed_on for q in counted})
    at = 0
    for day in wanted:
        while at < len(days) and days[at] <= day:
            if occasions == 0 or (days[at] - last).days >= p.days_between_uses:
                occasions, last = occasions + 1, days[at]
            at += 1
        found[day] = max(0, occasions - 1)
    return found


@dataclass(frozen=True, slots=True)
class _Moved:
    """What one round did: the rows of `_Packed` it took, and the level at each moment."""

    rows: Ints
    before: Floats
    faded: Floats
    weight: Floats
    after: Floats


_Pair = tuple[Floats, Floats]


class _State:
    """What is believed of every case after the pieces so far; changed in place."""

    def __init__(self, packed: _Packed) -> None:
        self.mean, self.sd = packed.mean.copy(), packed.sd.copy()
        self.last = np.zeros(packed.cases, dtype=np.int64)
        self.uses = np.zeros(packed.cases, dtype=np.int64)
        # The highest level a module assessed, and whether nothing else is known of the case.
        self.assessed = np.zeros(packed.cases)
        self.only_modules = np.ones(packed.cases, dtype=np.bool_)


def _run(packed: _Packed, on: date, p: Parameters, trace: list[_Moved] | None) -> _Pair:
    """Take the first piece of every case, then the second, and so on; then fade until the day.

    Returns:
        Level and standard deviation per case, in whole thousandths; 0 where nothing is known.
    """
    state = _State(packed)
    order = np.argsort(packed.rank, kind="stable")
    ends = np.searchsorted(packed.rank[order], np.arange(1, packed.rank.max(initial=-1) + 2))
    begin = 0
    for end in ends:
        moved = _take(packed, state, order[begin:end], p)
        begin = int(end)
        if trace is not None:
            trace.append(moved)
    known = np.flatnonzero(state.last)
    level, sd = np.zeros(packed.cases), np.zeros(packed.cases)
    today = np.full(known.size, on.toordinal(), dtype=np.int64)
    level[known], sd[known] = _fade(packed, known, state, today, p)
    return _thousandths(level), _thousandths(sd)


def _take(packed: _Packed, state: _State, rows: Ints, p: Parameters) -> _Moved:
    """One more piece of each of these cases."""
    at, what, shown = packed.case[rows], packed.what[rows], packed.shown[rows]
    before = state.mean[at]
    faded, unsure = _fade(packed, at, state, packed.day[rows], p)
    variance = unsure * unsure
    weight = variance / (variance + packed.variance[rows])
    seen = shown - packed.bias[rows] - packed.leniency[rows]
    moved = faded + weight * (seen - faded)
    left = variance * (1.0 - weight)
    _open_ended(packed, rows, (faded, variance), (moved, left))

    module = what == _MODULE
    state.only_modules[at] &= module
    highest = np.where(module, np.maximum(state.assessed[at], shown), state.assessed[at])
    state.assessed[at] = highest
    shifted = faded + np.minimum(p.module_shift, np.maximum(0.0, shown - faded))
    limited = np.where(state.only_modules[at], np.minimum(shifted, highest), shifted)
    moved = np.where(module, limited, moved)

    held = np.flatnonzero(what == _CERTIFICATE)
    if held.size:
        moved[held], left[held] = _at_least(
            faded[held], variance[held], shown[held] - 0.5, packed.variance[rows][held]
        )
    moved = np.clip(moved, 0.0, float(HIGHEST_LEVEL))
    state.mean[at], state.sd[at] = moved, np.sqrt(left)
    state.last[at], state.uses[at] = packed.day[rows], packed.uses[rows]
    says_a_level = (what == _RATING) | (what == _TEST)
    return _Moved(rows, before, faded, np.where(says_a_level, weight, np.nan), moved)


def _fade(packed: _Packed, at: Ints, state: _State, until: Ints, p: Parameters) -> _Pair:
    """Levels and deviations of these cases on a day; before a first piece nothing fades."""
    mean, sd, last = state.mean[at], state.sd[at], state.last[at]
    days = np.where(last > 0, until - last, 0)
    level, unsure = ageing.aged(
        mean,
        sd,
        ahead_days=days,
        base=packed.mean[at],
        spread=packed.sd[at],
        stability_months=ageing.stability(packed.half_life[at], mean, state.uses[at], p=p),
        p=p,
    )
    return np.where(days > 0, level, mean), np.where(days > 0, unsure, sd)


def _open_ended(packed: _Packed, rows: Ints, before: _Pair, after: _Pair) -> None:
    """A rating at the top of the scale says "at least"; changes `after` in place.

    Who gives a 5 had no 6 to give. So a 5 is "4.5 or more", and counts as the level one expects of
    such a rating (a censored normal observation). A 1 is no "at most": it says that someone knows
    of it, and below that is "no evidence", which nobody can give.

    Args:
        before, after: level and variance of these rows before and after the piece.
    """
    shown = packed.shown[rows]
    top = np.flatnonzero((packed.what[rows] == _RATING) & (shown == float(HIGHEST_LEVEL)))
    if not top.size:
        return
    level, own = before[0][top], before[1][top]
    expected = level + packed.bias[rows][top] + packed.leniency[rows][top]
    spread = np.sqrt(own + packed.variance[rows][top])
    at = np.clip((shown[top] - 0.5 - expected) / spread, -8.0, 8.0)
    beyond = _density(at) / _above(at)
    after[0][top] = level + own / spread * beyond
    after[1][top] = own - own * own / (spread * spread) * beyond * (beyond - at)


def _above(at: Floats) -> Floats:
    """How much of a standard normal distribution lies above."""
    return 0.5 * _erfc(at / math.sqrt(2.0))


def _density(at: Floats) -> Floats:
    """The density of a standard normal distribution."""
    return _exp(-0.5 * at * at) / math.sqrt(2.0 * math.pi)


def _erfc(values: Floats) -> Floats:
    return np.array([math.erfc(value) for value in values], dtype=np.float64)


def _exp(values: Floats) -> Floats:
    return np.array([math.exp(value) for value in values], dtype=np.float64)


def _at_least(mean: Floats, variance: Floats, cut: Floats, odds: Floats) -> tuple[Floats, Floats]:
    """Mean and variance once being above the cut has become so many times likelier.

    A normal distribution cut in two at `cut`, its upper part weighed by `odds`; moments of the
    two truncated normals (Johnson, Kotz & Balakrishnan 1994, section 13.10).
    """
    sd = np.sqrt(variance)
    at = np.clip((cut - mean) / sd, -8.0, 8.0)
    above, density = _above(at), _density(at)
    share = odds * above / (odds * above + 1.0 - above)
    up, down = density / above, density / (1.0 - above)
    high, low = mean + sd * up, mean - sd * down
    middle = share * high + (1.0 - share) * low
    spread_up = variance * (1.0 + at * up - up * up)
    spread_down = variance * (1.0 - at * down - down * down)
    spread = share * (spread_up + (high - middle) ** 2) + (1.0 - share) * (
        spread_down + (low - middle) ** 2
    )
    return middle, spread


def _thousandths(values: Floats) -> Floats:
    return np.asarray(np.rint(values * 1000.0) / 1000.0, dtype=np.float64)


# --- the arithmetic, told ------------------------------------------------------------------------


def _whole(value: float) -> int:
    """A level in whole thousandths."""
    return round(value * 1000)


def _explained(
    packed: _Packed, level: Floats, sd: Floats, trace: list[_Moved], on: date
) -> list[Estimate]:
    """Steps in whole thousandths: each is the difference of two rounded levels, so they sum."""
    steps: list[list[Part | Faded]] = [[] for _case in range(packed.cases)]
    reached = [_whole(mean) for mean in packed.mean]
    seen: list[date | None] = [None] * packed.cases
    uses = [0] * packed.cases
    for moved in trace:
        for i, row in enumerate(moved.rows):
            at, piece = int(packed.case[row]), packed.pieces[row]
            _tell_fading(steps[at], seen[at], piece.observed_on, reached[at], moved.faded[i])
            reached[at] = _whole(moved.faded[i])
            after = _whole(moved.after[i])
            weight = None if np.isnan(moved.weight[i]) else float(moved.weight[i])
            bias = leniency = 0
            if weight is not None:
                bias = _whole(-weight * float(packed.bias[row]))
                leniency = _whole(-weight * float(packed.leniency[row]))
            raw = after - reached[at] - bias - leniency
            steps[at].append(
                Part(piece, weight, raw / 1000, bias / 1000, leniency / 1000, after / 1000)
            )
            reached[at], seen[at], uses[at] = after, piece.observed_on, int(packed.uses[row])
    found = []
    for at in range(packed.cases):
        newest = seen[at]
        if newest is None:
            found.append(NOTHING_KNOWN)
            continue
        _tell_fading(steps[at], newest, on, reached[at], level[at])
        parts = tuple(step for step in reversed(steps[at]) if isinstance(step, Part))
        # The start as it stands in the sum: in whole thousandths as well.
        start = replace(packed.starts[at], mean=_whole(packed.mean[at]) / 1000)
        found.append(
            Estimate(
                float(level[at]), float(sd[at]), parts, newest, start, tuple(steps[at]), uses[at]
            )
        )
    return found


def _tell_fading(
    steps: list[Part | Faded], seen: date | None, until: date, reached: int, faded: float
) -> None:
    after = _whole(faded)
    if seen is not None and after != reached:
        steps.append(Faded(seen, until, (after - reached) / 1000, after / 1000))
