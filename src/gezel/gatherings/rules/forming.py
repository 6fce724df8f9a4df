"""Finding good divisions: annealing from several starts, with what each swap would change.

One step takes one person (or those who must stay together) and looks at every swap and every move
at once, in numpy; which one is done is drawn with the odds of a heat bath, so bad swaps become
rarer as it cools. Only swaps that keep every rule are looked at. At the end it goes downhill until
no swap and no move helps. The same case and seed give the same division.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gezel.gatherings.rules import feasible
from gezel.gatherings.rules.groups import (
    WORST,
    Case,
    Division,
    Fault,
    Floats,
    Impossible,
    Ints,
    costs_of_pairs,
    faults,
    sizes_for,
    uneven,
    worth,
)

SEED = 7
STARTS = 3
# Steps of one start for each person; more people need more looks, not many more.
STEPS_A_PERSON = 50
FEWEST_STEPS = 3_000
# Beginning and end of the cooling, in the spread of what swaps change.
HOT, COLD = 0.6, 0.02
TRIES_BY_HAND = 20


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Those who must stay together as one; everything the search asks about them, as arrays."""

    members: tuple[tuple[int, ...], ...]  # places in case.members
    pairs: Floats
    inside: Floats
    size: Ints
    clashes: Ints
    marks: Ints
    lacks: Ints
    fixed: Ints  # the group it is locked in, or -1


def _joined(case: Case) -> tuple[tuple[int, ...], ...]:
    """Places of members, grouped by what must stay together."""
    place = {m.key: at for at, m in enumerate(case.members)}
    root = list(range(len(case.members)))

    def top(at: int) -> int:
        while root[at] != at:
            at = root[at]
        return at

    for rule in case.together:
        here = sorted(place[key] for key in rule if key in place)
        for other in here[1:]:
            root[top(other)] = top(here[0])
    found: dict[int, list[int]] = {}
    for at in range(len(case.members)):
        found.setdefault(top(at), []).append(at)
    return tuple(tuple(members) for members in found.values())


def _blocks(case: Case) -> _Blocks:
    joined = _joined(case)
    place = {m.key: at for at, m in enumerate(case.members)}
    count = len(case.members)
    member_of = np.zeros((count, len(joined)))
    for block, members in enumerate(joined):
        member_of[list(members), block] = 1.0
    pairs = np.zeros((count, count))
    for aspect, matrix in costs_of_pairs(case).items():
        pairs += getattr(case.dials, aspect) * matrix
    summed = member_of.T @ pairs @ member_of
    inside = 0.5 * np.diag(summed)
    np.fill_diagonal(summed, 0.0)
    clashes = np.zeros((count, count))
    for rule in case.apart:
        here = [place[key] for key in rule if key in place]
        clashes[np.ix_(here, here)] = 1.0
    np.fill_diagonal(clashes, 0.0)
    marks = sorted(case.not_alone)
    marked = np.array([[mark in m.marks for mark in marks] for m in case.members], dtype=float)
    times = sorted({t for m in case.members for t in m.times}) if case.same_times else []
    lacking = np.array(
        [[bool(m.times) and t not in m.times for t in times] for m in case.members], dtype=float
    )
    fixed = [
        next((case.locked[case.members[at].key] for at in members
              if case.members[at].key in case.locked), -1)
        for members in joined
    ]  # fmt: skip
    return _Blocks(
        members=joined,
        pairs=summed,
        inside=inside,
        size=member_of.sum(axis=0).astype(np.int64),
        clashes=(member_of.T @ clashes @ member_of).astype(np.int64),
        marks=(member_of.T @ marked.reshape(count, len(marks))).astype(np.int64),
        lacks=(member_of.T @ lacking.reshape(count, len(times))).astype(np.int64),
        fixed=np.array(fixed, dtype=np.int64),
    )


