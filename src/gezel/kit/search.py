"""One search for every room, on both databases: quick while you type, forgiving of a slip.

    search.index("activity", [search.Entry(a.pk, organisation.pk, "nl", a.title_nl, …)])
    search.search("hoogspaning", kinds=["activity"], organisation=organisation.pk)

The database answers "which entries hold a word that begins so" (FTS5 on SQLite, tsvector on
PostgreSQL). What a slip may have meant is asked of the list of words that occur at all: for one
slip every word it could have been, for more the words that share a part. Both databases give
their candidates to the same ranking, so they answer alike, and no extension is needed.

Looked for in this order, and a step is taken only where the one before found too little: the
beginning of the title; words that begin so; the same word bent, or inside a compound
("veiligheid" in "hoogspanningsveiligheid"); a slip; and last the nearest, which hold some of
the words (`Hit.near`).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from gezel.kit.likeness import SMALL_WORDS, folded, one_slip_away, slips, slips_allowed, stem
from gezel.kit.models import SearchEntry, SearchWord

# Enough to rank from, few enough to rank quickly.
CANDIDATES = 400
# With this many found, there is no need to look further than what was typed.
ENOUGH = 8
MOST_TYPED = 400
MOST_WORDS_ASKED = 8
MOST_WORDS_KEPT = 2_000
MOST_MEANT = 24
LONGEST_SLIPPED = 28
BATCH = 500
SHARED = 0

_Terms = Sequence[Sequence[tuple[str, bool]]]
# A question to the database and what fills its blanks.
_Asked = tuple[str, Sequence[Any]]

# The highest character there is: everything that begins with a word sorts before word + this.
_LAST = "\U0010ffff"

# Another way of saying, and how much of a match that is; the typed word itself counts 1.
_BENT, _INSIDE, _SLIP = 0.75, 0.65, 0.55
_BEGINNING, _IN_REST = 0.85, 0.3


@dataclass(frozen=True, slots=True)
class Entry:
    """What of one thing can be found: `rest` holds other names and what it is about."""

    object_id: int
    organisation_id: int | None
    language: str
    title: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found; `matched` are its title's words that answer, `near` lacks some asked."""

    kind: str
    object_id: int
    score: float
    matched: tuple[str, ...]
    near: bool = False


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
        update_fields=["organisation_id", "scope", "title", "rest"],
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
    return {word for e in entries for text in (e.title, e.rest) for word in text.split()}


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


