"""The skill estimate: on answers of learners, on a simulated 360, and how fast it is."""

import os
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

import numpy as np
from numpy.typing import NDArray

from gezel.site.bench import next_answer, tracing
from gezel.site.bench.adaptive import DATA
from gezel.site.bench.figures import Figure, at_least, at_most, skipped
from gezel.skills.rules import (
    Case,
    Leniency,
    Piece,
    Prior,
    Rating,
    beliefs,
    estimate,
    evidence_alone,
    fit_ratings,
    general_prior,
    group_prior,
)

Floats = NDArray[np.float64]
TODAY = date(2026, 11, 26)
FOLDS = 3
TRACED = DATA / "knowledge_tracing"


def measure() -> Iterator[Figure]:
    """Speed and the simulated 360 first; the answers of learners take minutes."""
    yield from speed()
    yield from simulated_360()
    yield from answers()


# --- answers of learners -------------------------------------------------------------------------


def answers() -> Iterator[Figure]:
    """AUC and calibration, cross-validated over learners; other files by environment.

    `GEZEL_BENCH_TRACING_TRAIN` and `GEZEL_BENCH_TRACING_TEST` name files of the same layout.
    """
    warnings.filterwarnings("ignore", module="sklearn")
    for name, file, target in (
        ("ASSISTments 2009", "assist2009_updated_train.csv.gz", 0.770),
        ("Statics 2011", "STATICS_train.csv.gz", 0.830),
    ):
        if not (TRACED / file).exists():
            yield skipped(f"profile: AUC {name}", f"no data at {TRACED / file}")
            continue
        parts = list(tracing.folds(tracing.read(TRACED / file), FOLDS))
        yield from _scored(name, parts, target)
    train, test = (os.environ.get(f"GEZEL_BENCH_TRACING_{part}") for part in ("TRAIN", "TEST"))
    if train and test:
        parts = [(tracing.read(Path(train)), tracing.read(Path(test)))]
        yield from _scored(Path(test).name, parts, 0.770)


_Parts = list[tuple[tracing.Answers, tracing.Answers]]


def _scored(name: str, parts: _Parts, target: float) -> Iterator[Figure]:
    """The file as it stands, and with one row per answer where it writes answers twice."""
    aucs, errors, told = _scores(parts)
    yield at_least(f"profile: AUC {name}", median(aucs), "", target, conditions=told)
    yield at_most(f"profile: calibration error {name}", median(errors), "", 0.02, conditions=told)
    # Which skills are of one answer is learned from the part fitted on.
    twice = [tracing.written_twice(train) for train, _test in parts]
    once = [tuple(tracing.merged(both, told)) for both, told in zip(parts, twice, strict=True)]
    share = 1 - sum(len(test) for _t, test in once) / sum(len(test) for _t, test in parts)
    if share < 0.02:
        return
    aucs, errors, told = _scores([(train, test) for train, test in once])
    told = f"{100 * share:.1f} % of rows told an answer again and are merged; {told}"
    yield Figure(f"profile: AUC {name}, one row per answer", median(aucs), "", conditions=told)
    yield at_most(
        f"profile: calibration error {name}, one row per answer", median(errors), "", 0.02,
        conditions=told,
    )  # fmt: skip


def _scores(parts: _Parts) -> tuple[list[float], list[float], str]:
    """AUC and calibration error of each part, and what they rest on."""
    aucs, errors = [], []
    for train, test in parts:
        said = next_answer.predict(train, test)
        aucs.append(tracing.auc(test.correct, said))
        errors.append(tracing.calibration_error(test.correct, said))
    rows = sum(len(test) for _train, test in parts)
    told = f"{rows:,} answers; AUC " + " · ".join(f"{value:.3f}" for value in aucs)
    return aucs, errors, told + (" by fold over learners, the median" if len(parts) > 1 else "")


# --- a simulated 360 -----------------------------------------------------------------------------

# Spreads of a rating (sd, levels) such that a lead's reliability is about .5 and a colleague's
# about .4 (Salgado & Moscoso 2019; Viswesvaran et al. 1996), with severity .5 on top.
NOISE = {"self": 1.1, "lead": 0.75, "colleague": 1.0}
LENIENCY, SEVERITY, TEAM, PEOPLE, SKILLS = 0.49, 0.5, 10, 300, 3
_SEEDS = (1, 2, 3)