class _Search:
    """A division under way, with the sums that tell at once what a swap would change."""

    def __init__(self, case: Case, blocks: _Blocks, where: Ints) -> None:
        self.case, self.blocks = case, blocks
        self.where = where.copy()
        self.count = len(where)
        self.every = np.arange(self.count)
        table = np.zeros((self.count, case.groups))
        table[self.every, where] = 1.0
        self.to = blocks.pairs @ table
        self.clash = blocks.clashes @ table.astype(np.int64)
        self.size = blocks.size @ table.astype(np.int64)
        self.marked = table.T.astype(np.int64) @ blocks.marks
        self.lacked = table.T.astype(np.int64) @ blocks.lacks
        sizes = np.arange(len(case.members) + 1)
        self.uneven = uneven(case, sizes)
        inner = 0.5 * (table * self.to).sum(axis=0) + blocks.inside @ table
        self.cost = inner + self.uneven[self.size]
        self.worst = WORST * case.groups
        self.alike = bool((blocks.size == 1).all())
        self.keeps_apart = bool(blocks.clashes.any())
        self.locked = blocks.fixed >= 0
        self.inside = bool(blocks.inside.any())

    def total(self) -> float:
        return float(self.cost.sum() + self.worst * self.cost.max())

    def changes(self, one: int) -> tuple[Floats, Floats]:
        """What it would change to swap this one with each other, and to move it to each group.

        Not a number but infinity where a rule forbids it.
        """
        b, case = self.blocks, self.case
        here = int(self.where[one])
        rest = self.cost.copy()
        rest[here] = -np.inf
        first = int(rest.argmax())
        highest = rest[first]
        rest[first] = -np.inf
        second = rest.max() if case.groups > 1 else -np.inf
        before = self.cost.max()
        leaves = self.cost[here] - self.to[one, here] - b.inside[one]
        size = int(b.size[one])

        there = self.where
        to_there = self.cost[there]
        cost_here = self.to[:, here] - b.pairs[one] + leaves
        cost_there = to_there + self.to[one][there] - b.pairs[one] - self.to[self.every, there]
        if self.inside:
            cost_here += b.inside
            cost_there += b.inside[one] - b.inside
        wrong = (there == here) | self.locked
        if not self.alike:
            size_here = self.size[here] - size + b.size
            size_there = self.size[there] - b.size + size
            most = len(self.uneven) - 1
            cost_here += self.uneven[np.minimum(size_here, most)] - self.uneven[self.size[here]]
            cost_there += self.uneven[np.minimum(size_there, most)] - self.uneven[self.size[there]]
            wrong |= (size_here > case.largest) | (size_here < case.smallest)
            wrong |= (size_there > case.largest) | (size_there < case.smallest)
        other = np.where(there == first, second, highest)
        peak = np.maximum(np.maximum(cost_here, cost_there), other)
        swap = cost_here + cost_there - to_there + self.worst * peak
        swap -= self.cost[here] + self.worst * before
        if self.keeps_apart:
            wrong |= self.clash[one][there] > b.clashes[one]
            wrong |= self.clash[:, here] > b.clashes[one]
        if b.marks.shape[1]:
            left = self.marked[here] - b.marks[one] + b.marks
            gone = self.marked[there] + b.marks[one] - b.marks
            wrong |= ((left == 1) | (gone == 1)).any(axis=1)
        if b.lacks.shape[1]:
            left = self.lacked[here] - b.lacks[one] + b.lacks
            gone = self.lacked[there] + b.lacks[one] - b.lacks
            wrong |= (left > 0).all(axis=1) | (gone > 0).all(axis=1)
        swap[wrong] = np.inf
        return swap, self._moves(one, here, leaves, (first, highest, second, before))

    def _moves(
        self, one: int, here: int, leaves: float, top: tuple[int, float, float, float]
    ) -> Floats:
        b, case = self.blocks, self.case
        first, highest, second, before = top
        size = int(b.size[one])
        moves = np.full(case.groups, np.inf)
        fits = self.size + size <= case.largest
        if self.size[here] - size < case.smallest or not fits.any():
            return moves
        fits[here] = False
        fits &= self.clash[one] == 0
        if b.marks.shape[1]:
            fits &= not (self.marked[here] - b.marks[one] == 1).any()
            fits &= ~(self.marked + b.marks[one] == 1).any(axis=1)
        if b.lacks.shape[1]:
            fits &= ~(self.lacked + b.lacks[one] > 0).all(axis=1)
        to = np.flatnonzero(fits)
        if not len(to):
            return moves
        sizes = self.size[to]
        cost_here = leaves + self.uneven[self.size[here] - size] - self.uneven[self.size[here]]
        cost_to = (
            self.cost[to] + self.to[one, to] + b.inside[one]
            + self.uneven[sizes + size] - self.uneven[sizes]
        )  # fmt: skip
        other = np.where(to == first, second, highest)
        moves[to] = (
            cost_here + cost_to - self.cost[here] - self.cost[to]
            + self.worst * (np.maximum(np.maximum(cost_here, cost_to), other) - before)
        )  # fmt: skip
        return moves

    def move(self, one: int, group: int) -> None:
        b, here = self.blocks, int(self.where[one])
        size = int(b.size[one])
        gain = self.to[one, group] + b.inside[one]
        loss = self.to[one, here] + b.inside[one]
        self.cost[here] += self.uneven[self.size[here] - size] - self.uneven[self.size[here]] - loss
        self.cost[group] += (
            self.uneven[self.size[group] + size] - self.uneven[self.size[group]] + gain
        )
        self.to[:, here] -= b.pairs[one]
        self.to[:, group] += b.pairs[one]
        self.clash[:, here] -= b.clashes[one]
        self.clash[:, group] += b.clashes[one]
        self.size[here] -= size
        self.size[group] += size
        self.marked[here] -= b.marks[one]
        self.marked[group] += b.marks[one]
        self.lacked[here] -= b.lacks[one]
        self.lacked[group] += b.lacks[one]
        self.where[one] = group

    def do(self, one: int, choice: int) -> None:
        """A choice from both lists of `changes`, laid one after the other."""
        if choice < self.count:
            here, there = int(self.where[one]), int(self.where[choice])
            self.move(choice, here)
            self.move(one, there)
        else:
            self.move(one, choice - self.count)