def search(
    text: str,
    *,
    kinds: Sequence[str],
    organisation: int | None,
    language: str = "",
    limit: int = 20,
    among: "QuerySet[Any] | None" = None,
) -> list[Hit]:
    """What answers this question best, best first.

    Takes any text whatever; what holds no words finds nothing.

    Args:
        kinds: which things to look among.
        organisation: whose things, beside those shared by all; None: only the shared ones.
        language: the reader's; a title in it comes before an equal one in another.
        among: only things in this queryset (of one kind), so that a filter is never applied
            after the best have already been chosen.
    """
    asked = _asked(text)
    if not asked or not kinds or limit < 1:
        return []
    scopes = [_scope(kind, o) for kind in kinds for o in sorted({organisation or SHARED, SHARED})]
    look = _Look(" ".join(folded(text[:MOST_TYPED])), asked, scopes, language, among)
    look.words()
    if look.whole < ENOUGH:
        look.bent_and_inside()
    if not look.in_title:
        look.slipped()
    if not look.whole and len(asked) > 1:
        look.nearest()
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
        among: "QuerySet[Any] | None",
    ) -> None:
        self.typed = typed
        self.asked = asked
        self.scopes = scopes
        self.language = language
        self.among = _sql_of(among)
        self.meant: dict[str, dict[str, float]] = {word: {} for word in asked}
        self.hits: dict[tuple[str, int], Hit] = {}
        self.whole = 0
        self.in_title = False

    def words(self) -> None:
        """Titles that begin with what was typed, and titles in which each word begins a word."""
        terms = [[_begun(word)] for word in self.asked]
        self._keep(
            _rows(
                _index().begins(self.typed, self.scopes, self.among),
                _index().holding(terms, self.scopes, self.among, title=True),
            )
        )
        if self.whole < ENOUGH:
            self._keep(_rows(_index().holding(terms, self.scopes, self.among, title=False)))

    def bent_and_inside(self) -> None:
        """The same word in another form, or as part of a longer one."""
        for word, other, worth in _bent_or_inside(self.asked):
            self._mean(word, [other], worth)
        self._look_for_meant()

    def slipped(self) -> None:
        """Words that were meant, if a finger slipped; only for words that mean nothing yet."""
        before = {word: len(meant) for word, meant in self.meant.items()}
        for word in self.asked:
            self._mean(word, _slipped(word), _SLIP)
        if any(len(self.meant[word]) > before[word] for word in self.asked):
            self._look_for_meant()

    def nearest(self) -> None:
        """Nothing holds all that was asked: what holds some of it?"""
        either = [term for word in self.asked for term in self._terms(word)]
        found = _index().holding([either], self.scopes, self.among, title=True)
        self._keep(_rows(found), near=True)

    def best(self, limit: int) -> list[Hit]:
        ranked = sorted(self.hits.values(), key=lambda h: (-h.score, h.kind, h.object_id))
        return ranked[:limit]

    def _mean(self, word: str, others: Iterable[str], worth: float) -> None:
        for other in others:
            if other != word:
                self.meant[word].setdefault(other, worth)

    def _terms(self, word: str) -> list[tuple[str, bool]]:
        meant = sorted(self.meant[word].items(), key=lambda m: -m[1])[: MOST_MEANT * 2]
        return [_begun(word), *((other, False) for other, _ in meant)]

    def _look_for_meant(self) -> None:
        if not any(self.meant.values()):
            return
        terms = [self._terms(word) for word in self.asked]
        self._keep(_rows(_index().holding(terms, self.scopes, self.among, title=True)))
        if not self.whole:
            self._keep(_rows(_index().holding(terms, self.scopes, self.among, title=False)))

    def _keep(self, found: Iterable[tuple[str, int, str, str]], *, near: bool = False) -> None:
        for kind, object_id, language, title in found:
            hit = self._hit(kind, object_id, language, title, near=near)
            known = self.hits.get((kind, object_id))
            if known is None or hit.score > known.score:
                self.hits[kind, object_id] = hit
        self.whole = sum(not hit.near for hit in self.hits.values())

    def _hit(self, kind: str, object_id: int, language: str, title: str, *, near: bool) -> Hit:
        words = title.split()
        matched: list[str] = []
        worth = 0.0
        told = 0
        for asked in self.asked:
            value, by = self._worth(asked, words)
            worth += value
            if by:
                matched.append(by)
                told += 1
        if told == len(self.asked):
            self.in_title, near = True, False
        elif not near:
            # The database found the other words in the rest of the entry.
            worth += _IN_REST * (len(self.asked) - told)
        score = worth / len(self.asked)
        if title == self.typed:
            score += 2
        elif title.startswith(self.typed):
            score += 1
        if language == self.language:
            score += 0.1
        # Of equals the shorter title says more precisely what was asked.
        return Hit(kind, object_id, score - min(len(title), 400) / 8_000, tuple(matched), near)

    def _worth(self, asked: str, words: Sequence[str]) -> tuple[float, str]:
        meant = self.meant[asked]
        best, by = 0.0, ""
        for word in words:
            if word == asked:
                return 1.0, word
            value = _BEGINNING if word.startswith(asked) else meant.get(word, 0.0)
            if value > best:
                best, by = value, word
        return best, by


def _begun(word: str) -> tuple[str, bool]:
    """A word as typed so far; half the dictionary begins with one letter, so that is a word."""
    return word, len(word) > 1


def _bent_or_inside(asked: Collection[str]) -> Iterator[tuple[str, str, float]]:
    """Words with the same stem as one asked, or that hold it further on; and what that is worth."""
    stems = {word: stem(word) for word in asked}
    parts = [word for word in asked if len(word) >= 4]
    marks = ", ".join(["%s"] * len(stems))
    inside = "".join(" OR word LIKE %s" for _ in parts)
    sql = (
        f"SELECT word, stem FROM {_Words.words} WHERE stem IN ({marks}){inside}"  # noqa: S608
        f" ORDER BY length(word), word LIMIT {MOST_MEANT * 2 * len(stems)}"
    )
    # What is folded holds no sign that LIKE takes for something else.
    found = _rows((sql, [*stems.values(), *(f"%{part}%" for part in parts)]))
    for word, its_stem in found:
        for one in asked:
            if stems[one] == its_stem:
                yield one, word, _BENT
            elif len(one) >= 4 and one in word:
                yield one, word, _INSIDE


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
    alike = sorted(
        _index().words_with(pieces, CANDIDATES), key=lambda w: -sum(three in w for three in threes)
    )[:MOST_MEANT]
    near = sorted((slips(word, w, anywhere=True), len(w), w) for w in alike)
    return [w for distance, _, w in near if 0 < distance <= allowed]


