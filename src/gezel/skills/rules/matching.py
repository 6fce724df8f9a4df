"""Which skills does a text speak of? Windows of words against the names of skills.

A sentence often names several skills, each in a few words. So it is cut into windows of one to
six words, and each window is compared with every name: by the letters it shares with it in threes
and fours (which forgives bending and compounds) and by its stems. A name counts with the window
that suits it best, and a skill with its best name. Comparing windows instead of whole sentences
brought 0.10 to 0.14 of R-precision@5 in our measurements; descriptions in the index made it worse,
so only names are in it. The weights are TF-IDF (Salton and Buckley 1988) with cosine.

An index is made once, kept as arrays, and answers without Django, clock or network. How sure a
match is (`Match.chance`) was fitted on texts tagged by experts: `site.bench.tagging` prints it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import exp, log, sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from gezel.kit.language import guess, stem
from gezel.kit.likeness import SMALL_WORDS, folded

WINDOWS = (1, 2, 3, 4, 5, 6)
GRAMS = (3, 4)
# How much the letters count beside the stems: Dutch writes together what English writes apart.
LETTERS = {"en": 0.4, "nl": 0.8, "": 0.6}
# In a short text, such as a title, what a window leaves out counts against it: a window weighs by
# the share of the text it covers to this power, and a text of this many words or more is long.
COVERING, LONG_TEXT = 0.6, 8

MOST_PIECES, MOST_WORDS = 12, 60
PROPOSED = 5
VERSION = 1

# P(correct) = 1 / (1 + exp(-(a + b·score + c·lead))), `lead` the distance to the next skill.
# Fitted with and without the model on the part of the data to tune on (`site.bench.tagging`).
CHANCE = (-6.0, 7.0, 6.0)
# From here on a proposal is worth ticking at once; precision there is at least 0.80.
SURE = 0.75
# Below this it is noise and not shown.
WORTH_SHOWING = 0.12

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*(?:[+#]+)?")
_SENTENCE = re.compile(r"[.!?;:\n•]+(?=\s|$)|\n")


@dataclass(frozen=True, slots=True)
class Name:
    """A name by which a skill goes. `language`: "nl" or "en"."""

    skill: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Match:
    """A skill a text speaks of: how much alike (0-1), how sure, and which words say so.

    `name` is the place of the name in the index; `words` the words of the text as written.
    """

    skill: int
    score: float
    chance: float
    name: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Postings:
    """Which names hold a term and how much it weighs there; sparse, by term.

    `terms` (T,) hashes in order; `starts` (T+1,) where the names of each begin; `who` (P,) the
    names; `what` (P,) their weights, so that each name has length 1; `idf` (T,).
    """

    terms: Ints
    starts: Ints
    who: NDArray[np.int32]
    what: Floats
    idf: Floats
    unknown: float

    @classmethod
    def of(cls, names: Sequence[Iterable[str]]) -> "Postings":
        counts = [Counter(_hash(term) for term in terms) for terms in names]
        held: Counter[int] = Counter()
        for count in counts:
            held.update(count.keys())
        order = sorted(held)
        place = {term: at for at, term in enumerate(order)}
        unknown = log(1 + len(counts)) + 1
        idf = np.array([unknown - log(1 + held[term]) for term in order], np.float32)
        terms = np.fromiter((place[t] for c in counts for t in c), np.int64)
        times = np.fromiter((n for c in counts for n in c.values()), np.float32)
        who = np.repeat(np.arange(len(counts)), [len(c) for c in counts]).astype(np.int32)
        weights = times * idf[terms] if len(terms) else times
        lengths = np.sqrt(np.bincount(who, weights**2, minlength=len(counts)))
        weights = (weights / np.maximum(lengths[who], 1e-9)).astype(np.float32)
        by_term = np.argsort(terms, kind="stable")
        starts = np.searchsorted(terms[by_term], np.arange(len(order) + 1))
        return cls(np.array(order, np.int64), starts, who[by_term], weights[by_term], idf, unknown)

    def answer(self, terms: Iterable[str], names: int) -> tuple[Floats, float]:
        """What these terms have in common with each name, and their own squared length."""
        common = np.zeros(names, np.float32)
        length = 0.0
        for term, times in Counter(_hash(t) for t in terms).items():
            at = int(np.searchsorted(self.terms, term))
            if at == len(self.terms) or self.terms[at] != term:
                length += (times * self.unknown) ** 2
                continue
            weight = times * float(self.idf[at])
            some = slice(self.starts[at], self.starts[at + 1])
            common[self.who[some]] += weight * self.what[some]
            length += weight * weight
        return common, length


def _hash(term: str) -> int:
    # Always the same, and small; that two terms of a hundred thousand meet does no harm.
    return crc32(term.encode())


@dataclass(frozen=True, slots=True)
class NameIndex:
    """All names of some skills, ready to be compared with a text.

    `skills` (N,) the skill of each name; `texts` (N,) the names as written.
    """

    skills: Ints
    texts: tuple[str, ...]
    letters: Postings
    stems: Postings

    @classmethod
    def of(cls, names: Iterable[Name]) -> "NameIndex":
        """An index of these names; an empty name is left out."""
        kept = [(name, folded(name.text)) for name in names]
        kept = [(name, words) for name, words in kept if words]
        return cls(
            np.array([name.skill for name, _ in kept], np.int64),
            tuple(name.text for name, _ in kept),
            Postings.of([_grams(words) for _, words in kept]),
            Postings.of([_stems(words, (name.language,)) for name, words in kept]),
        )

    def stored(self) -> bytes:
        """The index as bytes, to be read by `restored`."""
        arrays: dict[str, NDArray[np.generic]] = {
            "skills": self.skills,
            "texts": np.frombuffer("\n".join(self.texts).encode(), np.uint8),
        }
        for what, part in (("letters", self.letters), ("stems", self.stems)):
            for name in ("terms", "starts", "who", "what", "idf"):
                arrays[f"{what}_{name}"] = getattr(part, name)
            arrays[f"{what}_unknown"] = np.array(part.unknown)
        kept = BytesIO()
        np.savez_compressed(kept, allow_pickle=False, **arrays)
        return kept.getvalue()

    @classmethod
    def restored(cls, stored: bytes) -> "NameIndex":
        """What `stored` gave; nothing in it is run."""
        with np.load(BytesIO(stored), allow_pickle=False) as kept:

            def part(what: str) -> Postings:
                terms, starts, who, weights, idf = (
                    kept[f"{what}_{n}"] for n in ("terms", "starts", "who", "what", "idf")
                )
                return Postings(terms, starts, who, weights, idf, float(kept[f"{what}_unknown"]))

            texts = kept["texts"].tobytes().decode()
            return cls(
                kept["skills"],
                tuple(texts.split("\n")) if texts else (),
                part("letters"),
                part("stems"),
            )

    def scores(self, text: str, language: str = "") -> tuple[Floats, list[tuple[int, int, int]]]:
        """For each name the score of its best window, and that window: piece, from, to.

        Args:
            language: of the text; empty: guessed.
        """
        best = np.zeros(len(self.texts), np.float32)
        where = np.zeros(len(self.texts), np.int64)
        windows = [(0, 0, 0)]
        spoken = language or guess(text)
        for number, words in enumerate(pieces(text)):
            for begin, end, alike in self._windows([folded(word) for word in words], spoken):
                better = alike > best
                if better.any():
                    best[better] = alike[better]
                    where[better] = len(windows)
                    windows.append((number, begin, end))
        return best, [windows[at] for at in where]

    def _windows(
        self, words: Sequence[list[str]], language: str
    ) -> Iterable[tuple[int, int, Floats]]:
        """Every window of a sentence, with how much alike each name is."""
        if not words or not len(self.texts):
            return
        spoken = (language,) if language else ("nl", "en")
        names = len(self.texts)
        letters, sizes = _summed([self.letters.answer(_grams(word), names) for word in words])
        stems, weights = _summed([self.stems.answer(_stems(word, spoken), names) for word in words])
        share = LETTERS[language]
        short = len(words) < LONG_TEXT
        for size in (s for s in WINDOWS if s <= max(len(words), 1)):
            for begin in range(len(words) - size + 1):
                end = begin + size
                mass = sizes[end] - sizes[begin]
                alike = share * (letters[end] - letters[begin]) / sqrt(mass + 1e-9)
                heft = weights[end] - weights[begin]
                alike += (1 - share) * (stems[end] - stems[begin]) / sqrt(heft + 1e-9)
                if short:
                    alike *= (mass / sizes[-1]) ** COVERING if sizes[-1] else 1
                yield begin, end, alike

    def match(
        self, text: str, language: str = "", *, most: int = PROPOSED, extra: "Floats | None" = None
    ) -> list[Match]:
        """The skills a text speaks of, the likeliest first; one that is noise is left out.

        Args:
            extra: points to add for each name, as a model of meanings gives them.
        """
        if not len(self.texts) or not text.strip():
            return []
        alike, windows = self.scores(text, language)
        if extra is not None:
            alike = alike + extra
        few = min(len(alike), 40 * most)
        first = np.argpartition(-alike, few - 1)[:few]
        first = first[np.lexsort((first, -alike[first]))]
        chosen: dict[int, int] = {}
        for name in first.tolist():
            chosen.setdefault(int(self.skills[name]), name)
        ranked = list(chosen.items())[: most + 1]
        said = list(pieces(text))
        found = []
        for place, (skill, name) in enumerate(ranked[:most]):
            score = float(alike[name])
            after = ranked[place + 1][1] if place + 1 < len(ranked) else None
            lead = score - float(alike[after]) if after is not None else score
            certain = chance(score, lead)
            if certain < WORTH_SHOWING:
                break
            number, begin, end = windows[name]
            words = said[number][begin:end] if said else ()
            found.append(Match(skill, score, certain, name, _alike(words, self.texts[name])))
        return found


def _summed(answers: Sequence[tuple[Floats, float]]) -> tuple[Floats, list[float]]:
    """Running sums over the words, so that a window is one subtraction."""
    common = np.zeros((len(answers) + 1, len(answers[0][0])), np.float32)
    np.cumsum([one for one, _ in answers], axis=0, out=common[1:])
    sizes = [0.0]
    for _, size in answers:
        sizes.append(sizes[-1] + size)
    return common, sizes


def chance(score: float, lead: float) -> float:
    """How likely it is that the text really speaks of this skill, 0 to 1."""
    a, b, c = CHANCE
    return 1 / (1 + exp(-(a + b * score + c * lead)))


def pieces(text: str) -> Iterable[Sequence[str]]:
    """The words of each sentence of a text as written; of a long text its beginning."""
    some = [_WORD.findall(part)[:MOST_WORDS] for part in _SENTENCE.split(text[:6_000])]
    return [words for words in some if words][:MOST_PIECES]


def _alike(words: Sequence[str], name: str) -> tuple[str, ...]:
    """Of the words in a window those that are like a word of the name, to be marked."""
    others = [word for word in folded(name) if word not in SMALL_WORDS]

    def like(word: str) -> bool:
        return any(
            own == other or (min(len(own), len(other)) >= 4 and _shared(own, other) >= 0.5)
            for own in folded(word)
            if own not in SMALL_WORDS
            for other in others
        )

    return tuple(word for word in words if like(word))


def _shared(one: str, other: str) -> float:
    """The share of threes of the shorter word that are in the longer one too."""
    short, long = sorted((one, other), key=len)
    threes = {short[i : i + 3] for i in range(len(short) - 2)}
    return sum(three in long for three in threes) / len(threes)


def _grams(words: Iterable[str]) -> list[str]:
    found = []
    for word in words:
        text = f" {word} "
        for size in range(GRAMS[0], GRAMS[1] + 1):
            found += [text[i : i + size] for i in range(len(text) - size + 1)]
    return found


def _stems(words: Iterable[str], languages: Iterable[str]) -> list[str]:
    return [
        f"{language}:{stem(word, language)}"
        for word in words
        if word not in SMALL_WORDS
        for language in languages
    ]


def proposals(found: Mapping[int, Sequence[Match]], *, most: int = PROPOSED) -> list[Match]:
    """Of matches in several indexes (of the framework, of our own) the best of all together."""
    best: dict[int, Match] = {}
    for matches in found.values():
        for match in matches:
            known = best.get(match.skill)
            if known is None or match.score > known.score:
                best[match.skill] = match
    return sorted(best.values(), key=lambda m: (-m.chance, -m.score, m.skill))[:most]
