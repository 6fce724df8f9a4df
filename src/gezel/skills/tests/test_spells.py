"""Whether someone left in between: told from the days of their employments."""

from datetime import date

from gezel.skills.rules.spells import spell_began


def test_another_job_from_the_next_day_on_is_the_same_spell() -> None:
    jobs = [(date(2024, 1, 1), date(2025, 3, 31)), (date(2025, 4, 1), None)]

    assert spell_began(jobs, date(2026, 11, 27)) == date(2024, 1, 1)


def test_a_day_between_two_employments_begins_a_new_spell() -> None:
    jobs = [(date(2025, 4, 2), None), (date(2024, 1, 1), date(2025, 3, 31))]

    assert spell_began(jobs, date(2026, 11, 27)) == date(2025, 4, 2)


def test_a_short_job_beside_a_longer_one_ends_nothing() -> None:
    jobs = [(date(2024, 1, 1), None), (date(2024, 6, 1), date(2024, 7, 1))]

    assert spell_began(jobs, date(2026, 11, 27)) == date(2024, 1, 1)


def test_who_left_or_is_yet_to_come_is_in_no_spell() -> None:
    jobs = [(date(2024, 1, 1), date(2025, 3, 31)), (date(2027, 1, 1), None)]

    assert spell_began(jobs, date(2026, 11, 27)) is None
    assert spell_began(jobs, date(2025, 3, 31)) == date(2024, 1, 1)
