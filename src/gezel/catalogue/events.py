"""What can be said of an activity, by whichever room saw it happen."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ActivityCompleted:
    """Someone did an activity that is not played here: they were at its sessions.

    What was played is told by `content.events.ModuleCompleted`.
    """

    person_pk: int
    activity_pk: int
    on: date
    # Whether someone answers for it who may: else it counts as the person's own word.
    vouched: bool = True
