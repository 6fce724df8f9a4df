"""One search for every room, on both databases: quick while you type, forgiving of a slip.

    search.index("activity", [search.Entry(a.pk, organisation.pk, "nl", a.title_nl, …)])
    search.search("hoogspaning", kinds=["activity"], organisation=organisation.pk)

The database answers "which entries hold a word that begins so" (FTS5 on SQLite, tsvector on
PostgreSQL). What a slip may have meant is asked of the list of words that occur at all: for one
slip every word it could have been, for more the words that share a part. Both databases give
their candidates to the same ranking, so they answer alike, and no extension is needed.

Looked for in this order, and a step is taken only where the one before found too little: the
beginning of the title; words that begin so; the same word bent, inside a compound ("veiligheid"
in "hoogspanningsveiligheid") or the parts of one; a slip; what is about the same under other
words (`Sense`); and last the nearest, which hold some of the words (`Hit.near`), with what is
about the same as those. How what was
found is ranked, and told, is in `kit.relevance`.
"""

import json
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from math import log
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from gezel.kit.language import cuts, parts
from gezel.kit.likeness import SMALL_WORDS, folded, one_slip_away, slips, slips_allowed, stem
from gezel.kit.models import SearchEntry, SearchWord
from gezel.kit.relevance import (
    BENT,
    FAINT,
    INSIDE,
    KIN,
    OTHER_WORDS,
    PART,
    REST,
    SLIP,
    TITLE,
    WORTH,
    Row,
    Why,
    fused,
    score,
    telling,
    whys,
)

# Enough to rank from, few enough to rank quickly.
CANDIDATES = 400
# With this many found, there is no need to look further than what was typed.
ENOUGH = 8
# Only with fewer than this are words taken for relatives that may mean something else.
FEW = 3
MOST_TYPED = 400
MOST_WORDS_ASKED = 8
MOST_WORDS_KEPT = 2_000
MOST_MEANT = 24
MOST_SENSE_WORDS = 24
MOST_ALIKE = 3
# As good as the nearest: with this share of its points.
NEARLY = 0.95
LONGEST_SLIPPED = 28
LONGEST_ENDING = 7
BATCH = 500
SHARED = 0

_Terms = Sequence[Sequence[tuple[str, bool]]]
# A question to the database and what fills its blanks.
_Asked = tuple[str, Sequence[Any]]

# The highest character there is: everything that begins with a word sorts before word + this.
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Entry:
    """What of one thing can be found.

    `about` holds other ways of saying what it is about, in any language, `rest` the rest.
    """

    object_id: int
    organisation_id: int | None
    language: str
    title: str
    rest: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Sense:
    """Something the question may be about, under other words: what search may look for as well.

    `name` is how the asker tells it to people, `words` are folded.
    """

    name: Hashable
    words: frozenset[str]


class Hit(NamedTuple):
    """Something found; `near` lacks some of what was asked.

    `whys` tells for each word asked what answers it, `sense` what it is about, where that is why
    it was found. `about` are the folded words by which it is known besides its title.

    A tuple, as `relevance.Row` is one: of hundreds that are found, a dozen are shown.
    """

    kind: str
    object_id: int
    score: float
    near: bool = False
    whys: tuple[Why, ...] = ()
    sense: Hashable = None
    about: str = ""

    @property
    def matched(self) -> tuple[str, ...]:
        """The words of its title that answer."""
        return tuple(why.found for why in self.whys if why.field == TITLE)


@transaction.atomic
def index(kind: str, entries: Iterable[Entry]) -> int:
    """Make these things findable; of each thing, what is given replaces what was known.

    Runs in the transaction of who calls: what is rolled back was never findable. Returns how
    many entries were written. Give a thing's languages in one call, one after the other.
    """
    return sum(_index_batch(kind, batch) for batch in _whole_things(entries))


