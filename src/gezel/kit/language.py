"""Tools for Dutch and English words: stems, the parts of compounds, and which language it is.

Plain Python. Stems are those of the Snowball project (Porter 2001, https://snowballstem.org, the
package PyStemmer, MIT and BSD). Splitting compounds is ours: it needs nothing but a list of known
words, so it splits into words that really occur, and no dictionary has to come along.
"""

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from threading import local

import Stemmer

# Letters between the parts of a Dutch compound: veiligheid-s-regels, klant-en-gesprek.
_LINKS = ("", "s", "en", "e", "n")
SHORTEST_PART = 4
SHORTEST_COMPOUND = 8

_NAMES = {"nl": "dutch", "en": "english"}
# The commonest words that only one of the two has, and what words of only one of them look like.
_DUTCH = """aan als bij dat de deze die dit door een en er haar het hij hoe hun ik je jij kan kunnen
maar met mijn naar niet nog om onder ook op over te tot uit van veel voor waar wat werken wie wij
worden ze zich zijn zonder zo"""
_ENGLISH = """a about all an and are as at be by can do for from has have how i if into it its more
my not of on or our that the their these they this to use using was we what when which will with you
your"""
_ONLY = {"nl": frozenset(_DUTCH.split()), "en": frozenset(_ENGLISH.split())}
_LOOKS = {
    "nl": ("ij", "aa", "uu", "sch", "eeu", "oe", "ui", "lijk", "heid", "isch", "tje"),
    "en": ("th", "wh", "ough", "tion", "ness", "ment", "ing", "ly", "sh", "ea", "y"),
}
_stemmers = local()


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """What a folded word keeps when it bends, by the rules of its language ("nl" or "en").

    A stem serves to compare and is never shown: onderhouden, onderhoud → onderhoud.
    """
    return str(_stemmer(language).stemWord(word))


def _stemmer(language: str) -> Stemmer.Stemmer:
    # A stemmer has a state of its own and may not be shared between threads.
    found: Stemmer.Stemmer | None = getattr(_stemmers, language, None)
    if found is None:
        found = Stemmer.Stemmer(_NAMES[language])
        setattr(_stemmers, language, found)
    return found


def cuts(word: str) -> Iterator[tuple[str, str]]:
    """Every way to take a folded word for a compound of two, the letters between left out."""
    if len(word) < SHORTEST_COMPOUND or not word.isalpha():
        return
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        head, tail = word[:at], word[at:]
        for link in _LINKS:
            first = head.removesuffix(link)
            if link and (first == head or len(first) < SHORTEST_PART):
                continue
            yield first, tail


def parts(word: str, known: Callable[[Collection[str]], Collection[str]]) -> tuple[str, ...]:
    """The two known words of which a compound is made, or nothing.

    Args:
        known: answers which of some words occur; asked at most once.

    Of several ways the one with the longest shorter part wins: bedrijf + hulpverlening rather
    than bedrijfshulp + ver…, and never a part of three letters.
    """
    ways = list(cuts(word))
    if not ways:
        return ()
    occur = set(known({part for way in ways for part in way}))
    found = [way for way in ways if way[0] in occur and way[1] in occur]
    return max(found, key=lambda way: (min(map(len, way)), len(way[1])), default=())


def guess(text: str) -> str:
    """The language of a text, "nl" or "en"; empty when it does not tell.

    Common words of only one of the two weigh most; letters that go together in only one help
    where there are none, as in a title of two words.
    """
    words = text.casefold().replace("'", " ").split()
    plain = [word.strip('.,;:!?()[]"“”‘’-–—/') for word in words[:400]]
    points = dict.fromkeys(_ONLY, 0.0)
    for language in points:
        points[language] += 3 * sum(word in _ONLY[language] for word in plain)
        points[language] += sum(any(look in word for look in _LOOKS[language]) for word in plain)
    if points["nl"] == points["en"]:
        return ""
    return max(points, key=lambda language: points[language])
