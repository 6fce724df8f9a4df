"""What content announces."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ModuleCompleted:
    """Someone finished a module. `passed` is None where there was nothing to pass or fail."""

    person_pk: int
    activity_pk: int
    module_pk: int
    passed: bool | None
    on: date
