"""What a figure is, and how it is told."""

import json
import os
import platform
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    `baseline` is what it is held against (in the same unit), `target` what we promised;
    `passed` is None where there is no promise to keep or nothing to measure with.
    """

    name: str
    value: float | None
    unit: str
    baseline: float | None = None
    target: float | None = None
    passed: bool | None = None
    conditions: str = ""

    def line(self) -> str:
        """The figure on one line of the report."""
        verdict = {True: "pass", False: "FAIL", None: "-"}[self.passed]
        value = "not measured" if self.value is None else f"{self.value:,.4g} {self.unit}"
        target = "" if self.target is None else f"target {self.target:,.4g}"
        baseline = "" if self.baseline is None else f"baseline {self.baseline:,.4g}"
        return (
            f"{verdict:5} {self.name:52} {value:>20}  {target:16} {baseline:18} {self.conditions}"
        )


def at_most(
    name: str,
    value: float,
    unit: str,
    target: float,
    *,
    baseline: float | None = None,
    conditions: str = "",
) -> Figure:
    """A figure that should not exceed its target."""
    return Figure(name, value, unit, baseline, target, value <= target, conditions)


def at_least(
    name: str,
    value: float,
    unit: str,
    target: float,
    *,
    baseline: float | None = None,
    conditions: str = "",
) -> Figure:
    """A figure that should reach its target."""
    return Figure(name, value, unit, baseline, target, value >= target, conditions)


def skipped(name: str, why: str) -> Figure:
    """A figure that could not be taken here, said out loud."""
    return Figure(name, None, "", conditions=f"SKIPPED: {why}")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0-1) of the values does not exceed.

    A value that was really measured, never one in between: the slow requests are few.
    """
    if not values:
        raise ValueError("There is nothing to take a percentile of.")
    ordered = sorted(values)
    # In whole numbers of a thousandth, because 0.95 × 20 is a little more than 19 in floats.
    place = -(-round(share * 1000) * len(ordered) // 1000)
    return ordered[max(1, place) - 1]


def seconds(act: Callable[[], object], *, runs: int = 3, cpu: bool = False) -> float:
    """The median time of some runs, in seconds: wall time, or CPU time of this process."""
    clock = process_time if cpu else perf_counter
    taken = []
    for _ in range(max(3, runs)):
        before = clock()
        act()
        taken.append(clock() - before)
    return median(taken)


def report(groups: Iterable[tuple[str, Callable[[], Iterable[Figure]]]]) -> Iterator[Figure]:
    """Run group after group, printing each figure as it comes, with how busy the machine was.

    A group that breaks is a figure that failed; the others are measured all the same.
    """
    for name, measure in groups:
        print(f"\n# {name}", flush=True)
        try:
            for figure in measure():
                yield _told(figure)
        except Exception as problem:
            traceback.print_exc()
            why = f"BROKE: {type(problem).__name__}: {problem}"
            yield _told(Figure(name, None, "", passed=False, conditions=why))


def _told(figure: Figure) -> Figure:
    load = f"load {os.getloadavg()[0]:.1f}"
    told = replace(figure, conditions=f"{figure.conditions}, {load}".removeprefix(", "))
    print(told.line(), flush=True)
    return told


def summary(figures: Sequence[Figure]) -> str:
    """How many there are, and how many are not as promised."""
    short = sum(f.passed is False for f in figures)
    unmeasured = sum(f.value is None and f.passed is None for f in figures)
    return f"{len(figures)} figures, {short} short of target, {unmeasured} not measured"


def write(figures: Iterable[Figure], file: Path) -> None:
    """All figures with the machine they were taken on, as JSON."""
    kept = {
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
        },
        "figures": [asdict(figure) for figure in figures],
    }
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read(file: Path) -> list[Figure]:
    """The figures that `write` wrote."""
    return [Figure(**told) for told in json.loads(file.read_text(encoding="utf-8"))["figures"]]
