"""Questions that many pages ask, put into SQL once.

Django puts a queryset together and into SQL anew at each request: half a millisecond to two of
our time a question, and on PostgreSQL as much again to plan it. For a question that only differs
by its values both come out the same each time, so here both are kept:

    @prepared
    def open_steps(person: int, today: date, *, most: int) -> QuerySet[Step]:
        return Step.objects.filter(goal__person=person, due_on__gte=today)[:most]

    open_steps(visitor.person.pk, today, most=4)  # a list of steps

What is given by place is a **value**: a place in the SQL, filled at each call. The function is
called with stand-ins for them, so it may hand them to the queryset and nothing else: it cannot
look at them or count with them. Today is a value too. A list of values (`pk__in`) has one stand-in;
when it is empty the answer is nothing, without asking. What is given by name, and the reader's
language, is part of the **shape**: each combination is put into SQL on its own. A question that
must count with the day itself takes that by name, and is put into SQL once a day.

Worth its while where a page is asked for all day. Elsewhere a plain queryset says it shorter.
"""

import copy
import re
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import date
from enum import Enum
from functools import cache, update_wrapper
from itertools import count
from sqlite3 import Cursor
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.db.models.expressions import BaseExpression
from django.utils.translation import get_language

from gezel.kit.rows import reader

P = ParamSpec("P")
Row = TypeVar("Row")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\b")

SHAPES = 64
"""How many shapes of one question are kept; more means that a value was given by name."""


class Slot(BaseExpression):
    """Stands in a queryset for a value that comes later: its place among them."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "Slot":
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Slots(BaseExpression):
    """Stands for a list of values, where one asks whether something is among them."""

    def __init__(self, slots: list[Slot]) -> None:
        super().__init__()
        self.slots = slots

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "Slots":
        return self

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"({', '.join(['%s'] * len(self.slots))})", tuple(self.slots)


class _Question:
    """One shape of a question in SQL, as Django's compiler left it."""

    def __init__(self, asked: Any, *, of_a_day: bool) -> None:
        self.asked = asked
        self.db = asked.db
        self.compiler: Any = asked.query.get_compiler(using=self.db)
        self.sql, params = self.compiler.as_sql()
        self.params = tuple(params)
        if not of_a_day and any(_is_day(param) for param in self.params):
            raise TypeError("This day would stay for ever: give it as a value, or by name.")
        self.used = sorted({p.place for p in self.params if isinstance(p, Slot)})
        # Where each value goes, and what else goes where: told apart once, not at each call.
        self.places = [(p.place, None) if isinstance(p, Slot) else (-1, p) for p in self.params]
        self.statement = ""
        self.converters: dict[int, Any] | None = None
        self.read = (
            None
            if asked._known_related_objects
            else reader(self.compiler, asked._iterable_class, self.db)
        )

    def rows(self, values: Sequence[Any]) -> list[Any]:
        """What the database answers for these values, as Django's iterables make of it."""
        connection = connections[self.db]
        adapt = connection.ops.adapt_unknown_value
        plain = [
            value
            if type(value) is int or type(value) is str
            else adapt(value.value if isinstance(value, Enum) else value)
            for value in values
        ]
        found = _asked(connection, self, plain)
        if self.compiler.has_extra_select:
            found = [row[: self.compiler.col_count] for row in found]
        told = (
            self._django_reads(connection, found)
            if self.read is None
            else self.read(connection, found)
        )
        if self.asked._prefetch_related_lookups:
            prefetch_related_objects(told, *self.asked._prefetch_related_lookups)
        return told

    def _django_reads(self, connection: Any, found: list[Any]) -> list[Any]:
        """For dictionaries, named tuples and what else `kit.rows` leaves alone."""
        asked = self.asked
        query: Any = _Answered(self, connection, found)
        answered: Any = QuerySet(asked.model, query=query, using=self.db)
        answered._fields = asked._fields
        answered._known_related_objects = asked._known_related_objects
        return list(asked._iterable_class(answered))


class _Answered:
    """Stands in for the query of a queryset: its rows are here already."""

    def __init__(self, question: _Question, connection: Any, rows: list[Any]) -> None:
        self._query = question.asked.query
        self._compiler = copy.copy(question.compiler)
        self._compiler.connection = connection
        self._compiler.execute_sql = lambda *args, **kwargs: [rows]
        if question.converters is None:
            question.converters = self._compiler.get_converters(
                [column for column, *_ in self._compiler.select[: self._compiler.col_count]]
            )
        self._compiler.get_converters = lambda columns: question.converters

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


