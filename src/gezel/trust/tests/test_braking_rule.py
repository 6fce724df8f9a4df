"""When who opens many people is asked why, and when it ends for the day."""

from datetime import datetime, timedelta

import pytest

from gezel.trust.rules.braking import Answer, Limits, may_go_on, may_key_go_on, room

NOW = datetime(2026, 11, 27, 15, 0)  # noqa: DTZ001 # the rule compares, it knows no clock
MIDNIGHT = NOW.replace(hour=0)
LIMITS = Limits(hour=60, day=200, most=1_000, key=5_000)


def opened(people: range, *, ago: timedelta = timedelta(minutes=5)) -> list[tuple[int, datetime]]:
    return [(who, NOW - ago) for who in people]


def said(
    about: range,
    before: list[tuple[int, datetime]],
    *,
    own: set[int] | None = None,
    reason_given: bool = False,
) -> Answer:
    return may_go_on(
        about,
        before,
        now=NOW,
        day_began=MIDNIGHT,
        limits=LIMITS,
        own=own or set(),
        reason_given=reason_given,
    )


def test_up_to_the_limit_nobody_is_asked_and_the_next_is() -> None:
    assert said(range(60, 61), opened(range(59))) is Answer.FREE
    assert said(range(60, 61), opened(range(60))) is Answer.ASK


def test_a_list_counts_everyone_on_it() -> None:
    assert said(range(60), []) is Answer.FREE
    assert said(range(61), []) is Answer.ASK


def test_what_was_opened_longer_than_an_hour_ago_counts_for_the_day_alone() -> None:
    earlier = opened(range(190), ago=timedelta(hours=2))

    assert said(range(190, 200), earlier) is Answer.FREE
    assert said(range(190, 201), earlier) is Answer.ASK


def test_the_day_begins_anew_at_midnight_but_the_hour_runs_on() -> None:
    just_after = MIDNIGHT + timedelta(minutes=10)
    before = [(who, MIDNIGHT - timedelta(minutes=20)) for who in range(60)]

    def asked(at: datetime) -> Answer:
        return may_go_on([99], before, now=at, day_began=MIDNIGHT, limits=LIMITS)

    assert asked(just_after) is Answer.ASK
    assert asked(just_after + timedelta(hours=1)) is Answer.FREE


def test_going_back_to_the_same_people_is_work() -> None:
    assert said(range(60), opened(range(60))) is Answer.FREE
    assert said(range(10), opened(range(1_000))) is Answer.FREE


def test_with_a_reason_it_goes_on_to_the_end_of_the_day() -> None:
    assert said(range(500, 501), opened(range(500)), reason_given=True) is Answer.FREE
    assert said(range(1_000, 1_001), opened(range(1_000)), reason_given=True) is Answer.STOP


def test_who_asks_for_everyone_at_once_is_stopped_without_being_asked() -> None:
    assert said(range(1_001), []) is Answer.STOP


@pytest.mark.parametrize("reason_given", [True, False])
def test_ones_own_line_never_counts(reason_given: bool) -> None:
    line = set(range(4_999))

    assert said(range(4_999), [], own=line, reason_given=reason_given) is Answer.FREE
    assert said(range(4_999, 5_059), opened(range(4_999)), own=line) is Answer.FREE
    assert said(range(4_999, 5_060), opened(range(4_999)), own=line) is Answer.ASK


def test_a_system_is_not_asked_why_and_has_a_limit_of_its_own() -> None:
    assert may_key_go_on(LIMITS.key, limits=LIMITS) is Answer.FREE
    assert may_key_go_on(LIMITS.key + 1, limits=LIMITS) is Answer.STOP


@pytest.mark.parametrize(
    ("minutes", "people", "left"),
    [(5, 0, 60), (5, 20, 40), (90, 20, 60), (90, 190, 10), (5, 80, 0), (90, 400, 0)],
)
def test_there_is_room_until_the_nearest_limit(minutes: int, people: int, left: int) -> None:
    before = opened(range(people), ago=timedelta(minutes=minutes))

    assert room(before, now=NOW, day_began=MIDNIGHT, limits=LIMITS) == left
