"""How short, precise and fair is the adaptive test, and how well do the items predict?

Simulated: a bank of 150 items, difficulty N(0, 1), slope uniform .5-2, and 1,500 people N(0, 1)
who sit one after the other, so that exposure counts as it would. Held against random questions from
the same bank under the same rule for stopping.

Real: answers of `item_responses`. Four folds over persons; on the odd items of a person left out we
say what they answer on the even ones. Held against a plain 2PL (marginal maximum likelihood without
shrinkage, and one best ability a person, as girth and others score), calibrated on the same people.
"""

import csv
import gzip
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from gezel.assessment.rules.calibrating import (
    POINTS,
    Calibrated,
    Priors,
    calibrate,
    predicted,
    without_experts,
)
from gezel.assessment.rules.choosing import (
    Card,
    Pool,
    Rules,
    is_exposed,
    next_card,
    played,
    why_stop,
)
from gezel.assessment.rules.measuring import Floats, chance, starting_from
from gezel.site.bench.figures import Figure, at_least, at_most, skipped

PEOPLE, ITEMS, SEED = 1_500, 150, 20261126
ROOT = Path(__file__).resolve().parents[4]
DATA = Path(os.environ.get("GEZEL_BENCH_DATA", ROOT.parent / "shared" / "data"))
FOLDS = 4


def measure() -> Iterator[Figure]:
    """The simulated figures, then those on real answers."""
    yield from simulated()
    yield from like_catsim()
    yield from calibration()
    yield from real()


# --- Simulated -----------------------------------------------------------------------------------


def a_bank(dice: np.random.Generator, items: int = ITEMS) -> tuple[Floats, Floats]:
    """Difficulty and slope of a bank."""
    return dice.normal(0, 1, items), dice.uniform(0.5, 2.0, items)


class Sat:
    """What many tests came to: how long, how far off, how often inside, who saw what."""

    def __init__(self, items: int) -> None:
        self.shown = np.zeros(items)
        self.length: list[int] = []
        self.found: list[float] = []
        self.sd: list[float] = []
        self.true: list[float] = []

    def add(self, asked: Sequence[int], mean: float, sd: float, ability: float) -> None:
        """One test more."""
        self.shown[list(asked)] += 1
        self.length.append(len(asked))
        self.found.append(mean)
        self.sd.append(sd)
        self.true.append(ability)

    @property
    def off(self) -> Floats:
        told: Floats = np.asarray(self.found) - np.asarray(self.true)
        return told

    @property
    def mean_length(self) -> float:
        return float(np.mean(self.length))

    @property
    def rmse(self) -> float:
        return float(np.sqrt(np.mean(self.off**2)))

    @property
    def coverage(self) -> float:
        return float(np.mean(np.abs(self.off) <= 1.96 * np.asarray(self.sd)))

    @property
    def exposure(self) -> float:
        return float(self.shown.max() / len(self.length))

    @property
    def overlap(self) -> float:
        """Share of questions two people have in common, on average (Chen, Ankenmann & Spray
        2003, Journal of Educational Measurement 40)."""
        many = len(self.length)
        pairs = float((self.shown * (self.shown - 1)).sum()) / (many * (many - 1))
        return pairs / self.mean_length


def sit_all(
    difficulty: Floats,
    slope: Floats,
    abilities: Floats,
    rules: Rules,
    *,
    by_sd_only: bool = True,
    asked_under: tuple[Floats, Floats] | None = None,
) -> tuple[Sat, list[float]]:
    """Everyone takes the test, one after the other; also the seconds each next question took.

    Args:
        by_sd_only: stop at the standard error alone, as the figures of the literature do.
        asked_under: parameters the test believes, where they are not the true ones.
    """
    believed_b, believed_a = asked_under or (difficulty, slope)
    sat = Sat(len(difficulty))
    took: list[float] = []
    dice = np.random.default_rng(SEED + 1)
    for place, ability in enumerate(abilities):
        cards = [
            Card(i, 0, float(believed_b[i]), float(believed_a[i]),
                 barred=is_exposed(int(sat.shown[i]), place, rules))
            for i in range(len(difficulty))
        ]  # fmt: skip
        pool, luck = Pool(cards), dice.random(len(difficulty))
        asked: list[int] = []
        right: list[bool] = []
        belief = starting_from(0, 1)
        while belief.sd > rules.surest if by_sd_only else not why_stop(
            pool, asked, belief, rules=rules
        ):  # fmt: skip
            began = perf_counter()
            card = next_card(pool, asked, belief, seed=place, rules=rules)
            if card is None:
                break
            asked.append(card.key)
            true = float(chance(float(ability), difficulty[card.key], slope[card.key]))
            right.append(bool(luck[card.key] < true))
            belief = played(pool, asked, right, (0.0, 1.0))
            took.append(perf_counter() - began)
        sat.add(asked, belief.mean, belief.sd, float(ability))
    return sat, took


