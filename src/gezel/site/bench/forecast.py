"""The look ahead: against "no change" and linear drift on an organisation in which all is known,
how often the band holds, whether it adds up, and what it takes.

Rolling origin: at each of five months the engine sees what was written down by then, and nothing
later; two years on we look what came of it. Scores are of the total a team falls short, and hold
against the truth, not against an estimate of it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from time import process_time

import numpy as np

from gezel.site.bench.figures import Figure, at_least, at_most, seconds
from gezel.site.bench.office import (
    BEFORE,
    KNOWN,
    MISTAKEN,
    ROLES,
    SEATS,
    SKILLS,
    TEAMS,
    Floats,
    Ints,
    Office,
    Process,
    simulate,
)
from gezel.skills.rules import ageing, belief, forecast
from gezel.skills.rules.widening import Came, Widening, widening

QUANTILES = (0.1, 0.5, 0.9)
ORIGINS = tuple(BEFORE + month for month in (28, 30, 32, 34, 36))
SEEDS = (11, 12, 13)
# Before this month too little was written down to look ahead from.
FIRST_SAID = 14
MONTH_ONE = date(2020, 1, 15)
GENERAL = belief.general_prior()


def _day(month: int) -> date:
    return MONTH_ONE + timedelta(days=round(month * 30.4375))


# --- what the engine sees and says -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the engine estimates of each cell: level and spread, days since it was last seen,
    and what its fading needs."""

    level: Floats
    sd: Floats
    age: Floats
    stability: Floats
    base: Floats
    spread: Floats


@lru_cache(maxsize=200)
def _estimated(key: tuple[int, int], month: int) -> _Seen:
    """From the evidence that was written down by a month, and no other."""
    office = _offices[key]
    pieces: dict[tuple[int, int], list[belief.Piece]] = defaultdict(list)
    began = {
        seat: start
        for seat, start, end in office.spells
        if start <= month and (end < 0 or end > month)
    }
    for n, (seat, skill, seen, level) in enumerate(office.seen):
        # Of who sits there now: what was seen of who left is theirs.
        if began.get(seat, 0) <= seen <= month:
            pieces[seat, skill].append(belief.Piece(n, "lead", level, _day(seen), n % 7))
    people = TEAMS * SEATS
    found = [tuple(pieces[s, k]) for s in range(people) for k in range(SKILLS)]
    roles = _group(office)
    # As in the product: first from anywhere on the scale, then from where people of a role stand.
    first = belief.beliefs([belief.Case(each) for each in found], _day(month))
    starts = {
        group: belief.Prior(
            float(first.level[here].mean()), max(0.5, float(first.level[here].std())), here.size
        )
        for group in range(ROLES * SKILLS)
        if (here := np.flatnonzero((roles == group) & (first.pieces > 0))).size >= 5
    }
    own = [starts.get(int(group), GENERAL) for group in roles]
    told = belief.beliefs([belief.Case(p, s) for p, s in zip(found, own, strict=True)], _day(month))
    base, spread = (np.array([getattr(s, n) for s in own]) for n in ("mean", "sd"))
    unknown = told.pieces == 0
    now, sd = np.where(unknown, base, told.level), np.where(unknown, spread, told.sd)
    age = np.where(unknown, 0, _day(month).toordinal() - told.newest).astype(float)
    return _Seen(now, sd, age, ageing.stability(11.0, now, told.uses), base, spread)


def _group(office: Office) -> Ints:
    """Role and skill of each cell, as one number."""
    people = TEAMS * SEATS
    return np.repeat(office.role, SKILLS) * SKILLS + np.tile(np.arange(SKILLS), people)


def _asked_ahead(office: Office, origin: int, month: int) -> tuple[Floats, Floats, Floats]:
    """What each role is said to ask, by what HR told by the origin: low, expected, high."""
    low = office.asked[origin].astype(float)
    mode, high = low.copy(), low.copy()
    for r in sorted(office.revisions, key=lambda r: r.month):
        if origin < r.month <= month and r.told_at <= origin:
            low[r.role, r.skill], mode[r.role, r.skill], high[r.role, r.skill] = r.said
    return low, mode, high


