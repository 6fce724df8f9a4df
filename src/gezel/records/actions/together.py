"""On PostgreSQL: a few plain statements in one question, and those of several requests together.

Most of what comes in is one statement that points nowhere and tells nothing new. Such go to the
function `records_keep` (migration 0005): one question, which takes the store's turn, writes and
commits. Requests that come while this process waits for that answer wait here, and then go in
together, for one turn and one wait for the disk. Each is confirmed after the commit it went with.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connection

from gezel.records.actions.incoming import STEP, Incoming
from gezel.records.queries.finding import STORE_LOCK
from gezel.records.queries.rows import FEW
from gezel.records.rules.finding import merged
from gezel.records.rules.moments import read_moment, write_moment
from gezel.records.rules.reading import write_json

Told = Mapping[int, tuple[str, dict[str, Any]]]
"""What statements tell of activities: term → IRI and definition."""


@dataclass(slots=True, eq=False)
class _Wish:
    """What one request wants kept."""

    incoming: Sequence[Incoming]
    told: Told
    tried_with: int = 0
    """How many wishes went along when it was tried, itself counted."""
    kept: bool = False


@dataclass(slots=True)
class _Store:
    """The wishes for one store, in this process."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    waiting: list[_Wish] = field(default_factory=list)

    def take(self, first: _Wish) -> list[_Wish]:
        """This wish and what can go along with it, off the list."""
        together, ids, told = [first], _ids(first), dict(first.told)
        for wish in list(self.waiting):
            if wish is first or len(ids) + len(wish.incoming) > FEW or ids & _ids(wish):
                continue
            if any(told.get(key, said) != said for key, said in wish.told.items()):
                continue
            together.append(wish)
            ids |= _ids(wish)
            told |= wish.told
        for wish in together:
            self.waiting.remove(wish)
        return together


_STORES: dict[int, _Store] = {}
_KNOWN: dict[int, dict[str, Any]] = {}
"""What this process last read of activities. The database holds it against what stands there, so
what is missing or old here costs the longer way and nothing more."""
MOST_KNOWN = 10_000


def now_known(read: Mapping[int, dict[str, Any]]) -> None:
    """Remember what was read of activities."""
    if len(_KNOWN) > MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN.update(read)


def keep_together(organisation: int, incoming: Sequence[Incoming], told: Told) -> bool:
    """Keep what is complete but for its moment, and say whether it is kept.

    If not, nothing of it is: it was not plain after all, and goes step by step.
    """
    for key, (_iri, definition) in told.items():
        if (known := _KNOWN.get(key)) and merged(known, definition) != known:
            return False
    wish = _Wish(incoming, told)
    if connection.in_atomic_block:  # what others want may not be undone with it
        return _keep(organisation, [wish])
    store = _STORES.setdefault(organisation, _Store())
    store.waiting.append(wish)
    with store.turn:
        if not wish.tried_with:
            _try(organisation, store.take(wish))
    return wish.kept or (wish.tried_with > 1 and _keep(organisation, [wish]))


def _try(organisation: int, together: Sequence[_Wish]) -> None:
    kept = False
    try:
        kept = _keep(organisation, together)
    except DatabaseError:
        # Whose fault it was shows when each tries alone.
        if len(together) == 1:
            raise
    finally:
        for wish in together:
            wish.tried_with, wish.kept = len(together), kept


_KEEP = (
    "SELECT records_keep($1::bigint, $2::int, $3::int, $4::uuid[], $5::bigint[], $6::text[], "
    "$7::text[], $8::uuid[], $9::timestamptz[], string_to_array($10, E'\\x1e'), "
    "string_to_array($11, E'\\x1e'), $12::int[], $13::bigint[], $14::bigint[], $15::text[], "
    "string_to_array($16, E'\\x1e'))"
)


def _keep(organisation: int, wishes: Sequence[_Wish]) -> bool:
    from gezel.kit.planned import asked_planned  # noqa: PLC0415 # psycopg may be absent

    incoming = [one for wish in wishes for one in wish.incoming]
    told = {key: said for wish in wishes for key, said in wish.told.items()}
    known = {key: _KNOWN.get(key) for key in told}
    times = [one.said.get("timestamp") for one in incoming]
    values = [
        organisation,
        STORE_LOCK,
        organisation % 2**31,
        [str(one.id) for one in incoming],
        _numbers(one.person for one in incoming),
        [one.said["verb"]["id"] for one in incoming],
        [one.about for one in incoming],
        [None if (found := one.registration) is None else str(found) for one in incoming],
        [time and str(read_moment(time, strict=False)) for time in times],
        _texts(write_json(one.terms) for one in incoming),
        _texts(write_json(one.said)[:-1] for one in incoming),
        _numbers(number for number, one in enumerate(incoming, 1) for _term in one.terms),
        _numbers(found for one in incoming for found in one.terms),
        _numbers(told),
        # With its address it may be new; of what was read before we know that it is not.
        [None if known[key] else iri for key, (iri, _definition) in told.items()],
        _texts(write_json(known[key] or said) for key, (_iri, said) in told.items()),
    ]
    ((last,),) = asked_planned(_KEEP, values)
    if last is None:
        return False
    first = last - STEP * (len(incoming) - 1)
    for number, one in enumerate(incoming):
        one.stored = first + STEP * number
        one.said["stored"] = write_moment(one.stored)
        one.said.setdefault("timestamp", one.said["stored"])
    return True


def _ids(wish: _Wish) -> set[Any]:
    return {one.id for one in wish.incoming}


def _numbers(values: Iterable[int | None]) -> str:
    """Whole numbers as PostgreSQL writes an array; given as a list each size is another type."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _texts(values: Iterable[str]) -> str:
    """JSON of several, taken apart by the database: a driver escapes each quote of a list.

    The sign between them stands in no JSON, where a control character is written by its number.
    """
    return "\x1e".join(values)