def _whole_things(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Batches of about `BATCH`, none of which ends amid the languages of one thing."""
    batch: list[Entry] = []
    for _, of_one in groupby(entries, key=lambda e: e.object_id):
        batch += of_one
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _index_batch(kind: str, batch: Sequence[Entry]) -> int:
    rows = {
        (e.object_id, e.language): SearchEntry(
            kind=kind,
            organisation_id=e.organisation_id,
            object_id=e.object_id,
            language=e.language,
            scope=_scope(kind, e.organisation_id),
            title=_clipped(" ".join(folded(e.title))),
            concepts=" ".join(dict.fromkeys(folded(e.about)[:MOST_WORDS_KEPT])),
            rest=" ".join(dict.fromkeys(folded(e.rest)[:MOST_WORDS_KEPT])),
        )
        for e in batch
        if e.title.strip()
    }
    known = SearchEntry.objects.filter(
        kind=kind, object_id__in={e.object_id for e in batch}
    ).in_bulk()
    gone = [old.pk for old in known.values() if (old.object_id, old.language) not in rows]
    _add_words(_words_of(rows.values()))
    SearchEntry.objects.filter(pk__in=gone).delete()
    SearchEntry.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["kind", "object_id", "language"],
        update_fields=["organisation_id", "scope", "title", "concepts", "rest"],
    )
    _drop_unused(_words_of(known.values()) - _words_of(rows.values()))
    return len(rows)


@transaction.atomic
def forget(kind: str, object_ids: Iterable[int]) -> None:
    """Make these things no longer findable, nor the words that only they held."""
    ids = iter(object_ids)
    while batch := list(islice(ids, BATCH)):
        found = SearchEntry.objects.filter(kind=kind, object_id__in=batch)
        words = _words_of(found)
        found.delete()
        _drop_unused(words)


def _words_of(entries: Iterable[SearchEntry]) -> set[str]:
    return {
        word for e in entries for text in (e.title, e.concepts, e.rest) for word in text.split()
    }


def _add_words(words: set[str]) -> None:
    known: set[str] = set()
    for some in _batches(sorted(words)):
        known.update(SearchWord.objects.filter(word__in=some).values_list("word", flat=True))
    SearchWord.objects.bulk_create(
        # In one order, so that two who add at once never wait for each other.
        [SearchWord(word=word, stem=stem(word)) for word in sorted(words - known)],
        ignore_conflicts=True,
        batch_size=BATCH,
    )


def _drop_unused(words: set[str]) -> None:
    """A word nobody uses any more goes too: it may have been someone's name."""
    unused = [word for word in sorted(words) if not _index().holds(word)]
    for some in _batches(unused):
        SearchWord.objects.filter(word__in=some).delete()


def _batches(words: Sequence[str]) -> Iterable[Sequence[str]]:
    return (words[i : i + BATCH] for i in range(0, len(words), BATCH))


def _scope(kind: str, organisation: int | None) -> str:
    return f"{kind}:{organisation or SHARED}"


def _clipped(text: str, most: int = 500) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0]


