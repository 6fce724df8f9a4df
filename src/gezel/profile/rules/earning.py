"""What is certified: what was really shown to someone else, never that one was there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# A lead who saw it, a test that was taken, a certificate that was confirmed, a piece of work that
# someone named looked at. One's own view, a
# colleague's, or having completed a module says that it was done and not that it is mastered.
ASSESSED = frozenset({"lead", "test", "certificate", "practical"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that was shown: where it stands, of what kind, how high, and when."""

    ground: str
    kind: str
    level: int
    on: date


def grounds(shown: Iterable[Shown], *, level: int, today: date) -> list[Shown]:
    """What bears out a level, newest first.

    Counts only what someone else assessed, at that level or above. Of one day the higher leads.
    """
    found = [s for s in shown if s.kind in ASSESSED and s.level >= level and s.on <= today]
    return sorted(found, key=lambda s: (s.on, s.level, s.ground), reverse=True)
