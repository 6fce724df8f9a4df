"""Where someone stands on a path on a day: what is done, open, skipped, to choose, still to come.

`walked` is the one rule. It reads the path, what happened (dated marks) and the day, and tells of
each step how it stands and why: what it waits for, why it was skipped, which choice let it fall
away. What one sees, what a lead sees, the figures and the report all come from here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from gezel.paths.rules.structure import IN_ORDER, Kind, Node, Skip


class What(StrEnum):
    """What can happen to a step or a choice."""

    DONE = "done"
    UNDONE = "undone"
    SKIPPED = "skipped"
    WANTED = "wanted"
    PICKED = "picked"
    UNPICKED = "unpicked"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to a step on a day. The last of its sort counts."""

    key: str
    what: What
    on: date


class State(StrEnum):
    """How a step or block stands."""

    DONE = "done"
    SKIPPED = "skipped"
    OPEN = "open"
    CHOOSE = "choose"
    LATER = "later"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Stand:
    """How one step or block stands.

    `on` is the day it was done or skipped. `waits_for` are keys of what comes first, `opens_on` a
    day before which it does not open. `left_for` is the choice that was met without it.
    """

    key: str
    state: State
    on: date | None = None
    opens_on: date | None = None
    due_on: date | None = None
    late: bool = False
    waits_for: tuple[str, ...] = ()
    left_for: str = ""
    picked: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """How someone stands on the whole path.

    `asked` counts the steps that are asked (of a choice as many as are asked), `settled` those
    done or skipped among them. `now` are the steps and choices one can do now, in order; `dues` the
    days by which those that are asked have to be done, also those that open later.
    """

    stands: Mapping[str, Stand]
    asked: int
    settled: int
    skipped: int
    now: tuple[str, ...]
    due_on: date | None
    complete: bool
    dues: Mapping[str, date]

    @property
    def percent(self) -> int:
        return 100 * self.settled // self.asked if self.asked else 0


@dataclass(slots=True)
class _Reckoning:
    begins_on: date
    on: date
    done: Mapping[str, date]
    skipped: Mapping[str, date]
    picked: frozenset[str]
    met: dict[str, bool] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    stands: dict[str, Stand] = field(default_factory=dict)
    now: list[str] = field(default_factory=list)
    dues: dict[str, date] = field(default_factory=dict)


def walked(root: Node, marks: Sequence[Mark], begins_on: date, on: date) -> Walk:
    """Where someone stands who began on `begins_on`, as of `on`.

    What happened after `on` does not count. A step that was done counts also if it was not open
    yet: what someone did, they did.
    """
    done, skipped, picked = _folded(mark for mark in marks if mark.on <= on)
    for node in root.walk():
        if node.is_block and node.key in skipped:
            for below in node.walk():
                if below.key not in done:
                    skipped.setdefault(below.key, skipped[node.key])
    told = _Reckoning(begins_on, on, done, skipped, frozenset(picked))
    _settle(told, root)
    _let_fall(told, root)
    _stand(told, root, opened=True, waits=(), due=None, undecided=False)
    counted = _count(told, root)
    return Walk(
        told.stands,
        asked=counted[0],
        settled=counted[1],
        skipped=counted[2],
        now=tuple(told.now),
        due_on=min(told.dues.values(), default=None),
        complete=told.met[root.key],
        dues=told.dues,
    )


def _folded(marks: Iterable[Mark]) -> tuple[dict[str, date], dict[str, date], set[str]]:
    """What counts of all that happened: of done, of skipped and of picked the last word."""
    done: dict[str, date] = {}
    skipped: dict[str, date] = {}
    picked: set[str] = set()
    for mark in marks:
        if mark.what is What.DONE:
            done.setdefault(mark.key, mark.on)
        elif mark.what is What.UNDONE:
            done.pop(mark.key, None)
        elif mark.what is What.SKIPPED:
            skipped.setdefault(mark.key, mark.on)
        elif mark.what is What.WANTED:
            skipped.pop(mark.key, None)
        elif mark.what is What.PICKED:
            picked.add(mark.key)
        else:
            picked.discard(mark.key)
    return done, skipped, picked


def _settle(told: _Reckoning, node: Node) -> bool:
    """Whether it asks nothing any more: done, skipped, or all that it asks is."""
    below = [(_settle(told, child), child) for child in node.children]
    if node.key in told.skipped or (node.key in told.done and not node.is_block):
        met = True
    elif not node.is_block:
        met = False
    elif node.kind is Kind.CHOICE:
        met = sum(settled for settled, _child in below) >= min(node.pick, len(below))
    else:
        met = all(settled for settled, child in below if not child.optional)
    told.met[node.key] = met
    return met


def _let_fall(told: _Reckoning, node: Node) -> None:
    """What a choice that was made does not ask: the rest of it falls away."""
    if node.kind is Kind.CHOICE and node.key not in told.skipped:
        open_ones = [child for child in node.children if not told.met[child.key]]
        still = node.pick - (len(node.children) - len(open_ones))
        chosen = [child for child in open_ones if child.key in told.picked]
        if still <= 0 or len(chosen) >= still:
            kept = {child.key for child in chosen[: max(0, still)]}
            for child in open_ones:
                if child.key not in kept:
                    for below in child.walk():
                        if not told.met[below.key]:
                            told.left.setdefault(below.key, node.key)
    for child in node.children:
        _let_fall(told, child)