@dataclass(frozen=True, slots=True)
class Among:
    """The things to look among as a condition in SQL on one entry, `e`."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, rows: "QuerySet[Any]") -> "Among":
        """As the queryset says it."""
        # Asked per candidate by its key, so that a hundred thousand are not listed first.
        of_entry = rows.order_by().filter(pk=RawSQL("e.object_id", ())).values("pk")
        try:
            sql, params = of_entry.query.sql_with_params()
        except EmptyResultSet:  # Django knows by itself that there is nothing to look among
            return cls("SELECT 1 WHERE 1 = 0", ())
        return cls(sql, tuple(params))


def search(
    text: str,
    *,
    kinds: Sequence[str],
    organisation: int | None,
    language: str = "",
    limit: int = 20,
    among: "QuerySet[Any] | Among | None" = None,
    senses: Callable[[], Iterable[Sense]] | None = None,
    alike: Callable[[Sequence[int]], Sequence[tuple[int, Hashable]]] | None = None,
    nearest: bool = True,
) -> list[Hit]:
    """What answers this question best, best first.

    Takes any text whatever; what holds no words finds nothing.

    Args:
        kinds: which things to look among.
        organisation: whose things, beside those shared by all; None: only the shared ones.
        language: the reader's; a title in it comes before an equal one in another.
        among: only things in this queryset (of one kind), so that a filter is never applied
            after the best have already been chosen. As `Among` where it is the same each time.
        senses: tells what the question may be about under other words; asked only when the words
            themselves find little.
        alike: of the things that answer best (of one kind), what is about the same, and what that
            is; asked, like `senses`, only when little was found.
        nearest: whether what holds only some of the words may come along.
    """
    asked = _asked(text)
    if not asked or not kinds or limit < 1:
        return []
    scopes = [_scope(kind, o) for kind in kinds for o in sorted({organisation or SHARED, SHARED})]
    look = _Look(" ".join(folded(text[:MOST_TYPED])), asked, scopes, language, among)
    look.words()
    if look.whole < ENOUGH:
        look.bent_and_inside()
    if not look.seen:
        look.slipped()
    if look.whole < FEW:
        look.kin_and_parts()
    if look.whole < ENOUGH and senses is not None:
        look.otherwise(senses())
    if look.whole < ENOUGH and alike is not None:
        look.alike(kinds[0], alike)
    if look.whole < ENOUGH and len(asked) > 1 and nearest:
        look.nearest()
        if alike is not None and not look.senses:
            look.alike(kinds[0], alike, near=True)
    return look.best(limit)


def _asked(text: str) -> list[str]:
    words = list(dict.fromkeys(folded(text[:MOST_TYPED])))
    telling = [word for word in words if word not in SMALL_WORDS]
    return (telling or words)[:MOST_WORDS_ASKED]


class _Look:
    """One question under way: what was found so far, and what each word may also mean."""

    def __init__(
        self,
        typed: str,
        asked: list[str],
        scopes: list[str],
        language: str,
        among: "QuerySet[Any] | Among | None",
    ) -> None:
        self.typed = typed
        self.asked = asked
        self.scopes = scopes
        self.language = language
        self.among = among if among is None or isinstance(among, Among) else Among.of(among)
        # For each word: what else it may mean, and in which way.
        self.meant: dict[str, dict[str, str]] = {word: {} for word in asked}
        self.rows: dict[tuple[str, int, str], tuple[Row, list[Why], bool]] = {}
        self.senses: dict[tuple[str, int], tuple[float, Hashable]] = {}
        # Whether these come of what is only near.
        self.guessed = False
        self.whole = 0
        self.seen = False

    def words(self) -> None:
        """Titles in which each word begins a word, and those that begin with what was typed."""
        terms = [[_begun(word)] for word in self.asked]
        found = _rows(_index().holding(terms, self.scopes, self.among, title=True))
        # The second are among the first; unless not all of these were read, or a single letter,
        # that is looked for as a word, may only begin one.
        if len(found) >= CANDIDATES or not all(begins for ((_, begins),) in terms):
            found += _rows(_index().begins(self.typed, self.scopes, self.among))
        self._keep(found)
        if self.whole < ENOUGH:
            self._keep(_rows(_index().holding(terms, self.scopes, self.among, title=False)))

    def bent_and_inside(self) -> None:
        """The same word in another form, or as part of a longer one."""
        for word, other, how in _bent_or_inside(self.asked):
            self._mean(word, [other], how)
        self._look_for_meant()

    def kin_and_parts(self) -> None:
        """Words that begin alike for the most part, and the parts of which a word is made."""
        for word, other, how in _kin_or_part(self.asked):
            self._mean(word, [other], how)
        self._look_for_meant()

    def slipped(self) -> None:
        """Words that were meant, if a finger slipped; a word that exists was meant as it is."""
        before = {word: len(meant) for word, meant in self.meant.items()}
        exist = set(_existing(self.asked)) if len(self.asked) > 1 else set()
        for word in self.asked:
            if word not in exist:
                self._mean(word, _slipped(word), SLIP)
        if any(len(self.meant[word]) > before[word] for word in self.asked):
            self._look_for_meant()

    def otherwise(self, senses: Iterable[Sense]) -> None:
        """What is about the same in other words, or in the other language."""
        found = list(senses)
        words = {word for sense in found for word in sense.words} - SMALL_WORDS - FAINT
        if not words:
            return
        # The words themselves, and longer ones that hold them.
        means = {word: {word} for word in sorted(words, key=len)[-MOST_SENSE_WORDS:]}
        for word, other in _holding_inside([word for word in means if len(word) >= 5]):
            means[word].add(other)
        either = [(word, False) for word in sorted(set().union(*means.values()))]
        rows = _read(_index().holding([either], self.scopes, self.among, title=True))
        titles = [(row, set(row.title.split())) for row in rows]
        held = {
            word: sum(not others.isdisjoint(title) for _, title in titles)
            for word, others in means.items()
        }
        tells = {word: log(1 + (len(titles) + 1) / (count + 1)) for word, count in held.items()}
        for row, title in titles:
            for sense in found:
                points = sum(
                    tells[word]
                    for word, others in means.items()
                    if word in sense.words and not others.isdisjoint(title)
                )
                self._sense(row.kind, row.object_id, points, sense.name)

    def alike(
        self,
        kind: str,
        ask: Callable[[Sequence[int]], Sequence[tuple[int, Hashable]]],
        *,
        near: bool = False,
    ) -> None:
        """What is about the same as the best that answers all that was asked.

        Args:
            near: nothing answers all of it; then as the nearest, and what is found is near too.
        """
        hits = self.best(MOST_ALIKE)
        if near:
            best = [hit.object_id for hit in hits if hit.score >= NEARLY * hits[0].score]
        else:
            best = [hit.object_id for hit in hits if not hit.near and not hit.sense]
        self.guessed = near
        if best:
            for place, (object_id, name) in enumerate(ask(best), 1):
                self._sense(kind, object_id, 1 / place, name)

    def _sense(self, kind: str, object_id: int, points: float, name: Hashable) -> None:
        known = self.senses.get((kind, object_id))
        if points and (known is None or points > known[0]):
            self.senses[kind, object_id] = points, name

    def nearest(self) -> None:
        """Little holds all that was asked: what holds some of it?"""
        either = [term for word in self.asked for term in self._terms(word)]
        found = _index().holding([either], self.scopes, self.among, title=False)
        self._keep(_rows(found), whole=False)

    def best(self, limit: int) -> list[Hit]:
        """All that was found, best first: the list of words and that of senses, joined."""
        weights = telling(self.asked, (answer for _, answer, _ in self.rows.values()))
        found: dict[tuple[str, int], tuple[bool, float, Row, Sequence[Why]]] = {}
        for row, answer, whole in self.rows.values():
            points = score(row, answer, weights, typed=self.typed, language=self.language)
            place = row.kind, row.object_id
            known = found.get(place)
            if known is None or (whole, points) > known[:2]:
                found[place] = whole, points, row, answer
        words = sorted(found, key=lambda p: (-found[p][1], p))
        if not self.senses:
            return [_hit(*found[place]) for place in words[:limit]]
        others = sorted(self.senses, key=lambda p: (-self.senses[p][0], p))
        points_of = fused([(words, 1.0), (others, OTHER_WORDS)])

        def hit(place: tuple[str, int]) -> Hit:
            sense = self.senses[place][1] if place in self.senses else None
            if place not in found:
                return Hit(*place, points_of[place], self.guessed, sense=sense)
            told = _hit(*found[place])._replace(score=points_of[place])
            guessed = told.near and place in self.senses
            return told._replace(sense=sense, near=self.guessed) if guessed else told

        ranked = sorted({*found, *self.senses}, key=lambda p: (-points_of[p], p))
        return [hit(place) for place in ranked[:limit]]

    def _mean(self, word: str, others: Iterable[str], how: str) -> None:
        for other in others:
            if other != word:
                self.meant[word].setdefault(other, how)

    def _terms(self, word: str) -> list[tuple[str, bool]]:
        meant = sorted(self.meant[word].items(), key=lambda m: -WORTH[m[1]])[: MOST_MEANT * 2]
        return [_begun(word), *((other, False) for other, _ in meant)]

    def _look_for_meant(self) -> None:
        if not any(self.meant.values()):
            return
        terms = [self._terms(word) for word in self.asked]
        self._keep(_rows(_index().holding(terms, self.scopes, self.among, title=True)))
        if self.whole < ENOUGH:
            self._keep(_rows(_index().holding(terms, self.scopes, self.among, title=False)))

    def _keep(self, found: Iterable[Sequence[Any]], *, whole: bool = True) -> None:
        for row in map(Row._make, found):
            place = row.kind, row.object_id, row.language
            known = self.rows.get(place)
            answer = whys(row, self.asked, self.meant, whole=whole or bool(known and known[2]))
            all_of_it = len(answer) == len(self.asked)
            if answer:
                self.rows[place] = row, answer, all_of_it
            if all_of_it and not self.seen:
                self.seen = all(why.field != REST for why in answer)
        self.whole = len({place[:2] for place, (_, _, all_) in self.rows.items() if all_})


def _hit(whole: bool, points: float, row: Row, answer: Sequence[Why]) -> Hit:
    return Hit(row.kind, row.object_id, points, not whole, tuple(answer), None, row.about)


def _begun(word: str) -> tuple[str, bool]:
    """A word as typed so far; half the dictionary begins with one letter, so that is a word."""
    return word, len(word) > 1


def _bent_or_inside(asked: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Words with the same stem as one asked, or that hold it further on; and in which way."""
    stems = {word: stem(word) for word in asked}
    inner = [word for word in asked if len(word) >= 4]
    marks = ", ".join(["%s"] * len(stems))
    most = MOST_MEANT * 2 * len(stems)
    # Apart, as stems are in an index and what stands inside a word is not.
    bent = (
        (
            f"SELECT word FROM {_Words.words} WHERE stem IN ({marks})"  # noqa: S608
            f" ORDER BY length(word), word LIMIT {most}"
        ),
        [*stems.values()],
    )
    inside = [_index().words_with(inner, most)] if inner else []
    for (word,) in _rows(bent, *inside):
        its_stem = stem(word)
        for one in asked:
            if stems[one] == its_stem:
                yield one, word, BENT
            elif len(one) >= 4 and one in word:
                yield one, word, INSIDE


