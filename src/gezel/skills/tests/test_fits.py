"""What ratings tell of raters and groups: simulated, where the truth is known."""

import numpy as np
import pytest

from gezel.skills.rules import PARAMETERS, Prior, Rating, Shown, fit_ratings, group_prior


def ratings(seed: int, *, people: int = 240, skills: int = 2) -> tuple[list[Rating], np.ndarray]:
    """Teams of twelve with a lead; four colleagues look at each. Returns how mild each one is."""
    random = np.random.default_rng(seed)
    mild = random.normal(0, 0.5, people)
    rows = []
    for skill in range(skills):
        for person, level in enumerate(random.normal(3, 0.9, people)):
            team = person // 12 * 12
            others = [p for p in range(team, team + 12) if p != person]
            seen = [("lead", team)] if person != team else []
            seen += [("colleague", int(p)) for p in random.choice(others, 4, replace=False)]
            rows += [
                Rating(person, skill, rater, kind, level + mild[rater] + random.normal(0, 0.6))
                for kind, rater in seen
            ]
    return rows, mild


def test_raters_are_found_as_mild_or_strict_as_they_are() -> None:
    rows, mild = ratings(1)
    found = fit_ratings(rows)
    fits = [(fit, mild[rater]) for (rater, _kind), fit in found.raters.items()]

    guessed = np.array([fit.leniency for fit, _true in fits])
    true = np.array([one for _fit, one in fits])
    assert len(fits) > 60
    assert np.corrcoef(guessed, true)[0, 1] > 0.75
    apart = np.abs(guessed - true) / np.array([fit.sd for fit, _true in fits])
    assert 0.87 < (apart < 1.96).mean() < 0.99


def test_the_spread_of_a_kind_follows_its_ratings() -> None:
    found = fit_ratings(ratings(2)[0]).sources["colleague"]

    assert found.noise == pytest.approx(0.6, abs=0.1)
    assert found.leniency == pytest.approx(0.5, abs=0.12)


def test_a_rater_of_few_people_is_not_corrected() -> None:
    rows = [Rating(person, 1, 7, "lead", 5) for person in range(4)]
    rows += [Rating(person, 1, 8, "lead", 2) for person in range(6)]

    assert {rater for rater, _kind in fit_ratings(rows).raters} == {8}


def test_without_ratings_the_published_figures_hold() -> None:
    assert fit_ratings([]).sources == PARAMETERS[1].sources
    assert fit_ratings([]).raters == {}


def test_the_same_ratings_in_another_order_tell_the_same() -> None:
    rows, _mild = ratings(3, people=60)
    there, back = fit_ratings(rows), fit_ratings(rows[::-1])

    for whose, fit in there.raters.items():
        assert back.raters[whose].leniency == pytest.approx(fit.leniency, abs=0.011)


def test_a_group_too_small_has_no_start_of_its_own() -> None:
    four = [Shown(4.0, 0.5)] * 4

    assert group_prior(four, smallest=4) is None
    assert group_prior([Shown(4.0, 0.5)] * 9, smallest=10) is None
    found = group_prior([Shown(4.0, 0.5)] * 9, smallest=5)
    assert isinstance(found, Prior)
    assert 3.5 < found.mean < 4
    assert found.people == 9
    # Whole tenths: who joins or leaves cannot be read off.
    assert found.mean == round(found.mean, 1)
