"""How skills fade: the published half-lives come back out, and the curve on real reviews.

The reviews are SuperMemo's (`review_logs`): cards of knowledge, not skills at work, so they test
the shape of the curve and nothing of our half-lives.
"""

import csv
import gzip
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gezel.site.bench.adaptive import DATA
from gezel.site.bench.figures import Figure, at_most, skipped
from gezel.skills.rules import PARAMETERS, Piece, Prior, estimate

Floats = NDArray[np.float64]
LOGS = DATA / "review_logs" / "supermemo_reviews_dev.csv.gz"
TODAY = date(2026, 11, 26)


def measure() -> Iterator[Figure]:
    """The half-lives without data, then the curve on real reviews."""
    yield from half_lives()
    if LOGS.exists():
        yield from reviews()
    else:
        yield skipped("decay: log loss on review logs", f"no data at {LOGS}")


def half_lives(people: int = 200) -> Iterator[Figure]:
    """People fresh from training, who differ in how fast they forget; nobody looks at them.

    Their true gain halves after a time drawn around the published one. How far is the day on
    which our estimate has lost half, from the median of those times?
    """
    dice = np.random.default_rng(20261126)
    for measure_, months in PARAMETERS[1].half_lives.items():
        true = months * np.exp(dice.normal(0, PARAMETERS[1].half_life_spread, people))
        found = _estimated_half_life(months)
        yield at_most(
            f"decay: half-life without data off, {measure_}",
            100 * abs(found / float(np.median(true)) - 1),
            "%",
            10,
            conditions=f"estimate {found:.1f} months, simulated median {np.median(true):.1f}, "
            f"published {months}",
        )


def _estimated_half_life(months: float) -> float:
    """Months after which an estimate of someone who does it with help lost half its gain."""
    piece = Piece(1, "test", 2.0, TODAY, sd=0.1)
    prior = Prior(1.0, 1.4)

    def gain(days: int) -> float:
        on = TODAY + timedelta(days=days)
        return estimate([piece], on, prior=prior, half_life=months).level - prior.mean

    low, high = 0, 3000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if gain(middle) > gain(0) / 2 else (low, middle)
    return high / 30.4375


@dataclass(frozen=True, slots=True)
class Reviews:
    """One row per review that was no first sight. Shapes: (n,) and (n, features)."""

    item: NDArray[np.int64]
    days: Floats
    recalled: Floats
    before: Floats
    fsrs: Floats
    stability: Floats
    learner: NDArray[np.int64]
    on: NDArray[np.int64]


def read() -> Reviews:
    """Reviews per item in order of their day, one a day, and what came before each."""
    items: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    with gzip.open(LOGS, "rt") as file:
        for row in csv.DictReader(file):
            grade = int(row["Grade"])
            if grade <= 5:
                items[row["user"], row["ElNo"]].setdefault(row["Date"], grade)
    number, days, recalled, before, peer, stable, learner, days_on = ([] for _ in range(8))
    names = sorted({user for user, _item in items})
    for at, ((user, _item), grades) in enumerate(items.items()):
        told = sorted(grades.items())
        said = _fsrs(told)
        right = wrong = 0
        last, gap, last_right = None, 0, 1.0
        for (day, grade), (predicted, stability) in zip(told, said, strict=True):
            on = date.fromisoformat(day)
            if last is not None:
                number.append(at)
                days.append(float((on - last).days))
                recalled.append(float(grade >= 3))
                before.append([np.log1p(right), np.log1p(wrong), np.log1p(gap), last_right])
                peer.append(predicted)
                stable.append(stability)
                learner.append(names.index(user))
                days_on.append(on.toordinal())
                gap = (on - last).days
            right, wrong = right + (grade >= 3), wrong + (grade < 3)
            last, last_right = on, float(grade)
    return Reviews(
        np.array(number), np.array(days), np.array(recalled), np.array(before), np.array(peer),
        np.array(stable), np.array(learner), np.array(days_on),
    )  # fmt: skip