def _kin_or_part(asked: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Words that begin like one asked ("dementerende", "dementie"), and its known parts."""
    begin = {word: word[: max(5, -(-len(word) * 3 // 5))] for word in asked if len(word) >= 7}
    ways = {word: list(cuts(word)) for word in asked}
    pieces = sorted({part for some in ways.values() for way in some for part in way})
    found: list[tuple[str, str]] = []
    if pieces:
        by_stem = sorted({stem(piece) for piece in pieces if len(piece) >= 5}) or [""]
        marks, more = (", ".join(["%s"] * len(some)) for some in (pieces, by_stem))
        sql = (
            f"SELECT word, stem FROM {_Words.words} WHERE word IN ({marks})"  # noqa: S608
            f" OR stem IN ({more})"
        )
        found = _rows((sql, [*pieces, *by_stem]))
    for word in _index().words_beginning([*begin.values()]) if begin else ():
        for one, start in begin.items():
            # Only the ends may differ, and no more than an ending is long.
            if word.startswith(start) and len(word) <= len(start) + LONGEST_ENDING:
                yield one, word, KIN
    # A part may occur in another form: "draai" of "draaibank" in "draaien".
    forms: dict[str, list[str]] = {}
    for word, its_stem in found:
        forms.setdefault(its_stem, []).append(word)
    bent = {piece: forms.get(stem(piece), []) for piece in pieces if len(piece) >= 5}
    occur = {word for word, _ in found} | {piece for piece in bent if bent[piece]}
    for one in asked:
        for part in parts(one, lambda _: occur) or _known_ends(one, ways[one], occur):
            for word in dict.fromkeys([part, *bent.get(part, [])]):
                yield one, word, PART


def _known_ends(word: str, ways: Sequence[tuple[str, str]], occur: Collection[str]) -> list[str]:
    """The longest known beginning and end of a word of which not both halves are known."""
    heads = [head for head, _ in ways if len(head) >= 5 and head in occur]
    tails = [tail for _, tail in ways if len(tail) >= 5 and tail in occur and tail != word]
    return [max(ends, key=len) for ends in (heads, tails) if ends]


def _holding_inside(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Words that occur and hold one of these further on: lassen in puntlassen."""
    if not words:
        return
    for (other,) in _rows(_index().words_with(words, CANDIDATES)):
        for word in words:
            if word in other and word != other:
                yield word, other


def _existing(words: Collection[str]) -> list[str]:
    return list(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))


