"""What is known so far of what an activity brings: the rule, the count, and what stays dark."""

from datetime import date, timedelta
from random import Random

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gezel.catalogue import effects
from gezel.catalogue.models import Activity, ActivityEffect
from gezel.catalogue.rules import Effect, Look, effect_of, gain, known
from gezel.catalogue.rules.effect import SPREAD, margin
from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.api import Evidence, Skill, add_evidence
from gezel.skills.tests.builders import a_skill, an_evidence

DID = date(2026, 6, 1)


def _seen(days: int, level: float, eyes: object = "lead daan") -> Look:
    return Look(eyes, DID + timedelta(days=days), level)


def test_before_and_after_are_compared_by_the_same_eyes() -> None:
    assert gain([_seen(-30, 2), _seen(60, 3)], DID) == 1.0
    assert gain([_seen(-30, 2, "daan"), _seen(60, 4, "karim")], DID) is None


def test_the_last_look_before_and_the_first_that_has_settled_count() -> None:
    looks = [_seen(-200, 1), _seen(-10, 2), _seen(3, 5), _seen(20, 3), _seen(300, 5)]
    assert gain(looks, DID) == 1.0


def test_the_day_itself_and_what_lies_years_off_count_for_nothing() -> None:
    assert gain([_seen(0, 1), _seen(30, 3)], DID) is None
    assert gain([_seen(-400, 1), _seen(30, 3)], DID) is None
    assert gain([_seen(-30, 1), _seen(400, 3)], DID) is None


def test_of_several_skills_and_eyes_someone_counts_once_with_their_mean() -> None:
    looks = {
        "noor": [
            [_seen(-5, 1, "a"), _seen(30, 2, "a"), _seen(-5, 2, "b"), _seen(30, 2, "b")],
            [_seen(-5, 1), _seen(30, 2.5)],
        ],
        "bram": [[_seen(-5, 2)]],
    }
    told = effect_of({"noor": DID, "bram": DID}, looks, {"noor": True, "bram": False})
    assert told == Effect(done=2, compared=1, gained=1.0, asked=2, use=1)


def test_nothing_is_told_of_fewer_than_the_smallest_group() -> None:
    told = known(Effect(done=4, compared=4, gained=3.0, asked=4, use=4), smallest=5)
    assert (told.done, told.compared, told.halves, told.tenths) == (0, 0, None, None)


@given(
    st.lists(st.floats(-2, 2), min_size=5, max_size=40),
    st.floats(-5, 5),
)
def test_one_more_person_cannot_be_worked_out_of_two_figures(
    gains: list[float], one: float
) -> None:
    """Of every figure told there are gains at least two levels apart that the last one may have."""
    n = len(gains)
    before = known(Effect(done=n, compared=n, gained=sum(gains) / n), smallest=5)
    after = known(Effect(done=n + 1, compared=n + 1, gained=(sum(gains) + one) / (n + 1)), 5)
    assert before.halves is not None
    assert after.halves is not None
    low = (after.halves - 0.5) / 2 * (n + 1) - (before.halves + 0.5) / 2 * n
    high = (after.halves + 0.5) / 2 * (n + 1) - (before.halves - 0.5) / 2 * n
    assert low - 1e-9 <= one <= high + 1e-9
    assert high - low >= 2


@pytest.mark.parametrize("people", [5, 10, 15, 50])
def test_where_nothing_changed_chance_stays_within_the_margin(people: int) -> None:
    """Groups of that size that were looked at twice and learned nothing: told as a change of more
    than the margin at most once in twenty."""
    chance = Random(people)
    means = [sum(chance.gauss(0, SPREAD) for _n in range(people)) / people for _m in range(2_000)]
    beyond = sum(abs(round(2 * mean)) > margin(people) for mean in means)
    assert beyond <= 100
    # And no wider than it needs to be: half a level less would not do.
    assert margin(people) == 1 or sum(abs(2 * m) > margin(people) - 1 for m in means) > 100


