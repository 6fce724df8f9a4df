"""A timetable changed by hand: what a change would bring, and who it would cost a place.

Whoever moves a session sees first who comes to it then. What breaks a rule is told and not done,
so that what stands can always be held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gezel.gatherings.rules.schedule import Activity, Case, Session, Taken, faults


@dataclass(frozen=True, slots=True)
class Change:
    """The sessions as they would be, who goes and who comes; `broken`: why it cannot be."""

    sessions: tuple[Session, ...]
    at: int
    goes: tuple[int, ...] = ()
    comes: tuple[int, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def session(self) -> Session:
        """The one that is moved."""
        return self.sessions[self.at]

    @property
    def more(self) -> int:
        """So many wishes more come true; below zero: fewer."""
        return len(self.comes) - len(self.goes)


def put(case: Case, sessions: Sequence[Session], at: int, session: Session) -> Change:
    """One session becomes another: who still can comes, and free seats go in order of asking."""
    old, rest = sessions[at], [s for n, s in enumerate(sessions) if n != at]
    loose = replace(case, activities=tuple(replace(a, least=0) for a in case.activities))
    empty = replace(session, people=())
    broken = tuple(dict.fromkeys(faults(loose, [*rest, empty])))
    people = () if broken else _filled(case, rest, empty, old.people)
    activity = _activity(case, session.activity)
    if not broken and len(people) < activity.least:
        broken = ("too few",)
    made = [*sessions]
    made[at] = replace(session, people=people)
    before, after = set(old.people), set(people)
    return Change(
        tuple(made),
        at,
        goes=tuple(p for p in old.people if p not in after),
        comes=tuple(p for p in people if p not in before),
        broken=broken,
    )


def _activity(case: Case, key: int) -> Activity:
    return next(a for a in case.activities if a.key == key)


def _filled(
    case: Case,
    rest: Sequence[Session],
    session: Session,
    had: Sequence[int],
    *,
    others: bool = True,
) -> tuple[int, ...]:
    """Who comes: first who came before, then who wishes it and has no place, as they asked."""
    taken, people = Taken(case), {p.key: p for p in case.people}
    placed = {key for s in rest if s.activity == session.activity for key in s.people}
    for s in rest:
        for key in s.people:
            taken.come(people[key], case.covered(_activity(case, s.activity), s.slot))
    activity = _activity(case, session.activity)
    room = next(r for r in case.rooms if r.key == session.room)
    slots = case.covered(activity, session.slot)
    had = [k for k in had if k in people]
    asked = [
        p.key
        for p in case.people
        if others and session.activity in p.wishes and p.key not in placed
    ]
    found: list[int] = []
    for key in dict.fromkeys([*had, *asked]):
        if len(found) >= min(room.seats, activity.most):
            break
        if taken.may_come(people[key], slots) is None:
            found.append(key)
            taken.come(people[key], slots)
    return tuple(found)


def ways(case: Case, sessions: Sequence[Session], at: int) -> list[Change]:
    """What each other start of a session would bring, with its room and trainer if they can."""
    session = sessions[at]
    activity = _activity(case, session.activity)
    taken = Taken(case)
    for n, s in enumerate(sessions):
        if n == at:
            continue
        for slot in case.covered(_activity(case, s.activity), s.slot):
            taken.rooms.add((s.room, slot))
            taken.trainers.add((s.trainer, slot))
    rooms = {r.key: r for r in case.rooms}
    trainers = {t.key: t for t in case.trainers}
    found = []
    for start in case.slots:
        slots = case.covered(activity, start.key)
        if not slots or start.key == session.slot:
            continue
        room, trainer = rooms[session.room], trainers[session.trainer]
        if any((room.key, s) in taken.rooms for s in slots):
            room = taken.room(activity, slots) or room
        if not trainer.free.issuperset(slots) or any(
            (trainer.key, s) in taken.trainers for s in slots
        ):
            trainer = taken.trainer(activity, slots) or trainer
        wanted = replace(session, slot=start.key, room=room.key, trainer=trainer.key)
        found.append(put(case, sessions, at, wanted))
    return found


def stay(case: Case, rest: Sequence[Session], session: Session) -> Session | None:
    """A session beside those that stand, with who still can come and nobody new; None if it cannot.

    For when what was asked has changed under a timetable.
    """
    if session.activity not in {a.key for a in case.activities}:
        return None
    if session.trainer not in {t.key for t in case.trainers}:
        return None
    wishing = {p.key for p in case.people if session.activity in p.wishes}
    had = tuple(k for k in session.people if k in wishing)
    mine = replace(session, people=())
    loose = replace(case, activities=tuple(replace(a, least=0) for a in case.activities))
    if faults(loose, [*rest, mine]):
        return None
    people = _filled(case, rest, mine, had, others=False)
    return (
        replace(session, people=people)
        if len(people) >= _activity(case, session.activity).least
        else None
    )
