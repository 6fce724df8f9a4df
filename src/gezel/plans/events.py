"""What plans announces."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class GoalReached:
    """The evidence shows for the first time what a goal asks; closing it is the person's."""

    goal_pk: int
    person_pk: int
    on: date


@dataclass(frozen=True, slots=True)
class PlanAgreed:
    """A person and their lead have both confirmed the same goal, wish and steps."""

    goal_pk: int
    person_pk: int
