"""What a statement must be, what it is found by, and when two are the same: plain Python.

`house` makes the statements of Gezel itself; the other files judge those that come from outside,
by xAPI 2.0 (IEEE 9274.1.1) and 1.0.3.
"""

from gezel.records.rules.house import (
    ADL,
    SELF_REPORTED,
    VERBS,
    VERSION,
    Result,
    Scaled,
    Score,
    Verb,
    authority,
    is_same,
    iso_duration,
    language_map,
    moment,
    statement,
)

__all__ = [
    "ADL",
    "SELF_REPORTED",
    "VERBS",
    "VERSION",
    "Result",
    "Scaled",
    "Score",
    "Verb",
    "authority",
    "is_same",
    "iso_duration",
    "language_map",
    "moment",
    "statement",
]
