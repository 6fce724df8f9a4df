"""Which figures about groups stay dark, so that no small group can be seen or computed.

Leaving out the small group is not enough: who knows the whole and all the others knows it by
subtraction. So beside a small group others go dark too, until what can be subtracted is a group
of its own right. This is known as complementary suppression; the form here is for trees, in
which each whole is the sum of its parts.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def dark_parts(sizes: Mapping[Key, int], smallest: int) -> frozenset[Key]:
    """The parts of one shown whole that stay dark.

    Dark is every part with somebody, but fewer than `smallest`. If what is dark together would
    still be one part, or fewer than `smallest` people, then subtracting the shown parts from
    the whole would uncover it: the smallest shown parts go dark as well until it would not.

    Args:
        sizes: how many people each part is about; a part without people is no secret.
        smallest: the fewest people a figure may be about.
    """
    dark = {key for key, size in sizes.items() if 0 < size < smallest}
    if not dark:
        return frozenset()
    # Sorted by size, and by name among equals, so that two readings darken the same parts.
    others = sorted(
        (key for key, size in sizes.items() if size >= smallest),
        key=lambda key: (sizes[key], str(key)),
    )
    for key in others:
        if len(dark) > 1 and sum(sizes[k] for k in dark) >= smallest:
            break
        dark.add(key)
    return frozenset(dark)


def dark_in_tree(
    root: Key,
    children: Mapping[Key, Sequence[Key]],
    sizes: Mapping[Key, int],
    smallest: int,
) -> frozenset[Key]:
    """The dark places of a whole tree; below a dark place everything is dark.

    Each place's size is the sum of its children's, so people who stand at a place itself need a
    child of their own. That everything below the dark is dark keeps the known sums apart: of
    each shown place, one sum over at least two dark ones.
    """
    size = sizes.get(root, 0)
    if size < smallest:
        return _all_below(root, children) if size else frozenset()
    dark: set[Key] = set()
    waiting = [root]
    while waiting:
        place = waiting.pop()
        parts = children.get(place, ())
        hidden = dark_parts({key: sizes.get(key, 0) for key in parts}, smallest)
        for key in parts:
            if key in hidden:
                dark |= _all_below(key, children)
            else:
                waiting.append(key)
    return frozenset(dark)


def _all_below(place: Key, children: Mapping[Key, Sequence[Key]]) -> frozenset[Key]:
    found: set[Key] = set()
    waiting = [place]
    while waiting:
        key = waiting.pop()
        found.add(key)
        waiting.extend(children.get(key, ()))
    return frozenset(found)