def _stand(
    told: _Reckoning,
    node: Node,
    *,
    opened: bool,
    waits: tuple[str, ...],
    due: date | None,
    undecided: bool,
) -> None:
    """How it stands and all below it; `undecided`: it hangs on a choice that is not made."""
    own_due = None if node.due_days is None else told.begins_on + timedelta(days=node.due_days)
    due = min((d for d in (due, own_due) if d is not None), default=None)
    opens_on = None if node.opens_days is None else told.begins_on + timedelta(days=node.opens_days)
    waits = (*waits, *(k for k in node.needs if k in told.met and not _out_of_the_way(told, k)))
    too_early = opens_on is not None and opens_on > told.on
    opened = opened and not waits and not too_early
    state = _state(told, node, opened)
    asks = state in {State.OPEN, State.CHOOSE, State.LATER}
    told.stands[node.key] = Stand(
        node.key,
        state,
        on=_settled_on(told, node),
        opens_on=opens_on if too_early and asks else None,
        due_on=due,
        late=asks and due is not None and due < told.on and not node.optional and not undecided,
        waits_for=tuple(dict.fromkeys(waits)) if asks else (),
        left_for=told.left.get(node.key, ""),
        picked=node.key in told.picked,
    )
    choosing = asks and _to_choose(told, node)
    if asks and not undecided:
        if due is not None and not node.optional and (choosing or not node.is_block):
            told.dues[node.key] = due
        if state is State.CHOOSE or (state is State.OPEN and not node.is_block):
            told.now.append(node.key)
    before: tuple[str, ...] = ()
    for child in node.children:
        _stand(
            told,
            child,
            opened=opened,
            waits=before,
            due=due,
            undecided=undecided or (choosing and child.key not in told.picked),
        )
        if node.kind in IN_ORDER and not child.optional and not _out_of_the_way(told, child.key):
            before = (child.key,)


def _out_of_the_way(told: _Reckoning, key: str) -> bool:
    """What is settled or fell away holds nothing up."""
    return told.met[key] or key in told.left


def _state(told: _Reckoning, node: Node, opened: bool) -> State:
    if node.key in told.done and not node.is_block:
        return State.DONE
    if node.key in told.skipped:
        return State.SKIPPED
    if told.met[node.key]:
        return State.DONE
    if node.key in told.left:
        return State.LEFT
    if not opened:
        return State.LATER
    return State.CHOOSE if _to_choose(told, node) else State.OPEN


def _to_choose(told: _Reckoning, node: Node) -> bool:
    """Whether there is still something to choose: more is open than is asked."""
    if node.kind is not Kind.CHOICE or any(c.key in told.left for c in node.children):
        return False
    still = sum(not told.met[child.key] for child in node.children)
    return node.pick - (len(node.children) - still) < still


def _settled_on(told: _Reckoning, node: Node) -> date | None:
    if not node.is_block:
        return told.done.get(node.key) or told.skipped.get(node.key)
    if node.key in told.skipped:
        return told.skipped[node.key]
    if not told.met[node.key]:
        return None
    days = [day for child in node.children if (day := _settled_on(told, child))]
    return max(days, default=None)


def _count(told: _Reckoning, node: Node) -> tuple[int, int, int]:
    """(steps asked, of which settled, of which skipped); of a choice, those that are furthest."""
    if node.optional:
        return 0, 0, 0
    if not node.is_block:
        met = told.met[node.key]
        return 1, int(met), int(met and node.key not in told.done)
    parts = [_count(told, child) for child in node.children]
    if node.kind is Kind.CHOICE:
        order = sorted(
            range(len(parts)),
            key=lambda n: (
                not told.met[node.children[n].key],
                node.children[n].key not in told.picked,
                node.children[n].key in told.left,
                -parts[n][1],
                n,
            ),
        )
        parts = [parts[n] for n in order[: node.pick]]
    asked, settled, skipped = (sum(part[n] for part in parts) for n in range(3))
    return asked, settled, skipped


def skip_met(
    node: Node,
    levels: Mapping[int, float],
    done: Mapping[int, date],
    on: date,
) -> Skip | None:
    """The first rule by which someone need not do this: what they show, or did before.

    Half a level short of what is asked is short; less than that is noise, as for learning needs.
    """
    for skip in node.skips:
        if skip.skill is not None:
            if round(levels.get(skip.skill, 0.0), 1) > skip.level - 0.5:
                return skip
        elif skip.activity is not None:
            did = done.get(skip.activity)
            if did is not None and did <= on and not _too_old(did, skip.months, on):
                return skip
    return None


def _too_old(did: date, months: int | None, on: date) -> bool:
    return (
        months is not None
        and (on.year - did.year) * 12 + on.month - did.month - (on.day < did.day) >= months
    )
