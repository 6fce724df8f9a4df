"""The cast that every test knows: Noor learns, Daan leads her, Femke is HR, Sam works elsewhere."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import translation

if TYPE_CHECKING:
    from gezel.people.models import Organisation, Person
    from gezel.people.visitor import Visitor


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Tests read English unless they say otherwise."""
    with translation.override("en"):
        yield


@pytest.fixture
def van_dijk(db: None) -> "Organisation":
    """The garage where Noor, Daan and Femke work."""
    from gezel.people.tests.builders import an_organisation

    return an_organisation("Van Dijk", slug="van-dijk")


@pytest.fixture
def de_linde(db: None) -> "Organisation":
    """The care organisation where Sam works."""
    from gezel.people.tests.builders import an_organisation

    return an_organisation("De Linde", slug="de-linde")


@pytest.fixture
def daan(van_dijk: "Organisation") -> "Person":
    """Leads the workshop."""
    from gezel.people.tests.builders import a_colleague

    return a_colleague(van_dijk, "Daan Visser", job="Workshop manager")


@pytest.fixture
def noor(van_dijk: "Organisation", daan: "Person") -> "Person":
    """Learns; a mechanic in Daan's workshop."""
    from gezel.people.tests.builders import a_colleague

    return a_colleague(van_dijk, "Noor Jansen", job="Mechanic", lead=daan)


@pytest.fixture
def femke(van_dijk: "Organisation") -> "Person":
    """HR of the garage."""
    from gezel.people.tests.builders import a_colleague

    return a_colleague(van_dijk, "Femke de Boer", job="HR adviser", mandates=["hr"])


@pytest.fixture
def sam(de_linde: "Organisation") -> "Person":
    """Works elsewhere and finds every door closed."""
    from gezel.people.tests.builders import a_colleague

    return a_colleague(de_linde, "Sam Willems", job="Carer")


@pytest.fixture
def visit() -> "Callable[[Person], Client]":
    """A signed-in client: `visit(noor).get("/")`."""

    def signed_in(person: "Person") -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def as_visitor() -> "Callable[[Person], Visitor]":
    """The visitor someone is, for policies and queries: `as_visitor(noor)`."""
    from gezel.people.middleware import visitor_of

    return visitor_of
