"""A schedule proposed: which sessions when, where and by whom, so that most wishes come true.

Given are the activities to plan with how many sessions each may have, the parts of days there are,
rooms, trainers, and who wishes for what and works when. What must hold: a room and a trainer do one
thing at a time, a room has the seats and the things an activity asks, a trainer can give it and is
there, a session has enough people, nobody is in two places, and of no team more are away at once
than may be. Then as many wishes as can be, and on planning again as few changes as can be.

Sessions of one activity are alike, so the model (OR-tools CP-SAT) does not tell them apart: it
says how many of them start in a part of a day, in which rooms and by whom, and who comes then.
That makes it small, and its bound close: mostly the schedule found is proven the best. First
come, first served gives it a schedule to begin with.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from gezel.kit import late

SECONDS = 30.0
SEED = 7
# To keep the schedule there was for what still stands, before looking further.
SECONDS_TO_MEND = 5.0
# On planning again one more wish is worth moving two people; then sessions keep room and trainer.
WISH, STAYS, SAME = 100, 50, 1
# Where people were told already it is in their calendar: who has a place keeps one before all, then
# nobody moves who need not, and only then does a wish more count. Another room is half a wish.
KEEPS_TOLD, STAYS_TOLD, SAME_TOLD = 10_000, 1_000, 50

WhyNot = Literal["no session", "does not work then", "has another", "team", "full"]
WhyNoSession = Literal["no trainer", "no room", "too few", "no time", "enough"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a day: sessions start and end on its edges."""

    key: int
    day: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A room: its seats, what is in it, and when it is taken already."""

    key: int
    seats: int
    has: frozenset[str] = frozenset()
    busy: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Trainer:
    """Someone who gives sessions: what, and when they can."""

    key: int
    gives: frozenset[int]
    free: frozenset[int]


@dataclass(frozen=True, slots=True)
class Activity:
    """Something to plan: at most so many sessions, of so many slots, for so many people each."""

    key: int
    sessions: int
    least: int = 1
    most: int = 1_000
    length: int = 1
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Attendee:
    """Someone who may come: the team, when they work, and what they wish in their order."""

    key: int
    team: int
    works: frozenset[int]
    wishes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a schedule: the slot it starts in, its room, trainer and people."""

    activity: int
    slot: int
    room: int
    trainer: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """All that a schedule is made of; `before` is one to stay close to, if there is one.

    What is `locked` stays as it is: slot, room, trainer and people; it is among `before`, unless
    people were `told` of that and it was locked since.
    """

    slots: tuple[Slot, ...]
    rooms: tuple[Room, ...]
    trainers: tuple[Trainer, ...]
    activities: tuple[Activity, ...]
    people: tuple[Attendee, ...]  # who asked first comes first
    away: Mapping[int, int] = field(default_factory=dict)  # team → how many may be away at once
    before: tuple[Session, ...] = ()
    locked: tuple[Session, ...] = ()
    told: bool = False

    def covered(self, activity: Activity, start: int) -> tuple[int, ...]:
        """The slots a session takes that starts there; none if the day is too short for it."""
        at = next(n for n, slot in enumerate(self.slots) if slot.key == start)
        taken = self.slots[at : at + activity.length]
        if len(taken) < activity.length or len({slot.day for slot in taken}) > 1:
            return ()
        return tuple(slot.key for slot in taken)


@dataclass(frozen=True, slots=True)
class Missed:
    """A wish that did not come true, and why."""

    person: int
    activity: int
    why: WhyNot


@dataclass(frozen=True, slots=True)
class Schedule:
    """Sessions with their people, what could not be, and how much better any other could be.

    `most` is proven: no schedule makes more wishes come true.
    """

    sessions: tuple[Session, ...]
    missed: tuple[Missed, ...]
    short: Mapping[int, WhyNoSession]  # activity → why it has fewer sessions than it might
    most: int

    @property
    def granted(self) -> int:
        return sum(len(session.people) for session in self.sessions)

    @property
    def gap(self) -> float:
        """By which share more could be granted at the very most."""
        return (self.most - self.granted) / self.most if self.most else 0.0