def _sql_of(among: "QuerySet[Any] | None") -> _Asked | None:
    if among is None:
        return None
    # Asked per candidate by its key, so that a hundred thousand are not listed first.
    of_entry = among.order_by().filter(pk=RawSQL("e.object_id", ())).values("pk")
    try:
        sql, params = of_entry.query.sql_with_params()
    except EmptyResultSet:  # Django knows by itself that there is nothing to look among
        return "SELECT 1 WHERE 1 = 0", ()
    return sql, tuple(params)


class _Words:
    """What both databases can be asked; each says it in its own way."""

    table = SearchEntry._meta.db_table
    words = SearchWord._meta.db_table

    def begins(self, start: str, scopes: Sequence[str], among: _Asked | None) -> _Asked:
        """Entries whose title begins so, in the order of the alphabet: the exact one first."""
        raise NotImplementedError

    def holding(
        self, terms: _Terms, scopes: Sequence[str], among: _Asked | None, *, title: bool
    ) -> _Asked:
        """Entries that hold one of each group of words; True: or a word that begins so."""
        raise NotImplementedError

    def holds(self, word: str) -> bool:
        """Whether any entry of anyone holds this word."""
        raise NotImplementedError

    def words_beginning(self, starts: list[str]) -> list[str]:
        """Words that begin with one of these."""
        raise NotImplementedError

    def words_with(self, parts: Sequence[str], most: int) -> list[str]:
        """Words that hold one of these parts, the shortest first."""
        conditions = " OR ".join(["word LIKE %s"] * len(parts))
        sql = (
            f"SELECT word FROM {self.words} WHERE {conditions}"  # noqa: S608
            f" ORDER BY length(word), word LIMIT {most}"
        )
        return [row[0] for row in _rows((sql, [f"%{part}%" for part in parts]))]


def _among_sql(among: _Asked | None) -> str:
    return f" AND EXISTS ({among[0]})" if among else ""


def _among_params(among: _Asked | None) -> list[Any]:
    return list(among[1]) if among else []


class _Sqlite(_Words):
    def begins(self, start: str, scopes: Sequence[str], among: _Asked | None) -> _Asked:
        marks = ", ".join(["%s"] * len(scopes))
        return (
            (
                f"SELECT kind, object_id, language, title FROM {self.table} e"  # noqa: S608
                f" WHERE scope IN ({marks}) AND title >= %s AND title < %s{_among_sql(among)}"
                " ORDER BY title LIMIT 40"
            ),
            [*scopes, start, start + _LAST, *_among_params(among)],
        )

    def holding(
        self, terms: _Terms, scopes: Sequence[str], among: _Asked | None, *, title: bool
    ) -> _Asked:
        column = "title" if title else "title rest"
        where = " OR ".join(f'"{scope}"' for scope in scopes)
        what = " AND ".join(
            "({" + column + "}: (" + " OR ".join(self._term(*term) for term in group) + "))"
            for group in terms
        )
        return (
            (
                f"SELECT e.kind, e.object_id, e.language, e.title FROM {self.table}_fts f"  # noqa: S608
                f" JOIN {self.table} e ON e.id = f.rowid"
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
    def begins(self, start: str, scopes: Sequence[str], among: _Asked | None) -> _Asked:
        return (
            (
                f"SELECT kind, object_id, language, title FROM {self.table} e"  # noqa: S608
                ' WHERE scope = ANY(%s) AND title COLLATE "C" >= %s AND title COLLATE "C" < %s'
                f'{_among_sql(among)} ORDER BY title COLLATE "C" LIMIT 40'
            ),
            [list(scopes), start, start + _LAST, *_among_params(among)],
        )

    def holding(
        self, terms: _Terms, scopes: Sequence[str], among: _Asked | None, *, title: bool
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
                f"SELECT e.kind, e.object_id, e.language, e.title FROM {self.table} e"
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
