"""Logs that someone changed, made by chance: what the suite and the drill hold `audit` against.

Whoever has the database changes what is stored as cleverly as they like, tiles and promises
included; what they lack is the log's key, and what others kept. The suite tries some hundreds.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from gezel.trust.rules import merkle
from gezel.trust.rules.audit import Entry, Found, audit
from gezel.trust.rules.checkpoint import Checkpoint
from gezel.trust.rules.commitment import SALT, canonical, commitment


@dataclass(slots=True)
class Stored:
    """A log as a database has it, and the checkpoints that were signed."""

    entries: list[Entry]
    sealed: list[Checkpoint]
    hashes: list[bytes] = field(default_factory=list)
    size: int = 0

    def audited(self) -> Found | None:
        return audit(self.entries, hashes=iter(self.hashes), sealed=self.sealed, size=self.size)

    def mend(self) -> None:
        """Make all that can be computed fit the entries again, as a careful forger would."""
        self.entries = [replace(e, place=n) for n, e in enumerate(self.entries)]
        self.hashes = [merkle.leaf_hash(e.promise) for e in self.entries]
        self.size = len(self.entries)


def an_entry(place: int, chance: random.Random) -> Entry:
    words, salt = (
        canonical({"kind": "level", "n": place, "r": chance.random()}),
        chance.randbytes(SALT),
    )
    return Entry(place, commitment(salt, words), words, salt)


def a_log(size: int, chance: random.Random) -> Stored:
    """A whole log with a few checkpoints, the last over all of it; some of it erased by rule."""
    entries = [an_entry(place, chance) for place in range(size)]
    node = merkle.node_of([merkle.leaf_hash(e.promise) for e in entries])
    sizes = sorted({size, *(chance.randint(1, size) for _ in range(3))})
    sealed = [Checkpoint("a/log", s, merkle.root(s, node)) for s in sizes]
    for place in chance.sample(range(size), size // 8):
        entries[place] = Entry(place, entries[place].promise, erased=True)
    found = Stored(entries, sealed)
    found.mend()
    return found


# -- ways to change it: each tells the first entry that it touched --------------------------------


def edit_words(log: Stored, chance: random.Random) -> int:
    at = _written(log, chance)
    log.entries[at] = replace(log.entries[at], words=canonical({"kind": "level", "n": -1}))
    return at


def edit_salt(log: Stored, chance: random.Random) -> int:
    at = _written(log, chance)
    log.entries[at] = replace(log.entries[at], salt=chance.randbytes(SALT))
    return at


def edit_promise(log: Stored, chance: random.Random) -> int:
    at = chance.randrange(log.size)
    flipped = bytearray(log.entries[at].promise)
    flipped[chance.randrange(32)] ^= 1 << chance.randrange(8)
    log.entries[at] = replace(log.entries[at], promise=bytes(flipped))
    return at


def edit_all_that_fits(log: Stored, chance: random.Random) -> int:
    at = chance.randrange(log.size)
    log.entries[at] = an_entry(at, chance)
    log.mend()
    return at


def edit_tile(log: Stored, chance: random.Random) -> int:
    at = chance.randrange(log.size)
    log.hashes[at] = chance.randbytes(32)
    return at


def drop(log: Stored, chance: random.Random) -> int:
    at = chance.randrange(log.size)
    del log.entries[at]
    return at


def drop_and_mend(log: Stored, chance: random.Random) -> int:
    at = drop(log, chance)
    log.mend()
    return at


def drop_words(log: Stored, chance: random.Random) -> int:
    at = _written(log, chance)
    log.entries[at] = replace(log.entries[at], words=None, salt=None)
    return at


def reorder(log: Stored, chance: random.Random) -> int:
    a, b = sorted(chance.sample(range(log.size), 2))
    log.entries[a], log.entries[b] = log.entries[b], log.entries[a]
    return a


def reorder_and_mend(log: Stored, chance: random.Random) -> int:
    at = reorder(log, chance)
    log.mend()
    return at


def insert_and_mend(log: Stored, chance: random.Random) -> int:
    at = chance.randrange(log.size)
    log.entries.insert(at, an_entry(at, chance))
    log.mend()
    return at


def repeat_and_mend(log: Stored, chance: random.Random) -> int:
    a, b = sorted(chance.sample(range(log.size), 2))
    log.entries[b] = log.entries[a]
    log.mend()
    return b


def roll_back(log: Stored, chance: random.Random) -> int:
    """Everything from a place on was never there; the checkpoints kept here go with it."""
    at = chance.randrange(log.size)
    del log.entries[at:]
    log.mend()
    outside = log.sealed[-1]
    log.sealed = [one for one in log.sealed if one.size <= at] + [outside]
    return at


def fork(log: Stored, chance: random.Random) -> int:
    """Another story from a place on, signed too: by who stole the key. What others kept tells."""
    at = chance.randrange(log.size)
    log.entries[at:] = [an_entry(n, chance) for n in range(at, log.size)]
    log.mend()
    node = merkle.node_of(log.hashes)
    outside = log.sealed[-1]
    kept = [one for one in log.sealed if one.size <= at]
    log.sealed = [*kept, Checkpoint("a/log", log.size, merkle.root(log.size, node)), outside]
    return at


WAYS: tuple[Callable[[Stored, random.Random], int], ...] = (
    edit_words,
    edit_salt,
    edit_promise,
    edit_all_that_fits,
    edit_tile,
    drop,
    drop_and_mend,
    drop_words,
    reorder,
    reorder_and_mend,
    insert_and_mend,
    repeat_and_mend,
    roll_back,
    fork,
)


def _written(log: Stored, chance: random.Random) -> int:
    """A place whose words are still there."""
    return chance.choice([e.place for e in log.entries if e.words is not None])


def tried(times: int, *, seed: int) -> Iterator[tuple[str, bool]]:
    """Change a log in every way, over and over: which way, and whether the place was told."""
    chance = random.Random(seed)  # forging for practice needs no good chance
    for n in range(times):
        log = a_log(chance.randint(8, 60), chance)
        way = WAYS[n % len(WAYS)]
        touched = way(log, chance)
        found = log.audited()
        yield way.__name__, found is not None and found.first <= touched <= found.last
