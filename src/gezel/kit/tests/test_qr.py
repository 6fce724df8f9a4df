"""The code to scan: one picture of squares, whatever stands in the address."""

import re

import pytest
from django.utils.safestring import SafeString
from lxml import etree

from gezel.kit.qr import qr_code

HOSTILE = [
    "https://gezel.example/prove/x",
    '"><script>alert(1)</script>',
    "</svg><img src=x onerror=alert(1)>",
    "javascript:alert(1)//<title>&amp;</title>",
    "é漢\u202e\x00\x1b[31m",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_it_holds_squares_and_never_a_word_of_the_address(address: str) -> None:
    drawn = qr_code(address, border=2, error="l")

    root = etree.fromstring(drawn)
    assert isinstance(drawn, SafeString)
    assert {one.tag.rpartition("}")[2] for one in root.iter()} == {"svg", "path"}
    told = [one for piece in root.iter() for one in piece.attrib.items()]
    assert {name for name, _value in told} <= {"viewBox", "class", "fill", "stroke", "d"}
    for name, value in told:
        assert name != "d" or re.fullmatch(r"[MmHhVvz0-9. -]+", str(value))
    assert not any((one.text or "").strip() for one in root.iter())


def test_another_address_is_another_picture() -> None:
    first, second = (qr_code(f"https://gezel.example/{n}", border=2, error="m") for n in (1, 2))

    assert first != second


def test_it_is_read_back_as_the_address() -> None:
    """By the squares themselves: a line of the picture is what segno says stands there."""
    import segno  # the independent reading

    address = "https://gezel.example/prove/" + "x" * 40
    drawn = etree.fromstring(qr_code(address, border=2, error="m"))
    lines = next(one.attrib["d"] for one in drawn.iter() if "stroke" in one.attrib)
    dark = set()
    x = y = 0.0
    for move, told in re.findall(r"([Mmh])([-0-9. ]+)", str(lines)):
        steps = [float(one) for one in told.split()]
        if move == "h":
            dark |= {(int(x) + n, int(y)) for n in range(int(steps[0]))}
            x += steps[0]
        else:
            x, y = (steps[0], steps[1]) if move == "M" else (x + steps[0], y + steps[1])
    asked = {
        (column, row)
        for row, squares in enumerate(segno.make(address, error="m").matrix_iter(border=2))
        for column, square in enumerate(squares)
        if square
    }

    assert dark == asked
