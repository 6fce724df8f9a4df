"""Reads what was recorded."""

from gezel.records.queries.person import statements_of

__all__ = ["statements_of"]
