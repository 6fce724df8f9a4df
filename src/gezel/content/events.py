"""What content announces."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ModuleCompleted:
    """Someone finished a module or package. `passed` is None where there was nothing to pass or
    fail; `module_pk` is None for a package. `made_it`: it is their own, so they know what is right,
    and nobody but they says that they can do it."""

    person_pk: int
    activity_pk: int
    module_pk: int | None
    passed: bool | None
    on: date
    made_it: bool = False


@dataclass(frozen=True, slots=True)
class ActivityWaived:
    """Someone need not do a module or package, for one of the reasons in `Waiver.Reason`."""

    person_pk: int
    activity_pk: int
    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class WaiverTakenBack:
    """They are asked to do it after all; `since` is the day on which it had been said."""

    person_pk: int
    activity_pk: int
    since: date
    on: date
