"""One event with all that proves it, as it travels: checked without us and without a network."""

import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gezel.trust.rules import checkpoint, merkle
from gezel.trust.rules.commitment import canonical, commitment

KIND = "GezelProof"
MOST_STEPS = 64
MOST_WITNESSES = 16


class Unproved(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """What comes along does not prove it; `code` says in what it fails."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Proved:
    """What is shown, if the key of the log is whose one thinks; that the file cannot tell."""

    event: dict[str, Any]
    log: checkpoint.Key
    place: int
    size: int
    # When each witness that comes along saw it, by name; None where it did not sign.
    seen: dict[str, datetime | None]


def check_proof(told: Any) -> Proved:
    """What the proof of an event shows.

    Raises:
        Unproved: it shows nothing.
    """
    try:
        return _checked(told)
    except checkpoint.BadNote as problem:
        raise Unproved(problem.code) from None
    except merkle.NotProved:
        raise Unproved("inclusion") from None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, binascii.Error) as bad:
        if isinstance(bad, Unproved):
            raise
        raise Unproved("form") from None


def _checked(told: dict[str, Any]) -> Proved:
    key = checkpoint.read_key(told["log"])
    note, event, place = str(told["checkpoint"]), told["event"], told["place"]
    steps = [bytes.fromhex(step) for step in told["proof"]]
    if type(place) is not int or not isinstance(event, dict) or len(steps) > MOST_STEPS:
        raise Unproved("form")
    if len(told["witnesses"]) > MOST_WITNESSES:
        raise Unproved("form")
    if key.kind != checkpoint.LOG:
        raise Unproved("key")
    sealed = checkpoint.read(note, key)
    leaf = commitment(bytes.fromhex(told["salt"]), canonical(event))
    merkle.check_inclusion(
        merkle.leaf_hash(leaf), place=place, size=sealed.size, proof=steps, root=sealed.root
    )
    seen: dict[str, datetime | None] = {}
    for word in told["witnesses"]:
        witness = checkpoint.read_key(word)
        at = checkpoint.seen_at(note, witness) if witness.kind == checkpoint.WITNESS else None
        seen[witness.name] = datetime.fromtimestamp(at, UTC) if at is not None else None
    return Proved(event, key, place, sealed.size, seen)
