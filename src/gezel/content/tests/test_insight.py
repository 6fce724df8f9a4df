"""What an author learns of a module: about groups of five and more, and what to do about it."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gezel.content.actions import Given, keep_answers, start
from gezel.content.insights import insight_of
from gezel.content.models import Module
from gezel.content.rules.insight import (
    Advice,
    Stop,
    _advice,
    at_most,
    correlation,
    item,
    largest_drop,
    middle,
    reached_as_told,
    stops,
    upper_lower,
)
from gezel.content.tests.builders import QUESTION, TEXT, a_module
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague

Visit = Callable[[Person], Client]


def test_a_question_that_follows_the_rest_is_fine_and_its_opposite_is_not() -> None:
    good = [(n % 10 >= 4, (n % 10) / 10) for n in range(40)]
    told = item(good)
    assert told is not None
    assert told.tells_apart is not None
    assert (told.people, round(told.right, 2), told.advice) == (40, 0.6, Advice.FINE)
    assert told.tells_apart > 0.8
    assert told.upper_lower == 1.0
    wrong = item([(not one, rest) for one, rest in good])
    assert wrong is not None
    assert wrong.advice is Advice.UPSIDE_DOWN


def test_a_guess_says_nothing() -> None:
    dice = random.Random(4)
    told = item([(n % 2 == 0, dice.random()) for n in range(400)])
    assert told is not None
    assert told.advice is Advice.SAYS_NOTHING


@pytest.mark.parametrize(
    ("right", "people", "advice"),
    [(40, 40, Advice.TOO_EASY), (4, 40, Advice.TOO_HARD), (3, 6, Advice.TOO_FEW)],
)
def test_words_for_what_to_do(right: int, people: int, advice: Advice) -> None:
    told = item([(n < right, 1 - n / people) for n in range(people)])
    assert told is not None
    assert told.advice is advice


def test_of_four_people_nothing_is_told() -> None:
    assert item([(True, 0.5)] * 4) is None
    assert middle([3.0] * 4) is None
    assert reached_as_told(4, [4, 4]) == [None, None]
    assert upper_lower([(True, 0.5)] * 18) == 0.0
    assert upper_lower([(True, 0.5)] * 14) is None


def test_it_is_the_correlation_of_the_textbook() -> None:
    assert correlation([1, 0, 1, 1, 0], [5, 2, 4, 3, 1]) == pytest.approx(0.8660254)
    assert correlation([1, 1, 1], [1, 2, 3]) is None


def test_no_step_uncovers_one_or_two_who_stopped() -> None:
    assert reached_as_told(20, [20, 18, 15, 14, 3, 0]) == [20, None, 15, None, None, 0]
    assert largest_drop(20, [20, None, 15, None, None, 0]) == 5
    assert largest_drop(20, [20, None, 20]) is None


def test_where_a_tenth_stops_it_is_said() -> None:
    told = stops(100, [100, 95, None, 80, 0])
    assert told == [None, None, None, Stop(15, here=False), Stop(80, here=True)]


@pytest.mark.parametrize(
    ("told", "people", "advice"),
    [
        (-0.06, 116, Advice.SAYS_NOTHING),  # chance may have made it negative
        (-0.06, 2000, Advice.UPSIDE_DOWN),
        (0.16, 166, Advice.UNSURE),  # chance may have made it weak
        (0.16, 2000, Advice.SAYS_NOTHING),
        (0.21, 166, Advice.FINE),
        (None, 166, Advice.SAYS_NOTHING),
    ],
)
def test_a_question_is_called_bad_where_chance_cannot_have_made_it_so(
    told: float | None, people: int, advice: Advice
) -> None:
    assert _advice(people, 0.5, told) is advice


@given(st.floats(-1, 1), st.integers(5, 5000))
def test_more_answers_make_it_surer(told: float, people: int) -> None:
    assert told - 0.001 <= at_most(told, people * 2) <= at_most(told, people) <= 1


@pytest.fixture
def module(van_dijk: Organisation) -> Module:
    return a_module(van_dijk, [TEXT, QUESTION, QUESTION, TEXT])


def played(person: Person, module: Module, *values: dict[str, Any]) -> None:
    import uuid

    at = timezone.now() - timedelta(hours=1)
    attempt = start(person, module, organisation=module.activity.organisation, at=at)
    blocks = list(module.blocks.current())
    keep_answers(
        attempt,
        [
            Given(uuid.uuid4(), block.pk, at + timedelta(seconds=30 * n), value)
            for n, (block, value) in enumerate(zip(blocks, values, strict=False), 1)
        ],
    )


SEEN, RIGHT, WRONG = {"seen": True}, {"chosen": ["a"]}, {"chosen": ["b"]}


@pytest.mark.django_db
def test_where_people_stop_and_what_they_had_right(
    *,
    van_dijk: Organisation, femke: Person, module: Module, as_visitor: Any, visit: Visit,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    for n in range(12):
        person = a_colleague(van_dijk, f"Person {n}")
        whole = (SEEN, RIGHT if n % 2 else WRONG, RIGHT if n % 2 else WRONG, SEEN)
        played(person, module, *(whole if n < 6 else whole[:2]))
    played(femke, module, SEEN)
    found = insight_of(module, as_visitor(femke))
    assert found.people == 12
    assert [step.reached for step in found.steps] == [12, 12, 6, 6]
    assert [step.seconds for step in found.steps] == [30.0] * 4
    assert found.drop == 2
    first, second = (step.item for step in found.steps if step.item)
    assert (first.people, first.right_percent, second.people) == (12, 50, 6)
    client = visit(femke)
    with django_assert_max_num_queries(7):
        page = client.get(reverse("content:insight", args=[module.pk])).content.decode()
    assert "12 people began it." in page
    assert "Person" not in page


@pytest.mark.django_db
def test_small_groups_and_strangers_see_nothing(
    *,
    van_dijk: Organisation,
    femke: Person,
    noor: Person,
    sam: Person,
    module: Module,
    visit: Visit,
) -> None:
    for n in range(4):
        played(a_colleague(van_dijk, f"Person {n}"), module, SEEN, RIGHT)
    address = reverse("content:insight", args=[module.pk])
    page = visit(femke).get(address).content.decode()
    assert "Not enough people yet" in page
    assert "got past it" not in page
    for person in (noor, sam):
        assert visit(person).get(address).status_code == 404
