"""Styles of all rooms are joined into one sheet, so what one room names, no other may dress."""

import re
from collections import defaultdict
from pathlib import Path

ROOMS = Path(__file__).resolve().parent.parent / "src/gezel"
BARE = re.compile(r"\.[\w-]+")


def _without_print(css: str) -> str:
    """The sheet as on a screen: on paper a room may well hide the frame of the house."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"@media print\s*\{(?:[^{}]|\{[^{}]*\})*\}", "", css)


def bare_classes(css: str) -> set[str]:
    """Classes that stand alone before a block: whatever bears one, on any page, is dressed so."""
    heads = re.findall(r"([^{};]+)\{", _without_print(css))
    parts = (part.strip() for head in heads for part in re.split(r",(?![^(]*\))", head))
    return {part for part in parts if BARE.fullmatch(part)}


def test_no_two_rooms_dress_the_same_class() -> None:
    """On the day profile named something `asked`, the skills of a role lost their column."""
    rooms = defaultdict(set)
    for sheet in ROOMS.glob("*/static/*/bundle/*.css"):
        for name in bare_classes(sheet.read_text(encoding="utf-8")):
            rooms[name].add(sheet.relative_to(ROOMS).parts[0])

    assert len(rooms) > 200
    assert {name: sorted(of) for name, of in rooms.items() if len(of) > 1} == {}


def test_a_class_alone_is_told_from_one_within_something() -> None:
    css = (
        ".a, .b c { } @media print { .top { } } .d:has(.e, .f) { } @media (x) { .g { } } .h .i { }"
    )

    assert bare_classes(css) == {".a", ".g"}
