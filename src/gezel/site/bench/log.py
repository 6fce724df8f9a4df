"""The log that can only grow: noting and taking up, the size of a proof, the time to check it."""

import json
import secrets
from collections.abc import Iterator
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from gezel.people.api import found
from gezel.site.bench.figures import Figure, at_least, at_most, seconds
from gezel.trust import actions, queries
from gezel.trust.api import check_proof
from gezel.trust.models import Event, Log
from gezel.trust.rules import checkpoint, merkle
from gezel.trust.rules.commitment import SALT, canonical, commitment

EVENTS, BATCH = 20_000, 500
MANY = 1_000_000


def measure() -> Iterator[Figure]:
    """Batches through the front door and the tree; a proof at a million, and checking it."""
    yield from _appending()
    yield from _proving()


def _appending() -> Iterator[Figure]:
    organisation = found(name="Bench", slug="bench-log")
    began = perf_counter()
    for start in range(0, EVENTS, BATCH):
        with transaction.atomic():
            actions.note_events(
                actions.an_event(organisation.pk, "level", n=start + n) for n in range(BATCH)
            )
    noted = perf_counter() - began
    actions.take_up()
    whole = perf_counter() - began
    log = Log.objects.get(organisation=organisation)
    actions.seal(log)
    yield at_least(
        "log: noted in the transaction of the cause", EVENTS / noted, "a second", 1_000,
        conditions=f"{EVENTS} events, {BATCH} to a transaction",
    )  # fmt: skip
    yield at_least(
        "log: noted, taken up in order and hashed into the tree", EVENTS / whole, "a second", 1_000,
        conditions=f"{EVENTS} events, {BATCH} to a transaction, one sequencer",
    )  # fmt: skip
    log.refresh_from_db()
    began = perf_counter()
    wrong = queries.audited(log).found
    took = perf_counter() - began
    yield at_least(
        "log: entries checked against promise, tree and signature",
        0 if wrong else log.size / took,
        "a second",
        1_000,
    )
    event = Event.objects.filter(organisation=organisation).latest("pk")
    yield at_most(
        "log: proof of one event made", 1000 * seconds(lambda: queries.proof_of(event)), "ms", 50
    )


def _proving() -> Iterator[Figure]:
    """A tree of a million in memory, kept in tiles as the database keeps them."""
    words, salt = canonical({"kind": "level", "n": 1}), secrets.token_bytes(SALT)
    mine = commitment(salt, words)
    place = MANY - 7
    leaves = [merkle.leaf_hash(n.to_bytes(4)) for n in range(MANY)]
    leaves[place] = merkle.leaf_hash(mine)
    tiles = merkle.grown(0, {}, leaves)
    node = merkle.node_from(lambda level, number: tiles.get((level, number), b""))
    steps = merkle.inclusion_proof(place, MANY, node)
    yield at_most(
        "log: proof at a million entries", len(b"".join(steps)), "bytes", 1_024,
        conditions=f"{len(steps)} hashes of 32 bytes",
    )  # fmt: skip
    secret = Ed25519PrivateKey.generate()
    key = checkpoint.key_of("bench/log", secret)
    note = checkpoint.sign(
        checkpoint.Checkpoint(key.name, MANY, merkle.root(MANY, node)), key, secret
    )
    told = {
        "log": key.written(), "witnesses": [], "event": json.loads(words), "salt": salt.hex(),
        "place": place, "proof": [s.hex() for s in steps], "checkpoint": note,
    }  # fmt: skip
    yield at_most(
        "log: event checked offline, proof and signature",
        1000 * seconds(lambda: check_proof(told), runs=60),
        "ms",
        50,
        conditions="at a million entries, median of 60",
    )
