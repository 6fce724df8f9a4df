"""From a text to the skills it speaks of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezel.skills.rules.matching import Match, Name, NameIndex, together, windows_of

NAMES = [
    Name(1, "metalen lassen", "nl"),
    Name(1, "weld metal", "en"),
    Name(2, "feedback geven", "nl"),
    Name(2, "give feedback", "en"),
    Name(3, "personeelsadministratie voeren", "nl"),
    Name(4, "JavaScript", "en"),
    Name(5, "CSS", "en"),
]
INDEX = NameIndex.of(NAMES)


def skills(text: str, language: str = "") -> list[int]:
    return [match.skill for match in INDEX.match(text, language)]


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("Lassen van metaal, voor beginners", 1),
        ("Welding metal safely", 1),
        ("Hoe geef ik feedback aan een collega?", 2),
        ("Giving feedback that lands", 2),
        ("Administratie van het personeel", 3),
    ],
)
def test_what_a_title_speaks_of_comes_first(text: str, skill: int) -> None:
    assert skills(text)[0] == skill


def test_one_sentence_may_speak_of_several() -> None:
    found = skills("Strong knowledge of CSS and of modern JavaScript in large teams", "en")

    assert set(found[:2]) == {4, 5}


def test_the_words_that_say_so_are_those_of_the_text() -> None:
    (first, *_) = INDEX.match("Anders dan je denkt: Feedback geven.", "nl")

    assert first.words == ("Feedback", "geven")
    assert INDEX.texts[first.name] == "feedback geven"


def test_what_speaks_of_nothing_known_finds_nothing() -> None:
    assert skills("Zwembad") == []
    assert skills("") == []
    assert NameIndex.of([]).match("Lassen") == []


def test_what_stands_there_word_for_word_is_surer_than_what_resembles_it() -> None:
    exact = INDEX.match("metalen lassen", "nl")[0]
    alike = INDEX.match("metaallasser", "nl")[0]

    assert (exact.skill, alike.skill) == (1, 1)
    assert exact.chance > alike.chance


def test_an_index_that_was_kept_answers_the_same() -> None:
    again = NameIndex.restored(INDEX.stored())

    assert again.texts == INDEX.texts
    assert again.match("Feedback geven") == INDEX.match("Feedback geven")


def test_a_model_of_meanings_lifts_what_is_near_and_harms_nobody_it_does_not_know() -> None:
    without = INDEX.match("Omgaan met het team", "nl", all_of_them=True)
    lifted = INDEX.match("Omgaan met het team", "nl", meanings={2: 0.95}, all_of_them=True)

    assert lifted[0].skill == 2
    assert {m.skill: m.score for m in lifted if m.skill != 2}.items() <= {
        m.skill: m.score for m in without
    }.items()


def test_each_skill_is_proposed_once_by_whichever_index_knows_it_best() -> None:
    low, high = Match(1, 0.4, 0.3, 0, ()), Match(1, 0.9, 0.8, 0, ())

    assert together([[low], [high]]) == [(1, high)]


def test_windows_are_of_three_and_six_words_within_a_sentence() -> None:
    assert windows_of("One two three four. Five!") == [
        "One two three", "two three four", "One two three four", "Five",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_answered(text: str) -> None:
    for match in INDEX.match(text):
        assert 0 <= match.chance <= 1


def test_ten_thousand_characters_are_answered_by_their_beginning() -> None:
    assert INDEX.match("metalen lassen " + "x" * 10_000)
