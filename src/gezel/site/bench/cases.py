"""Invented planning cases of any size, the same for the same number."""

from datetime import date, timedelta
from random import Random

from gezel.plans.rules.planning import Activity, Case, Dates, Gap, Lift, Limits

TODAY = date(2026, 11, 26)
HALF_A_YEAR = 182


def a_case(number: int, *, activities: int = 400, gaps: int = 15) -> Case:
    """Skills short by half a level to four, and an offer of courses, practice and colleagues.

    Formal things cost up to € 1,450 and mostly have dates; one in eight needs another first; one
    in twenty is mandatory; limits are tight enough that something must be left out.
    """
    dice = Random(number)
    lacks = [
        Gap(s, dice.randrange(0, 31) / 10, dice.choice([3, 3, 4, 5]), dice.choice([100, 100, 300]))
        for s in range(gaps)
    ]
    return Case(
        today=TODAY,
        gaps=tuple(g for g in lacks if g.size >= 0.5),
        activities=tuple(_activity(dice, key, gaps) for key in range(activities)),
        limits=Limits(
            until=TODAY + timedelta(days=HALF_A_YEAR),
            minutes_a_week=dice.choice([60, 120, 180, 240]),
            money_cents=dice.choice([0, 50_000, 100_000, 150_000, 250_000]),
            cost_cents=dice.choice([None, None, None, 400_000]),
            no_evenings=dice.random() < 0.3,
            language=dice.choice(["", "", "", "nl"]),
        ),
        wage_cents=4_500,
    )


def _activity(dice: Random, key: int, skills: int) -> Activity:
    lifts = []
    for skill in dice.sample(range(skills), min(skills, dice.choice([1, 1, 1, 2]))):
        start = dice.randint(0, 3)
        lifts.append(Lift(skill, start, min(5, start + dice.choice([1, 1, 2]))))
    mix = dice.choice(["practice", "others", "formal", "formal"])
    formal = mix == "formal"
    dated = formal and dice.random() < 0.6
    return Activity(
        key=key,
        lifts=tuple(lifts),
        minutes=dice.choice([30, 60, 120, 240, 480, 960, 1_440]),
        fee_cents=dice.choice([0, 15_000, 25_000, 42_500, 98_000, 145_000]) if formal else 0,
        travel_cents=dice.choice([0, 0, 1_500]),
        form=dice.choice(["online", "classroom", "on_the_job", "blended"]),
        mix=mix,
        own_percent=dice.choice([0, 0, 50, 100]),
        evening=dice.random() < 0.15,
        in_dutch=dice.random() < 0.9,
        needs=(dice.randrange(key),) if key and dice.random() < 0.125 else (),
        offerings=tuple(_dates(dice, key * 10 + n) for n in range(dice.randint(1, 3)))
        if dated
        else (),
        dated=dated,
        mandatory=dice.random() < 0.01,
    )


def _dates(dice: Random, key: int) -> Dates:
    begins = TODAY + timedelta(days=dice.randint(3, HALF_A_YEAR + 20))
    return Dates(key, begins, begins + timedelta(days=dice.choice([0, 0, 1, 7])),
                 dice.choice([None, None, 3, 0]))  # fmt: skip
