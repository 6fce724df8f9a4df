"""What the catalogue decides: what to suggest, and what is known of what something brings."""

from gezel.catalogue.rules.effect import Effect, Known, Look, by_eyes, effect_of, gain, known
from gezel.catalogue.rules.suggesting import (
    FORMAL,
    OTHERS,
    PRACTICE,
    REACH,
    SMALLEST_STEP,
    Offer,
    Preferences,
    Tip,
    Want,
    first_steps,
    fits,
    score,
    tips,
)

__all__ = [
    "FORMAL",
    "OTHERS",
    "PRACTICE",
    "REACH",
    "SMALLEST_STEP",
    "Effect",
    "Known",
    "Look",
    "Offer",
    "Preferences",
    "Tip",
    "Want",
    "by_eyes",
    "effect_of",
    "first_steps",
    "fits",
    "gain",
    "known",
    "score",
    "tips",
]