def _slipped(word: str) -> list[str]:
    """Words that this was meant to be, nearest first."""
    allowed = slips_allowed(word)
    if not allowed or not word.isascii():
        return []
    start = word[:LONGEST_SLIPPED]
    found = _index().words_beginning(list(one_slip_away(start)))
    meant = [w for w in found if not w.startswith(word) and (start == word or slips(word, w) <= 1)]
    if meant or len(word) < 8:
        return sorted(meant, key=lambda w: (len(w), w))[:MOST_MEANT]
    # Two slips in a long word, or one in a part of a compound: some part was typed right.
    parts = allowed + 1
    size = len(word) // parts
    pieces = [word[i * size : (i + 1) * size] for i in range(parts)]
    threes = {word[i : i + 3] for i in range(len(word) - 2)}
    # Counting shared threes is quick and nearly right; only the most alike are weighed.
    found = [word for (word,) in _rows(_index().words_with(pieces, CANDIDATES))]
    alike = sorted(found, key=lambda w: -sum(three in w for three in threes))[:MOST_MEANT]
    near = sorted((slips(word, w, anywhere=True), len(w), w) for w in alike)
    return [w for distance, _, w in near if 0 < distance <= allowed]


class _Words:
    """What both databases can be asked; each says it in its own way."""

    table = SearchEntry._meta.db_table
    words = SearchWord._meta.db_table
    # The function that tells where a text stands in another.
    place = ""

    def begins(self, start: str, scopes: Sequence[str], among: Among | None) -> _Asked:
        """Entries whose title begins so, in the order of the alphabet: the exact one first."""
        raise NotImplementedError

    def holding(
        self, terms: _Terms, scopes: Sequence[str], among: Among | None, *, title: bool
    ) -> _Asked:
        """Entries that hold one of each group of words; True: or a word that begins so."""
        raise NotImplementedError

    def holds(self, word: str) -> bool:
        """Whether any entry of anyone holds this word."""
        raise NotImplementedError

    def words_beginning(self, starts: list[str]) -> list[str]:
        """Words that begin with one of these."""
        raise NotImplementedError

    def words_with(self, parts: Sequence[str], most: int) -> _Asked:
        """Words that hold one of these parts, the shortest first."""
        # The whole list is read for this; looking for a part is cheaper than LIKE, which knows
        # signs with a meaning and, on SQLite, capitals.
        conditions = " OR ".join([f"{self.place}(word, %s) > 0"] * len(parts))
        return (
            (
                f"SELECT word FROM {self.words} WHERE {conditions}"  # noqa: S608
                f" ORDER BY length(word), word LIMIT {most}"
            ),
            list(parts),
        )


