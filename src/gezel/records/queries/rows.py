"""Writing rows by the many, as SQLite and PostgreSQL each like it, and how both keep values."""

import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

ON_SQLITE: bool = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
"""Whether the database is a file."""
FEW = 20
"""Up to this many rows one INSERT is quicker than COPY."""
AT_ONCE = 400
"""How many values a list of values holds at most: SQLite takes a thousand."""


def moment_for(at: datetime) -> Any:
    """A moment as this database keeps it."""
    return str(at.astimezone(UTC).replace(tzinfo=None)) if ON_SQLITE else at


def uuid_for(value: uuid.UUID) -> Any:
    """A UUID as this database keeps it."""
    return value.hex if ON_SQLITE else value


def moment_from(told: Any) -> datetime:
    """A moment as this database gives it back, in UTC."""
    if isinstance(told, datetime):
        return told if told.tzinfo else told.replace(tzinfo=UTC)
    return datetime.fromisoformat(told).replace(tzinfo=UTC)


def marks_for(rows: int, columns: int) -> str:
    """Places for the values of so many rows."""
    one = f"({', '.join(['%s'] * columns)})"
    return ", ".join([one] * rows)


def one_of(values: Sequence[Any]) -> str:
    """Places for a list of values, in brackets."""
    return f"({', '.join(['%s'] * len(values))})"


def add_rows(
    cursor: Any, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Add these rows; nothing where there are none."""
    if not rows:
        return
    names = ", ".join(columns)
    if ON_SQLITE:
        sql = f"INSERT INTO {table} ({names}) VALUES {marks_for(1, len(columns))}"
        cursor.executemany(sql, rows)
    elif len(rows) <= FEW:
        sql = f"INSERT INTO {table} ({names}) VALUES {marks_for(len(rows), len(columns))}"
        cursor.execute(sql, [value for row in rows for value in row])
    else:
        text = "".join(["\t".join(map(_copied, row)) + "\n" for row in rows])
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            copy.write(text)


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copied(value: Any) -> str:
    """A value as COPY reads it: a tenth of what the driver takes for it."""
    if isinstance(value, str):
        return value.translate(_ESCAPED) if _TO_ESCAPE(value) else value
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


_TO_ESCAPE = re.compile(r"[\\\t\n\r]").search
