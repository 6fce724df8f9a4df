"""Ten thousand logs changed by whoever has the database: each seen, and the place told."""

from collections import Counter
from collections.abc import Iterator

from gezel.site.bench.figures import Figure, at_least, at_most
from gezel.site.drill.forging import WAYS, tried

SEED = 162


def drill(rounds: int) -> Iterator[Figure]:
    """Edit, drop, reorder, insert, repeat, roll back, fork; with and without mending the rest."""
    done, missed = Counter[str](), Counter[str]()
    for way, told in tried(rounds, seed=SEED):
        done[way] += 1
        missed[way] += not told
    for way in sorted(missed):
        if missed[way]:
            print(f"  {way}: {missed[way]} of {done[way]} not seen or not at its place")
    yield at_most(
        "log: changed logs not seen, or told at another place", sum(missed.values()), "", 0
    )
    yield at_least(
        "log: changed logs tried", sum(done.values()), "", rounds, conditions=f"{len(WAYS)} ways"
    )
