"""When are two words alike? Folding, light stems and slips of the finger, in plain Python.

Search on both databases rests on these few functions, so that it finds the same on both. Stems
are light on purpose: they serve to find, and are never shown.
"""

import re
import unicodedata
from collections.abc import Iterator, Set
from functools import lru_cache

LONGEST_WORD = 60
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Letters that Unicode does not take apart, as people type them without.
_LETTERS_APART = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ĳ": "ij"}
)
# Words that carry no subject; in a question they ask nothing beside other words.
_SMALL_WORDS = (
    "a aan al an and as at bij by d de die dit dat door een en for from het hoe how i ik in is"
    " je met mijn my naar of om on onder op or over s t te the to tot uit van voor wat what"
    " with your"
)
SMALL_WORDS = frozenset(_SMALL_WORDS.split())


def folded(text: str) -> list[str]:
    """The words of a text without case, accents, signs and layout: "Één café!" → een, cafe."""
    plain = _apart(text)
    if not text.isascii():
        # What stands for a capital (𝚨) is one only once it is taken apart: Unicode, D146.
        plain = _apart(plain)
    kept = "".join(
        c if c.isalnum() else ("" if unicodedata.combining(c) or c in "'’" else " ") for c in plain
    )
    return [word[:LONGEST_WORD] for word in kept.split()]


def _apart(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS_APART))


@lru_cache(maxsize=4096)
def _folded_once(word: str) -> tuple[str, ...]:
    """Titles are marked again and again, and most are made of the same words."""
    return tuple(folded(word))


_WORDS = re.compile(r"([^\W_]+(?:['’][^\W_]+)*)")


def marked(text: str, words: Set[str]) -> list[tuple[str, bool]]:
    """A text as written, in parts, with for each whether it is one of these folded words."""
    parts: list[tuple[str, bool]] = []
    for part in _WORDS.split(text):
        if not part:
            continue
        is_one = not words.isdisjoint(_folded_once(part))
        if parts and parts[-1][1] == is_one:
            parts[-1] = parts[-1][0] + part, is_one
        else:
            parts.append((part, is_one))
    return parts


_DOUBLE_VOWEL = re.compile(r"([aeou])\1(?=[^aeiou]$)")
_DOUBLE_END = re.compile(r"([bdfgklmnprst])\1$")


def stem(word: str) -> str:
    """What a Dutch or English word keeps when it bends: monteurs, monteur → monteur.

    Endings fall off as long as four letters stay; then the spelling rules that a Dutch ending
    brings along are undone (gesprekken → gesprek, gevaren and gevaar → gevar, bedrijven and
    bedrijf → bedrijf). A word this gets wrong is still found by its beginning.
    """
    if not word.isascii() or not word.isalpha() or len(word) < 4:
        return word
    bare = _without_ending(_without_ending(word))  # metingen → meting → met
    bare = _DOUBLE_END.sub(r"\1", bare)
    bare = _DOUBLE_VOWEL.sub(r"\1", bare)
    if bare.endswith("v"):
        return bare[:-1] + "f"
    if bare.endswith("z"):
        return bare[:-1] + "s"
    return bare


def _without_ending(word: str) -> str:
    for ending, instead in (("heden", "heid"), ("ies", "y"), ("ing", ""), ("en", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + instead
    if word.endswith("s") and not word.endswith("ss") and len(word) > 4:
        return word[:-1]
    if word.endswith("e") and len(word) > 4:
        return word[:-1]
    return word


def one_slip_away(word: str) -> Iterator[str]:
    """Every word one finger-slip from this one: a letter less, more, other, or two swapped."""
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]
        if i + 1 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        for letter in LETTERS:
            if letter != word[i]:
                yield word[:i] + letter + word[i + 1 :]
            yield word[:i] + letter + word[i:]


def slips(asked: str, word: str, *, anywhere: bool = False) -> int:
    """How many slips lie between what was asked and the beginning of a word.

    Args:
        anywhere: beside the beginning of the word, anywhere inside it; for compounds.
    """
    if not anywhere:
        word = word[: len(asked) + 2]
    # Optimal string alignment, one row a letter asked; the end of the word is always free.
    before: list[int] = []
    row = [0] * (len(word) + 1) if anywhere else list(range(len(word) + 1))
    for i, letter in enumerate(asked, 1):
        new = [i]
        for j, other in enumerate(word, 1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and asked[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        before, row = row, new
    return min(row)


def slips_allowed(word: str) -> int:
    """A short word must be right, a word of four letters may have one slip, a long one two."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 12 else 2
