"""The code on the screen that shows one is in the room: another one every half minute."""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

SECONDS = 30
DIGITS = 6
# From how long before it begins until how long after it ends one can say that one is there.
BEFORE, AFTER = timedelta(minutes=60), timedelta(minutes=60)
# What a phone kept without connection comes in until then.
KEPT = timedelta(hours=48)
# Two clocks that each run a little off.
SLACK = timedelta(seconds=90)


def step_of(at: datetime) -> int:
    """Which half minute it is."""
    return int(at.timestamp()) // SECONDS


def short_code(secret: bytes, session: str, step: int) -> str:
    """Six digits to type."""
    digest = _digest(secret, session, step, "short")
    return str(int.from_bytes(digest[:8], "big") % 10**DIGITS).zfill(DIGITS)


def long_code(secret: bytes, session: str, step: int) -> str:
    """What the picture holds: nobody guesses it."""
    return _digest(secret, session, step, "long").hex()[:32]


def _digest(secret: bytes, session: str, step: int, kind: str) -> bytes:
    return hmac.new(secret, f"{kind}/{session}/{step}".encode(), sha256).digest()


def accepts(secret: bytes, session: str, code: str, at: datetime) -> bool:
    """Whether this is the code of now, or of the half minute before: typing takes a moment."""
    step = step_of(at)
    return _is_one(secret, session, code, (step, step - 1))


def accepted_then(secret: bytes, session: str, code: str, at: datetime) -> bool:
    """Whether it was the code of around a moment that a phone tells of afterwards."""
    first, last = step_of(at - SLACK), step_of(at + SLACK)
    return _is_one(secret, session, code, range(first - 1, last + 1))


def _is_one(secret: bytes, session: str, code: str, steps: Iterable[int]) -> bool:
    told = code.strip().replace(" ", "").lower().encode()
    # Every one is compared, and in the time it always takes.
    found = False
    for step in steps:
        for make in (short_code, long_code):
            found |= hmac.compare_digest(told, make(secret, session, step).encode())
    return found


def is_open(starts_at: datetime, ends_at: datetime, at: datetime) -> bool:
    """Whether one can say now that one is there."""
    return starts_at - BEFORE <= at <= ends_at + AFTER
