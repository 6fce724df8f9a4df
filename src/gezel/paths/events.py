"""What paths announces."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PathCompleted:
    """Someone did or skipped all that a path asks of them."""

    enrolment_pk: int
    path_pk: int
    person_pk: int
    on: date


@dataclass(frozen=True, slots=True)
class Enrolled:
    """People were put on a path, by a rule, by hand or by a list."""

    path_pk: int
    person_pks: tuple[int, ...]
    on: date
