"""Before one begins to learn something: show that one can do it already."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gezel.assessment import queries
from gezel.assessment.tests.builders import a_test
from gezel.content.tests.builders import a_module
from gezel.people.api import Organisation, Person, Visitor
from gezel.skills.tests.builders import a_skill, an_evidence

pytestmark = pytest.mark.django_db


def test_a_module_leads_to_the_test_of_what_it_teaches_until_that_is_shown(
    van_dijk: Organisation, noor: Person, visit: Callable[[Person], Client]
) -> None:
    skill, other = a_skill("Isolating"), a_skill("Measuring")
    module = a_module(van_dijk, teaches={skill: 3, other: 2})
    test = a_test(van_dijk, skill, items=4)
    here, there = (
        reverse("content:play", args=[module.pk]),
        reverse("assessment:about", args=[test.pk]),
    )

    page = visit(noor).get(here).content.decode()
    assert there in page
    assert "Show it with the test: Isolating" in page
    assert "Show it with the test: Measuring" not in page

    an_evidence(noor, skill, level=5, kind="test")
    page = visit(noor).get(here).content.decode()
    assert there not in page
    assert page.count("you show this already") == 1


def test_where_one_tests_oneself_is_one_question(
    van_dijk: Organisation,
    noor: Person,
    sam: Person,
    as_visitor: Callable[[Person], Visitor],
    django_assert_num_queries: Any,
) -> None:
    tests = [a_test(van_dijk, a_skill(name), items=2) for name in ("One", "Two")]
    closed = a_test(van_dijk, a_skill("Three"), items=2, opened=False)
    skills = [test.skill_id for test in (*tests, closed)]
    hers, his = as_visitor(noor), as_visitor(sam)
    with django_assert_num_queries(1):
        found = queries.tests_of(hers, skills)
    assert found == {t.skill_id: reverse("assessment:about", args=[t.pk]) for t in tests}
    assert queries.tests_of(his, skills) == {}
