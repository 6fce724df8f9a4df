"""Cases for groups, places and schedules, drawn by chance: for the figures and for the tests."""

from random import Random

from gezel.gatherings.rules import groups, schedule
from gezel.gatherings.rules.placing import Wish

TIMES: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset("ab"),
    frozenset("bc"),
    frozenset("abc"),
)


def people_for_groups(number: int, people: int) -> tuple[groups.Member, ...]:
    """People of some units with levels, each with two wishes; of one in nine no level is known."""
    chance = Random(number)
    everyone = range(people)
    return tuple(
        groups.Member(
            key,
            level=chance.choice((None, 1, 2, 2, 3, 3, 3, 4, 5)),
            unit=chance.randrange(max(3, people // 12)),
            marks=frozenset({"new"} if chance.random() < 0.2 else ()),
            times=chance.choice(TIMES),
            wishes=frozenset(chance.sample(everyone, min(2, people))),
        )
        for key in everyone
    )


def case_for_groups(number: int, people: int, size: int) -> groups.Case:
    """A division into groups of one size, with who has met and no further rules."""
    chance = Random(number + 1)
    return groups.Case(
        people_for_groups(number, people),
        people // size,
        smallest=size,
        largest=size,
        met={
            frozenset(chance.sample(range(people), 2)): chance.randint(1, 3)
            for _ in range(2 * people)
        },
    )


def bound_case_for_groups(number: int) -> groups.Case:
    """A small division with all kinds of rules, some of which cannot be kept together."""
    chance = Random(number)
    people = chance.randint(2, 20)
    count = chance.randint(1, max(1, people // 2))
    even = people // count, -(-people // count)

    def sets(most: int) -> tuple[frozenset[int], ...]:
        return tuple(
            frozenset(chance.sample(range(people), min(people, chance.choice((2, 2, 2, 3)))))
            for _ in range(chance.randint(0, most))
        )

    return groups.Case(
        people_for_groups(number, people),
        count,
        smallest=max(1, even[0] - chance.randint(0, 1)),
        largest=even[1] + chance.randint(0, 1),
        together=sets(2),
        apart=sets(3),
        not_alone=frozenset({"new"} if chance.random() < 0.5 else ()),
        same_times=chance.random() < 0.5,
        locked={
            chance.randrange(people): chance.randrange(count) for _ in range(chance.randint(0, 2))
        },
        dials=groups.Dials(*(chance.randint(0, 3) for _ in range(5))),
    )


def wishes_for_places(
    number: int, *, people: int = 10_000, sessions: int = 500, each: int = 5
) -> tuple[list[Wish], dict[int, int]]:
    """People who wish for sessions of which some are wanted by many, and the seats there are."""
    chance = Random(number)
    every = range(sessions)
    wanted = [1 / (1 + at) ** 0.6 for at in every]
    wishes = [
        Wish(key, tuple(dict.fromkeys(chance.choices(every, wanted, k=3 * each)))[:each])
        for key in range(people)
    ]
    fair = people / sessions
    return wishes, {at: chance.randint(round(fair * 0.5), round(fair * 1.4)) for at in every}


def case_for_schedule(
    number: int,
    *,
    people: int = 200,
    activities: int = 10,
    sessions: int = 3,
    rooms: int = 6,
    trainers: int = 8,
    days: int = 5,
) -> schedule.Case:
    """A week of half days; people on early, late or day shifts with days off, two wishes each."""
    chance = Random(number)
    keys = range(2 * days)

    def some(share: float) -> frozenset[int]:
        return frozenset(key for key in keys if chance.random() < share)

    shifts = (frozenset(keys[::2]), frozenset(keys[1::2]), frozenset(keys))
    teams = max(1, people // 10)
    gives = [frozenset(chance.sample(range(activities), min(3, activities)))
             for _ in range(trainers)]  # fmt: skip
    needs: tuple[frozenset[str], ...] = (
        frozenset(),
        frozenset(),
        frozenset({"screen"}),
        frozenset({"bench"}),
    )
    return schedule.Case(
        slots=tuple(schedule.Slot(key, key // 2, ("am", "pm")[key % 2]) for key in keys),
        rooms=tuple(
            schedule.Room(
                key,
                chance.choice((8, 10, 12, 16, 20)),
                frozenset(thing for thing in ("screen", "bench") if chance.random() < 0.6),
                some(0.1),
            )
            for key in range(rooms)
        ),
        trainers=tuple(schedule.Trainer(key, gives[key], some(0.6)) for key in range(trainers)),
        activities=tuple(
            schedule.Activity(
                key, sessions, least=min(4, people), most=chance.choice((10, 12, 15, 20)),
                needs=chance.choice(needs),
            )
            for key in range(activities)
        ),
        people=tuple(
            schedule.Attendee(
                key,
                key % teams,
                frozenset(
                    slot for slot in chance.choice(shifts)
                    if slot // 2 not in chance.sample(range(days), 1)
                ),
                tuple(chance.sample(range(activities), min(2, activities))),
            )
            for key in range(people)
        ),
        away=dict.fromkeys(range(teams), 3),
    )  # fmt: skip
