"""The front door of records."""

from gezel.records.actions import Conflict, record
from gezel.records.models import STATEMENTS_OF_A_PERSON, Statement
from gezel.records.queries import statements_of
from gezel.records.rules import Result, Scaled, Score

__all__ = [
    "STATEMENTS_OF_A_PERSON",
    "Conflict",
    "Result",
    "Scaled",
    "Score",
    "Statement",
    "record",
    "statements_of",
]
