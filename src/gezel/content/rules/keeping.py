"""How much goes along on a phone."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# Of one module: what a phone with little room can spare, and an hour of film in phone quality.
MOST_MEDIA = 150_000_000
MOST_ASKED = 100


def fitting(sizes: Mapping[Key, int], most: int = MOST_MEDIA) -> frozenset[Key]:
    """The files that go along: the small ones first, so that one large film costs no pictures.

    Args:
        sizes: bytes per file.
        most: bytes that all together may be.
    """
    chosen: set[Key] = set()
    total = 0
    for key, size in sorted(sizes.items(), key=lambda pair: (pair[1], str(pair[0]))):
        if total + size > most:
            break
        chosen.add(key)
        total += size
    return frozenset(chosen)