def _look(key: tuple[int, int], origin: int, months: int) -> tuple[forecast.Cells, forecast.Ahead]:
    office, people = _offices[key], TEAMS * SEATS
    seen = _estimated(key, origin)
    level, sd = seen.level, seen.sd
    seat = np.repeat(np.arange(people), SKILLS)
    skill = np.tile(np.arange(SKILLS), people)
    role = office.role[seat]
    cells = forecast.Cells(
        who=forecast.keys_of(seat, skill), ask=forecast.keys_of(role, skill),
        skill=forecast.keys_of(skill),
        seat=seat.astype(np.intp), level=level, sd=sd,
        asked=office.asked[origin][role, skill].astype(float),
    )  # fmt: skip
    days = months * 30.4375
    later, wider = ageing.aged(
        level, sd, ahead_days=days, age_days=seen.age, base=seen.base, spread=seen.spread,
        stability_months=seen.stability,
    )  # fmt: skip
    low, mode, high = (a[role, skill] for a in _asked_ahead(office, origin, origin + months))
    gain, kept = np.zeros(len(seat)), np.ones(len(seat))
    for s, k, at, agreed in office.plans:
        if agreed <= origin < at <= origin + months:
            row = s * SKILLS + k
            gain[row] += forecast.GAIN_OF_A_STEP
            since = (origin + months - at) * 30.4375
            kept[row] = float(ageing.retention(since, seen.stability[row]))
    spells = [(_day(a), None if b < 0 or b > origin else _day(b)) for _s, a, b in office.spells]
    share = forecast.staying(spells, on=_day(origin), days=730, smallest=5) or 1.0
    return cells, forecast.Ahead(
        level=later, sd=wider, low=low, expected=mode, high=high, gain=gain,
        reach=np.full(len(seat), 5.0), kept=kept, stays=np.full(people, share ** (days / 730)),
        gone=np.zeros(people, dtype=np.bool_), new_level=seen.base, new_sd=seen.spread,
    )  # fmt: skip


@lru_cache(maxsize=200)
def _engine(key: tuple[int, int], origin: int, months: int) -> tuple[Floats, Floats]:
    """Quantiles of what each team falls short at the origin and ahead: (`TEAMS`, 3) each."""
    cells, ahead = _look(key, origin, months)
    now, then = [], []
    for team in range(TEAMS):
        seats = range(team * SEATS, (team + 1) * SEATS)
        part, days = forecast.of_seats(cells, [ahead], list(seats))
        total = forecast.totals_ahead(part, days)[0]
        now.append(np.quantile(total[0], QUANTILES))
        then.append(np.quantile(total[forecast.EVERYTHING], QUANTILES))
    return np.array(now), np.array(then)


def _wider(key: tuple[int, int], origin: int, months: int) -> Widening:
    """By what came of what was said before, as estimated when it came: nothing of the truth."""
    past: list[Came] = []
    for at in range(origin - months - 6, origin - months + 1, 3):
        if at >= FIRST_SAID:
            said, came = _engine(key, at, months)[1], _now(key, at + months)
            past += [
                Came(_day(at), forecast.Fan(float(q[1]), float(q[0]), float(q[2])), float(c))
                for q, c in zip(said, came, strict=True)
            ]
    return widening(past)


def _as_reckoned(key: tuple[int, int], origin: int, months: int) -> Floats:
    return _engine(key, origin, months)[1]


def _widened(key: tuple[int, int], origin: int, months: int) -> Floats:
    """What the product says: the band as wide as earlier ones should have been."""
    wider = _wider(key, origin, months)
    said = _engine(key, origin, months)[1]
    fans = [wider.of(forecast.Fan(float(q[1]), float(q[0]), float(q[2]))) for q in said]
    return np.array([(fan.low, fan.median, fan.high) for fan in fans])


# --- those it is held against ----------------------------------------------------------------


def _now(key: tuple[int, int], origin: int) -> Floats:
    return _engine(key, origin, 24)[0][:, 1]


def _no_change(key: tuple[int, int], origin: int, months: int) -> Floats:
    return np.repeat(_now(key, origin)[:, None], 3, axis=1)