def at_random(difficulty: Floats, slope: Floats, abilities: Floats, rules: Rules) -> Sat:
    """The same bank and rule for stopping, with questions drawn at random."""
    sat, dice = Sat(len(difficulty)), np.random.default_rng(SEED + 2)
    for ability in abilities:
        belief, asked = starting_from(0, 1), []
        for item in dice.permutation(len(difficulty)):
            if belief.sd <= rules.surest:
                break
            asked.append(int(item))
            good = dice.random() < float(chance(float(ability), difficulty[item], slope[item]))
            belief = belief.after(float(difficulty[item]), float(slope[item]), right=bool(good))
        sat.add(asked, belief.mean, belief.sd, float(ability))
    return sat


def simulated() -> Iterator[Figure]:
    """Length, precision and exposure over people who sit one after the other."""
    dice = np.random.default_rng(SEED)
    difficulty, slope = a_bank(dice)
    abilities = dice.normal(0, 1, PEOPLE)
    rules = Rules(pilot_every=0)
    sat, took = sit_all(difficulty, slope, abilities, rules)
    plain = at_random(difficulty, slope, abilities, rules)
    where = f"{PEOPLE:,} people, {ITEMS} items 2PL, stop at SE .35"
    fewer = 100 * (1 - sat.mean_length / plain.mean_length)
    yield at_most("adaptive: questions a test", sat.mean_length, "", 14,
                  baseline=plain.mean_length, conditions=f"{where}; baseline: random")  # fmt: skip
    yield at_least("adaptive: fewer questions than at random", fewer, "%", 55, conditions=where)
    yield at_most("adaptive: RMSE of ability", sat.rmse, "logit", 0.37,
                  baseline=plain.rmse, conditions=where)  # fmt: skip
    yield between("adaptive: coverage of the 95 % interval", 100 * sat.coverage, 93, 97, where)
    yield at_most("adaptive: most exposed item", sat.exposure, "share of tests", 0.5,
                  conditions=where)  # fmt: skip
    yield at_most("adaptive: overlap of two tests", sat.overlap, "share", 0.35, conditions=where)
    parts = [median(took[i::3]) * 1_000 for i in range(3)]
    yield at_most("adaptive: next question", median(parts), "ms", 20,
                  conditions=f"median of 3 medians over {len(took):,} turns")  # fmt: skip
    wrong = (difficulty + dice.normal(0, 0.5, ITEMS), slope)
    off, _took = sit_all(difficulty, slope, abilities[:600], rules, asked_under=wrong)
    yield at_most("adaptive: RMSE where difficulties are .5 logit off", off.rmse, "logit", 0.4,
                  baseline=sat.rmse, conditions="600 people")  # fmt: skip
    whole, _took = sit_all(difficulty, slope, abilities[:600], Rules(pilot_every=0),
                           by_sd_only=False)  # fmt: skip
    yield Figure("adaptive: questions a test, all rules for stopping", whole.mean_length, "",
                 conditions="also when a level is 90 % sure; 600 people")  # fmt: skip
    small = sit_all(*a_rasch_bank(60), abilities[:600], rules, by_sd_only=False)[0]
    yield Figure("adaptive: questions a test, Rasch bank of 60", small.mean_length, "",
                 conditions=f"overlap {small.overlap:.2f}, RMSE {small.rmse:.2f}")  # fmt: skip


def a_rasch_bank(items: int) -> tuple[Floats, Floats]:
    """A small bank as an organisation begins with: slopes all 1."""
    return np.random.default_rng(SEED + 3).normal(0, 1.4, items), np.ones(items)


def between(name: str, value: float, low: float, high: float, conditions: str) -> Figure:
    """A figure that should lie between two."""
    told = f"target {low:g}-{high:g}, {conditions}"
    return Figure(name, value, "%", None, low, low <= value <= high, told)


