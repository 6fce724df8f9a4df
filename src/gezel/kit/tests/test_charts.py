"""Charts: what is drawn can be read, and nothing is cut that need not be."""

from __future__ import annotations

import re

import pytest

from gezel.kit.charts import Spoke, level_bar, progress, radar


def names_in(drawn: str) -> list[str]:
    """What stands at each spoke, its lines joined."""
    texts = re.findall(r"<text[^>]*>(.*?)</text>", drawn)
    return [" ".join(re.findall(r"<tspan[^>]*>(.*?)</tspan>", text)) for text in texts]


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize(
    "name",
    [
        "Zorgvuldig met persoonsgegevens",
        "Onderhoud aan elektrische voertuigen",
        "Omgaan met verandering",
        "Remmen",
    ],
)
def test_words_as_long_as_ours_stand_whole_at_every_spoke(name: str, at: int) -> None:
    names = ["Remmen"] * 6
    names[at] = name

    assert name in names_in(radar([Spoke(n, 2, 3) for n in names]))


def test_a_word_without_end_is_broken_and_a_name_without_end_is_cut() -> None:
    word, name = "Arbeidsongeschiktheidsverzekeringen", "Heel " * 60
    drawn = radar([Spoke("Remmen", 2, 3), Spoke(word, 2, 3), Spoke(name, 2, 3)])

    _first, broken, cut = names_in(drawn)
    assert broken.replace("- ", "") == word
    assert cut.endswith("…")
    assert len(cut) < 80


def test_a_bar_says_that_nothing_is_known_rather_than_zero() -> None:
    assert 'aria-label="nothing known, 3 asked"' in level_bar(0, 3)
    assert 'aria-label="nothing known yet"' in level_bar(0)
    assert 'aria-label="level 1.5 of 3 asked' in level_bar(1.5, 3)


def test_bars_are_as_wide_as_their_place_without_stretching_marks() -> None:
    """Widths are shares; what is a mark or an end is as wide everywhere."""
    drawn = level_bar(2, 3, 1.5, 2.5)

    assert "preserveAspectRatio" not in drawn + progress(1, 4)
    assert 'class="now" y="22%" width="40%"' in drawn
    assert 'class="goal" x="60%" width="5"' in drawn
    assert 'width="25%"' in progress(1, 4)
