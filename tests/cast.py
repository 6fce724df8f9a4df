"""The cast of the tests, there at once: made by the actions of the product, once a process.

Three thousand tests begin with Noor, Daan and Femke at Van Dijk, and to employ someone asks thirty
questions, a fifth of what such a test takes. So what the actions write is kept, row by row, and a
test gets the rows. What is written now is written now again: the moments in them move along.

What employing someone writes depends on who is there already. So it is kept beside each of the
cast who may be there; beside anybody else the actions do it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.core.cache import caches
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone, translation

from gezel.people.models import Job, Organisation, Person
from gezel.people.tests.builders import a_colleague, an_organisation

Named = dict[str, Any]
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# Each of an order has numbers in a million of their own, far from those that SQLite gives out anew
# after each rollback. (PostgreSQL gives none out twice, and goes on after the last of these.) Not a
# round one: what is kept of people in so many parts, by their number, then lies in other parts for
# each of them.
APART = 1_000_003


def van_dijk(_there: Named) -> Organisation:
    """The garage where Noor, Daan and Femke work."""
    return an_organisation("Van Dijk", slug="van-dijk")


def de_linde(_there: Named) -> Organisation:
    """The care organisation where Sam works."""
    return an_organisation("De Linde", slug="de-linde")


def daan(there: Named) -> Person:
    """Leads the workshop."""
    return a_colleague(there["van_dijk"], "Daan Visser", job="Workshop manager")


def noor(there: Named) -> Person:
    """Learns; a mechanic in Daan's workshop."""
    return a_colleague(there["van_dijk"], "Noor Jansen", job="Mechanic", lead=there["daan"])


def femke(there: Named) -> Person:
    """HR of the garage."""
    return a_colleague(there["van_dijk"], "Femke de Boer", job="HR adviser", mandates=["hr"])


def sam(there: Named) -> Person:
    """Works elsewhere and finds every door closed."""
    return a_colleague(there["de_linde"], "Sam Willems", job="Carer")


MAKE: dict[str, Callable[[Named], models.Model]] = {
    make.__name__: make for make in (van_dijk, de_linde, daan, noor, femke, sam)
}
# In these orders they may come at their organisation. All are kept, and numbered, in each.
ORDERS = (
    ("van_dijk", "daan", "noor", "femke"),
    ("van_dijk", "daan", "femke", "noor"),
    ("van_dijk", "femke", "daan", "noor"),
    ("de_linde", "sam"),
)
# The root of the first organisation there is; that of the next comes after it.
FIRST_ROOT = "0001"


@dataclass(frozen=True)
class Kept:
    """One of the cast: statements with their values, and the fields of who that is."""

    statements: list[tuple[str, list[Any]]]
    who: type[models.Model]
    fields: dict[str, Any]


@dataclass(frozen=True)
class Book:
    """All that is kept, between when it was made, with the jobs they have."""

    kept: dict[tuple[str, ...], Kept]
    first: datetime
    last: datetime
    jobs: frozenset[int]


