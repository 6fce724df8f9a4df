"""The database is away: nobody is told "saved", and the page that says so asks it nothing."""

from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from gezel.people.api import Person
from gezel.site.views import broken


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_politely(noor: Person) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(noor)

    with patch("gezel.site.views.board_for", side_effect=OperationalError("disk full")):
        response = client.get("/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert "Not saved, try again" in response.content.decode()


def test_the_page_that_says_so_needs_no_database() -> None:
    """Without the mark that opens it, any query in a test is an error."""
    try:
        raise OperationalError("gone")
    except OperationalError:
        response = broken(RequestFactory().get("/"))

    assert response.status_code == 503
