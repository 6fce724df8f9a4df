"""What plans decides, in plain Python.

`goals`: what comes next, how far a goal is, who agreed. `planning`: what a plan is made of and
when one is sound. `optimise`: the best plans within someone's limits, and why these steps.
"""

from gezel.plans.rules.goals import (
    CLOSE_ENOUGH,
    NOTABLE,
    Agreed,
    Group,
    Move,
    Offer,
    PlannedStep,
    Progress,
    Suggestion,
    Target,
    Urgency,
    agreed,
    groups_to_show,
    mix_counts,
    months_later,
    next_steps,
    percent,
    progress,
    suggestions,
    unbroken_since,
    urgency,
)

__all__ = [
    "CLOSE_ENOUGH",
    "NOTABLE",
    "Agreed",
    "Group",
    "Move",
    "Offer",
    "PlannedStep",
    "Progress",
    "Suggestion",
    "Target",
    "Urgency",
    "agreed",
    "groups_to_show",
    "mix_counts",
    "months_later",
    "next_steps",
    "percent",
    "progress",
    "suggestions",
    "unbroken_since",
    "urgency",
]
