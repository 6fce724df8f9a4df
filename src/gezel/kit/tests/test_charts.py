"""Charts: what is drawn can be read, and nothing is cut that need not be."""

from __future__ import annotations

import re

import pytest

from gezel.kit.charts import Spoke, radar


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
