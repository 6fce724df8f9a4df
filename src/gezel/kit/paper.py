"""A page on paper: PDF that lasts (PDF/A-2) and that a screen reader reads (PDF/UA-1).

Both standards refuse a file in which a sign has no shape, and the typesetter then makes none at
all: a thumb in a note or a name in Chinese would leave someone without their credential. So the
letters of the machine are looked in as well, and what no letter is found for anywhere stands as
an empty box. What is no sign at all (a control code that came along with a paste) is left out.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone

from gezel.kit import late

BOX = "\u25a1"
# As many kinds of sign as may be missing in one text.
_MOST_TRIES = 40
_MISSING = re.compile(r'text `"(.*)"` could not be displayed', re.DOTALL)
_NO_SIGN = {"Cc", "Cn", "Co", "Cs"}
_KEPT = {"\n", "\t"}


def printed(
    template: Path, told: Mapping[str, Any], *, inputs: Mapping[str, str] | None = None
) -> bytes:
    """The page that a template makes of what is told; all of it comes in as data, never as code.

    Args:
        told: what the template reads as `told`, in JSON.
        inputs: what else it reads, by name; nothing that people wrote.
    """
    words = each_text(told, readable)
    for last in range(_MOST_TRIES):
        try:
            return _set(template, words, inputs or {}, machines_letters=last > 0)
        except late.typst.TypstError as error:
            missing = _MISSING.search(str(error))
            if missing is None or last == _MOST_TRIES - 1:
                raise
            if last:  # the first time, the letters of the machine may have it
                gone = {_kind(sign) for sign in _signs(missing[1])}
                words = each_text(words, partial(boxed, kinds=gone))
    raise AssertionError("the last try returns or raises")


def each_text(told: Any, change: Callable[[str], str]) -> Any:
    """The same, with every text in it changed."""
    if isinstance(told, str):
        return change(told)
    if isinstance(told, Mapping):
        return {name: each_text(inner, change) for name, inner in told.items()}
    if isinstance(told, list | tuple):
        return [each_text(inner, change) for inner in told]
    return told


def readable(text: str) -> str:
    """Without what is no sign: control codes, halves of pairs, codes nobody gave a meaning."""
    return "".join(
        sign
        for sign in text
        if sign in _KEPT or (unicodedata.category(sign) not in _NO_SIGN and sign != "\ufeff")
    )


def boxed(text: str, kinds: set[str]) -> str:
    """With an empty box for each sign of these kinds."""
    if text.isascii():
        return text
    return "".join(BOX if sign > "\x7f" and _kind(sign) in kinds else sign for sign in text)


def _signs(told: str) -> str:
    """The signs an error tells of, some of them by their number."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), told)


def _kind(sign: str) -> str:
    """What goes missing together: a script (CJK, HANGUL, …), or all little pictures."""
    if unicodedata.category(sign) in {"So", "Sk", "Mn", "Cf"}:
        return "picture"
    return unicodedata.name(sign, "?").split()[0].removesuffix("-")


def _set(template: Path, told: Any, inputs: Mapping[str, str], *, machines_letters: bool) -> bytes:
    found = late.typst.compile(
        template.read_bytes(),
        format="pdf",
        ignore_system_fonts=not machines_letters,
        sys_inputs={"told": json.dumps(told), **inputs},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=timezone.now().replace(microsecond=0),
    )
    if not isinstance(found, bytes):
        raise TypeError("one file was asked, and it is no bytes")
    return found
