"""Repetition cards: what FSRS foretells of real reviews, and what a review costs.

The reviews are SuperMemo's (`review_logs`), as in `decay`: none of ours, and none by FSRS's own
schedule, so they say how well the published parameters carry over to people they never saw.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import process_time

import numpy as np

from gezel.content.rules.cards import Look, standing
from gezel.content.rules.pace import chances, paces
from gezel.site.bench.decay import LOGS, Floats, Reviews, log_loss, read
from gezel.site.bench.figures import Figure, at_most, skipped

BINS, FOLDS = 20, 3
LOOKS, ROUNDS = 10, 200


def measure() -> Iterator[Figure]:
    """Loss and calibration on real reviews, then the time of one review."""
    yield from _time()
    if not LOGS.exists():
        yield skipped("cards: log loss on review logs", f"no data at {LOGS}")
        return
    known = read()
    rows = f"{known.recalled.size:,} reviews"
    constant = log_loss(known.recalled, np.full(known.recalled.size, known.recalled.mean()))
    # No promise: the cards were scheduled by another program and graded on another scale.
    yield Figure(
        "cards: log loss of FSRS-6, published parameters", log_loss(known.recalled, known.fsrs),
        "", baseline=constant, conditions=f"{rows}; the baseline is a constant, their own mean",
    )  # fmt: skip
    yield Figure(
        "cards: RMSE(bins) of FSRS-6, published parameters",
        rmse_of_bins(known.recalled, known.fsrs), "",
        conditions=f"{BINS} bins of equal width of what was foretold, weighted",
    )  # fmt: skip
    fitted = _one_number(known)
    yield Figure(
        "cards: log loss of FSRS-6, one number fitted to others", log_loss(known.recalled, fitted),
        "", baseline=constant, conditions=f"{rows}; R to a power, {FOLDS} folds over items",
    )  # fmt: skip
    yield from _pace(known)


def _one_number(known: Reviews) -> Floats:
    """What FSRS foretells, raised to the power that does best on the cards of other folds: how
    much of its loss is only that these people forget faster or slower than it thinks."""
    part = np.random.default_rng(1).integers(0, FOLDS, known.item.max() + 1)[known.item]
    powers = np.geomspace(0.2, 5, 41)
    told = np.zeros(known.recalled.size)
    for fold in range(FOLDS):
        train, test = part != fold, part == fold
        losses = [log_loss(known.recalled[train], known.fsrs[train] ** k) for k in powers]
        told[test] = known.fsrs[test] ** powers[int(np.argmin(losses))]
    return told


def _pace(known: Reviews) -> Iterator[Figure]:
    """The rule of the product, as the nights would have it: each learner in turn held out beside
    all the others, with none of their reviews, and with the earlier half of them.

    The constant is the mean of all reviews the rule had seen. Of someone with an earlier half the
    mean of that half is told too: it foretells better than any of these, and cannot say when a
    card should come back, since it does not fall with the days.
    """
    learners = np.unique(known.learner)
    middle = np.array([np.median(known.on[known.learner == one]) for one in learners])
    later = known.on > middle[known.learner]
    place = np.zeros(learners.size, dtype=np.int64)
    for name, with_own in (
        ("without a review of theirs", False),
        ("from their earlier half", True),
    ):
        ours, usual, own = (np.zeros(known.recalled.size) for _ in range(3))
        found = np.zeros(learners.size)
        for one in learners:
            mine = known.learner == one
            seen = ~mine | (~later & with_own)
            told = paces(
                known.days[seen], known.stability[seen], known.recalled[seen] > 0,
                known.learner[seen], place,
            )  # fmt: skip
            found[one] = told.person[one] if with_own else told.organisation[0]
            ours[mine] = chances(known.days[mine], known.stability[mine], float(found[one]))
            usual[mine] = known.recalled[seen].mean()
            own[mine] = known.recalled[mine & ~later].mean()
        truth = known.recalled[later]
        loss, constant, published, own_mean = (
            log_loss(truth, said[later]) for said in (ours, usual, known.fsrs, own)
        )
        also = f", their own earlier mean {own_mean:.3f}" if with_own else ""
        yield at_most(
            f"cards: log loss with a pace, {name}", loss, "", constant, baseline=constant,
            conditions=f"{later.sum():,} later reviews, {learners.size} learners held out in turn; "
            f"published parameters {published:.3f}{also}; paces "
            + " ".join(f"{pace:.2f}" for pace in found),
        )  # fmt: skip


def rmse_of_bins(recalled: Floats, said: Floats, bins: int = BINS) -> float:
    """How far, over bins of what was foretold, the mean foretold is off from the share recalled."""
    place = np.minimum((said * bins).astype(int), bins - 1)
    off = 0.0
    for one in np.unique(place):
        here = place == one
        off += here.sum() * (said[here].mean() - recalled[here].mean()) ** 2
    return float(np.sqrt(off / recalled.size))


def _time() -> Iterator[Figure]:
    """The processor's time of one review as the product does it: all reviews of a card anew."""
    began = date(2026, 1, 1)
    looks = [
        Look(str(n), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n * n),
             began + timedelta(days=n * n), 3)
        for n in range(LOOKS)
    ]  # fmt: skip
    taken = []
    for _ in range(ROUNDS):
        before = process_time()
        for _again in range(10):
            standing(looks, added_on=began)
        taken.append((process_time() - before) / (10 * LOOKS) * 1e6)
    yield Figure(
        "cards: time of one review in the schedule", median(taken), "µs CPU",
        conditions=f"median of {ROUNDS}; a card with {LOOKS} reviews reckoned anew, per review",
    )  # fmt: skip
