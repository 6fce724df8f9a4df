"""Texts that a spreadsheet would take for a formula, and back.

Excel runs a CSV cell that begins with =, +, -, @ or a control sign. An apostrophe in front keeps
it a text. The same sign in front of a text that already has apostrophes there makes the way back
exact: `restored(inert(text)) == text` for every text.
"""

import re

_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def inert(text: str) -> str:
    """The text as a CSV cell that no spreadsheet runs."""
    return f"'{text}" if _RISKY.match(text) else text


def restored(text: str) -> str:
    """The text that `inert` was given."""
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text
