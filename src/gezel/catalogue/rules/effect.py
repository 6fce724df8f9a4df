"""What is known so far of what an activity brings: levels seen before and after, and what people
say they will use.

A level counts when somebody else saw it: a lead, a colleague, a test, practical work that was
looked at. One's own view does not, nor what having done the activity adds by itself: then every
activity would help. Before and after are compared only between the same eyes, a test with a test
and one lead with that same lead, so that who looks more mildly makes no gain.

It tells what was seen, not what caused it: there is no group beside it that did not do it, and
people learn elsewhere in the same months. So it is told in half levels and never more finely;
that also keeps the last one who came from being worked out of yesterday's figure and today's.
Model card: `docs/model-cards/effect-so-far.md`.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt
from statistics import fmean
from typing import TypeVar

Who = TypeVar("Who", bound=Hashable)

# A look longer before it, or longer after it, says more about all the rest of that time.
LONGEST_BEFORE_DAYS = 365
LONGEST_AFTER_DAYS = 365
# Who is looked at the day after still has it in their ears; after two weeks it has to stay.
SETTLED_AFTER_DAYS = 14
# People are told of in fives, so that one more changes nothing.
TOLD_IN = 5
# How far two looks at someone by the same eyes lie apart by chance alone: levels, one standard
# deviation. Taken, not measured here: a spread of a few people would give one of them away.
SPREAD = 0.8
NINETEEN_IN_TWENTY = 1.96


@dataclass(frozen=True, slots=True)
class Look:
    """One time somebody else saw a level: whose eyes (a kind, and who, where that matters)."""

    eyes: Hashable
    on: date
    level: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What was counted of one activity.

    Attributes:
        done: people who did it.
        compared: those of them who were looked at before and after, by the same eyes.
        gained: their mean change, in levels of the scale; 0 where nobody was compared.
        asked: people who were at a session of it, and so were asked what they will use.
        use: those of them who wrote something.
    """

    done: int = 0
    compared: int = 0
    gained: float = 0.0
    asked: int = 0
    use: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What may be told of an effect. `done`, `compared` and `asked` are at least so many people, 0
    where too few to tell of. `halves` is the change in half levels, None where it is not known;
    `tenths` how many in ten wrote what they will use."""

    done: int
    compared: int
    halves: int | None
    asked: int
    tenths: int | None
    anybody: bool


def gain(looks: Iterable[Look], did_on: date) -> float | None:
    """How much higher a skill was seen after than before, in levels; None without both.

    Of each pair of eyes the last look in the year before and the first from two weeks until a year
    after; of several eyes their mean. The day itself is neither.
    """
    before: dict[Hashable, Look] = {}
    after: dict[Hashable, Look] = {}
    for look in sorted(looks, key=lambda one: one.on):
        days = (look.on - did_on).days
        if -LONGEST_BEFORE_DAYS <= days < 0:
            before[look.eyes] = look
        elif SETTLED_AFTER_DAYS <= days <= LONGEST_AFTER_DAYS:
            after.setdefault(look.eyes, look)
    both = before.keys() & after.keys()
    if not both:
        return None
    return fmean(after[eyes].level - before[eyes].level for eyes in both)


def effect_of(
    done: Mapping[Who, date],
    looks: Mapping[Who, Sequence[Sequence[Look]]],
    said: Mapping[Who, bool],
) -> Effect:
    """What was counted of one activity.

    Args:
        done: of each person the day they did it.
        looks: of each person the looks at each of the skills it teaches.
        said: of each person who was at a session, whether they wrote what they will use.
    """
    gains: dict[Who, float] = {}
    for person, did_on in done.items():
        each = [g for skill in looks.get(person, ()) if (g := gain(skill, did_on)) is not None]
        if each:
            gains[person] = fmean(each)
    return Effect(
        done=len(done),
        compared=len(gains),
        gained=fmean(gains.values()) if gains else 0.0,
        asked=len(said),
        use=sum(said.values()),
    )


def known(effect: Effect, smallest: int) -> Known:
    """What may be told: nothing of fewer people than the smallest group, and nothing finely."""

    def people(number: int) -> int:
        return max(smallest, number // TOLD_IN * TOLD_IN) if number >= smallest else 0

    return Known(
        done=people(effect.done),
        compared=people(effect.compared),
        halves=round(2 * effect.gained) if people(effect.compared) else None,
        asked=people(effect.asked),
        tenths=round(10 * effect.use / effect.asked) if people(effect.asked) else None,
        anybody=effect.done > 0,
    )


def margin(people: int) -> int:
    """By how many half levels the mean change of at least so many people may be off by chance, 19
    times out of 20; rounded up, since it was rounded to half levels itself."""
    return ceil(2 * NINETEEN_IN_TWENTY * SPREAD / sqrt(people))


def by_eyes(rows: Iterable[tuple[Who, Hashable, Look]]) -> dict[Who, list[list[Look]]]:
    """Looks at (person, skill), put together as `effect_of` reads them: person → skills → looks."""
    found: dict[Who, dict[Hashable, list[Look]]] = defaultdict(lambda: defaultdict(list))
    for person, skill, look in rows:
        found[person][skill].append(look)
    return {person: list(skills.values()) for person, skills in found.items()}
