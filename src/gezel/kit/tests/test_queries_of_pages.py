"""The question of a page with some answers changed, as its links tell it."""

import pytest
from django.template import engines
from django.test import RequestFactory


@pytest.mark.parametrize(
    ("asked", "changes", "told"),
    [
        ("", "page=2", "?page=2"),
        ("", 'page=""', "?"),
        ("page=3", 'page=""', "?"),
        ("q=a&page=3&by=x", "page=2", "?q=a&amp;page=2&amp;by=x"),
        ("q=a&page=3", 'page="" by="unit"', "?q=a&amp;by=unit"),
        ("unit=1&unit=2", "page=2", "?unit=1&amp;unit=2&amp;page=2"),
        ("unit=1&unit=2", "unit=3", "?unit=3"),
        ("q=caf%C3%A9+%26+thee&leeg=", "page=2", "?q=caf%C3%A9+%26+thee&amp;leeg=&amp;page=2"),
        ("q=%22%3E%3Cscript%3E", 'on="a b"', "?q=%22%3E%3Cscript%3E&amp;on=a+b"),
    ],
)
def test_a_link_keeps_what_was_asked_and_changes_what_it_says(
    asked: str, changes: str, told: str, rf: RequestFactory
) -> None:
    template = engines["django"].from_string("{% with_query " + changes + " %}")
    request = rf.get(f"/?{asked}")
    assert template.render({}, request) == told
    assert request.GET.urlencode() == rf.get(f"/?{asked}").GET.urlencode()  # the request's stays
