"""The front door of records."""

from gezel.records.actions import (
    Conflict,
    NewKey,
    actor_of,
    begin_profile,
    make_key,
    make_session_key,
    put_document,
    record,
    revoke_key,
    say,
    take_turn,
    void,
)
from gezel.records.models import STATEMENTS_OF_A_PERSON, Key, Statement
from gezel.records.policy import may_see_systems
from gezel.records.queries import statements_of
from gezel.records.queries.overview import lines_of
from gezel.records.rules import Result, Scaled, Score
from gezel.records.rules.broken import Broken

__all__ = [
    "STATEMENTS_OF_A_PERSON",
    "Broken",
    "Conflict",
    "Key",
    "NewKey",
    "Result",
    "Scaled",
    "Score",
    "Statement",
    "actor_of",
    "begin_profile",
    "lines_of",
    "make_key",
    "make_session_key",
    "may_see_systems",
    "put_document",
    "record",
    "revoke_key",
    "say",
    "statements_of",
    "take_turn",
    "void",
]
