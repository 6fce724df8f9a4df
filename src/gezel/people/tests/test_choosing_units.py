"""A unit is chosen from a list where there are few, and by typing where there are thousands."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gezel.people import units
from gezel.people.models import Organisation, Person, Unit
from gezel.people.tests.builders import a_unit


@pytest.fixture
def tree(van_dijk: Organisation) -> dict[str, Unit]:
    south, north = (a_unit(van_dijk, name) for name in ("South", "North"))
    return {
        "south": south,
        "north": north,
        "a": a_unit(van_dijk, "Workshop", below=south),
        "b": a_unit(van_dijk, "Workshop", below=north),
    }


def typed(organisation: Organisation) -> units.UnitField:
    field = units.UnitField(label="Unit", required=False)
    field.queryset = units.units_of(organisation)
    return field


def test_few_are_listed_and_of_many_one_types(
    van_dijk: Organisation,
    tree: dict[str, Unit],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    here = units.units_of(van_dijk)
    with django_assert_num_queries(1):
        listed = units.unit_field(here, "Unit", nothing="all")
        assert isinstance(listed, units.ListedUnit)
        assert listed.clean(str(tree["a"].pk)) == tree["a"]
        assert listed.clean("") is None
        assert listed.prepare_value(tree["a"]) == tree["a"].pk
    for nonsense in ("x", "0", "9" * 40):
        with pytest.raises(ValidationError):
            listed.clean(nonsense)

    monkeypatch.setattr(units, "MOST_LISTED", 3)
    field = units.unit_field(here, "Unit")
    assert isinstance(field, units.UnitField)
    assert field.clean("") is None


def test_a_name_a_number_and_a_name_that_occurs_twice(
    van_dijk: Organisation, tree: dict[str, Unit]
) -> None:
    field = typed(van_dijk)

    assert field.clean(" South ") == tree["south"]
    assert field.clean(str(tree["b"].pk)) == tree["b"]
    assert field.clean("Workshop · North") == tree["b"]
    assert field.prepare_value(str(tree["b"].pk)) == "Workshop · North"
    assert field.prepare_value(tree["south"]) == "South"
    with pytest.raises(ValidationError, match="Workshop · South; Workshop · North"):
        field.clean("Workshop")
    with pytest.raises(ValidationError, match="Did you mean: South"):
        field.clean("sou")


@pytest.mark.parametrize("nonsense", ["x", "-1", "9" * 40, "0", "\x00", " · "])
def test_what_is_no_unit_of_here_is_refused(
    van_dijk: Organisation, de_linde: Organisation, nonsense: str
) -> None:
    with pytest.raises(ValidationError):
        typed(van_dijk).clean(nonsense)
    with pytest.raises(ValidationError):
        typed(van_dijk).clean(str(Unit.objects.get(organisation=de_linde, depth=1).pk))


def test_suggestions_are_of_here_and_cost_the_same_whatever_the_number(
    *,
    van_dijk: Organisation,
    tree: dict[str, Unit],
    noor: Person,
    sam: Person,
    visit: Callable[[Person], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(30):
        a_unit(van_dijk, f"Team {number}", below=tree["south"])
    page = reverse("people:unit_options")
    client = visit(noor)

    with django_assert_max_num_queries(8):
        told = client.get(page, {"unit": "work"}).content.decode()

    assert "Workshop · South" in told
    assert "Workshop · North" in told
    assert "Workshop" not in visit(sam).get(page, {"unit": "work"}).content.decode()
    assert client.get(page, {"unit": "team"}).content.decode().count("<option") == units.SUGGESTED
