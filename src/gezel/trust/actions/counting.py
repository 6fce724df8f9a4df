"""Counting what is kept, at night, for the file of the council."""

from typing import Any

from gezel.trust import queries
from gezel.trust.models import Counted


def count_kept(organisation: Any) -> int:
    """Count every kind of data about people of this organisation; returns how many kinds."""
    rows = queries.count_kinds(organisation)
    Counted.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organisation", "kind"],
        update_fields=["rows", "people", "next_on", "counted_at"],
    )
    return len(rows)