def _team(organisation: Organisation, number: int) -> list[Person]:
    return [a_colleague(organisation, f"P {n}") for n in range(number)]


def _looked_at(person: Person, skill: Skill, by: Person, *, before: int, after: int) -> None:
    for days, level in ((-30, before), (40, after)):
        add_evidence(
            person, skill, level=level, kind=Evidence.Kind.LEAD, by=by,
            on=DID + timedelta(days=days), organisation=person.employments.get().organisation,
        )  # fmt: skip


@pytest.mark.django_db
def test_a_night_counts_who_did_it_and_what_others_saw(
    van_dijk: Organisation, daan: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    skill = a_skill("High-voltage safety")
    activity = an_activity(van_dijk, teaches={skill: (1, 3)})
    people = _team(van_dijk, 6)
    for person in people[:5]:
        _looked_at(person, skill, daan, before=2, after=3)
    monkeypatch.setattr(
        effects, "_completions", [lambda _org: [(activity.pk, p.pk, DID) for p in people]]
    )
    monkeypatch.setattr(
        effects, "_uses", [lambda _org: [(activity.pk, p.pk, p != people[0]) for p in people]]
    )

    assert effects.count(van_dijk, timezone.localdate()) == 1

    row = ActivityEffect.objects.get()
    assert (row.done, row.compared, row.gained, row.asked, row.use) == (6, 5, 1.0, 6, 5)
    told = effects.told_effect(effects.effects_of([activity.pk], van_dijk)[activity.pk])
    assert told == [
        "About one level higher afterwards (at least 5 people).",
        "By chance alone it can be a whole level more or less.",
        "About 8 in 10 say afterwards what they will use (at least 5 people).",
    ]


@pytest.mark.django_db
def test_ones_own_view_and_who_left_count_for_nothing(
    van_dijk: Organisation, daan: Person, sam: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    skill = a_skill("High-voltage safety")
    activity = an_activity(van_dijk, teaches={skill: (1, 3)})
    (person,) = _team(van_dijk, 1)
    for days, level in ((-30, 1), (40, 5)):
        an_evidence(
            person, skill, level=level, kind=Evidence.Kind.SELF,
            on=DID + timedelta(days=days),
        )  # fmt: skip
    _looked_at(sam, skill, daan, before=1, after=5)
    rows = [(activity.pk, person.pk, DID), (activity.pk, sam.pk, DID)]
    monkeypatch.setattr(effects, "_completions", [lambda _org: rows])

    effects.count(van_dijk, timezone.localdate())

    row = ActivityEffect.objects.get()
    assert (row.done, row.compared) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("effect", "told"),
    [
        ({}, "Not known yet: nobody here did it."),
        ({"done": 3}, "Not known yet: too few people did it."),
        (
            {"done": 13, "compared": 4, "gained": 2.0},
            "Not known yet: at least 10 people did it, too few were looked at before and after.",
        ),
        (
            {"done": 13, "compared": 13, "gained": -0.1},
            (
                "No higher level seen afterwards (at least 10 people). "
                "By chance alone it can be half a level more or less."
            ),
        ),
    ],
)
def test_what_is_not_known_is_said(
    van_dijk: Organisation, effect: dict[str, float], told: str
) -> None:
    activity = an_activity(van_dijk)
    if effect:
        whole = {"compared": 0, "gained": 0.0, "asked": 0, "use": 0} | effect
        ActivityEffect.objects.create(activity=activity, **whole)
    found = effects.told_effect(effects.effects_of([activity.pk], van_dijk)[activity.pk])
    assert " ".join(found) == told


@pytest.mark.django_db
def test_counting_costs_no_question_an_activity(
    van_dijk: Organisation, django_assert_max_num_queries: object
) -> None:
    skill = a_skill("High-voltage safety")
    for n in range(12):
        an_activity(van_dijk, f"Course {n}", teaches={skill: (1, 3)})
    assert Activity.objects.count() == 12
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        effects.count(van_dijk, timezone.localdate())
