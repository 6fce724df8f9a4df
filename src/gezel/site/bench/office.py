"""An invented organisation over seven years, in which everything is known: what people can, use,
learn and forget, what roles ask and when HR says so, who leaves.

It is made by another process than the forecast assumes: people forget exponentially (the engine:
a power curve), each at a pace of their own; practice at work lifts a skill and is only now and
then written down; levels are seen rounded to whole ones; demand also changes unannounced; who
leaves does so by tenure; newcomers know less than who left. `Process` turns each of these.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TEAMS, SEATS, ROLES, SKILLS = 20, 12, 5, 8
BEFORE, MONTHS = 24, 60


@dataclass(frozen=True, slots=True)
class Process:
    """How this organisation works; rates are a month unless said otherwise."""

    name: str
    # Half-life of what is not used, in months: its median, and the spread of its logarithm.
    half_life: float = 12.0
    half_life_spread: float = 0.6
    # What share of skills is used every week, and how often the others are.
    daily: float = 0.4
    seldom: float = 0.06
    practice: float = 0.06
    trained: float = 0.02
    seen: float = 0.06
    noise: float = 0.5
    # How often a role revises a skill, how often upward, and how often it is said ahead.
    revised: float = 1 / 36
    upward: float = 0.75
    announced: float = 0.8
    leave_a_year: float = 0.12
    newcomers_short: float = 0.7


KNOWN = Process("the process as described")
MISTAKEN = Process(
    "a process that breaks the assumptions: fast forgetting of all kinds alike, more practice "
    "that nobody writes down, demand half unannounced, many leavers",
    half_life=7.0,
    half_life_spread=0.9,
    daily=0.55,
    seen=0.03,
    noise=0.8,
    announced=0.5,
    upward=0.6,
    leave_a_year=0.22,
    newcomers_short=1.2,
)


@dataclass(frozen=True, slots=True)
class Revision:
    """From a month a role asks another level of a skill; HR knew it since `told_at`."""

    role: int
    skill: int
    month: int
    level: int
    told_at: int
    said: tuple[int, int, int]


@dataclass
class Office:
    """What happened; months count from 0, those before `BEFORE` are its past."""

    process: Process
    role: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    # Per month: true levels (people, skills) and what each role asks (roles, skills).
    levels: list[Floats] = field(default_factory=list)
    asked: list[Ints] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    # Seat, skill, month, level seen.
    seen: list[tuple[int, int, int, int]] = field(default_factory=list)
    # Seat, skill, month: training that was agreed; the month in which it was agreed.
    plans: list[tuple[int, int, int, int]] = field(default_factory=list)
    # Seat, first month, last month or -1.
    spells: list[tuple[int, int, int]] = field(default_factory=list)

    def need(self, month: int) -> Floats:
        """What each team truly falls short, in levels: (`TEAMS`,)."""
        short = np.maximum(0, self.asked[month][self.role] - self.levels[month])
        return np.asarray(short.reshape(TEAMS, -1).sum(axis=1))


def simulate(process: Process, seed: int) -> Office:
    """Seven years, month by month."""
    chance = np.random.default_rng(seed)
    people = TEAMS * SEATS
    office = Office(process, role=chance.integers(0, ROLES, people))
    asked = chance.integers(2, 5, (ROLES, SKILLS))
    coming = _revisions(office, asked, chance)
    shape = (people, SKILLS)
    usual = asked[office.role] + chance.normal(-0.3, 0.9, shape)
    level = np.clip(usual, 0.3, 5)
    life = np.exp(chance.normal(np.log(process.half_life), process.half_life_spread, shape))
    often = np.where(chance.random(shape) < process.daily, 0.9, process.seldom)
    tenure = chance.exponential(60, people)
    since = np.zeros(people, dtype=np.int64)
    planned: dict[int, list[tuple[int, int]]] = {}
    for month in range(BEFORE + MONTHS):
        for revision in coming.get(month, ()):
            asked[revision.role, revision.skill] = revision.level
        used = chance.random(shape) < often
        best = np.minimum(5, asked[office.role] + 0.8)
        level += np.where(used, process.practice * np.maximum(0, best - level), 0)
        floor = np.minimum(level, 1.0)
        level = np.where(used, level, floor + (level - floor) * 0.5 ** (1 / life))
        _train(office, level=level, asked=asked, planned=planned, month=month, chance=chance)
        # People leave by tenure: the newest soonest.
        hazard = process.leave_a_year / 12 * (1.6 - 0.9 * np.minimum(1, tenure / 60))
        leaves = chance.random(people) < hazard
        for seat in np.flatnonzero(leaves):
            office.spells.append((int(seat), int(since[seat]), month))
            new = asked[office.role[seat]] - process.newcomers_short
            level[seat] = np.clip(new + chance.normal(0, 0.9, SKILLS), 0, 5)
            since[seat], tenure[seat] = month, 0
        tenure += 1
        looks = chance.random(shape) < process.seen * np.where(used, 1.6, 0.6)
        looks |= leaves[:, None] & (chance.random(shape) < 0.7)
        shown = np.clip(np.rint(level + chance.normal(0, process.noise, shape)), 1, 5)
        office.seen += [
            (int(s), int(k), month, int(shown[s, k]))
            for s, k in zip(*np.nonzero(looks), strict=True)
        ]
        office.levels.append(level.copy())
        office.asked.append(asked.copy())
    office.spells += [(seat, int(since[seat]), -1) for seat in range(people)]
    return office


def _revisions(
    office: Office, asked: Ints, chance: np.random.Generator
) -> dict[int, list[Revision]]:
    """All that roles will ask otherwise, and what HR says of it how long before."""
    process, coming = office.process, dict[int, list[Revision]]()
    for role in range(ROLES):
        for skill in range(SKILLS):
            level = int(asked[role, skill])
            for month in range(3, BEFORE + MONTHS):
                if chance.random() >= process.revised:
                    continue
                level = int(np.clip(level + (1 if chance.random() < process.upward else -1), 1, 5))
                ahead = int(chance.integers(3, 25)) if chance.random() < process.announced else 0
                # HR is right seven times out of ten, and a level off otherwise.
                off = int(chance.choice([-1, 0, 1], p=[0.15, 0.7, 0.15])) if ahead else 0
                expected = int(np.clip(level + off, 1, 5))
                said = (max(1, expected - 1), expected, min(5, expected + 1))
                revision = Revision(role, skill, month, level, month - ahead, said)
                office.revisions.append(revision)
                coming.setdefault(month, []).append(revision)
    return coming


def _train(
    office: Office,
    *,
    level: Floats,
    asked: Ints,
    planned: dict[int, list[tuple[int, int]]],
    month: int,
    chance: np.random.Generator,
) -> None:
    """Who is short may get training in the coming half year; four in five go through."""
    short = asked[office.role] - level
    wants = chance.random(level.shape) < office.process.trained * np.clip(short, 0, 2)
    for seat, skill in zip(*np.nonzero(wants), strict=True):
        at = month + int(chance.integers(1, 7))
        office.plans.append((int(seat), int(skill), at, month))
        if chance.random() < 0.8:
            planned.setdefault(at, []).append((int(seat), int(skill)))
    for seat, skill in planned.pop(month, ()):
        level[seat, skill] = np.clip(level[seat, skill] + chance.normal(0.7, 0.4), 0, 5)
