"""What answers a question best, and why: the ranking of search, in plain Python.

Two lists are made and joined. The first weighs the words: a title counts three times what the
rest does, what a thing is confirmed to be about twice, and a word that few things hold more than
one that many do. The second tells what is about the same under other words. They are joined by
their places, not their points (reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009),
as points of two kinds do not compare. What many others chose counts nowhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import NamedTuple

# What a match is worth by the field it stands in: title 3, what it is about 2, the rest 1.
TITLE, ABOUT, REST = "title", "about", "rest"
FIELDS = {TITLE: 1.0, ABOUT: 2 / 3, REST: 1 / 3}

# Ways in which a word answers another, and how much of a match that is.
SAME, BEGINS, BENT, INSIDE, KIN, PART, SLIP = (
    "same", "begins", "bent", "inside", "kin", "part", "slip",
)  # fmt: skip
WORTH = {SAME: 1.0, BEGINS: 0.85, BENT: 0.8, INSIDE: 0.65, KIN: 0.6, SLIP: 0.5, PART: 0.4}

# Words that say little in a list of things to learn; beside others they count as much less.
_FAINT = """become becoming beginner beginners better course courses cursus doen do get goed goede
good geven give giving have hebben hebt how install learn learning leren make making maken nieuw
nieuwe new old opleiding oplossen run start the to training volgen werk werken werk word worden work
working workshop"""
FAINT = frozenset(_FAINT.split())
FAINTLY = 0.3

# How quickly a lower place counts less; the authors' 60 suits lists of thousands, ours are short.
SETTLING = 8
# What a place in the list of other words counts beside one in the list of words.
OTHER_WORDS = 0.5

WHOLE_TITLE, BEGINS_TITLE, OWN_LANGUAGE = 1.0, 0.5, 0.05
LONG = 10_000


class Row(NamedTuple):
    """An entry that may answer, as the database gave it; all of it folded.

    A tuple, for a question brings hundreds of them and a frozen class is dear to make.
    """

    kind: str
    object_id: int
    language: str
    title: str
    about: str


class Why(NamedTuple):
    """One word asked, the word that answers it, in which way, and in which field.

    `found` is empty where it stands somewhere in the rest: the word itself, or one like it.
    """

    asked: str
    found: str
    how: str
    field: str


Meant = Mapping[str, Mapping[str, str]]
"""For each word asked: other words it may mean, and in which way."""


def whys(row: Row, asked: Sequence[str], meant: Meant, *, whole: bool) -> list[Why]:
    """For each word that this entry answers: how, at its best.

    Args:
        whole: the entry is known to hold all words; what is not seen stands in the rest.
    """
    title = row.title.split()
    about: set[str] | None = None
    found = []
    for word in asked:
        why = _in_title(word, title, meant[word])
        if why is None or WORTH[why.how] < WORTH[INSIDE]:
            if about is None:
                about = set(row.about.split())
            other = _in_about(word, row.about, about, meant[word])
            if other and (why is None or worth(other) > worth(why)):
                why = other
        if why is None and whole:
            # Which of all that the word may mean stands there, the database does not tell.
            why = Why(word, "", KIN if meant[word] else SAME, REST)
        if why:
            found.append(why)
    return found


def _in_title(word: str, title: Sequence[str], meant: Mapping[str, str]) -> Why | None:
    best: Why | None = None
    for other in title:
        if other == word:
            return Why(word, other, SAME, TITLE)
        how = BEGINS if other.startswith(word) else meant.get(other, "")
        if how and (best is None or WORTH[how] > WORTH[best.how]):
            best = Why(word, other, how, TITLE)
    return best


def _in_about(word: str, text: str, words: set[str], meant: Mapping[str, str]) -> Why | None:
    if word in words:
        return Why(word, word, SAME, ABOUT)
    at = f" {text}".find(f" {word}")
    if at >= 0:
        return Why(word, text[at:].split(maxsplit=1)[0], BEGINS, ABOUT)
    both = meant.keys() & words
    if not both:
        return None
    other = max(both, key=lambda o: (WORTH[meant[o]], o))
    return Why(word, other, meant[other], ABOUT)


def worth(why: Why) -> float:
    """How much of a match this is, 0 to 1."""
    return WORTH[why.how] * FIELDS[why.field]


def telling(asked: Sequence[str], answers: Iterable[Sequence[Why]]) -> dict[str, float]:
    """How much each word says: more, the fewer of the entries found answer it.

    The inverse document frequency of Spärck Jones (1972), counted over what was found for this
    question, as that is what must be told apart; both databases count alike.
    """
    held = dict.fromkeys(asked, 0)
    total = 0
    for answer in answers:
        total += 1
        for word in {why.asked for why in answer}:
            held[word] += 1
    return {
        word: (FAINTLY if word in FAINT else 1.0) * log(1 + (total + 1) / (count + 1))
        for word, count in held.items()
    }


def score(
    row: Row, answer: Sequence[Why], weights: Mapping[str, float], *, typed: str, language: str
) -> float:
    """How well an entry answers: the share of what was asked that it holds, weighed, and a little.

    Args:
        typed: the question, folded; a title that is it, or begins so, comes first.
        language: the reader's; of equals the one in it comes first.
    """
    points = 0.0
    for why in answer:  # a search weighs hundreds of entries, most of them by a word or two
        points += weights[why.asked] * worth(why)
    points /= sum(weights.values())
    if row.title == typed:
        points += WHOLE_TITLE
    elif row.title.startswith(typed):
        points += BEGINS_TITLE
    if row.language == language:
        points += OWN_LANGUAGE
    # Of equals the shorter title says more precisely what was asked.
    return points - min(len(row.title), 400) / LONG


def fused(lists: Iterable[tuple[Sequence[object], float]]) -> dict[object, float]:
    """The points of each thing from its places in some lists, each list with its weight."""
    points: dict[object, float] = {}
    for ordered, weight in lists:
        for place, thing in enumerate(ordered, 1):
            points[thing] = points.get(thing, 0.0) + weight / (SETTLING + place)
    return points
