"""Was anything changed behind our back? The first entry that is wrong, and how one can tell.

Whoever can write in the database can change everything in it but what was signed with a key that
is not there. So each entry is held against its own promise, the promises against the tiles, and
the tiles against every checkpoint that was ever signed, those that others kept included.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gezel.trust.rules.checkpoint import Checkpoint
from gezel.trust.rules.commitment import SALT, commitment
from gezel.trust.rules.merkle import EMPTY, leaf_hash, node_hash


class Fault(StrEnum):
    """What is wrong with a log."""

    GAP = "gap"  # an entry is gone
    LEAF = "leaf"  # the promise of an entry is another than was taken up
    WORDS = "words"  # the words or salt of an entry are not those that were promised
    GONE = "gone"  # words went without being erased
    TWICE = "twice"  # one promise stands in two places
    SHORT = "short"  # it is shorter than a checkpoint that was signed
    ROOT = "root"  # it is not what was signed
    NOTE = "note"  # a checkpoint is not signed by this log


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the log as it is stored now."""

    place: int
    promise: bytes
    words: bytes | None = None
    salt: bytes | None = None
    # Whether it was erased by a rule, which left a note of that.
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong, and where: at `first`, or somewhere from there up to `last`."""

    fault: Fault
    first: int
    last: int

    @property
    def exact(self) -> bool:
        return self.first == self.last


class _Growing:
    """The root of a log that grows by one leaf at a time; holds some twenty hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        self._peaks.append(leaf)
        self.size += 1
        merged = self.size
        while not merged & 1:
            right, left = self._peaks.pop(), self._peaks.pop()
            self._peaks.append(node_hash(left, right))
            merged >>= 1

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


def audit(
    entries: Iterable[Entry],
    *,
    hashes: Iterator[bytes],
    sealed: Sequence[Checkpoint],
    size: int,
) -> Found | None:
    """The first thing that is wrong, or None where all is as it was signed.

    Args:
        entries: what is stored, in the order of their places.
        hashes: the leaf hashes as the tiles hold them.
        sealed: checkpoints whose signatures hold, kept here or elsewhere.
        size: how many entries the log says to have.
    """
    by_size: dict[int, list[bytes]] = {}
    for one in sealed:
        by_size.setdefault(one.size, []).append(one.root)
    tree = _Growing()
    proved = 0
    wrong: Found | None = None
    seen: set[bytes] = set()
    for entry in entries:
        at = tree.size
        fault = _fault(entry, at, next(hashes, None), seen)
        if fault is not None and wrong is None:
            wrong = Found(fault, at, at)
        if fault is Fault.GAP:
            break
        tree.add(leaf_hash(entry.promise))
        # A key that signed two roots for one size has told two stories.
        if any(tree.root() != root for root in by_size.get(tree.size, ())):
            return wrong or Found(Fault.ROOT, proved, tree.size - 1)
        if tree.size in by_size:
            proved = tree.size
    if wrong is None and any(root != EMPTY for root in by_size.get(0, ())):
        wrong = Found(Fault.ROOT, 0, 0)
    if wrong is None and tree.size < max([size, *by_size], default=0):
        wrong = Found(Fault.SHORT, min(proved, tree.size), tree.size)
    if wrong is None and (tree.size > size or next(hashes, None) is not None):
        wrong = Found(Fault.LEAF, min(size, tree.size), min(size, tree.size))
    return wrong


def _fault(entry: Entry, at: int, held: bytes | None, seen: set[bytes]) -> Fault | None:
    """What is wrong with one entry by itself."""
    if entry.place != at:
        return Fault.GAP
    if held is None or leaf_hash(entry.promise) != held:
        return Fault.LEAF
    # Eight bytes tell millions apart; the promise itself would cost four times the room.
    short = hashlib.blake2b(entry.promise, digest_size=8).digest()
    if short in seen:
        return Fault.TWICE
    seen.add(short)
    if entry.words is None or entry.salt is None:
        return None if entry.erased and entry.words is None and entry.salt is None else Fault.GONE
    if len(entry.salt) != SALT or commitment(entry.salt, entry.words) != entry.promise:
        return Fault.WORDS
    return None