def _among_sql(among: Among | None) -> str:
    return f" AND EXISTS ({among.sql})" if among else ""


def _among_params(among: Among | None) -> list[Any]:
    return list(among.params) if among else []


class _Sqlite(_Words):
    place = "instr"

    def begins(self, start: str, scopes: Sequence[str], among: Among | None) -> _Asked:
        marks = ", ".join(["%s"] * len(scopes))
        return (
            (
                f"SELECT kind, object_id, language, title, concepts FROM {self.table} e"  # noqa: S608
                f" WHERE scope IN ({marks}) AND title >= %s AND title < %s{_among_sql(among)}"
                " ORDER BY title LIMIT 40"
            ),
            [*scopes, start, start + _LAST, *_among_params(among)],
        )

    def holding(
        self, terms: _Terms, scopes: Sequence[str], among: Among | None, *, title: bool
    ) -> _Asked:
        column = "title" if title else "title concepts rest"
        where = " OR ".join(f'"{scope}"' for scope in scopes)
        what = " AND ".join(
            "({" + column + "}: (" + " OR ".join(self._term(*term) for term in group) + "))"
            for group in terms
        )
        return (
            (
                "SELECT e.kind, e.object_id, e.language, e.title, e.concepts"  # noqa: S608
                f" FROM {self.table}_fts f JOIN {self.table} e ON e.id = f.rowid"
                f" WHERE {self.table}_fts MATCH %s{_among_sql(among)} LIMIT {CANDIDATES}"
            ),
            [f"(scope: ({where})) AND {what}", *_among_params(among)],
        )

    @staticmethod
    def _term(word: str, begins: bool) -> str:
        return f'"{word}"*' if begins else f'"{word}"'

    def holds(self, word: str) -> bool:
        sql = f"SELECT 1 FROM {self.table}_fts WHERE {self.table}_fts MATCH %s LIMIT 1"  # noqa: S608
        return bool(_rows((sql, [f'"{word}"'])))

    def words_beginning(self, starts: list[str]) -> list[str]:
        # CROSS JOIN keeps the order: for each beginning one look in the index.
        sql = (
            f"SELECT DISTINCT w.word FROM json_each(%s) s CROSS JOIN {self.words} w"  # noqa: S608
            " WHERE w.word >= s.value AND w.word < s.value || %s LIMIT 400"
        )
        return [row[0] for row in _rows((sql, [json.dumps(starts), _LAST]))]


