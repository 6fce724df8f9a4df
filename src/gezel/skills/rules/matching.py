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
LETTERS = {"en": 0.4, "nl": 0.9, "": 0.6}
# In a short text, such as a title, what a window leaves out counts against it: a window weighs by
# the share of the text it covers to this power, and a text of this many words or more is long.
COVERING, LONG_TEXT = 1.0, 8

MOST_PIECES, MOST_WORDS = 12, 60
PROPOSED = 5
VERSION = 1

# P(correct) = 1 / (1 + exp(-(a + b·score + c·lead + d·said))): `lead` is the distance to the next
# skill, `said` how nearly one of its chief names stands there word for word. Fitted by logistic
# regression on every second sentence of the English data, without and with the model.
CHANCE = (-2.41, 0.03, 5.25, 2.51)
CHANCE_BY_MEANING = (-3.26, 0.93, 2.99, 1.79)
# From here on a proposal is called likely; `site.bench.tagging` prints how often that is right.
SURE = 0.65
# What nearness in meaning counts beside likeness in words, and from where it is counted: any two
# texts have a cosine of about this in multilingual-e5-small.
MEANING, NEAR = 5.0, 0.8
MEANING_WINDOWS = (3, 6)
# Below this it is noise and not shown.
WORTH_SHOWING = 0.10

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*(?:[+#]+)?")
_SENTENCE = re.compile(r"[.!?;:\n•]+(?=\s|$)|\n")


@dataclass(frozen=True, slots=True)
class Name:
    """A name by which a skill goes. `language`: "nl" or "en".

    `chief`: what it is called, or an alias people here confirmed; not one a framework adds.
    """

    skill: int
    text: str
    language: str
    chief: bool = True


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

    `skills` (N,) the skill of each name; `chief` (N,) whether it is a chief name; `texts` (N,) the
    names as written.
    """

    skills: Ints
    chief: NDArray[np.bool_]
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
            np.array([name.chief for name, _ in kept], np.bool_),
            tuple(name.text for name, _ in kept),
            Postings.of([_grams(words) for _, words in kept]),
            Postings.of([_stems(words, (name.language,)) for name, words in kept]),
        )

    def stored(self) -> bytes:
        """The index as bytes, to be read by `restored`."""
        arrays: dict[str, NDArray[np.generic]] = {
            "skills": self.skills,
            "chief": self.chief,
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
                kept["chief"],
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
        self,
        text: str,
        language: str = "",
        *,
        most: int = PROPOSED,
        meanings: "Mapping[int, float] | None" = None,
        all_of_them: bool = False,
    ) -> list[Match]:
        """The skills a text speaks of, the likeliest first; one that is noise is left out.

        Args:
            meanings: how near the text comes to each skill in meaning (cosine, 0-1), as a model
                of meanings says; None without a model.
            all_of_them: with what is noise, for who measures.
        """
        if not len(self.texts) or not text.strip():
            return []
        alike, windows = self.scores(text, language)
        names = self.best_names(alike)
        points = {skill: float(alike[name]) for skill, name in names.items()}
        if meanings is not None:
            for skill in points:
                points[skill] += MEANING * (meanings.get(skill, NEAR) - NEAR)
        ranked = sorted(points, key=lambda skill: (-points[skill], skill))[: most + 1]
        written = list(pieces(text))
        fitted = CHANCE if meanings is None else CHANCE_BY_MEANING
        found = []
        for place, skill in enumerate(ranked[:most]):
            score = points[skill]
            # With nothing beside it there is nothing to be told apart from: a modest lead.
            after = points[ranked[place + 1]] if place + 1 < len(ranked) else score * 0.75
            lead = score - after
            name = names[skill]
            said = max(0.0, float(alike[name]) - 0.8) * 5 if self.chief[name] else 0.0
            certain = chance(score, lead, said, fitted)
            if certain < WORTH_SHOWING and not all_of_them:
                continue
            number, begin, end = windows[name]
            words = written[number][begin:end] if written else ()
            found.append(Match(skill, score, certain, name, _alike(words, self.texts[name])))
        return found

    def best_names(self, alike: Floats) -> dict[int, int]:
        """For each skill that is at all alike, which of its names is most."""
        best: dict[int, int] = {}
        for name in np.argsort(-alike, kind="stable").tolist():
            best.setdefault(int(self.skills[name]), name)
        return best


def _summed(answers: Sequence[tuple[Floats, float]]) -> tuple[Floats, list[float]]:
    """Running sums over the words, so that a window is one subtraction."""
    common = np.zeros((len(answers) + 1, len(answers[0][0])), np.float32)
    np.cumsum([one for one, _ in answers], axis=0, out=common[1:])
    sizes = [0.0]
    for _, size in answers:
        sizes.append(sizes[-1] + size)
    return common, sizes


def chance(
    score: float, lead: float, said: float, fitted: tuple[float, float, float, float] = CHANCE
) -> float:
    """How likely it is that the text really speaks of this skill, 0 to 1."""
    a, b, c, d = fitted
    return 1 / (1 + exp(-(a + b * score + c * lead + d * said)))


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


def windows_of(text: str) -> list[str]:
    """The windows a model of meanings looks at: three and six words, and short pieces whole."""
    found: dict[str, None] = {}
    for words in pieces(text):
        for size in MEANING_WINDOWS:
            for begin in range(max(1, len(words) - size + 1)):
                found[" ".join(words[begin : begin + size])] = None
    return list(found)


def together(some: Iterable[Sequence[Match]], *, most: int = PROPOSED) -> list[tuple[int, Match]]:
    """Of what several indexes found the best, each skill once, with the place of its index."""
    best: dict[int, tuple[int, Match]] = {}
    for place, matches in enumerate(some):
        for match in matches:
            known = best.get(match.skill)
            if known is None or match.score > known[1].score:
                best[match.skill] = place, match
    return sorted(best.values(), key=lambda b: (-b[1].chance, -b[1].score, b[1].skill))[:most]
