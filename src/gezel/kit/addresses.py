"""Addresses that differ by their keys alone, for whoever writes many of them."""

from functools import lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

# A number that stands in no address of ours by itself.
_MARK = 987_654_321_000


def around(name: str, keys: int = 1) -> tuple[str, ...]:
    """What stands before, between and behind the keys of an address, one piece more than keys.

    Nothing in it is to be escaped. The pieces do not change while we run, and looking an address
    up by its name takes as long as writing a hundred of them.

    Args:
        name: an address that is told by so many whole numbers.

    Raises:
        NoReverseMatch: there is none of that name with so many keys.
    """
    return _around(name, keys, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=256)
def _around(name: str, keys: int, urlconf: str | None, prefix: str) -> tuple[str, ...]:
    marks = [_MARK + n for n in range(keys)]
    rest, pieces = reverse(name, urlconf, marks), []
    for mark in marks:
        before, rest = rest.split(str(mark))
        pieces.append(before)
    return (*pieces, rest)
