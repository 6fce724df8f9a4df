"""Recording, and what other systems may do here."""

from gezel.records.actions.house import record
from gezel.records.actions.incoming import Conflict
from gezel.records.actions.keys import (
    NewKey,
    actor_of,
    forget_old_keys,
    make_key,
    make_session_key,
    revoke_key,
)
from gezel.records.actions.saying import begin_profile, put_document, say, take_turn, void

__all__ = [
    "Conflict",
    "NewKey",
    "actor_of",
    "begin_profile",
    "forget_old_keys",
    "make_key",
    "make_session_key",
    "put_document",
    "record",
    "revoke_key",
    "say",
    "take_turn",
    "void",
]