def faults(case: Case, sessions: Sequence[Session]) -> list[str]:
    """What a schedule breaks, looked at session by session; none if it can be held."""
    rooms = {r.key: r for r in case.rooms}
    trainers = {t.key: t for t in case.trainers}
    people = {p.key: p for p in case.people}
    activities = {a.key: a for a in case.activities}
    found: list[str] = []
    room_at: Counter[tuple[int, int]] = Counter()
    trainer_at: Counter[tuple[int, int]] = Counter()
    person_at: Counter[tuple[int, int]] = Counter()
    away: Counter[tuple[int, int]] = Counter()
    wish: Counter[tuple[int, int]] = Counter()
    held: Counter[int] = Counter(s.activity for s in sessions)
    for s in sessions:
        activity, room, trainer = activities[s.activity], rooms[s.room], trainers[s.trainer]
        slots = case.covered(activity, s.slot)
        found += ["day too short"] * (not slots)
        found += ["room lacks something"] * (not activity.needs <= room.has)
        found += ["room taken"] * bool(room.busy & set(slots))
        found += ["trainer cannot"] * (
            s.activity not in trainer.gives or not set(slots) <= trainer.free
        )
        found += ["too many"] * (len(s.people) > min(room.seats, activity.most))
        found += ["too few"] * (len(s.people) < activity.least)
        for slot in slots:
            room_at[s.room, slot] += 1
            trainer_at[s.trainer, slot] += 1
        for key in s.people:
            person = people[key]
            wish[key, s.activity] += 1
            found += ["no wish"] * (s.activity not in person.wishes)
            found += ["does not work"] * (not set(slots) <= person.works)
            for slot in slots:
                person_at[key, slot] += 1
                away[person.team, slot] += 1
    for what, counts in (
        ("room twice", room_at), ("trainer twice", trainer_at),
        ("person twice", person_at), ("wish twice", wish),
    ):  # fmt: skip
        found += [what for count in counts.values() if count > 1]
    found += [
        "too many away" for (team, _), count in away.items() if count > case.away.get(team, count)
    ]
    found += ["too many sessions" for key, n in held.items() if n > activities[key].sessions]
    return found


# -- first come, first served ---------------------------------------------------------------------


