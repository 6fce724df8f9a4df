"""A log that can only grow, and short proofs of it (RFC 9162, with the hashes of RFC 6962).

The leaves are hashed in pairs up to one root. With some twenty hashes anyone can check that an
entry is under a root (inclusion), or that a later log begins with all of an earlier one
(consistency). Whole parts of the tree never change again, so they are kept in tiles of 256 hashes,
eight levels high, as C2SP's tlog-tiles has them.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

TILE = 256
HEIGHT = 8
HASH = 32
EMPTY = hashlib.sha256(b"").digest()

# The hash of the whole part of the tree at a level and a number on it: of leaves
# `number * 2**level` up to the next.
Node = Callable[[int, int], bytes]


class NotProved(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The proof does not show what it should."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


# -- what the holder of the log computes ----------------------------------------------------------


def root(size: int, node: Node) -> bytes:
    """The hash over the first `size` leaves."""
    return _over(0, size, node)


def inclusion_proof(place: int, size: int, node: Node) -> list[bytes]:
    """The hashes beside the way from a leaf up to the root, lowest first.

    Raises:
        ValueError: there is no such leaf in a log of that size.
    """
    if not 0 <= place < size:
        raise ValueError(f"no leaf {place} among {size}")
    return _beside(place, 0, size, node)


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """The hashes that show that a log of size `new` begins with that of size `old`.

    Raises:
        ValueError: the older is empty, or the larger.
    """
    if not 0 < old <= new:
        raise ValueError(f"no way from {old} to {new}")
    return [] if old == new else _between(old, 0, new, node, whole=True)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _over(start: int, end: int, node: Node) -> bytes:
    size = end - start
    if size == 0:
        return EMPTY
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_over(start, middle, node), _over(middle, end, node))


def _beside(place: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if place < middle:
        return [*_beside(place, start, middle, node), _over(middle, end, node)]
    return [*_beside(place, middle, end, node), _over(start, middle, node)]


def _between(old: int, start: int, end: int, node: Node, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [_over(start, end, node)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_between(old, start, middle, node, whole=whole), _over(middle, end, node)]
    return [*_between(old, middle, end, node, whole=False), _over(start, middle, node)]


# -- what anyone checks ---------------------------------------------------------------------------


def check_inclusion(
    leaf: bytes, *, place: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """That this leaf hash is at that place under the root of a log of that size.

    Raises:
        NotProved: it is not shown.
    """
    if not 0 <= place < size or len(leaf) != HASH:
        raise NotProved("place")
    at, last, found = place, size - 1, leaf
    for beside in proof:
        if last == 0 or len(beside) != HASH:
            raise NotProved("length")
        if at & 1 or at == last:
            found = node_hash(beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise NotProved("length")
    if found != root:
        raise NotProved("root")


def check_consistency(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """That the log of size `new` begins with all of that of size `old`.

    Raises:
        NotProved: it is not shown. From an empty log nothing can be.
    """
    if old == new > 0:
        if proof or old_root != new_root:
            raise NotProved("root")
        return
    if not 0 < old < new:
        raise NotProved("size")
    # A whole older tree is a part of the newer: its root is where the way begins.
    way = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not way or any(len(step) != HASH for step in way):
        raise NotProved("length")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = way[0]
    for beside in way[1:]:
        if last == 0:
            raise NotProved("length")
        if at & 1 or at == last:
            before, after = node_hash(beside, before), node_hash(beside, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, beside)
        at, last = at >> 1, last >> 1
    if last != 0:
        raise NotProved("length")
    if before != old_root or after != new_root:
        raise NotProved("root")


# -- tiles ----------------------------------------------------------------------------------------


def whole_hash(hashes: Sequence[bytes]) -> bytes:
    """The hash over hashes beside each other, as many as a power of two."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def tiles_of(size: int) -> list[tuple[int, int, int]]:
    """Level, number and width of the tiles at the right edge of a log of that size."""
    found, level = [], 0
    while size:
        if width := size % TILE:
            found.append((level, size // TILE, width))
        size //= TILE
        level += 1
    return found


def grown(
    size: int, edge: dict[int, bytes], leaves: Iterable[bytes]
) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaves come in, by level and number, each with all it then holds.

    Args:
        size: how many leaves there were.
        edge: of each level the unfinished tile at the right, where there is one.
        leaves: hashes of the new leaves, in their order.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, start, fresh = 0, size, list(leaves)
    while fresh:
        number = start // TILE
        held = edge.get(level, b"") if start % TILE else b""
        complete = []
        whole = held + b"".join(fresh)
        for offset in range(0, len(whole), TILE * HASH):
            tile = whole[offset : offset + TILE * HASH]
            changed[level, number] = tile
            if len(tile) == TILE * HASH:
                complete.append(whole_hash(cut(tile)))
            number += 1
        level, start, fresh = level + 1, start // TILE, complete
    return changed


def cut(tile: bytes) -> list[bytes]:
    """The hashes in a tile."""
    return [tile[i : i + HASH] for i in range(0, len(tile), HASH)]


def node_from(tile: Callable[[int, int], bytes]) -> Node:
    """Any whole node, read from tiles (by level and number)."""

    def node(level: int, number: int) -> bytes:
        high, low = divmod(level, HEIGHT)
        first = number << low
        held = tile(high, first // TILE)
        start = first % TILE * HASH
        hashes = cut(held[start : start + (HASH << low)])
        if len(hashes) != 1 << low:
            raise ValueError(f"no node {level}/{number}")
        return whole_hash(hashes)

    return node


def node_of(leaves: Sequence[bytes]) -> Node:
    """Any whole node, computed from all leaf hashes: for small logs, and to check tiles by."""
    kept: dict[tuple[int, int], bytes] = {}

    def node(level: int, number: int) -> bytes:
        if level == 0:
            return leaves[number]
        if (level, number) not in kept:
            kept[level, number] = node_hash(
                node(level - 1, 2 * number), node(level - 1, 2 * number + 1)
            )
        return kept[level, number]

    return node
