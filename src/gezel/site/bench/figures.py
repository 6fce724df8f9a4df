"""What a figure is, and how it is told."""

import json
import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
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


def skipped(name: str, why: str) -> Figure:
    """A figure that could not be taken here, said out loud."""
    return Figure(name, None, "", conditions=f"SKIPPED: {why}")


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
    """Run group after group, printing each figure as it comes."""
    for name, measure in groups:
        print(f"\n# {name}", flush=True)
        for figure in measure():
            print(figure.line(), flush=True)
            yield figure


def write(figures: Iterable[Figure], file: Path) -> None:
    """All figures with the machine they were taken on, as JSON."""
    kept = {
        "machine": {"python": platform.python_version(), "system": platform.platform()},
        "figures": [asdict(figure) for figure in figures],
    }
    file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
