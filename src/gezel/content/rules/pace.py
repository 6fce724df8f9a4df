"""How fast someone forgets beside the published schedule: one number, from their own reviews.

FSRS-6 orders cards well and misjudges how fast these people forget: on SuperMemo's logs its
published parameters foretell worse than a constant, and better once one number is fitted
(`./gezel bench cards`). That number, the **pace**, stretches the stability of every card: at 0.5
all of them come back after half the days, at 2 after twice as many. One, because fitting all 21
parameters takes about a thousand reviews of one person, and because one number can be told.

The chance to know a card t days after its last look is FSRS-6's curve (Ye 2022, KDD; version 6:
the `fsrs` package), with the pace c beside the stability S in days:

    R = (1 + F t / (c S))^-w        F = 0.9^(-1/w) - 1

c is the place on a fixed grid where the reviews are most likely, given that people of one
organisation differ by a log-normal spread around its pace, and organisations around 1. So few
reviews leave someone at the pace of the organisation, and many have the last word. The search
visits every place of the grid: no dice, no starting point, the same reviews give the same number.
One more forgotten review never makes a pace larger: it adds a term that falls with c.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gezel.content.rules.cards import DECAY, FACTOR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Tells = Literal["sooner", "little_sooner", "usual", "little_later", "later"]

VERSION = 1
# The natural logarithm of every pace there is: a sixth to six times, in steps of about 6 %, with
# exactly 0 (as published) in the middle.
GRID: Floats = np.linspace(-np.log(6), np.log(6), 65)
# How far people of one organisation, and organisations, lie apart: standard deviations of the
# logarithm. Our assumption; in the direction of the spread of half-lives in `skills.rules`.
SPREAD_OF_PEOPLE = 0.5
SPREAD_OF_ORGANISATIONS = 0.5
# Of an organisation nobody counts for more than so many reviews, and fewer people than this say
# nothing about it: its pace would be that of one of them.
MOST_OF_ONE = 200
FEWEST_PEOPLE = 5
# Nobody is surer than this, so that one slip of the finger is no landslide.
SUREST = 0.99
# From where on we say "a little", and from where on more than a little.
A_LITTLE, MORE = 1.08, 1.5


@dataclass(frozen=True, slots=True)
class Paces:
    """What came out, per person and per organisation (1 is as published).

    Attributes:
        person: (people,) the pace of each.
        organisation: (organisations,) the pace of each.
        reviews: (people,) on how many reviews it stands.
        knew: (people,) in how many of them the card was known.
        expected: (people,) in how many the published schedule expected it.
    """

    person: Floats
    organisation: Floats
    reviews: Ints
    knew: Ints
    expected: Floats


def chances(days: Floats, stability: Floats, pace: Floats | float = 1.0) -> Floats:
    """The chance to still know each card, 0-1.

    Args:
        days: (n,) days since its last look.
        stability: (n,) what FSRS says of it, in days, unstretched.
        pace: one for all, or (n,).
    """
    return np.asarray((1.0 + FACTOR * days / (pace * stability)) ** DECAY)


def paces(days: Floats, stability: Floats, knew: Bools, whose: Ints, place: Ints) -> Paces:
    """The pace of everyone, from all their reviews at once.

    Args:
        days: (n,) days between this review and the one before of the same card, 1 or more.
        stability: (n,) of the card before this review, in days.
        knew: (n,) whether it was known.
        whose: (n,) the number of the person, 0 to people - 1.
        place: (people,) the number of their organisation, 0 to organisations - 1.
    """
    people, places = place.size, int(place.max(initial=-1)) + 1
    counted = np.bincount(whose, minlength=people)
    told = np.empty((GRID.size, people))
    for at, log_pace in enumerate(GRID):
        sure = np.clip(chances(days, stability, float(np.exp(log_pace))), 1 - SUREST, SUREST)
        told[at] = np.bincount(
            whose, np.where(knew, np.log(sure), np.log1p(-sure)), minlength=people
        )
    share = MOST_OF_ONE / np.maximum(counted, MOST_OF_ONE)
    together = np.zeros((GRID.size, places))
    np.add.at(together.T, place, (told * share).T)
    speaking = np.bincount(place, counted > 0, minlength=places) >= FEWEST_PEOPLE
    usual = _likeliest(together * speaking, np.zeros(places), SPREAD_OF_ORGANISATIONS)
    own = _likeliest(told, usual[place], SPREAD_OF_PEOPLE)
    return Paces(
        np.where(counted > 0, np.exp(own), 1.0),
        np.exp(usual),
        counted.astype(np.int64),
        np.bincount(whose, knew, minlength=people).astype(np.int64),
        np.bincount(whose, chances(days, stability), minlength=people).astype(np.float64),
    )


def _likeliest(told: Floats, around: Floats, spread: float) -> Floats:
    """Per column the logarithm of the likeliest pace; of two as likely the smaller.

    Args:
        told: (grid, columns) log likelihood of the reviews.
        around: (columns,) the logarithm it is drawn to.
    """
    drawn = (GRID[:, None] - around[None, :]) ** 2 / (2 * spread**2)
    return np.asarray(GRID[np.argmax(told - drawn, axis=0)])


def told(pace: float) -> Tells:
    """What a pace comes to: cards that come sooner, later, or as usual."""
    if 1 / A_LITTLE < pace < A_LITTLE:
        return "usual"
    if pace < 1:
        return "sooner" if pace <= 1 / MORE else "little_sooner"
    return "later" if pace >= MORE else "little_later"
