"""What certificates decide: until when and why, who must have what, and hours over a period."""

from gezel.certificates.rules.asking import Exempt, Rule, Seat, asked_of
from gezel.certificates.rules.dates import fixed_day, months_after, next_fixed_day
from gezel.certificates.rules.hours import Counted, Done, HoursRule, counted, met_on
from gezel.certificates.rules.numbers import compared, fits
from gezel.certificates.rules.standing import (
    AHEAD_IN_DAYS,
    ORDER,
    Ends,
    Given,
    Held,
    Standing,
    State,
    Step,
    Terms,
    in_force,
    plain_terms,
    possible,
    pressing,
    reckoned,
    standing,
)

__all__ = [
    "AHEAD_IN_DAYS",
    "ORDER",
    "Counted",
    "Done",
    "Ends",
    "Exempt",
    "Given",
    "Held",
    "HoursRule",
    "Rule",
    "Seat",
    "Standing",
    "State",
    "Step",
    "Terms",
    "asked_of",
    "compared",
    "counted",
    "fits",
    "fixed_day",
    "in_force",
    "met_on",
    "months_after",
    "next_fixed_day",
    "plain_terms",
    "possible",
    "pressing",
    "reckoned",
    "standing",
]