def _anneal(search: _Search, rng: np.random.Generator, steps: int) -> Ints:
    """The best place found for each, cooling down over so many steps."""
    free = np.flatnonzero(search.blocks.fixed < 0)
    if len(free) < 1 or search.case.groups < 2:
        return search.where
    seen = [
        np.concatenate(search.changes(int(one))) for one in rng.choice(free, min(20, len(free)))
    ]
    finite = np.concatenate(seen)
    finite = finite[np.isfinite(finite)]
    spread = float(finite.std()) if len(finite) > 1 else 0.0
    best, lowest = search.where.copy(), search.total()
    if spread > 1e-9:
        cooling = HOT * spread * (COLD / HOT) ** (np.arange(steps) / max(1, steps - 1))
        order = rng.choice(free, steps)
        width = search.count + search.case.groups
        now = lowest
        for at in range(steps):
            one = int(order[at])
            swap, moves = search.changes(one)
            change = np.concatenate((swap, moves, [0.0]))
            choice = int((change - cooling[at] * rng.gumbel(size=width + 1)).argmin())
            if choice < width:
                search.do(one, choice)
                now += change[choice]
                if now < lowest - 1e-9:
                    best, lowest = search.where.copy(), now
    # Built anew, so that no rounding of many thousand steps is left in the sums.
    done = _Search(search.case, search.blocks, best)
    _downhill(done, free)
    return done.where


def _downhill(search: _Search, free: Ints) -> None:
    """Until nobody can be swapped or moved for the better."""
    better = True
    while better:
        better = False
        for one in free:
            change = np.concatenate(search.changes(int(one)))
            choice = int(change.argmin())
            if change[choice] < -1e-7:
                search.do(int(one), choice)
                better = True


def _by_hand(case: Case, blocks: _Blocks, rng: np.random.Generator) -> Ints | None:
    """A first division: the largest blocks first, each to a group where it may be, by chance."""
    count = len(blocks.members)
    where = np.full(count, -1, dtype=np.int64)
    size = np.zeros(case.groups, dtype=np.int64)
    lacked = np.zeros((case.groups, blocks.lacks.shape[1]), dtype=np.int64)
    order = rng.permutation(count)
    stuck = blocks.clashes.sum(axis=1) + 10 * blocks.size + 1_000 * (blocks.fixed >= 0)
    for one in order[np.argsort(-stuck[order], kind="stable")]:
        fits = size + blocks.size[one] <= case.largest
        if blocks.fixed[one] >= 0:
            fits &= np.arange(case.groups) == blocks.fixed[one]
        fits[where[(blocks.clashes[one] > 0) & (where >= 0)]] = False
        if lacked.shape[1]:
            fits &= ~((lacked + blocks.lacks[one]) > 0).all(axis=1)
        to = np.flatnonzero(fits)
        if not len(to):
            return None
        group = int(to[(size[to] + 0.5 * rng.random(len(to))).argmin()])
        where[one] = group
        size[group] += blocks.size[one]
        lacked[group] += blocks.lacks[one]
    return where


def _spread(blocks: _Blocks, where: Ints, people: int) -> Division:
    found = [0] * people
    for block, members in enumerate(blocks.members):
        for at in members:
            found[at] = int(where[block])
    return tuple(found)


