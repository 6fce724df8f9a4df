"""A timetable that people were told of, planned again: which session becomes which, and who moves.

A session that stands is an event in people's calendars. So what is planned anew is read as far as
can be as the sessions there are, changed: one at the same time stays itself, else the one that
keeps most of its people. Only what becomes of nothing is called off, and only what comes of
nothing is new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gezel.gatherings.rules.schedule import Session


@dataclass(frozen=True, slots=True)
class Becomes:
    """A session that stands, by its key, and what it becomes."""

    key: int
    before: Session
    after: Session

    @property
    def other_time(self) -> bool:
        return self.before.slot != self.after.slot

    @property
    def other_room(self) -> bool:
        return self.before.room != self.after.room

    @property
    def other_trainer(self) -> bool:
        return self.before.trainer != self.after.trainer

    @property
    def stays(self) -> bool:
        """Nothing of it changes but, perhaps, who comes."""
        return not (self.other_time or self.other_room or self.other_trainer)


Place = tuple[int, int]  # person and activity


@dataclass(frozen=True, slots=True)
class Changes:
    """All that would change.

    Attributes:
        becomes: each session that goes on, changed or not.
        gone: those that are called off.
        new: sessions that come.
        moves: who comes to the same at another time.
        elsewhere: who comes at the same time to another session or room of it.
        lost: who had a place and has none any more.
        won: who had none and gets one.
    """

    becomes: tuple[Becomes, ...]
    gone: tuple[int, ...]
    new: tuple[Session, ...]
    moves: tuple[Place, ...]
    elsewhere: tuple[Place, ...]
    lost: tuple[Place, ...]
    won: tuple[Place, ...]

    @property
    def nothing(self) -> bool:
        people = self.moves or self.elsewhere or self.lost or self.won
        return not (people or self.gone or self.new) and all(b.stays for b in self.becomes)

    @property
    def people(self) -> int:
        """How many people have to be told something."""
        return len({p for p, _a in (*self.moves, *self.elsewhere, *self.lost, *self.won)})


def changes(stands: Mapping[int, Session], after: Sequence[Session]) -> Changes:
    """What changes from the sessions that stand to those that are planned now."""
    becomes = _matched(stands, after)
    kept = {b.key for b in becomes}
    taken = [b.after for b in becomes]
    had = {(p, s.activity): (key, s) for key, s in stands.items() for p in s.people}
    has: dict[Place, tuple[int | None, Session]] = {
        (p, b.after.activity): (b.key, b.after) for b in becomes for p in b.after.people
    }
    new = tuple(s for s in after if not any(s is one for one in taken))
    has |= {(p, s.activity): (None, s) for s in new for p in s.people}
    moves, elsewhere = [], []
    for place in sorted(had.keys() & has.keys()):
        (key, before), (now, then) = had[place], has[place]
        if before.slot != then.slot:
            moves.append(place)
        elif key != now or before.room != then.room:
            elsewhere.append(place)
    return Changes(
        becomes=becomes,
        gone=tuple(key for key in stands if key not in kept),
        new=new,
        moves=tuple(moves),
        elsewhere=tuple(elsewhere),
        lost=tuple(sorted(had.keys() - has.keys())),
        won=tuple(sorted(has.keys() - had.keys())),
    )


def _matched(stands: Mapping[int, Session], after: Sequence[Session]) -> tuple[Becomes, ...]:
    """Sessions of one activity put together, the most alike first."""
    pairs = sorted(
        (
            (_alike(before, then), -n, -key)
            for key, before in stands.items()
            for n, then in enumerate(after)
            if then.activity == before.activity
        ),
        reverse=True,
    )
    found: dict[int, Becomes] = {}
    used: set[int] = set()
    for _how, minus_n, minus_key in pairs:
        n, key = -minus_n, -minus_key
        if key not in found and n not in used:
            used.add(n)
            found[key] = Becomes(key, stands[key], after[n])
    return tuple(found[key] for key in stands if key in found)


def _alike(before: Session, then: Session) -> tuple[bool, bool, int, bool]:
    return (
        before.slot == then.slot,
        before.slot == then.slot and before.room == then.room,
        len(set(before.people) & set(then.people)),
        before.trainer == then.trainer,
    )
