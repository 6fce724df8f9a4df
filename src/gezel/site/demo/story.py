"""The story as it was written down, moved to today.

The data speak of a today, 22 November 2026. Whoever starts the demo later gets the same story
with every date moved along, so that what was about to lapse still is.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import timezone

DATA = Path(__file__).parent / "data"
TOLD_ON = date(2026, 11, 22)
ORGANISATIONS = ("van_dijk", "de_linde")


@dataclass(frozen=True)
class Story:
    """The written data, with dates moved so that the story's today is `today`."""

    today: date = field(default_factory=timezone.localdate)

    @cached_property
    def shift(self) -> timedelta:
        return max(timedelta(0), self.today - TOLD_ON)

    def on(self, written: date) -> date:
        """A date of the story, moved along."""
        return written + self.shift

    def demand_from(self, written: date) -> date:
        """The day a demand begins: kept on the first of a month, as an organisation would."""
        moved = self.on(written)
        if not self.shift or moved.day == 1:
            return moved
        return (moved.replace(day=1) + timedelta(days=31)).replace(day=1)

    def at(self, written: date, hour: int = 10) -> datetime:
        """A moment during a working day of the story."""
        return timezone.make_aware(datetime.combine(self.on(written), time(hour)))

    def read(self, name: str) -> dict[str, Any]:
        """One file of the story, `skills` or `modules/giving-feedback`."""
        with (DATA / f"{name}.toml").open("rb") as file:
            return tomllib.load(file)

    def modules(self) -> Iterator[dict[str, Any]]:
        """Every module, in order of its key."""
        for path in sorted((DATA / "modules").glob("*.toml")):
            yield self.read(f"modules/{path.stem}")


def chance(*about: object) -> float:
    """A number from 0 to 1 that is always the same for the same question."""
    told = sha256("/".join(str(part) for part in about).encode()).digest()
    return int.from_bytes(told[:6]) / 2**48