def _drift(key: tuple[int, int], origin: int, months: int) -> Floats:
    """Goes on as it went in the year before."""
    now, before = _now(key, origin), _now(key, origin - 12)
    ahead = np.maximum(0, now + (now - before) * months / 12)
    return np.repeat(ahead[:, None], 3, axis=1)


def _with_spread(name: str, key: tuple[int, int], origin: int, months: int) -> Floats:
    """The same with a band as wide as it was wrong by, as could be known at the origin."""
    guess = _PEERS[name]
    past = range(origin - months - 6, origin - months + 1, 3)
    wrong = [_now(key, at + months) - guess(key, at, months)[:, 1] for at in past if at >= 14]
    sd = float(np.sqrt(np.mean(np.square(np.concatenate(wrong)))))
    middle = guess(key, origin, months)[:, 1:2]
    return np.asarray(np.maximum(0, middle + np.array([[-1.2816, 0, 1.2816]]) * sd))


_PEERS = {"no change": _no_change, "linear drift": _drift}


# --- scores -----------------------------------------------------------------------------------

_offices: dict[tuple[int, int], Office] = {}


def pinball(truth: Floats, said: Floats) -> float:
    """Mean pinball loss over the quantiles: half the mean absolute error for a sure guess."""
    loss = 0.0
    for n, q in enumerate(QUANTILES):
        off = truth - said[:, n]
        loss += float(np.mean(np.maximum(q * off, (q - 1) * off)))
    return loss / len(QUANTILES)


@dataclass(frozen=True, slots=True)
class Score:
    """What the engine and its peers lose, and how often its band of 80 % held the truth."""

    engine: float
    peers: dict[str, float]
    spread: dict[str, float]
    covered: float
    # The band as reckoned, before what came of earlier looks made it wider: loss and cover.
    reckoned: float
    covered_reckoned: float


def backtest(process: Process, months: int, seeds: Sequence[int] = SEEDS) -> Score:
    """Rolling origin over a few organisations of the same kind."""
    number = 1 if process is KNOWN else 2
    engine: list[float] = []
    peers: dict[str, list[float]] = defaultdict(list)
    spread: dict[str, list[float]] = defaultdict(list)
    held: list[float] = []
    reckoned: list[float] = []
    held_reckoned: list[float] = []
    for seed in seeds:
        key = (number, seed)
        if key not in _offices:
            _offices[key] = simulate(process, seed)
        for origin in ORIGINS:
            truth = _offices[key].need(origin + months - 1)
            bands = ((_widened, engine, held), (_as_reckoned, reckoned, held_reckoned))
            for band, losses, holds in bands:
                said = band(key, origin, months)
                losses.append(pinball(truth, said))
                holds.append(float(np.mean((truth >= said[:, 0]) & (truth <= said[:, 2]))))
            for name, guess in _PEERS.items():
                peers[name].append(pinball(truth, guess(key, origin, months)))
                if months == 24:
                    spread[name].append(pinball(truth, _with_spread(name, key, origin, months)))

    def mean(lists: dict[str, list[float]]) -> dict[str, float]:
        return {name: float(np.mean(losses)) for name, losses in lists.items()}

    return Score(
        float(np.mean(engine)), mean(peers), mean(spread), float(np.mean(held)),
        float(np.mean(reckoned)), float(np.mean(held_reckoned)),
    )  # fmt: skip


def measure() -> Iterator[Figure]:
    """Backtests, coverage, the sum, and the speed."""
    yield from _backtests()
    yield from _sums()
    yield from _speed()


