"""Addresses put together from their pieces are those that Django would make."""

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix

from gezel.kit.addresses import around


@pytest.mark.parametrize(
    ("name", "keys"), [("skills:person", [7]), ("skills:ledger", [12, 3_000_000]), ("home", [])]
)
def test_pieces_make_the_address(name: str, keys: list[int]) -> None:
    first, *pieces = around(name, len(keys))
    made = first + "".join(f"{key}{piece}" for key, piece in zip(keys, pieces, strict=True))
    assert made == reverse(name, args=keys)


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(NoReverseMatch):
        around("skills:person", 3)


def test_below_another_folder_it_is_another() -> None:
    before, after = around("skills:person")
    set_script_prefix("/gezel/")
    try:
        assert around("skills:person") == (f"/gezel{before}", after)
    finally:
        set_script_prefix("/")