def _fsrs(told: list[tuple[str, int]]) -> list[tuple[float, float]]:
    """What FSRS with its published parameters expects before each review, and the stability
    (days; 0 before the first) it expects it from."""
    from fsrs import Card, Rating, Scheduler

    scheduler, card, said = Scheduler(enable_fuzzing=False), Card(), []
    for day, grade in told:
        at = datetime.fromisoformat(day).replace(tzinfo=UTC)
        chance = float(scheduler.get_card_retrievability(card, at))
        said.append((chance, float(card.stability or 0)))
        rating = Rating.Again if grade < 3 else Rating(grade - 1)
        card, _log = scheduler.review_card(card, rating, at)
    return said


def reviews(folds: int = 3) -> Iterator[Figure]:
    """Log loss by cross-validation over items, of the curve and of what it must beat."""
    from sklearn.linear_model import LogisticRegression

    warnings.filterwarnings("ignore", category=RuntimeWarning)
    known = read()
    part = np.random.default_rng(1).integers(0, folds, known.item.max() + 1)[known.item]
    losses: dict[str, list[float]] = defaultdict(list)
    for fold in range(folds):
        train, test = part != fold, part == fold
        truth = known.recalled[test]
        usual = np.full(truth.size, known.recalled[train].mean())
        plain = LogisticRegression(max_iter=1000).fit(
            np.column_stack([known.days, known.before])[train], known.recalled[train]
        )
        said = {
            "curve": fitted_curve(known, train)(test),
            "constant": usual,
            "logistic": plain.predict_proba(np.column_stack([known.days, known.before])[test])[
                :, 1
            ],
            "fsrs": known.fsrs[test],
        }
        for name, values in said.items():
            losses[name].append(log_loss(truth, values))
    mean = {name: float(np.median(values)) for name, values in losses.items()}
    rows = f"{known.days.size:,} reviews, median of {folds} folds over items"
    for name in ("constant", "logistic"):
        yield at_most(
            f"decay: log loss of the curve, against the {name}", mean["curve"], "", mean[name],
            baseline=mean[name], conditions=rows,
        )  # fmt: skip
    yield Figure("decay: log loss of FSRS as published, a peer", mean["fsrs"], "", conditions=rows)


def log_loss(truth: Floats, said: Floats) -> float:
    """Mean negative log-likelihood; nobody is ever surer than one in a thousand."""
    p = np.clip(said, 1e-3, 1 - 1e-3)
    return float(-(truth * np.log(p) + (1 - truth) * np.log(1 - p)).mean())


def fitted_curve(known: Reviews, train: NDArray[np.bool_]):  # type: ignore[no-untyped-def]
    """Our power curve with a stability that follows from what came before; slips allowed.

    R = slip + (1 - slip - guess) (1 + F t / S)^-w, log S linear in counts of successes and
    lapses, the interval before and the last grade: the form of `rules.ageing`, fitted.
    """
    from scipy.optimize import minimize

    features = np.column_stack([np.ones(len(known.days)), known.before])

    def said(x: Floats, rows: NDArray[np.bool_]) -> Floats:
        w = np.exp(x[0])
        high, low = 1 / (1 + np.exp(-x[1])), 0.6 / (1 + np.exp(-x[2]))
        stable = np.exp(np.clip(features[rows] @ x[3:], -5, 12))
        factor = 0.5 ** (-1 / w) - 1
        left = (1 + factor * known.days[rows] / stable) ** -w
        return np.asarray(low + (high - low) * left)

    start = np.array([0.0, 3.0, -2.0, 3.0, 0.5, -0.3, 0.3, 0.1])
    best = minimize(
        lambda x: log_loss(known.recalled[train], said(x, train)), start, method="L-BFGS-B",
        options={"maxiter": 120},
    ).x  # fmt: skip
    return lambda rows: said(best, rows)