def _backtests() -> Iterator[Figure]:
    for process, target in ((KNOWN, 10.0), (MISTAKEN, None)):
        for months in (6, 12, 24):
            score = backtest(process, months)
            tried = f"{len(SEEDS)} organisations × {len(ORIGINS)} origins × {TEAMS} teams"
            where = f"{process.name}; {tried}"
            kind = "known" if process is KNOWN else "mistaken"
            name = f"forecast {months} months, {kind} process"
            yield Figure(f"{name}, pinball loss", score.engine, "levels",
                         baseline=score.reckoned,
                         conditions=f"{where}; baseline: band as reckoned")  # fmt: skip
            for peer, loss in score.peers.items():
                better = 100 * (1 - score.engine / loss)
                label = f"{name}, better than {peer}"
                if months == 24 and target is not None:
                    yield at_least(label, better, "%", target, baseline=loss, conditions=where)
                else:
                    yield Figure(label, better, "%", baseline=loss, conditions=where)
            for peer, loss in score.spread.items():
                yield Figure(
                    f"{name}, better than {peer} with its own band",
                    100 * (1 - score.engine / loss), "%", baseline=loss, conditions=where,
                )  # fmt: skip
            covered = f"{name}, band of 80 % holds the truth"
            told = f"{where}; baseline: band as reckoned"
            if process is KNOWN:
                yield at_least(covered, 100 * score.covered, "%", 80,
                               baseline=100 * score.covered_reckoned, conditions=told)  # fmt: skip
            else:
                yield Figure(covered, 100 * score.covered, "%",
                             baseline=100 * score.covered_reckoned, conditions=told)  # fmt: skip


def _some(people: int, skills: int, seed: int) -> tuple[forecast.Cells, list[forecast.Ahead]]:
    """People of twenty roles; a fifth of what is asked changes, a tenth is learned."""
    chance = np.random.default_rng(seed)
    n = people * skills
    seat, skill = np.repeat(np.arange(people), skills), np.tile(np.arange(skills), people)
    role = seat % 20
    asked = chance.integers(1, 6, (20, skills))[role, skill].astype(float)
    cells = forecast.Cells(
        who=forecast.keys_of(seat, skill), ask=forecast.keys_of(role, skill),
        skill=forecast.keys_of(skill),
        seat=seat.astype(np.intp), level=chance.uniform(0, 5, n), sd=chance.uniform(0.3, 0.8, n),
        asked=asked,
    )  # fmt: skip
    changes = (skill * 7 + role) % 5 == 0
    days = []
    for months in (6, 12, 24):
        expected = np.where(changes, np.minimum(5, asked + 1), asked)
        later, wider = ageing.aged(
            cells.level, cells.sd, ahead_days=months * 30.4375, base=2.5, spread=1.443,
            stability_months=ageing.stability(11.0, cells.level, 0),
        )  # fmt: skip
        days.append(
            forecast.Ahead(
                level=later, sd=wider, low=np.where(changes, expected - 1, asked),
                expected=expected, high=np.where(changes, np.minimum(5, expected + 1), asked),
                gain=np.where(chance.random(n) < 0.1, forecast.GAIN_OF_A_STEP, 0.0),
                reach=np.full(n, 4.0), kept=np.full(n, 0.8),
                stays=np.full(people, 0.9 ** (months / 12)), gone=np.zeros(people, dtype=np.bool_),
                new_level=np.full(n, 2.5), new_sd=np.full(n, 0.8),
            )
        )  # fmt: skip
    return cells, days


def _sums() -> Iterator[Figure]:
    """A thousand teams: does what is shown add up?"""
    wrong = 0
    for seed in range(334):
        cells, days = _some(1 + seed % 9, 1 + seed % 6, seed)
        for total in forecast.totals_ahead(cells, days):
            told = forecast.outlook(total)
            parts = sum(round(10 * value) for value in told.drivers.values())
            wrong += round(10 * told.now.median) + parts != round(10 * told.ahead.median)
    yield at_most("forecasts whose drivers do not add up, of 1,002", wrong, "forecasts", 0)


def _speed() -> Iterator[Figure]:
    cells, days = _some(2_000, 40, 1)
    before = process_time()
    forecast.totals_ahead(cells, days)
    taken = process_time() - before
    where = "2,000 people × 40 skills, 6, 12 and 24 months, all drivers, CPU of one core"
    yield at_most("forecast of an organisation, CPU", taken, "s", 10, conditions=where)
    team, ahead = _some(60, 12, 2)
    cpu = seconds(
        lambda: forecast.totals_ahead(team, ahead, fully=[False, False, True]), runs=5, cpu=True
    )
    yield at_most(
        "forecast of a team, CPU", 1000 * cpu, "ms", 100,
        conditions="60 people × 12 skills, fan of 6, 12 and 24 months, drivers of the last",
    )  # fmt: skip
