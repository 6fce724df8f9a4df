"""The parts of a month that statements lie in on PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

AHEAD = 4
"""How many months beyond this one have their part already."""


def months(first: datetime, now: datetime) -> list[datetime]:
    """The beginnings of the months from `first` up to some months after `now`, in UTC."""
    at = first.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = now.astimezone(UTC)
    last = (end.year * 12 + end.month) + AHEAD
    found = []
    while at.year * 12 + at.month <= last:
        found.append(at)
        at = at.replace(year=at.year + at.month // 12, month=at.month % 12 + 1)
    return found


def make_parts(cursor: Any, first: datetime, now: datetime) -> int:
    """Make the parts that are not there yet; returns how many. Twice is as once.

    What is stored in a month without one lies in `records_statement_other`, which stays empty as
    long as the nightly job runs.
    """
    made = 0
    for start in months(first, now):
        name = f"records_statement_{start:%Y_%m}"
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is not None:
            continue
        end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
        cursor.execute(
            f"CREATE TABLE {name} PARTITION OF records_statement "
            f"FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
        )
        made += 1
    return made