def like_catsim() -> Iterator[Figure]:
    """Whether a library of others asks the same questions on the same bank."""
    name = "adaptive: same next question as catsim"
    try:
        from catsim.item_bank import ItemBank
        from catsim.selection import MaxInfoSelector
    except ImportError:
        yield skipped(name, "catsim is not installed")
        return
    dice = np.random.default_rng(SEED + 4)
    difficulty, slope = a_bank(dice)
    theirs = ItemBank(np.column_stack([slope, difficulty, np.zeros(ITEMS), np.ones(ITEMS)]))
    cards = [Card(i, 0, float(difficulty[i]), float(slope[i])) for i in range(ITEMS)]
    pool, rules = Pool(cards), Rules(best=1, most_exposed=1, pilot_every=0)
    same = turns = 0
    for ability in dice.normal(0, 1, 40):
        asked: list[int] = []
        right: list[bool] = []
        for _turn in range(20):
            belief = played(pool, asked, right, (0.0, 1.0))
            card = next_card(pool, asked, belief, seed=1, rules=rules)
            peer = MaxInfoSelector().select(
                item_bank=theirs, administered_items=asked, est_theta=belief.mean
            )
            if card is None:
                break
            same, turns = same + (card.key == peer), turns + 1
            asked.append(card.key)
            p = float(chance(float(ability), card.difficulty, card.slope))
            right.append(bool(dice.random() < p))
    yield at_least(name, 100 * same / turns, "%", 100,
                   conditions=f"{turns} turns, randomisation off")  # fmt: skip


def calibration() -> Iterator[Figure]:
    """How near difficulties come with experts .7 off and a few answers each."""
    for people, target in ((10, 0.56), (30, 0.39), (100, 0.28)):
        off: list[float] = []
        for seed in range(5):
            dice = np.random.default_rng([SEED, seed])
            true = dice.normal(0, 1, 100)
            expert = true + dice.normal(0, 0.7, 100)
            ability = dice.normal(0, 1, people)
            p = chance(ability[:, None], true[None, :], 1.0)
            right = (dice.random(p.shape) < p).astype(np.float64)
            found = calibrate(right, Priors(expert), starts=np.tile([0.0, 1.0], (people, 1)))
            off.append(float(np.sqrt(np.mean((found.difficulty - true) ** 2))))
        yield at_most(f"calibration: difficulty RMSE, {people} answers an item",
                      float(np.mean(off)), "logit", target, baseline=0.7,
                      conditions="baseline: the expert alone; mean of 5")  # fmt: skip


# --- Real answers --------------------------------------------------------------------------------


def responses(file: Path) -> tuple[Floats, list[str]] | None:
    """Persons x items of right (1), wrong (0) and not asked (NaN), from any file of that layout.

    Which columns are items is told by the Q-matrix beside it, else every column that is not about
    the person. Chosen options are marked with the key beside it; a long table is made wide. None
    where answers are no matter of right or wrong.
    """
    stem = file.name.removesuffix(".csv.gz")
    rows = rows_in(file)
    if not rows:
        return None
    if {"item", "id", "r2"} <= rows[0].keys():
        return _from_long(rows)
    beside = file.with_name(f"{stem}_qmatrix.csv.gz")
    about = {"person", "id", "rownames", "idstud", "idbook", "girl", "gender", "age", "education"}
    items = (
        [row["item"] for row in rows_in(beside)]
        if beside.exists()
        else [name for name in rows[0] if name not in about]
    )
    key_file = file.with_name(f"{stem.split('_', maxsplit=1)[0]}_key.csv.gz")
    key = {row["item"]: row["key"] for row in rows_in(key_file)} if key_file.exists() else {}
    missing = {"", "NA"} | ({"8"} if key else set())
    told = np.full((len(rows), len(items)), np.nan)
    for i, row in enumerate(rows):
        for j, item in enumerate(items):
            raw = row[item]
            if raw not in missing:
                told[i, j] = float(raw == key[item]) if key else float(raw)
    if not set(np.unique(told[~np.isnan(told)])) <= {0.0, 1.0}:
        return None
    return told, items


