"""What an erasure takes, what it leaves, and why (GDPR article 17), in plain rules.

Someone who works nowhere takes everything: what is theirs goes with the account, what they made
for others stays without their name, and only a law that is named keeps the least of a record.

While someone works, their employer also has a say. What only they can read, and what rests on
their own choice, goes at once. What the employment contract needs stays until that ends. Of the
rest they can object, and a human decides.
"""

import enum
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


class Fate(enum.Enum):
    GOES = "goes"
    NAME_GOES = "name"
    CONTRACT = "contract"
    LAW = "law"
    OBJECT = "object"

    @property
    def is_erased(self) -> bool:
        return self in {Fate.GOES, Fate.NAME_GOES}


@dataclass(frozen=True, slots=True)
class About:
    """What the rule needs to know of one kind of data.

    Args:
        owned: the rows are the person's and go with them; else they stay without the name.
        contract: they rest on the employment contract.
        law: they rest on a duty of law.
        own_choice: nobody else reads them, or they rest on the person's consent.
    """

    owned: bool
    contract: bool = False
    law: bool = False
    own_choice: bool = False


def fate_of(kind: About, *, works: bool) -> Fate:
    """What becomes of one kind of data when the person asks for erasure."""
    if works:
        if kind.law:
            return Fate.LAW
        if kind.contract:
            return Fate.CONTRACT
        if not kind.own_choice:
            return Fate.OBJECT
    return Fate.GOES if kind.owned else Fate.NAME_GOES


def seen(lines: Iterable[tuple[str, Fate, int]]) -> str:
    """A digest of what someone saw before confirming: if it differs by then, it is shown again."""
    told = sorted((kind, fate.value, rows) for kind, fate, rows in lines)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def tombstone(number: int, made_at: datetime) -> str:
    """The digest by which an erased account is known again and by nothing else.

    The microsecond in which it was made tells an account from a later one that was given the
    same number, as happens after a backup was put back.
    """
    moment = made_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(f"gezel tombstone {number} {moment}".encode()).hexdigest()