def simulated_360() -> Iterator[Figure]:
    """People rated by themselves, a lead and three colleagues, each missing four times in ten."""
    settings = {
        "": ({}, 0.80),
        ", noise a third more than assumed": ({"noise": 1.33}, 0.80),
        ", noise a third less": ({"noise": 0.67}, 0.80),
        ", severity .8": ({"severity": 0.8}, 0.80),
        ", on whole levels 1-5": ({"whole": 1.0}, None),
    }
    for name, (changed, target) in settings.items():
        runs = [_a_360(seed, **changed) for seed in _SEEDS]
        ratio = median(run[0] / run[1] for run in runs)
        inside = median(run[2] for run in runs)
        told = (
            f"RMSE {median(r[0] for r in runs):.3f}, plain average {median(r[1] for r in runs):.3f}"
        )
        label = f"profile: 360{name}, RMSE / plain average"
        yield (
            at_most(label, ratio, "", target, conditions=told)
            if target
            else Figure(label, ratio, "", conditions=told)
        )
        yield Figure(
            f"profile: 360{name}, 95 % intervals that hold", 100 * inside, "%",
            target=95, passed=0.93 <= inside <= 0.97, conditions="93-97 %",
        )  # fmt: skip


def _a_360(
    seed: int, *, noise: float = 1.0, severity: float = SEVERITY, whole: float = 0.0
) -> tuple[float, float, float]:
    """RMSE of our estimate and of the plain average, and the share of intervals that hold."""
    dice = np.random.default_rng(seed)
    mild = {kind: dice.normal(0, severity, PEOPLE) for kind in NOISE}
    given: dict[tuple[int, int], list[tuple[int, str, float]]] = defaultdict(list)
    truth: dict[tuple[int, int], float] = {}
    for skill in range(SKILLS):
        for person, level in enumerate(dice.normal(3, 1, PEOPLE)):
            team = person // TEAM * TEAM
            others = [p for p in range(team, team + TEAM) if p not in {person, team}]
            seen = [("self", person), *([("lead", team)] if person != team else [])]
            seen += [("colleague", int(p)) for p in dice.choice(others, 3, replace=False)]
            for kind, rater in seen:
                if dice.random() < 0.4:
                    continue
                said = level + mild[kind][rater] + LENIENCY * (kind == "self")
                said += dice.normal(0, NOISE[kind] * noise)
                said = float(min(5, max(1, round(said)))) if whole else said
                given[person, skill].append((rater, kind, said))
                truth[person, skill] = level
    found = _estimated(given)
    true = np.array([truth[key] for key in given])
    plain = np.array([np.mean([said for _r, _k, said in rows]) for rows in given.values()])
    off = np.abs(found[0] - true)
    return (
        float(np.sqrt((off**2).mean())),
        float(np.sqrt(((plain - true) ** 2).mean())),
        float((off < 1.96 * found[1]).mean()),
    )


def _estimated(
    given: dict[tuple[int, int], list[tuple[int, str, float]]],
) -> tuple[Floats, Floats]:
    """As a night does it: raters, then where people stand, then everyone."""
    fitted = fit_ratings(
        [Rating(*whom, r, kind, said) for whom, rows in given.items() for r, kind, said in rows]
    )
    known = {whose: Leniency(fit.leniency, fit.sd) for whose, fit in fitted.raters.items()}
    cases = [
        Case(
            [
                Piece(n, kind, said, TODAY, rater, leniency=known.get((rater, kind)))
                for n, (rater, kind, said) in enumerate(rows)
            ],
            sources=fitted.sources,
        )
        for rows in given.values()
    ]
    bare = beliefs(cases, TODAY)
    shown = [
        own
        for level, sd in zip(bare.level, bare.sd, strict=True)
        if (own := evidence_alone(float(level), float(sd), general_prior()))
    ]
    prior = group_prior(shown, smallest=5)
    told = beliefs([replace(case, prior=prior) for case in cases], TODAY)
    return told.level, told.sd


# --- speed ---------------------------------------------------------------------------------------


def speed(people: int = 5_000, skills: int = 40) -> Iterator[Figure]:
    """CPU time of the rule alone: everyone's skills anew, and one update, three pieces each."""
    random = Random(1)
    kinds = ("self", "lead", "colleague")
    cases = [
        Case(
            [
                Piece(n, kind, random.randint(1, 5), TODAY - timedelta(random.randint(0, 900)), n)
                for n, kind in enumerate(kinds)
            ],
            Prior(3.0, 1.0, 12),
        )
        for _ in range(people * skills)
    ]
    taken = []
    for _run in range(3):
        before = process_time()
        for start in range(0, len(cases), 20_000):
            beliefs(cases[start : start + 20_000], TODAY)
        taken.append(process_time() - before)
    yield at_most(
        f"profile: recompute {people:,} people x {skills} skills", median(taken), "s", 30,
        conditions="CPU, the rule without the database",
    )  # fmt: skip
    one = []
    for case in cases[:200]:
        before = process_time()
        estimate(case.pieces, TODAY, prior=case.prior)
        one.append(process_time() - before)
    yield at_most("profile: one update", 1000 * median(one), "ms", 5, conditions="CPU, the rule")
