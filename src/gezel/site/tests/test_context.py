"""What the base page is told is kept for a request, and for nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from gezel.people.middleware import visitor_of
from gezel.people.models import Person
from gezel.site.context import house


@pytest.mark.django_db
def test_who_signs_in_half_way_a_request_is_told_as_themselves(
    noor: Person, femke: Person, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    assert "visitor" not in house(request)

    for person in (noor, femke):
        request.user = person
        request.visitor = visitor_of(person)  # type: ignore[attr-defined] # by our middleware
        assert house(request)["visitor"].person == person
        for language, learn in (("en", "Learn"), ("nl", "Leren")):
            with translation.override(language):
                told = house(request)
                assert house(request) is told
                assert (told["LANGUAGE_CODE"], told["menu"][1].label) == (language, learn)
