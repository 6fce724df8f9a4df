"""What stands in the log about an event: a promise of its words that tells none of them.

A leaf is SHA-256 over a salt of our own and the event as canonical JSON (RFC 8785). Who has both
can show what was promised; once salt and words are gone, the leaf says nothing about anyone,
while every hash above it stays as it was.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import rfc8785

SALT = 32


def canonical(event: dict[str, Any]) -> bytes:
    """The one way to write an event down.

    Raises:
        ValueError: it holds something that JSON writes in more than one way.
    """
    try:
        return rfc8785.dumps(event)
    except rfc8785.CanonicalizationError as problem:
        raise ValueError(str(problem)) from None


def commitment(salt: bytes, words: bytes) -> bytes:
    """The leaf. The salt has one length, so there is one way to take the two apart."""
    if len(salt) != SALT:
        raise ValueError("salt")
    return hashlib.sha256(salt + words).digest()


def parsed(words: bytes) -> dict[str, Any]:
    """An event as it was written down."""
    found: dict[str, Any] = json.loads(words)
    return found


def ranges(places: Iterable[int]) -> list[list[int]]:
    """Places as first and last of each row of them."""
    found: list[list[int]] = []
    for place in sorted(places):
        if found and place == found[-1][1] + 1:
            found[-1][1] = place
        else:
            found.append([place, place])
    return found
