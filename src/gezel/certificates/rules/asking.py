"""Who must have a certificate: a rule is a few conditions that all hold, from a date until another.

Evaluated for one person here and for everyone at once in `rules.many`; the two give the same.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Seat:
    """Someone's place in the organisation on a day."""

    person: int
    job: int
    unit_path: str
    location: int | None = None
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Who must have it. What is None is not asked; a rule without conditions means everyone.

    Args:
        unit_path: this unit and all below it, unless `alone`.
        least_hours: a contract of at least so many hours a week.
    """

    type: int
    from_on: date
    until_on: date | None = None
    job: int | None = None
    unit_path: str | None = None
    alone: bool = False
    location: int | None = None
    least_hours: float | None = None
    person: int | None = None

    def runs(self, on: date) -> bool:
        """Whether it holds on this day at all."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)

    def hits(self, seat: Seat) -> bool:
        """Whether someone in this place falls under it."""
        return (
            (self.job is None or seat.job == self.job)
            and (self.unit_path is None or self._within(seat.unit_path))
            and (self.location is None or seat.location == self.location)
            and (
                self.least_hours is None
                or (seat.hours is not None and seat.hours >= self.least_hours)
            )
            and (self.person is None or seat.person == self.person)
        )

    def _within(self, path: str) -> bool:
        asked = self.unit_path or ""
        return path == asked if self.alone else path.startswith(asked)


@dataclass(frozen=True, slots=True)
class Exempt:
    """Someone who need not have it, from a day until, perhaps, another; the reason is kept."""

    type: int
    person: int
    from_on: date
    until_on: date | None = None

    def runs(self, on: date) -> bool:
        """Whether it holds on this day."""
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


def asked_of(seat: Seat, rules: list[Rule], exempt: list[Exempt], on: date) -> set[int]:
    """The types someone in this place must have on this day."""
    asked = {rule.type for rule in rules if rule.runs(on) and rule.hits(seat)}
    free = {one.type for one in exempt if one.person == seat.person and one.runs(on)}
    return asked - free
