"""How far earlier looks ahead came out beside what was said, and how much wider the band must be.

A band that is reckoned from draws knows nothing of what nobody said or wrote down. What came of
earlier looks ahead does. For each side we ask how many times wider the band would have had to be
to hold nine of ten of what came on that side (split conformal prediction, Vovk et al. 2005; in
units of the band itself, as in Romano et al. 2019), and go part of the way: looks of one day share
their errors, so a few days tell little. Never narrower than reckoned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from gezel.skills.rules.forecast import Fan

# What each side of the band should hold.
HELD = 0.9
# Fewer outcomes than this say more about chance.
FEWEST_CAME = 20
# So many days of looking ahead weigh as much as believing that nothing is wrong. Chosen on
# invented organisations other than those that are measured (bench forecast).
DAYS_OF_TRUST = 3
# A band of less than half a level is no measure of anything.
_NARROWEST = 0.5


@dataclass(frozen=True, slots=True)
class Came:
    """What was said of a place on a day, and what was estimated there when it came."""

    said_on: date
    said: Fan
    came: float


@dataclass(frozen=True, slots=True)
class Widening:
    """How many times as wide the band is below and above its middle; 1 is as reckoned."""

    low: float = 1.0
    high: float = 1.0

    def of(self, fan: Fan) -> Fan:
        """A total with its band as wide as earlier ones should have been; none goes below 0."""
        low = max(0.0, fan.median - (fan.median - fan.low) * self.low)
        high = fan.median + (fan.high - fan.median) * self.high
        return Fan(fan.median, min(fan.low, round(low, 1)), max(fan.high, round(high, 1)))


AS_RECKONED = Widening()


def widening(past: Sequence[Came]) -> Widening:
    """How much wider the band must be, by what came of what was said; 1 where too few came."""
    if len(past) < FEWEST_CAME:
        return AS_RECKONED
    days = len({each.said_on for each in past})
    trust = days / (days + DAYS_OF_TRUST)
    below = [(p.said.median - p.came) / max(p.said.median - p.said.low, _NARROWEST) for p in past]
    above = [(p.came - p.said.median) / max(p.said.high - p.said.median, _NARROWEST) for p in past]
    low, high = (1 + trust * max(0.0, _held(side) - 1) for side in (below, above))
    return Widening(low, high)


def _held(scores: Sequence[float]) -> float:
    """The score that `HELD` of the next ones stay below, with the correction for few of them."""
    place = min(len(scores), ceil((len(scores) + 1) * HELD))
    return sorted(scores)[place - 1]
