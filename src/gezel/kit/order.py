"""What must come before what: circles are found and named. Plain Python."""

from collections.abc import Iterable, Mapping, Sequence


class Circle(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Things that need each other round and round; `keys` in their order, the first again last."""

    def __init__(self, keys: Sequence[int]) -> None:
        super().__init__(" → ".join(str(k) for k in keys))
        self.keys = tuple(keys)


def refuse_circles(needs: Mapping[int, Iterable[int]]) -> None:
    """Nobody can begin where each needs another first.

    Raises:
        Circle: naming the members of one circle.
    """
    state: dict[int, int] = {}
    for root in sorted(needs):
        if root in state:
            continue
        path, waiting = [root], [iter(sorted(set(needs.get(root, ()))))]
        state[root] = 1
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                state[path.pop()] = 2
            elif state.get(following) == 1:
                raise Circle([*path[path.index(following) :], following])
            elif following not in state:
                state[following] = 1
                path.append(following)
                waiting.append(iter(sorted(set(needs.get(following, ())))))
