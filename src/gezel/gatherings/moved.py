"""Someone goes on to another session: where it was for them, and the event they take along."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from gezel.gatherings.models import Gathering, Invited


@dataclass(frozen=True, slots=True)
class Was:
    """When and where someone's session was, before it became what it is."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    where: str

    @classmethod
    def of(cls, gathering: Gathering) -> Self:
        return cls(gathering.starts_at, gathering.ends_at, gathering.zone, gathering.where)

    def kept(self) -> dict[str, str]:
        return {
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "zone": self.zone,
            "where": self.where,
        }

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> Self:
        start, end = (datetime.fromisoformat(kept[at]) for at in ("starts_at", "ends_at"))
        return cls(start, end, kept["zone"], kept["where"])

    @property
    def told(self) -> str:
        """In the language of who reads it."""
        when = Gathering(starts_at=self.starts_at, ends_at=self.ends_at, zone=self.zone).when
        return f"{when}, {self.where}" if self.where else when


def take_along(moves: Iterable[tuple[int, int, int]]) -> set[tuple[int, int]]:
    """Who goes from one session to another takes their event along, so that one mail moves it.

    Args:
        moves: person, session they came to, session they come to now.

    Returns:
        Person and first session, of whom the event cannot come along: something was sent of the
        second before, and a calendar knows that one too.
    """
    told = list(moves)
    rows = {
        (i.person_id, i.gathering_id): i
        for i in Invited.objects.filter(
            person__in={person for person, _was, _now in told},
            gathering__in={pk for _person, *both in told for pk in both},
        ).select_related("gathering")
    }
    keys = dict(
        Gathering.objects.filter(pk__in={now for _p, _w, now in told}).values_list("pk", "key")
    )
    two: set[tuple[int, int]] = set()
    changed: list[Invited] = []
    for person, was, now in told:
        mine = rows.get((person, was))
        if mine is None or mine.cancelled:
            continue  # nothing stands in their calendar that could move
        if (person, now) in rows:
            two.add((person, was))
            continue
        other = Invited(person_id=person, gathering_id=now, event=mine.known_by)
        other.sequence, other.sent_at = mine.sequence, mine.sent_at
        # Should they come back, the first is an event that no calendar has seen yet.
        mine.event, mine.sequence, mine.cancelled = keys[now], 0, True
        changed += [mine, other]
    Invited.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["person", "gathering"],
        update_fields=["event", "sequence", "cancelled"],
    )
    return two
