"""`{% translate %}`, `{% url %}` and `{% icon %}` say what they would say anew."""

from __future__ import annotations

import pytest
from django.template import engines
from django.urls import NoReverseMatch
from django.utils import translation


def said(source: str, **told: object) -> str:
    return str(engines["django"].from_string(source).render(told))


def test_a_sentence_is_said_in_the_language_of_each_reader() -> None:
    for language, word in (("en", "Search"), ("nl", "Zoeken"), ("en", "Search")):
        with translation.override(language):
            assert said('{% translate "Search" %}') == word


def test_a_sentence_with_signs_comes_whole() -> None:
    assert said('{% translate "50 % <b>more</b>" %}') == "50 % <b>more</b>"


def test_what_is_more_than_a_plain_sentence_is_left_to_django() -> None:
    assert said('{% translate "Search"|upper %}') == "SEARCH"
    assert said('{% translate "Search" as word %}<{{ word }}>') == "<Search>"
    assert said("{% translate word %}", word="<Search>") == "&lt;Search&gt;"


def test_an_address_is_the_same_from_memory() -> None:
    source = '{% url "skills:person" pk %}'
    assert [said(source, pk=pk) for pk in (3, 4, 3, "5")] == [
        "/skills/people/3/",
        "/skills/people/4/",
        "/skills/people/3/",
        "/skills/people/5/",
    ]
    assert said('{% url "skills:person" pk=3 %}') == "/skills/people/3/"
    assert said('{% url "skills:mine" as here %}{{ here }}') == "/skills/mine/"


def test_an_address_that_is_not_there_is_told_unless_it_may_be_absent() -> None:
    assert said('{% url "nowhere" as here %}[{{ here }}]') == "[]"
    with pytest.raises(NoReverseMatch):
        said('{% url "nowhere" %}')


def test_an_icon_is_drawn_the_same_from_memory() -> None:
    once = said('{% icon "search" %}')
    assert once.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in once
    assert said("{% icon name %}", name="search") == once
    assert said('{% icon "search" %}{% icon "search" %}') == once + once
    assert 'role="img" aria-label="Found"' in said('{% icon "search" "Found" %}')
