"""A field of units stays a list one can look through, also where there are thousands."""

import pytest

from gezel.people import queries
from gezel.people.models import Organisation, Unit
from gezel.people.tests.builders import a_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def a_tree(van_dijk: Organisation) -> dict[str, Unit]:
    root = Unit.objects.get(organisation=van_dijk, depth=1)
    south = a_unit(van_dijk, "South", below=root)
    north = a_unit(van_dijk, "North", below=root)
    workshop = a_unit(van_dijk, "Workshop", below=south)
    office = a_unit(van_dijk, "Office", below=north)
    return {"root": root, "south": south, "north": north, "workshop": workshop, "office": office}


def test_few_units_are_all_told(
    van_dijk: Organisation, a_tree: dict[str, Unit], django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        told = queries.units_to_choose(van_dijk, str(a_tree["office"].pk))

    assert {unit.name for unit in told.units} == {u.name for u in a_tree.values()}
    assert told.chosen == a_tree["office"]
    assert not told.stepwise


def test_thousands_are_gone_down_step_by_step(
    van_dijk: Organisation, a_tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_UNITS", 4)

    first = queries.units_to_choose(van_dijk)
    assert [u.pk for u in first.units] == [a_tree[n].pk for n in ("root", "south", "north")]
    assert first.chosen is None
    assert first.stepwise

    then = queries.units_to_choose(van_dijk, str(a_tree["south"].pk))
    assert [u.pk for u in then.units] == [a_tree[n].pk for n in ("root", "south", "workshop")]
    assert then.chosen == a_tree["south"]


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 40, "0"])
def test_what_is_no_unit_of_here_is_none(
    van_dijk: Organisation, de_linde: Organisation, nonsense: str
) -> None:
    elsewhere = Unit.objects.get(organisation=de_linde, depth=1)

    assert queries.units_to_choose(van_dijk, nonsense).chosen is None
    assert queries.units_to_choose(van_dijk, str(elsewhere.pk)).chosen is None