def rows_in(file: Path) -> list[dict[str, str]]:
    """The rows of a packed table, by the names of its columns."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _from_long(rows: list[dict[str, str]]) -> tuple[Floats, list[str]]:
    items = list(dict.fromkeys(row["item"] for row in rows))
    people = list(dict.fromkeys(row["id"] for row in rows))
    told = np.full((len(people), len(items)), np.nan)
    at = {p: i for i, p in enumerate(people)}, {i: j for j, i in enumerate(items)}
    for row in rows:
        told[at[0][row["id"]], at[1][row["item"]]] = float(row["r2"] in {"Y", "1"})
    return told, items


def learned(right: Floats) -> Calibrated:
    """Our calibration where no expert said anything: shrunk, slopes from the first answer on."""
    return calibrate(
        right, replace(without_experts(right), fewest_for_slope=0), free_population=True
    )


def odd_to_even(train: Floats, test: Floats) -> tuple[Floats, Floats]:
    """P(right) on the even items (2nd, 4th, …) of who is tested, from their odd ones; the truth."""
    odd, even = range(0, train.shape[1], 2), range(1, train.shape[1], 2)
    return predicted(learned(train), test, odd, even), test[:, list(even)]


def reference(train: Floats, test: Floats) -> tuple[Floats, Floats]:
    """The same by a plain 2PL: (a) one best ability a person, (b) averaged over ability."""
    loose = Priors(np.zeros(train.shape[1]), sd=50, slope_sd=50, common_sd=50, fewest_for_slope=0)
    known = calibrate(train, loose)
    odd, even = list(range(0, train.shape[1], 2)), list(range(1, train.shape[1], 2))
    right, seen = test[:, odd], ~np.isnan(test[:, odd])
    p = np.clip(chance(POINTS[:, None], known.difficulty[odd], known.slope[odd]), 1e-9, 1 - 1e-9)
    good = np.where(seen, right, 0.0)
    told = good @ np.log(p).T + (seen - good) @ np.log1p(-p).T - POINTS**2 / 2
    shares = np.exp(told - told.max(axis=1, keepdims=True))
    ability = (shares @ POINTS) / shares.sum(axis=1)
    plug = chance(ability[:, None], known.difficulty[even], known.slope[even])
    return plug, predicted(known, test, odd, even)


def log_loss(p: Floats, true: Floats) -> float:
    """Mean -log P of what was answered, over the answers there are."""
    there = ~np.isnan(true)
    held, said = np.clip(p[there], 1e-6, 1 - 1e-6), true[there]
    return float(-np.mean(said * np.log(held) + (1 - said) * np.log(1 - held)))


def real() -> Iterator[Figure]:
    """Log loss per data set, on all persons of the other folds and on fifty of them."""
    folder = DATA / "item_responses"
    files = [
        f for f in sorted(folder.glob("*.csv.gz"))
        if not f.name.endswith(("_qmatrix.csv.gz", "_key.csv.gz", "_skills.csv.gz"))
    ]  # fmt: skip
    if not files:
        yield skipped("real answers: log loss", f"no data beside this checkout ({folder.name})")
        return
    worse: dict[str, list[float]] = {}
    for file in files:
        name = file.name.removesuffix(".csv.gz")
        read = responses(file)
        if read is None:
            yield skipped(f"real answers: {name}", "answers are opinions, not right or wrong")
            continue
        for label, ours, plug, averaged in _folds(read[0]):
            worse.setdefault(label, []).append(ours - averaged)
            yield at_most(
                f"real answers: {name}, {label}", ours, "log loss", plug, baseline=plug,
                conditions=f"2PL: {plug:.4f} by best ability, {averaged:.4f} averaged",
            )  # fmt: skip
    for label, differences in worse.items():
        yield at_most(
            f"real answers: mean over data sets against the stronger 2PL, {label}",
            float(np.mean(differences)), "log loss", 0.0,
            conditions=f"worse on {sum(d > 0 for d in differences)} of {len(differences)}",
        )  # fmt: skip


def _folds(right: Floats) -> Iterator[tuple[str, float, float, float]]:
    order = np.random.default_rng(SEED + 5).permutation(len(right))
    folds = np.array_split(order, FOLDS)
    for label, most in (("all persons", None), ("50 persons", 50)):
        told: list[tuple[float, float, float]] = []
        for left_out in range(FOLDS):
            train = np.concatenate([f for i, f in enumerate(folds) if i != left_out])[:most]
            test = right[folds[left_out]]
            ours, true = odd_to_even(right[train], test)
            plug, averaged = reference(right[train], test)
            told.append((log_loss(ours, true), log_loss(plug, true), log_loss(averaged, true)))
        means = np.mean(np.asarray(told), axis=0)
        yield label, float(means[0]), float(means[1]), float(means[2])
