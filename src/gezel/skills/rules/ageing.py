"""How fast what someone can fades without use: the clock of a person.

What a *role* asks changes on a clock of its own, in its dated demands; the two are never mixed.

Half of what was gained is gone after 6.5 months where it comes to accuracy, 11 where accuracy and
speed count, 13 where speed counts (Tatel & Ackerman 2025). The curve is the power curve of FSRS:
a first fast loss, then ever slower. Levels fade towards where learning began, never below it, and
we grow less sure meanwhile. All functions take numbers or NumPy arrays of one shape.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gezel.skills.rules.parameters import CURRENT, PARAMETERS, Parameters

Floats = NDArray[np.float64]
Numbers = float | int | Floats | NDArray[np.int64]

DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12

# Which published half-life stands for which kind of skill (`FadingRule.Of`). Facts and reasoning
# with data were measured as accuracy; work done by hand or with people as a mix; what is routine
# at a screen as speed. The measures are theirs, that our kinds match them is our assumption.
FADES_AS: Mapping[str, str] = MappingProxyType(
    {
        "knowledge": "accuracy",
        "data": "accuracy",
        "technical": "mixed",
        "interpersonal": "mixed",
        "digital": "speed",
    }
)


def fades_as(kind: str, *, is_knowledge: bool) -> str:
    """Under which kind of fading a skill falls (a key of `FADES_AS`)."""
    return "knowledge" if is_knowledge else kind


def published_half_life(of: str, version: int = CURRENT) -> float:
    """Months without use after which half is gone, as published, for a key of `FADES_AS`."""
    return PARAMETERS[version].half_lives[FADES_AS[of]]


@dataclass(frozen=True, slots=True)
class FadingSet:
    """What an organisation says of one kind of skill from a day on (`models.FadingRule`)."""

    of: str
    half_life_months: float
    from_on: date


def half_life_on(
    of: str, settings: Iterable[FadingSet], on: date, *, version: int = CURRENT
) -> float:
    """The half-life that holds on a day: the organisation's newest, else the published one.

    Of two settings from one day the later in the order given holds.
    """
    newest: FadingSet | None = None
    for setting in settings:
        begun = setting.of == of and setting.from_on <= on
        if begun and (newest is None or setting.from_on >= newest.from_on):
            newest = setting
    return newest.half_life_months if newest else published_half_life(of, version)


def stability(
    half_life_months: Numbers, level: Numbers, uses: Numbers, *, p: Parameters = PARAMETERS[CURRENT]
) -> Floats:
    """Months after which half of what this person gained is gone.

    Args:
        half_life_months: of a bare skill, see `half_life_on`.
        level: 0-5, what was shown last; who stands far above "with help" forgets slower.
        uses: later occasions on which the skill was shown again.
    """
    at = np.clip(np.asarray(level, dtype=np.float64), 0.0, 5.0)
    below = np.minimum(np.floor(at), 4.0).astype(np.int64)
    table = np.asarray(p.overlearning)
    over = table[below] + (at - below) * (table[below + 1] - table[below])
    again = 1.0 + p.per_use * np.minimum(np.asarray(uses, dtype=np.float64), p.most_uses)
    months: Floats = np.asarray(half_life_months, dtype=np.float64) * over * again
    return months


def retention(
    days: Numbers, stability_months: Numbers, *, p: Parameters = PARAMETERS[CURRENT]
) -> Floats:
    """The share of a gain that is left after so many days without use: 1 at once, 1/2 at S."""
    months = np.maximum(np.asarray(days, dtype=np.float64), 0.0) / DAYS_A_MONTH
    if p.power == 1.0:
        return np.asarray(1.0 / (1.0 + months / stability_months), dtype=np.float64)
    factor = 0.5 ** (-1.0 / p.power) - 1.0
    base = 1.0 + factor * months / np.asarray(stability_months, dtype=np.float64)
    return np.asarray(np.power(base, -p.power), dtype=np.float64)


def days_until_left(
    left: float, *, age_days: float, stability_months: float, p: Parameters = PARAMETERS[CURRENT]
) -> float:
    """How many days ahead so much is left of what there is now: `retention`, turned around."""
    factor: float = 0.5 ** (-1.0 / p.power) - 1.0
    age = factor * age_days / DAYS_A_MONTH / stability_months
    then: float = (1.0 + age) * left ** (-1.0 / p.power)
    return (then - 1.0 - age) / factor * stability_months * DAYS_A_MONTH


def aged(
    level: Numbers,
    sd: Numbers,
    *,
    ahead_days: Numbers,
    age_days: Numbers = 0,
    base: Numbers,
    spread: Numbers,
    stability_months: Numbers,
    p: Parameters = PARAMETERS[CURRENT],
) -> tuple[Floats, Floats]:
    """What is left of a level so many days ahead, and how unsure that is.

    The gain above `base` shrinks by R(age + ahead) / R(age); who stands at or below the base keeps
    their level. The variance grows with time, as of a random walk, up to that of someone of whom
    nothing is known. Two steps give what one long step gives.

    Args:
        level, sd: the belief as it stands, `age_days` after the skill was last shown.
        ahead_days: how far to look ahead from there.
        base: where learning began: the level of the start, see `belief.Prior`.
        spread: standard deviation of the start; what `sd` grows towards.
        stability_months: see `stability`.

    Returns:
        Level and standard deviation, arrays of the common shape.
    """
    age = np.asarray(age_days, dtype=np.float64)
    now = retention(age, stability_months, p=p)
    left = retention(age + np.asarray(ahead_days), stability_months, p=p) / now
    held = np.asarray(level, dtype=np.float64)
    floor = np.minimum(base, held)
    variance = np.square(np.asarray(sd, dtype=np.float64))
    years = np.asarray(ahead_days, dtype=np.float64) / DAYS_A_YEAR
    most = np.maximum(np.square(np.asarray(spread, dtype=np.float64)), variance)
    grown = np.minimum(variance + p.drift * p.drift * years, most)
    return floor + (held - floor) * left, np.sqrt(grown)
