"""What gatherings announces."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SessionCompleted:
    """Someone was at a session, or at enough parts of one, that completes its activity."""

    gathering_pk: int
    person_pk: int
    activity_pk: int
    on: date
