"""Stems, parts of compounds, and which language it is."""

from collections.abc import Collection
from datetime import date

import pytest
from django.utils import formats, translation

from gezel.kit.language import guess, parts, stem
from gezel.kit.likeness import marked

KNOWN = {
    "project", "leiderschap", "hulpverlening", "bedrijf", "bedrijfs", "veiligheid", "regels",
    "klant", "gesprek", "zon", "nepaneel",
}  # fmt: skip


def known(words: Collection[str]) -> set[str]:
    return KNOWN & set(words)


@pytest.mark.parametrize(
    ("word", "halves"),
    [
        ("projectleiderschap", ("project", "leiderschap")),
        ("veiligheidsregels", ("veiligheid", "regels")),
        ("klantengesprek", ("klant", "gesprek")),
        ("bedrijfshulpverlening", ("bedrijf", "hulpverlening")),
        ("zonnepaneel", ()),  # "zon" is too short to be trusted as a part
        ("leiderschap", ()),
        ("accu", ()),
        ("a" * 60, ()),
        ("12345678", ()),
    ],
)
def test_a_compound_falls_into_words_that_occur(word: str, halves: tuple[str, ...]) -> None:
    assert parts(word, known) in (halves, halves and ("bedrijfs", "hulpverlening"))


def test_what_occurs_is_asked_once() -> None:
    asked: list[Collection[str]] = []

    def ask(words: Collection[str]) -> set[str]:
        asked.append(words)
        return set()

    parts("hoogspanningsveiligheid", ask)

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("nl", "onderhouden", "onderhoud"),
        ("en", "maintaining", "maintain"),
        ("en", "tests", "test"),
    ],
)
def test_bent_words_share_a_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Veilig werken aan hoogspanning", "nl"),
        ("Working safely on high voltage", "en"),
        ("Hoe geef ik feedback aan een collega?", "nl"),
        ("How to give feedback", "en"),
        ("Excel", ""),
        ("", ""),
        ("שלום 👋", ""),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert guess(text) == language


def test_words_that_answer_are_marked_as_they_were_written() -> None:
    assert marked("Één café, geen cafés", frozenset({"cafe"})) == [
        ("Één ", False),
        ("café", True),
        (", geen cafés", False),
    ]
    assert "".join(part for part, _ in marked("<b>x</b>", frozenset({"x"}))) == "<b>x</b>"


def test_no_word_of_ours_stands_in_for_a_month() -> None:
    """Django asks for months as "may" and "March" in the same catalogue: one of our own words that
    reads like that once made every May a "mag"."""
    with translation.override("nl"):
        short = [formats.date_format(date(2026, month, 1), "b") for month in range(1, 13)]
        whole = [formats.date_format(date(2026, month, 1), "F") for month in range(1, 13)]
    assert short == [
        "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ]  # fmt: skip
    assert whole == [
        "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
        "oktober", "november", "december",
    ]  # fmt: skip