class Taken:
    """What is taken while a schedule is built up one by one."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.rooms: set[tuple[int, int]] = {(r.key, s) for r in case.rooms for s in r.busy}
        self.trainers: set[tuple[int, int]] = set()
        self.people: set[tuple[int, int]] = set()
        self.away: Counter[tuple[int, int]] = Counter()

    def room(self, activity: Activity, slots: Sequence[int]) -> Room | None:
        free = [
            r for r in self.case.rooms
            if activity.needs <= r.has and r.seats >= activity.least
            and not any((r.key, s) in self.rooms for s in slots)
        ]  # fmt: skip
        return max(free, key=lambda r: min(r.seats, activity.most), default=None)

    def trainer(self, activity: Activity, slots: Sequence[int]) -> Trainer | None:
        free = (
            t for t in self.case.trainers
            if activity.key in t.gives and t.free.issuperset(slots)
            and not any((t.key, s) in self.trainers for s in slots)
        )  # fmt: skip
        return next(free, None)

    def may_come(self, person: Attendee, slots: Sequence[int]) -> WhyNot | None:
        """Why someone cannot come then; None if they can."""
        if not person.works.issuperset(slots):
            return "does not work then"
        if any((person.key, s) in self.people for s in slots):
            return "has another"
        most = self.case.away.get(person.team)
        if most is not None and any(self.away[person.team, s] >= most for s in slots):
            return "team"
        return None

    def come(self, person: Attendee, slots: Sequence[int]) -> None:
        for slot in slots:
            self.people.add((person.key, slot))
            self.away[person.team, slot] += 1


def first_come(case: Case) -> list[Session]:
    """How it goes without help: sessions one by one where there is room, people as they ask."""
    taken = Taken(case)
    planned: list[tuple[Activity, int, Room, Trainer, list[int]]] = []
    rounds = max((a.sessions for a in case.activities), default=0)
    for turn in range(rounds):
        for activity in case.activities:
            if turn >= activity.sessions:
                continue
            for slot in case.slots:
                slots = case.covered(activity, slot.key)
                room, trainer = taken.room(activity, slots), taken.trainer(activity, slots)
                if slots and room and trainer:
                    taken.rooms |= {(room.key, s) for s in slots}
                    taken.trainers |= {(trainer.key, s) for s in slots}
                    planned.append((activity, slot.key, room, trainer, []))
                    break
    for person in case.people:
        for wish in person.wishes:
            for activity, slot_key, room, _trainer, people in planned:
                slots = case.covered(activity, slot_key)
                if (
                    activity.key == wish
                    and len(people) < min(room.seats, activity.most)
                    and taken.may_come(person, slots) is None
                ):
                    people.append(person.key)
                    taken.come(person, slots)
                    break
    return [
        Session(activity.key, slot, room.key, trainer.key, tuple(people))
        for activity, slot, room, trainer, people in planned
        if len(people) >= activity.least
    ]


# -- the model ------------------------------------------------------------------------------------

Progress = Callable[[int, int], None]


class _Model:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.model = late.cp_model.CpModel()
        self.covers = {
            (a.key, s.key): case.covered(a, s.key) for a in case.activities for s in case.slots
        }
        self.activities = {a.key: a for a in case.activities}
        bool_var = self.model.new_bool_var
        self.room = {
            (a.key, s.key, r.key): bool_var("")
            for a in case.activities
            for s in case.slots
            for r in case.rooms
            if a.needs <= r.has
            and r.seats >= a.least
            and self.covers[a.key, s.key]
            and not r.busy & set(self.covers[a.key, s.key])
        }
        starts = {(a, s) for a, s, _ in self.room}
        self.trainer = {
            (a, s, t.key): bool_var("")
            for a, s in sorted(starts)
            for t in case.trainers
            if a in t.gives and t.free.issuperset(self.covers[a, s])
        }
        starts &= {(a, s) for a, s, _ in self.trainer}
        self.comes = {
            (p.key, a, s.key): bool_var("")
            for p in case.people
            for a in dict.fromkeys(p.wishes)
            for s in case.slots
            if (a, s.key) in starts and p.works.issuperset(self.covers[a, s.key])
        }
        self._sessions()
        self._people()

    def _at_once(self, variables: Mapping[tuple[int, int, int], late.cp_model.IntVar]) -> None:
        """A room or a trainer does one thing at a time."""
        at: dict[tuple[int, int], list[late.cp_model.IntVar]] = defaultdict(list)
        for (activity, start, who), variable in variables.items():
            for slot in self.covers[activity, start]:
                at[who, slot].append(variable)
        for several in at.values():
            self.model.add_at_most_one(several)

    def _sessions(self) -> None:
        self._at_once(self.room)
        self._at_once(self.trainer)
        rooms: dict[tuple[int, int], list[late.cp_model.IntVar]] = defaultdict(list)
        trainers: dict[tuple[int, int], list[late.cp_model.IntVar]] = defaultdict(list)
        comes: dict[tuple[int, int], list[late.cp_model.IntVar]] = defaultdict(list)
        seats: dict[tuple[int, int], list[late.cp_model.LinearExpr]] = defaultdict(list)
        size = {r.key: r.seats for r in self.case.rooms}
        for (activity, start, room), variable in self.room.items():
            rooms[activity, start].append(variable)
            seats[activity, start].append(
                min(size[room], self.activities[activity].most) * variable
            )
        for (activity, start, _), variable in self.trainer.items():
            trainers[activity, start].append(variable)
        for (_, activity, start), variable in self.comes.items():
            comes[activity, start].append(variable)
        for (key, start), several in rooms.items():
            self.model.add(sum(several) == sum(trainers[key, start]))
            coming = sum(comes[key, start])
            self.model.add(coming <= sum(seats[key, start]))
            self.model.add(coming >= self.activities[key].least * sum(several))
            # That someone comes means there is a session: true already of whole sessions, but said
            # person by person it keeps the bound from letting them into a third of one.
            held = self.model.new_bool_var("")
            self.model.add_bool_or(*several, held.negated())
            for variable in several:
                self.model.add_implication(variable, held)
            for variable in comes[key, start]:
                self.model.add_implication(variable, held)
        for one in self.case.activities:
            mine = [v for (key, _, _), v in self.room.items() if key == one.key]
            self.model.add(sum(mine) <= one.sessions)

    def _people(self) -> None:
        wish: dict[tuple[int, int], list[late.cp_model.IntVar]] = defaultdict(list)
        at: dict[tuple[int, int], list[late.cp_model.IntVar]] = defaultdict(list)
        away: dict[tuple[int, int], list[late.cp_model.IntVar]] = defaultdict(list)
        team = {p.key: p.team for p in self.case.people}
        for (person, activity, start), variable in self.comes.items():
            wish[person, activity].append(variable)
            for slot in self.covers[activity, start]:
                at[person, slot].append(variable)
                away[team[person], slot].append(variable)
        for several in (*wish.values(), *at.values()):
            self.model.add_at_most_one(several)
        for (number, _), several in away.items():
            if number in self.case.away:
                self.model.add(sum(several) <= self.case.away[number])

    def aim(self) -> None:
        """Most wishes; then people who keep their day, then sessions that keep their place. Where
        people were told: first that who has a place keeps one, and keeps it on its day."""
        if not self.case.before:
            self.model.maximize(WISH * sum(self.comes.values()))
            return
        stays = {(p, s.activity, s.slot) for s in self.case.before for p in s.people}
        same = {(s.activity, s.slot, s.room) for s in self.case.before}
        given = {(s.activity, s.slot, s.trainer) for s in self.case.before}
        had = {(p, s.activity) for s in self.case.before for p in s.people}
        told = self.case.told
        keeps, day, place = (KEEPS_TOLD, STAYS_TOLD, SAME_TOLD) if told else (0, STAYS, SAME)
        self.model.maximize(
            sum(
                (WISH + keeps * (k[:2] in had) + day * (k in stays)) * v
                for k, v in self.comes.items()
            )
            + sum(place * v for k, v in self.room.items() if k in same)
            + sum(place * v for k, v in self.trainer.items() if k in given)
        )

    def keep(self, sessions: Sequence[Session]) -> None:
        """These stay: as they are, or with more people."""
        for s in sessions:
            self.model.add(self.room[s.activity, s.slot, s.room] == 1)
            self.model.add(self.trainer[s.activity, s.slot, s.trainer] == 1)
            for person in s.people:
                self.model.add(self.comes[person, s.activity, s.slot] == 1)

    def hint(self, sessions: Sequence[Session]) -> None:
        rooms = {(s.activity, s.slot, s.room) for s in sessions}
        trainers = {(s.activity, s.slot, s.trainer) for s in sessions}
        comes = {(p, s.activity, s.slot) for s in sessions for p in s.people}
        for chosen, variables in (
            (rooms, self.room), (trainers, self.trainer), (comes, self.comes)
        ):  # fmt: skip
            for key, variable in variables.items():
                self.model.add_hint(variable, key in chosen)


def _telling(progress: Progress, built: _Model) -> late.cp_model.CpSolverSolutionCallback:
    """Tells how far it is as better schedules are found."""
    wishes = _wishes(built.case)

    class Told(late.cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            granted = sum(self.boolean_value(v) for v in built.comes.values())
            bound = int(self.best_objective_bound) // WISH
            progress(granted, wishes if built.case.before else min(bound, wishes))

    return Told()


def _wishes(case: Case) -> int:
    return sum(len(dict.fromkeys(p.wishes)) for p in case.people)


class CannotStand(Exception):  # noqa: N818 - reads as what it is where it is raised
    """What is locked breaks a rule: which."""

    def __init__(self, broken: Sequence[str]) -> None:
        super().__init__(", ".join(broken))
        self.broken = tuple(broken)


# How often it is asked whether to stop.
LOOK_SECONDS = 0.5


@contextmanager
def _until(solver: late.cp_model.CpSolver, stop: Callable[[], bool] | None) -> Iterator[None]:
    """Whoever waits may say it is enough: the best so far is what it becomes."""
    if stop is None:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_SECONDS):
            if stop():
                solver.stop_search()

    watcher = threading.Thread(target=watch, name="stop", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def propose(
    case: Case,
    *,
    seconds: float = SECONDS,
    seed: int = SEED,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Schedule:
    """The best schedule found in the time there is, with why what is missing is missing.

    Args:
        progress: told the wishes granted and the most there could be, at each better schedule.
        stop: asked now and then, from another thread, whether the best so far is enough.

    Raises:
        CannotStand: what is locked cannot be held any more.
    """
    if broken := faults(case, case.locked):
        raise CannotStand(list(dict.fromkeys(broken)))
    sessions, bound = _solved(
        case,
        _mended(case, seed) if case.before else first_come(case),
        case.locked,
        seconds=seconds,
        seed=seed,
        progress=progress,
        stop=stop,
    )
    granted = sum(len(s.people) for s in sessions)
    wishes = _wishes(case)
    return Schedule(
        sessions=tuple(sessions),
        missed=tuple(missed(case, sessions)),
        short=short(case, sessions),
        # With changes counted too, the bound says little about wishes alone.
        most=wishes if case.before else max(granted, int(min(wishes, (bound + 1e-6) // WISH))),
    )


def _solved(
    case: Case,
    hint: Sequence[Session],
    kept: Sequence[Session],
    *,
    seconds: float,
    seed: int,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[list[Session], float]:
    """The best sessions found, with all of `kept` among them, and the bound on what counts."""
    built = _Model(case)
    built.aim()
    built.hint(hint)
    built.keep(kept)
    solver = late.cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = seconds
    # The limit that counts is the same on every machine; this one is for a machine that is busy.
    solver.parameters.max_time_in_seconds = 2 * seconds
    with _until(solver, stop):
        status = solver.solve(built.model, _telling(progress, built) if progress else None)
    if status in (late.cp_model.OPTIMAL, late.cp_model.FEASIBLE):
        return _read(built, solver), solver.best_objective_bound
    return list(kept or hint), float("inf")


def _mended(case: Case, seed: int) -> list[Session]:
    """The schedule there was, with what still stands left as it is and the rest filled in."""
    kept = _standing(case)
    if faults(replace(case, activities=tuple(replace(a, least=0) for a in case.activities)), kept):
        return list(case.locked) or first_come(case)
    return _solved(case, kept, kept, seconds=SECONDS_TO_MEND, seed=seed)[0]


def _standing(case: Case) -> list[Session]:
    """Of the schedule there was the sessions that can still be, with the people who still can."""
    rooms = {r.key: r for r in case.rooms}
    trainers = {t.key: t for t in case.trainers}
    activities = {a.key: a for a in case.activities}
    people = {p.key: p for p in case.people}
    known = {slot.key for slot in case.slots}
    found = []
    for s in case.before:
        activity, room, trainer = (
            activities.get(s.activity), rooms.get(s.room), trainers.get(s.trainer)
        )  # fmt: skip
        if activity is None or room is None or trainer is None or s.slot not in known:
            continue
        slots = set(case.covered(activity, s.slot))
        coming = tuple(
            key for key in s.people
            if key in people and activity.key in people[key].wishes and slots <= people[key].works
        )[: min(room.seats, activity.most)]  # fmt: skip
        stands = (
            slots and activity.needs <= room.has and not room.busy & slots
            and activity.key in trainer.gives and slots <= trainer.free
        )  # fmt: skip
        if stands and len(coming) >= activity.least:
            found.append(replace(s, people=coming))
    return found


def _read(built: _Model, solver: late.cp_model.CpSolver) -> list[Session]:
    """Rooms, trainers and people of one start put together into sessions."""
    case = built.case
    seats = {r.key: r.seats for r in case.rooms}
    before = {(s.activity, s.slot, s.room): s for s in case.before}
    found: list[Session] = []
    for activity in case.activities:
        for slot in case.slots:
            here = (activity.key, slot.key)
            rooms = [k for a, s, k in built.room if (a, s) == here
                     and solver.boolean_value(built.room[a, s, k])]  # fmt: skip
            trainers = [k for a, s, k in built.trainer if (a, s) == here
                        and solver.boolean_value(built.trainer[a, s, k])]  # fmt: skip
            people = [p.key for p in case.people if (p.key, *here) in built.comes
                      and solver.boolean_value(built.comes[p.key, *here])]  # fmt: skip
            found += _shared_out(
                activity, slot.key, rooms=rooms, trainers=trainers, people=people, seats=seats,
                before={r: before[(*here, r)] for r in rooms if (*here, r) in before},
            )  # fmt: skip
    return found


def _shared_out(
    activity: Activity,
    slot: int,
    *,
    rooms: Sequence[int],
    trainers: Sequence[int],
    people: Sequence[int],
    seats: Mapping[int, int],
    before: Mapping[int, Session],
) -> list[Session]:
    """People over sessions that start together: who was in a room stays, the rest evens it out."""
    trainer_of: dict[int, int] = {
        room: s.trainer for room, s in before.items() if s.trainer in trainers
    }
    left = [t for t in trainers if t not in trainer_of.values()]
    for room in rooms:
        if room not in trainer_of:
            trainer_of[room] = left.pop(0)
    most = {room: min(seats[room], activity.most) for room in rooms}
    inside: dict[int, list[int]] = {room: [] for room in rooms}
    waiting = []
    for person in people:
        was = next((r for r, s in before.items() if person in s.people), None)
        if was is not None and len(inside[was]) < most[was]:
            inside[was].append(person)
        else:
            waiting.append(person)
    for person in waiting:
        room = min((r for r in rooms if len(inside[r]) < most[r]), key=lambda r: len(inside[r]))
        inside[room].append(person)
    for room in rooms:
        while len(inside[room]) < activity.least:
            giver = max(rooms, key=lambda r: len(inside[r]))
            inside[room].append(inside[giver].pop())
    return [
        Session(activity.key, slot, room, trainer_of[room], tuple(inside[room])) for room in rooms
    ]


# -- what could not be, and why -------------------------------------------------------------------


def missed(case: Case, sessions: Sequence[Session]) -> list[Missed]:
    """The wishes that do not come true with these sessions, and why."""
    activities = {a.key: a for a in case.activities}
    seats = {r.key: r.seats for r in case.rooms}
    people = {p.key: p for p in case.people}
    taken = Taken(case)
    got = set()
    for session in sessions:
        for key in session.people:
            got.add((key, session.activity))
            # Who left since it was planned, is in nobody's way any more.
            if key in people:
                taken.come(people[key], case.covered(activities[session.activity], session.slot))
    found = []
    for person in case.people:
        for wish in dict.fromkeys(person.wishes):
            if (person.key, wish) in got:
                continue
            held = [s for s in sessions if s.activity == wish]
            reasons = set()
            for session in held:
                activity = activities[wish]
                why = taken.may_come(person, case.covered(activity, session.slot))
                full = len(session.people) >= min(seats[session.room], activity.most)
                reasons.add(why or ("full" if full else "team"))
            found.append(Missed(person.key, wish, _nearest(reasons)))
    return found


def _nearest(reasons: set[WhyNot]) -> WhyNot:
    """Of several, the one that came nearest to a place."""
    order: tuple[WhyNot, ...] = ("full", "team", "has another", "does not work then")
    return next((why for why in order if why in reasons), "no session")


def short(case: Case, sessions: Sequence[Session]) -> dict[int, WhyNoSession]:
    """Why an activity has fewer sessions than it might have had."""
    held = Counter(s.activity for s in sessions)
    granted = Counter(s.activity for s in sessions for _ in s.people)
    wished = Counter(w for p in case.people for w in dict.fromkeys(p.wishes))
    found: dict[int, WhyNoSession] = {}
    for activity in case.activities:
        if held[activity.key] >= activity.sessions:
            continue
        if wished[activity.key] - granted[activity.key] == 0:
            found[activity.key] = "enough" if wished[activity.key] else "too few"
        elif not any(activity.key in t.gives for t in case.trainers):
            found[activity.key] = "no trainer"
        elif not any(activity.needs <= r.has and r.seats >= activity.least for r in case.rooms):
            found[activity.key] = "no room"
        elif wished[activity.key] - granted[activity.key] < activity.least:
            found[activity.key] = "too few"
        else:
            found[activity.key] = "no time"
    return found


def moved(before: Sequence[Session], after: Sequence[Session]) -> tuple[int, ...]:
    """People who had a place and now come at another time, or not at all."""
    had = {(p, s.activity): s.slot for s in before for p in s.people}
    has = {(p, s.activity): s.slot for s in after for p in s.people}
    return tuple(sorted({p for (p, a), slot in had.items() if has.get((p, a)) != slot}))