def _first(
    case: Case, blocks: _Blocks, rng: np.random.Generator, known: Ints | None = None
) -> Ints:
    """A division that keeps every rule: by hand if that works, else the known or an exact one.

    Raises:
        Impossible: there is none, or none was found.
    """
    for _ in range(TRIES_BY_HAND):
        where = _by_hand(case, blocks, rng)
        if where is None:
            continue
        if not faults(case, _spread(blocks, where, len(case.members))):
            return where
    if known is not None:
        return known
    division = feasible.find(case, seed=int(rng.integers(1, 2**31)))
    return np.array([division[members[0]] for members in blocks.members], dtype=np.int64)


def by_chance(case: Case, *, seed: int = SEED) -> Division:
    """A division by chance that keeps every rule.

    Raises:
        Impossible: there is none, or none was found.
    """
    blocks, rng = _blocks(case), np.random.default_rng(seed)
    search = _Search(case, blocks, _first(case, blocks, rng))
    free = np.flatnonzero(blocks.fixed < 0)
    for one in rng.permutation(np.repeat(free, 4)):
        change = np.concatenate(search.changes(int(one)))
        may = np.flatnonzero(np.isfinite(change))
        if len(may):
            search.do(int(one), int(rng.choice(may)))
    return _in_order(case, _spread(blocks, search.where, len(case.members)))


def divide(case: Case, *, seed: int = SEED, starts: int = STARTS, effort: float = 1.0) -> Division:
    """The best division found that keeps every rule.

    Args:
        effort: how long to look, where 1 is what a page can wait for.

    Raises:
        Impossible: there is none, and why; or none was found in the time there is.
    """
    blocks = _blocks(case)
    steps = round(effort * max(FEWEST_STEPS, STEPS_A_PERSON * len(case.members)))
    best, lowest = None, np.inf
    first: Ints | None = None
    for start in range(starts):
        rng = np.random.default_rng([seed, start])
        first = _first(case, blocks, rng, first)
        search = _Search(case, blocks, first)
        found = _anneal(search, rng, steps)
        division = _spread(blocks, found, len(case.members))
        cost = worth(case, division).total
        if cost < lowest - 1e-9:
            best, lowest = division, cost
    if best is None:
        raise Impossible((), sure=False)
    return _in_order(case, best)


def _in_order(case: Case, division: Division) -> Division:
    """Groups numbered by their first member, where no lock gives a number its meaning."""
    if case.locked:
        return division
    order: dict[int, int] = {}
    for group in division:
        order.setdefault(group, len(order))
    for group in range(case.groups):
        order.setdefault(group, len(order))
    return tuple(order[group] for group in division)


# -- changing a division that stands --------------------------------------------------------------


def even_out(case: Case, now: Division) -> Division:
    """Sizes as even as can be, with as few people moved as can be.

    Raises:
        Impossible: no division with even sizes keeps the rules.
    """
    smallest, largest = sizes_for(len(case.members), groups=case.groups)
    even = replace(case, smallest=smallest, largest=largest)
    return feasible.fewest_moves(even, {m.key: g for m, g in zip(case.members, now, strict=True)})


def split(case: Case, now: Division, group: int, *, seed: int = SEED) -> Division:
    """One group becomes two as good as can be; the second one comes last.

    Raises:
        Impossible: the rules do not allow it.
    """
    inside = [at for at, g in enumerate(now) if g == group]
    smallest, largest = sizes_for(len(inside), groups=2)
    if smallest < 1:
        raise Impossible((Fault("sizes", group=group),))
    part = replace(
        case, members=tuple(case.members[at] for at in inside), groups=2,
        smallest=smallest, largest=largest, locked={},
    )  # fmt: skip
    halves = divide(part, seed=seed)
    found = list(now)
    for at, half in zip(inside, halves, strict=True):
        found[at] = case.groups if half else group
    return tuple(found)


def merge(case: Case, now: Division, one: int, other: int) -> Division:
    """Two groups become one; those after the second move up a place.

    Raises:
        Impossible: the one group would break a rule.
    """
    first, second = sorted((one, other))
    found = tuple(first if g == second else g - 1 if g > second else g for g in now)
    after = replace(case, groups=case.groups - 1, locked={}, smallest=0)
    wrong = [fault for fault in faults(after, found) if fault.group in (first, None)]
    if wrong:
        raise Impossible(wrong)
    return found


def members_moved(now: Sequence[int], then: Sequence[int]) -> int:
    """How many people are elsewhere."""
    return sum(a != b for a, b in zip(now, then, strict=True))
