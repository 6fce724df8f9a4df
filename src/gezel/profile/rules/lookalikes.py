"""Names that look like another: letters of two alphabets in one word, marks one cannot see."""

import unicodedata

_TOGETHER = ({"HIRAGANA", "KATAKANA", "CJK", "LATIN"}, {"HANGUL", "CJK", "LATIN"})


def is_doubtful(name: str) -> bool:
    """A word with letters of two alphabets, or a name with invisible or turning marks."""
    if any(unicodedata.category(c) in ("Cf", "Cc", "Co") for c in name):
        return True
    return any(_mixed(word) for word in name.split())


def _mixed(word: str) -> bool:
    alphabets = {
        unicodedata.name(c, "UNKNOWN").split(" ")[0].split("-")[0] for c in word if c.isalpha()
    }
    return len(alphabets) > 1 and not any(alphabets <= together for together in _TOGETHER)
