"""On PostgreSQL: a cursor under which the server keeps its plan of a prepared question.

Planning a question with some joins takes the server longer than answering it. Django binds values
on our side, so to the server each question is new; this cursor sends the places and the values
apart. What is no place stands in the statement as it is, so that the server sees it while planning.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from django.db import connection as default
from psycopg import RawCursor, errors, sql
from psycopg.pq import TransactionStatus


class PlannedCursor(RawCursor[Any]):
    """Executes one statement with `$1`-like places; Django's own wrapper goes around it."""

    def __init__(self, connection: Any, statement: str, values: Sequence[Any]) -> None:
        super().__init__(connection)
        self._statement, self._values = statement.encode(), values

    def execute(self, *_as_django_writes_it: Any, **_kwargs: Any) -> "PlannedCursor":
        try:
            super().execute(self._statement, self._values, prepare=True)
        except errors.FeatureNotSupported:
            # A newer Gezel changed a column meanwhile: the kept plan is void, a new one is not.
            if self.connection.info.transaction_status != TransactionStatus.IDLE:
                raise
            super().execute(self._statement, self._values, prepare=False)
        # What was asked, where Django looks for it when someone wants to read it.
        self._query = cast("Any", SimpleNamespace(query=self._statement))
        return self


def asked_planned(statement: str, values: Sequence[Any]) -> list[Any]:
    """The rows that answer a statement of our own, with `$1`-like places, planned once."""
    default.ensure_connection()
    cursor: Any = PlannedCursor(default.connection, statement, values)
    with default._prepare_cursor(cursor) as asked:  # type: ignore[attr-defined] # as `cursor()` does
        asked.execute(statement, values)
        return list(asked.fetchall())


def literal(value: Any, connection: Any) -> str:
    """A value as it is written in a statement."""
    return sql.Literal(value).as_string(connection)