class Cast:
    """The cast of one test: gives each by name."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.there: Named = {}
        self.all_as_kept = True

    def __call__(self, name: str) -> Any:
        """One of them; who needs others has asked for those before."""
        here = next({*order} for order in ORDERS if name in order)
        kept = self.book.kept.get((*(other for other in self.there if other in here), name))
        found = None
        if kept and self.all_as_kept and self._alone():
            # Something else may have been written that making them would have met.
            with suppress(IntegrityError), transaction.atomic():
                found = _written(kept, self.book, self._next_root())
        # Who comes after somebody with another number than the kept one is made too.
        self.all_as_kept = found is not None
        self.there[name] = found or MAKE[name](self.there)
        return self.there[name]

    def _next_root(self) -> str:
        roots = sum(isinstance(one, Organisation) for one in self.there.values())
        return f"{int(FIRST_ROOT) + roots:04}"

    def _alone(self) -> bool:
        """Whether there is no other organisation, and nobody else who works: they have a job."""
        known = {one.pk for one in self.there.values() if isinstance(one, Organisation)}
        return known.issuperset(_numbers(Organisation)) and self.book.jobs.issuperset(_numbers(Job))


def kept() -> Book:
    """Make each of them in the empty database, in each order, and take that back."""
    made: dict[tuple[str, ...], Kept] = {}
    jobs: set[int] = set()
    with translation.override("en"):
        tables = _tables_written()
        first = timezone.now()
        for order in ORDERS:
            with _taken_back():
                there: Named = {}
                for name in order:
                    before = {table: _rows(model) for table, model in tables.items()}
                    number = APART * (len(there) + (1 if order[0] == "van_dijk" else 11))
                    _number_from(number, tables.values())
                    who = there[name] = MAKE[name](there)
                    added = [
                        _adding(model, rows)
                        for table, model in tables.items()
                        if (rows := _more(before[table], _rows(model)))
                    ]
                    fields = {f.attname: getattr(who, f.attname) for f in _fields(type(who))}
                    made[tuple(there)] = Kept(added, type(who), fields)
                jobs.update(_numbers(Job))
    caches["near"].clear()
    return Book(made, first, timezone.now(), frozenset(jobs))


def _written(kept: Kept, book: Book, root: str) -> models.Model:
    """The rows once more, where what was written as the book was made is written now."""
    now = timezone.now()
    begin, end, told = (_as_written(moment) for moment in (book.first, book.last, now))

    def moved(value: Any) -> Any:
        if value == FIRST_ROOT:
            return root
        return told if isinstance(value, datetime) and begin <= value <= end else value

    with connection.cursor() as cursor:
        for statement, values in kept.statements:
            cursor.execute(statement, [moved(value) for value in values])
    return kept.who.from_db(
        connection.alias,
        list(kept.fields),
        [
            now if isinstance(value, datetime) and book.first <= value <= book.last else value
            for value in kept.fields.values()
        ],
    )


def _number_from(number: int, tables: Iterable[type[models.Model]]) -> None:
    """What is made in these from now on has numbers above this one."""
    with connection.cursor() as cursor:
        for model in tables:
            if model._meta.auto_field is None:
                continue
            table = model._meta.db_table
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, number])
            else:
                asked = "SELECT setval(pg_get_serial_sequence(%s, %s), %s)"
                cursor.execute(asked, [table, model._meta.auto_field.column, number])


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _tables_written() -> dict[str, type[models.Model]]:
    """Where making them writes, found by doing it."""
    seen: set[str] = set()

    def look(execute: Callable[..., object], sql: str, *rest: object) -> object:
        seen.update(WRITES.findall(sql))
        return execute(sql, *rest)

    there: Named = {}
    with _taken_back(), connection.execute_wrapper(look):
        for name, make in MAKE.items():
            there[name] = make(there)
    found = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return {table: found[table] for table in sorted(seen)}


def _numbers(model: type[models.Model]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {model._meta.db_table}")
        return [number for (number,) in cursor.fetchall()]


def _fields(model: type[models.Model]) -> list[Any]:
    return list(model._meta.concrete_fields)


def _rows(model: type[models.Model]) -> list[tuple[Any, ...]]:
    """All that stands in its table, as the database gives it."""
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in _fields(model))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {quoted(model._meta.db_table)}")
        return list(cursor.fetchall())


def _more(before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows that came; those that were there are as they were."""
    added = [row for row in after if row not in before]
    assert len(after) == len(before) + len(added), "one of the cast changes rows of another"
    return added


def _adding(model: type[models.Model], rows: list[tuple[Any, ...]]) -> tuple[str, list[Any]]:
    """The statement that adds these, and its values."""
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in _fields(model))
    one = f"({', '.join(['%s'] * len(_fields(model)))})"
    statement = (
        f"INSERT INTO {quoted(model._meta.db_table)} ({columns})"
        f" VALUES {', '.join([one] * len(rows))}"
    )
    return statement, [value for row in rows for value in row]


def _as_written(moment: datetime) -> datetime:
    """As the database gives it: SQLite without a zone."""
    if connection.vendor == "sqlite":
        return moment.astimezone(UTC).replace(tzinfo=None)
    return moment
