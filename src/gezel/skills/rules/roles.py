"""What a role asks, as a picture that HR edits: what changes when, and what if two edit at once.

A picture is what the edit page shows: names, jobs, and per skill what is asked now and from
dates ahead. Saving turns the difference between two pictures into dated demands, so what was
asked last month can still be asked for.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from gezel.skills.rules.needs import DatedDemand


@dataclass(frozen=True, slots=True)
class Change:
    """From a date a role asks something else of a skill. Level 0: not asked."""

    from_on: date
    skill: Hashable
    before: int
    after: int
    essential: bool
    was_essential: bool
    # Between which levels it may turn out, where somebody said so.
    low: int | None = None
    high: int | None = None

    @property
    def is_sure(self) -> bool:
        """Nobody said that it may turn out otherwise."""
        return self.low is None and self.high is None

    @property
    def lowest(self) -> int:
        return self.after if self.low is None else self.low

    @property
    def highest(self) -> int:
        return self.after if self.high is None else self.high

    @property
    def is_new(self) -> bool:
        return self.before == 0 and self.after > 0

    @property
    def ends(self) -> bool:
        return self.after == 0

    @property
    def weight_changes(self) -> bool:
        """It becomes essential, or stops being so, while it stays asked."""
        return self.before > 0 and self.after > 0 and self.essential != self.was_essential


def changes_ahead(demands: Iterable[DatedDemand], after: date) -> list[Change]:
    """What will change after a date, by date; a demand that repeats what holds changes nothing."""
    state: dict[Hashable, tuple[int, bool]] = {}
    changes: list[Change] = []
    # Sorting is stable: demands of one date keep the order of the profile.
    for demand in sorted(demands, key=lambda d: d.from_on):
        before, was_essential = state.get(demand.skill, (0, False))
        now = (demand.level, demand.essential)
        state[demand.skill] = now
        says_a_range = demand.low is not None or demand.high is not None
        said_nothing_new = now == (before, was_essential) or (before == 0 and demand.level == 0)
        if demand.from_on > after and (says_a_range or not said_nothing_new):
            changes.append(
                Change(
                    demand.from_on, demand.skill, before, demand.level,
                    demand.essential, was_essential, demand.low, demand.high,
                )
            )  # fmt: skip
    return changes


@dataclass(frozen=True, slots=True)
class Later:
    """What is asked of a skill from a date ahead: as expected, at the least and at the most."""

    from_on: date
    level: int
    essential: bool = False
    low: int | None = None
    high: int | None = None

    @property
    def in_order(self) -> bool:
        """The least is not above what is expected, nor the most below it."""
        low = self.level if self.low is None else self.low
        high = self.level if self.high is None else self.high
        return low <= self.level <= high


def by_date(later: Iterable[Later]) -> tuple[Later, ...]:
    """Demands ahead, the first to begin first."""
    return tuple(sorted(later, key=lambda each: each.from_on))


@dataclass(frozen=True, slots=True)
class Ask:
    """What a role asks of one skill: now (0: not yet), and from dates ahead."""

    level: int
    essential: bool = False
    later: tuple[Later, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A role profile as the edit page shows it. `asks` keeps the order of the profile."""

    name_nl: str
    name_en: str
    jobs: frozenset[int] = frozenset()
    asks: Mapping[int, Ask] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, object]:
        """What two people can differ about, by a name that a form can carry."""
        found: dict[str, object] = {
            "name_nl": self.name_nl,
            "name_en": self.name_en,
            "jobs": self.jobs,
            "order": tuple(self.asks),
        }
        return found | {f"skill-{pk}": ask for pk, ask in self.asks.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part on which two pictures differ; `mine` and `theirs` are None where it is absent."""

    part: str
    mine: object
    theirs: object
    prefer_mine: bool
    both_changed: bool


def differences(base: Picture, mine: Picture, theirs: Picture) -> list[Difference]:
    """Where my picture and the one that stands differ, and which of the two to propose.

    Both were made from `base`. What only one of us touched is proposed as that one left it;
    what both touched is proposed as mine and marked, for the choice is a person's. The order of
    the skills counts as a difference only where both hold the same skills.
    """
    was, one, other = base.parts, mine.parts, theirs.parts
    found = []
    for part in dict.fromkeys([*one, *other]):
        ours, standing = one.get(part), other.get(part)
        if ours == standing or (part == "order" and set(mine.asks) != set(theirs.asks)):
            continue
        i_changed, they_changed = ours != was.get(part), standing != was.get(part)
        found.append(
            Difference(
                part, ours, standing,
                prefer_mine=i_changed, both_changed=i_changed and they_changed,
            )
        )  # fmt: skip
    return found


def joined(mine: Picture, theirs: Picture, take_mine: Iterable[str]) -> Picture:
    """The picture that stands, with the named parts as I have them."""
    chosen = set(take_mine)
    asks = dict(theirs.asks)
    for part in chosen:
        if not part.startswith("skill-"):
            continue
        pk = int(part.removeprefix("skill-"))
        if pk in mine.asks:
            asks[pk] = mine.asks[pk]
        else:
            asks.pop(pk, None)
    order = mine.asks if "order" in chosen else theirs.asks
    placed = [pk for pk in order if pk in asks]
    placed += [pk for pk in asks if pk not in order]
    return Picture(
        name_nl=mine.name_nl if "name_nl" in chosen else theirs.name_nl,
        name_en=mine.name_en if "name_en" in chosen else theirs.name_en,
        jobs=mine.jobs if "jobs" in chosen else theirs.jobs,
        asks={pk: asks[pk] for pk in placed},
    )


def dates_said_twice(later: Iterable[Later]) -> list[date]:
    """Dates for which a skill has two demands: nobody could tell which holds."""
    seen: set[date] = set()
    twice: list[date] = []
    for each in later:
        if each.from_on in seen and each.from_on not in twice:
            twice.append(each.from_on)
        seen.add(each.from_on)
    return twice


def picture_of(
    demands: Iterable[DatedDemand],
    on: date,
    *,
    name_nl: str,
    name_en: str,
    jobs: Iterable[int] = (),
) -> Picture:
    """The picture on a date, from dated demands whose `skill` is a key.

    A skill that is asked neither now nor later is not in it.
    """
    now: dict[int, DatedDemand] = {}
    later: dict[int, list[Later]] = {}
    order: dict[int, None] = {}
    for demand in demands:
        pk = demand.skill
        assert isinstance(pk, int)  # noqa: S101 - a key of the database, by contract
        order[pk] = None
        if demand.from_on > on:
            later.setdefault(pk, []).append(
                Later(demand.from_on, demand.level, demand.essential, demand.low, demand.high)
            )
        elif pk not in now or demand.from_on >= now[pk].from_on:
            now[pk] = demand
    asks = {}
    for pk in order:
        held = now.get(pk)
        level, essential = (held.level, held.essential) if held else (0, False)
        ahead = by_date(later.get(pk, ()))
        if level or ahead:
            asks[pk] = Ask(level, essential, ahead)
    return Picture(name_nl, name_en, frozenset(jobs), asks)
