"""People over the API: of the caller's organisation only, in pages, noted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from ninja.errors import HttpError

from gezel.people import rest
from gezel.people.models import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.trust.models import Reading

pytestmark = pytest.mark.django_db


@dataclass
class _Token:
    made_by_id: int | None


@dataclass
class _Caller:
    organisation: Organisation
    token: _Token


def _asked(organisation: Organisation, by: Person) -> HttpRequest:
    request: HttpRequest = RequestFactory().get("/")
    request.auth = _Caller(organisation, _Token(by.pk))  # type: ignore[attr-defined] # ninja does
    return request


def test_only_the_callers_own_people(
    van_dijk: Organisation, noor: Person, femke: Person, sam: Person
) -> None:
    request = _asked(van_dijk, femke)
    names = {row["first_name"] for row in rest.people(request, after=0, limit=50)["items"]}

    assert names == {"Noor", "Daan", "Femke"}
    assert rest.person(request, person=noor.pk)["email"] == noor.email
    with pytest.raises(HttpError):
        rest.person(request, person=sam.pk)
    assert Reading.objects.filter(reader=femke, about=noor, purpose="api").exists()


def test_pages_follow_each_other(
    van_dijk: Organisation, femke: Person, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(5):
        a_colleague(van_dijk, f"Person {number}")
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = rest.people(_asked(van_dijk, femke), after=after, limit=2)
        seen += [row["id"] for row in page["items"]]
        after = page["next"]

    assert len(seen) == len(set(seen)) == 6
    # The people, how many this key opened today (decision 0033), and that it opened these; where
    # requests of one moment can count side by side, the row that has them wait for each other.
    with django_assert_num_queries(3 + connection.features.has_select_for_update):
        rest.people(_asked(van_dijk, femke), after=0, limit=50)


def test_without_a_token_nothing_is_told(van_dijk: Organisation) -> None:
    with pytest.raises(HttpError):
        rest.people(RequestFactory().get("/"), after=0, limit=50)
