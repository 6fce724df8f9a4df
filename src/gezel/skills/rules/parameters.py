"""The figures the estimate stands on, frozen per version.

Whoever asks for a level of last year gets it by the figures of last year: a change here is a new
version beside the old one, never an edit (`tests/test_belief.py` pins what version 1 answers).
All levels, biases and spreads are in levels of the scale 0-5; a spread is a standard deviation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

HIGHEST_LEVEL = 5
# Eight out of ten estimates lie within this many standard deviations (normal distribution).
EIGHTY_PERCENT = 1.2816

# How each kind of evidence speaks about a level.
RATINGS = frozenset({"self", "lead", "colleague"})


@dataclass(frozen=True, slots=True)
class Source:
    """How one kind of rating lies beside the truth.

    Attributes:
        bias: levels by which it tends to lie too high.
        noise: how far two ratings by one rater of people alike lie apart from their middle.
        leniency: how far raters of this kind differ from each other in strictness.
    """

    bias: float
    noise: float
    leniency: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """One version of the rule."""

    version: int
    # Before anything is known every place on the scale is as likely: the mean and the standard
    # deviation of a uniform distribution on 0-5.
    prior_mean: float
    prior_sd: float
    # People rate themselves d = .32 above their supervisor and r = .22 alike (Heidemeier & Moser
    # 2009); one supervisor's rating has a reliability of .45-.61 (Salgado & Moscoso 2019). The
    # split of a lead's and colleague's spread into noise and strictness is our assumption; the
    # nightly fit replaces it by what the organisation's own ratings show (`rules.raters`).
    sources: Mapping[str, Source]
    # A test without a spread of its own.
    test_sd: float
    # Who holds a certificate is at or above its level with this probability.
    certificate_p: float
    # One piece of work that someone named looked at, at the level it was set for. Between a lead,
    # who saw months of it (.61 with strictness), and a colleague's view without work at hand
    # (.81): tasks differ from each other, so one says less than many. Our assumption.
    practical_sd: float
    # The same for a credential of an earlier employer: signed and about this person, but seen by
    # nobody here. Our assumption, below that of a certificate.
    earlier_p: float
    # A completed training moves people .63 standard deviations on average (Arthur et al. 2003),
    # with a standard deviation among people taken as one level; how much of it stuck is unsure.
    module_shift: float
    module_sd: float
    # How far what someone can wanders in a year in which nobody looked. Our assumption.
    drift: float
    # Retention R = (1 + F t / S)^-w, F such that R(S) = 1/2: the form of FSRS. With w = 1 half is
    # left after one half-life, a third after two, a quarter after three.
    power: float
    # Months without use after which half of what was gained is gone: accuracy, mixed and speed
    # measures (Tatel & Ackerman 2025, 1,344 effects).
    half_lives: Mapping[str, float]
    # Overlearning: how many times longer a skill lasts at level 0, 1, .. 5. The published
    # half-lives are of people fresh from training, who do it with help (level 2); that each level
    # above doubles it is our assumption, in the direction of Arthur et al. 1998.
    overlearning: tuple[float, float, float, float, float, float]
    # Each later occasion on which it was shown lengthens the half-life by this share, up to so
    # many occasions; occasions lie at least so many days apart. Our assumption.
    per_use: float
    most_uses: int
    days_between_uses: int
    # How far half-lives of people differ: standard deviation of the logarithm. Our assumption.
    half_life_spread: float


PARAMETERS: Mapping[int, Parameters] = MappingProxyType(
    {
        1: Parameters(
            version=1,
            prior_mean=2.5,
            prior_sd=1.443,
            sources=MappingProxyType(
                {
                    "self": Source(bias=0.32, noise=0.95, leniency=0.35),
                    "colleague": Source(bias=0.0, noise=0.7, leniency=0.4),
                    "lead": Source(bias=0.0, noise=0.5, leniency=0.35),
                }
            ),
            test_sd=0.4,
            certificate_p=0.9,
            practical_sd=0.7,
            earlier_p=0.8,
            module_shift=0.63,
            module_sd=1.2,
            drift=0.4,
            power=1.0,
            half_lives=MappingProxyType({"accuracy": 6.5, "mixed": 11.0, "speed": 13.0}),
            overlearning=(1.0, 1.0, 1.0, 2.0, 4.0, 8.0),
            per_use=0.25,
            most_uses=8,
            days_between_uses=30,
            half_life_spread=0.5,
        )
    }
)
CURRENT = 1