class _Postgresql(_Words):
    place = "strpos"

    def begins(self, start: str, scopes: Sequence[str], among: Among | None) -> _Asked:
        return (
            (
                f"SELECT kind, object_id, language, title, concepts FROM {self.table} e"  # noqa: S608
                ' WHERE scope = ANY(%s) AND title COLLATE "C" >= %s AND title COLLATE "C" < %s'
                f'{_among_sql(among)} ORDER BY title COLLATE "C" LIMIT 40'
            ),
            [list(scopes), start, start + _LAST, *_among_params(among)],
        )

    def holding(
        self, terms: _Terms, scopes: Sequence[str], among: Among | None, *, title: bool
    ) -> _Asked:
        where = " | ".join(f"'{scope}'" for scope in scopes)
        what = " & ".join(
            "(" + " | ".join(self._term(*term) for term in group) + ")" for group in terms
        )
        column = "title_words" if title else "all_words"
        # Apart from LIMIT, or the planner hopes to meet enough by reading the table through;
        # rows are still made only as far as they are asked for.
        return (
            (
                "WITH found AS MATERIALIZED ("  # noqa: S608
                f"SELECT e.kind, e.object_id, e.language, e.title, e.concepts FROM {self.table} e"
                f" WHERE e.{column} @@ %s::tsquery{_among_sql(among)})"
                f" SELECT * FROM found LIMIT {CANDIDATES}"
            ),
            [f"({where}) & {what}", *_among_params(among)],
        )

    @staticmethod
    def _term(word: str, begins: bool) -> str:
        return f"'{word}':*" if begins else f"'{word}'"

    def holds(self, word: str) -> bool:
        sql = f"SELECT 1 FROM {self.table} WHERE all_words @@ %s::tsquery LIMIT 1"  # noqa: S608
        return bool(_rows((sql, [f"'{word}'"])))

    def words_beginning(self, starts: list[str]) -> list[str]:
        sql = (
            "SELECT DISTINCT w.word FROM unnest(%s::text[]) s CROSS JOIN LATERAL"  # noqa: S608
            f' (SELECT word FROM {self.words} WHERE word COLLATE "C" >= s'
            ' AND word COLLATE "C" < s || %s LIMIT 100) w LIMIT 400'
        )
        return [row[0] for row in _rows((sql, [starts, _LAST]))]


def _read(asked: _Asked) -> list[Row]:
    return [Row._make(row) for row in _rows(asked)]


def _rows(*asked: _Asked) -> list[Any]:
    """The answers to one question, or to several in one go."""
    sql = asked[0][0]
    if len(asked) > 1:
        sql = " UNION ALL ".join(f"SELECT * FROM ({one}) a" for one, _ in asked)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _, values in asked for value in values])
        return list(cursor.fetchall())


def _index() -> _Words:
    return _Postgresql() if connection.vendor == "postgresql" else _Sqlite()
