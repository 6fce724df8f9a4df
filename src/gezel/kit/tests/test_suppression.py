"""No dark figure may be computed from what is shown."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from gezel.kit.suppression import dark_in_tree, dark_parts


def test_a_large_group_is_shown() -> None:
    assert dark_parts({"Utrecht": 12, "Zwolle": 5}, 5) == frozenset()


def test_beside_one_small_group_the_next_smallest_goes_dark() -> None:
    assert dark_parts({"Utrecht": 12, "Zwolle": 7, "Parts": 3}, 5) == {"Parts", "Zwolle"}


def test_two_small_groups_that_are_small_together_need_a_third() -> None:
    assert dark_parts({"Utrecht": 12, "Zwolle": 2, "Parts": 2}, 5) == {"Utrecht", "Zwolle", "Parts"}


def test_two_small_groups_that_are_large_together_hide_each_other() -> None:
    assert dark_parts({"Utrecht": 12, "Zwolle": 4, "Parts": 3}, 5) == {"Zwolle", "Parts"}


def test_nobody_is_no_secret() -> None:
    assert dark_parts({"Utrecht": 12, "Empty": 0}, 5) == frozenset()


def test_a_small_whole_is_dark_with_all_its_parts() -> None:
    assert dark_in_tree("all", {"all": ["a", "b"]}, {"all": 4, "a": 4, "b": 0}, 5) == {
        "all",
        "a",
        "b",
    }


def _grown(draw: st.DrawFn) -> tuple[dict[int, list[int]], dict[int, int]]:
    children: dict[int, list[int]] = {0: []}
    places = draw(st.integers(1, 24))
    for place in range(1, places):
        above = draw(st.integers(0, place - 1))
        children.setdefault(above, []).append(place)
        children.setdefault(place, [])
    sizes = {
        place: draw(st.integers(0, 9)) if not below else 0 for place, below in children.items()
    }
    for place in sorted(children, reverse=True):
        if children[place]:
            sizes[place] = sum(sizes[c] for c in children[place])
    return children, sizes


trees = st.composite(_grown)()


def _rank(rows: list[list[Fraction]]) -> int:
    rows = [row[:] for row in rows]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        lead = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if lead is None:
            continue
        rows[rank], rows[lead] = rows[lead], rows[rank]
        for r in range(rank + 1, len(rows)):
            if rows[r][column]:
                factor = rows[r][column] / rows[rank][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


@given(trees, st.integers(4, 6))
def test_no_dark_figure_follows_from_what_is_shown(
    tree: tuple[dict[int, list[int]], dict[int, int]], smallest: int
) -> None:
    """Solve the sums a reader knows: no dark place with people may have only one solution."""
    children, sizes = tree
    dark = dark_in_tree(0, children, sizes, smallest)
    # Nobody there is no secret, so a reader may know such a place to be zero.
    unknown = sorted(place for place in dark if sizes[place])
    sums = [
        [Fraction((u in below) - (u == whole)) for u in unknown]
        for whole, below in children.items()
        if below
    ]
    sums = [row for row in sums if any(row)]
    known = _rank(sums)
    for place in unknown:
        alone = [Fraction(u == place) for u in unknown]
        assert _rank([*sums, alone]) > known, f"place {place} can be computed"


@given(trees, st.integers(4, 6))
def test_every_small_group_is_dark_and_what_is_left_over_is_no_small_group(
    tree: tuple[dict[int, list[int]], dict[int, int]], smallest: int
) -> None:
    children, sizes = tree
    dark = dark_in_tree(0, children, sizes, smallest)

    assert all(place in dark for place, size in sizes.items() if 0 < size < smallest)
    for whole, below in children.items():
        if whole not in dark and (hidden := [c for c in below if c in dark and sizes[c]]):
            assert sum(sizes[c] for c in hidden) >= smallest


@given(trees)
def test_without_small_groups_all_is_shown(
    tree: tuple[dict[int, list[int]], dict[int, int]],
) -> None:
    children, sizes = tree
    if all(size == 0 or size >= 5 for size in sizes.values()):
        assert not dark_in_tree(0, children, sizes, 5)