class Prepared(Generic[P, Row]):
    """A question with places for its values; calling it gives the rows."""

    def __init__(self, ask: "Callable[P, QuerySet[Any, Row]]") -> None:
        self.ask = ask
        self._kept: dict[Any, _Question | None] = {}
        update_wrapper(self, ask)

    def __call__(self, *values: P.args, **shape: P.kwargs) -> list[Row]:
        flat: list[Any] = []
        lengths = []
        for value in values:
            if isinstance(value, list | tuple | set | frozenset):
                if not value:
                    return []
                padded = _padded(value)
                flat += padded
                lengths.append(len(padded))
            else:
                flat.append(value)
                lengths.append(0)
        if None in flat:
            raise TypeError("Nothing (None) has SQL of its own: say it by name.")
        key = (get_language(), *lengths, *shape.items())
        if key not in self._kept:
            if len(self._kept) >= SHAPES:
                self._kept.clear()
            self._kept[key] = self._put(lengths, shape)
        question = self._kept[key]
        return [] if question is None else question.rows(flat)

    def _put(self, lengths: list[int], shape: dict[str, Any]) -> _Question | None:
        places = count()
        slots = [
            Slots([Slot(next(places)) for _ in range(length)]) if length else Slot(next(places))
            for length in lengths
        ]
        ask: Callable[..., QuerySet[Any, Row]] = self.ask
        try:
            of_a_day = any(isinstance(value, date) for value in shape.values())
            return _Question(ask(*slots, **shape), of_a_day=of_a_day)
        except EmptyResultSet:  # nothing can answer it, whatever the values
            return None


def prepared(ask: "Callable[P, QuerySet[Any, Row]]") -> "Prepared[P, Row]":
    """Put what this function asks into SQL once for each shape; see the head of this module."""
    return Prepared(ask)


def _is_day(param: object) -> bool:
    """Whether this is a date or moment, as it is or as SQLite keeps it."""
    return isinstance(param, date) or bool(isinstance(param, str) and _DAY.match(param))


def fetched(row: Model, name: str, rows: Sequence[Model]) -> None:
    """Let `row.name.all()` answer with these rows, as `prefetch_related` would."""
    found: Any = QuerySet(*_all_beside(type(row), name))
    found._result_cache, found._prefetch_done = list(rows), True
    kept: dict[str, Any] = row.__dict__.setdefault("_prefetched_objects_cache", {})
    kept[name] = found


@cache
def _all_beside(model: type[Model], name: str) -> tuple[type[Model], Any]:
    """What stands at the other end of a relation, and a query for all of it; nobody changes that:
    a queryset copies its query before it narrows it."""
    relation: Any = model._meta.get_field(name)
    return relation.related_model, QuerySet(relation.related_model).query


def _padded(values: Collection[Any]) -> tuple[Any, ...]:
    """The values and the last one again, up to a power of two: few lengths, so few shapes."""
    found = tuple(values)
    return found + (found[-1],) * ((1 << (len(found) - 1).bit_length()) - len(found))


def _asked(connection: Any, question: _Question, values: Sequence[Any]) -> list[Any]:
    """The rows, without the layers that Django's cursors have for those who listen in."""
    connection.ensure_connection()
    if connection.execute_wrappers or connection.queries_logged:
        with connection._prepare_cursor(_cursor(connection, question, values)) as cursor:
            cursor.execute(question.sql, _filled(question, values))
            return list(cursor.fetchall())
    connection.validate_thread_sharing()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, closing(_cursor(connection, question, values)) as cursor:
        cursor.execute(question.sql, _filled(question, values))
        return list(cursor.fetchall())


def _filled(question: _Question, values: Sequence[Any]) -> list[Any]:
    return [fixed if place < 0 else values[place] for place, fixed in question.places]


class _SQLiteCursor(SQLiteCursorWrapper):
    """Reads the statement as it was converted once."""

    statement: str

    def execute(self, query: str, params: Any = None) -> Any:
        return Cursor.execute(self, self.statement, params)


def _cursor(connection: Any, question: _Question, values: Sequence[Any]) -> Any:
    """A cursor with the statement as this database wants to read it."""
    if connection.vendor == "sqlite":
        cursor = connection.connection.cursor(factory=_SQLiteCursor)
        question.statement = question.statement or SQLiteCursorWrapper.convert_query(
            cursor, question.sql
        )
        cursor.statement = question.statement
        return cursor
    from gezel.kit.planned import PlannedCursor, literal  # noqa: PLC0415 # psycopg may be absent

    if not question.statement:
        numbers = {place: f"${number}" for number, place in enumerate(question.used, 1)}
        question.statement = question.sql % tuple(
            numbers[p.place] if isinstance(p, Slot) else literal(p, connection.connection)
            for p in question.params
        )
    return PlannedCursor(
        connection.connection, question.statement, [values[place] for place in question.used]
    )
