"""The real thing: from automonteur to accumonteur, with the lists of ESCO itself.

The data lie beside the repository, never in it; without them this is skipped, out loud.
"""

import csv
import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gezel.skills import rules
from gezel.skills.rules import distance as far

ROOT = Path(__file__).resolve().parents[4]
ESCO = Path(os.environ.get("GEZEL_BENCH_DATA", ROOT.parent / "shared" / "data")) / "esco"

pytestmark = pytest.mark.skipif(
    not ESCO.exists(), reason="SKIPPED: no ESCO beside the repository; set GEZEL_BENCH_DATA"
)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(ESCO / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def asked() -> dict[str, list[far.Target]]:
    """What five occupations around cars ask, as a page would reckon it, by their Dutch name."""
    codes = {"7231.10", "7412.1", "7412.2", "7231.9", "2221.1"}
    named = {
        row["conceptUri"]: row["preferredLabel_nl"]
        for row in _rows("occupations.csv.gz")
        if row["code"] in codes or row["preferredLabel_nl"] == "loodgieter"
    }
    pairs: dict[str, dict[str, bool]] = {name: {} for name in named.values()}
    for row in _rows("occupation_skill_relations.csv.gz"):
        if name := named.get(row["occupationUri"]):
            essential = row["relationType"] == "essential"
            pairs[name][row["skillUri"]] = pairs[name].get(row["skillUri"], False) or essential
    return {
        name: [
            far.Target(
                skill,
                rules.suggested_level(essential=essential),
                essential,
                far.WHOLE if essential else far.HALF,
            )
            for skill, essential in sorted(told.items())
        ]
        for name, told in pairs.items()
    }


def _between(asked: dict[str, list[far.Target]], one: str, other: str) -> far.Distance:
    return far.distance(asked[other], far.back_again(asked[other], asked[one]))


def test_from_automonteur_to_accumonteur(asked: dict[str, list[far.Target]]) -> None:
    told = _between(asked, "automonteur", "accumonteur")

    assert len(asked["automonteur"]) == 66
    assert len(asked["accumonteur"]) == 38
    # Four of the 24 essential skills are shared at the same weight; more as useful ones.
    essential = [p for p in told.parts if p.target.essential]
    assert len(essential) == 24
    assert sum(p.carries_over for p in essential) == 4
    assert 0 < told.percent < 50
    assert told.low < told.hours < told.high
    assert sum(p.hours for p in told.parts) + told.unsure == told.hours
    first = far.route(told.parts)[0]
    assert first.target.essential


def test_the_way_back_is_another_distance(asked: dict[str, list[far.Target]]) -> None:
    there = _between(asked, "automonteur", "accumonteur")
    back = _between(asked, "accumonteur", "automonteur")

    assert there.hours != back.hours
    assert there.whole != back.whole


def test_a_car_electrician_is_nearer_than_a_nurse(asked: dict[str, list[far.Target]]) -> None:
    near = _between(asked, "auto-elektricien", "accumonteur")
    others = [name for name in asked if name.startswith(("verpleeg", "loodgieter"))]

    assert others
    for name in others:
        assert _between(asked, name, "accumonteur").percent < near.percent
