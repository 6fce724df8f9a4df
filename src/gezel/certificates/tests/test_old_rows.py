"""What stood here before terms had dates stands there after, with exactly the days it had."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler

from gezel.certificates.actions import reckon_again
from gezel.certificates.models import Holding, TypeTerms
from gezel.kit.management.commands.migrate import copied_fields, drawn_alone

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

BEFORE = [("certificates", "0004_dated_terms")]


@pytest.fixture
def old_house(tmp_path: Path, django_db_blocker: "DjangoDbBlocker") -> Iterator[MigrationExecutor]:
    """A database of before, with what this room stands on and nothing above it.

    Taking the whole house back and forth again was half a minute of processor.
    """
    own = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "old.sqlite3")}}
    )["default"]
    with django_db_blocker.unblock(), copied_fields(), drawn_alone():
        there = connections["default"]
        connections["default"] = own
        try:
            executor = MigrationExecutor(own)
            executor.migrate(BEFORE)
            yield executor
        finally:
            own.close()
            connections["default"] = there


@pytest.mark.once
@pytest.mark.timeout(400)
def test_0005_old_certificates_keep_their_day_and_their_term(old_house: MigrationExecutor) -> None:
    old = old_house.loader.project_state(BEFORE).apps
    house = old.get_model("people", "Organisation").objects.create(name="Van Dijk", slug="van-dijk")
    noor = old.get_model("people", "Person").objects.create(email="noor@vandijk.example")
    kinds, held = _as_they_were(old, house.pk, noor.pk)

    own = [leaf for leaf in old_house.loader.graph.leaf_nodes() if leaf[0] == "certificates"]
    MigrationExecutor(connections["default"]).migrate(own)

    terms = {
        name: (one.ends, one.months, one.from_on, one.basis)
        for name, pk in kinds.items()
        for one in _terms(pk)
    }
    assert terms == {
        "BHV": ("months", 12, date(1900, 1, 1), "norm"),
        "Diploma": ("never", None, date(1900, 1, 1), "law"),
    }
    now = {name: Holding.objects.select_related("terms").get(pk=pk) for name, pk in held.items()}
    # Under the term it still has, or under none that is there any more: the day never moves.
    assert {name: one.valid_until for name, one in now.items()} == {
        "same term": date(2021, 3, 1),
        "older term": date(2022, 3, 1),
        "printed": date(2030, 12, 31),
        "never lapses": None,
    }
    assert now["same term"].terms_id is not None
    assert now["older term"].terms_id is None
    assert now["printed"].printed_until == date(2030, 12, 31)
    assert now["same term"].printed_until is None
    assert now["never lapses"].terms.ends == "never"  # type: ignore[union-attr]
    # What the rule makes of the rows as they now stand is that same day.
    for pk in kinds.values():
        reckon_again(noor.pk, pk)
    assert {name: Holding.objects.get(pk=pk).valid_until for name, pk in held.items()} == {
        name: one.valid_until for name, one in now.items()
    }


def _as_they_were(
    old: Any, organisation: int, person: int
) -> tuple[dict[str, int], dict[str, int]]:
    kind = old.get_model("certificates", "CertificateType").objects.create
    holding = old.get_model("certificates", "Holding").objects.create
    bhv = kind(
        organisation_id=organisation, name_nl="BHV", name_en="BHV", valid_months=12, basis="norm"
    )
    diploma = kind(
        organisation_id=organisation, name_nl="Diploma", name_en="Diploma", valid_months=None,
        basis="law",
    )  # fmt: skip
    common = {"person_id": person, "state": "confirmed"}
    held = {
        "same term": holding(
            type=bhv, issued_on=date(2020, 3, 1), valid_until=date(2021, 3, 1), term_months=12,
            **common,
        ),
        "older term": holding(
            type=bhv, issued_on=date(2020, 3, 1), valid_until=date(2022, 3, 1), term_months=24,
            number="2", **common,
        ),
        "printed": holding(
            type=bhv, issued_on=date(2020, 3, 1), valid_until=date(2030, 12, 31),
            term_months=None, number="3", **common,
        ),
        "never lapses": holding(
            type=diploma, issued_on=date(2020, 3, 1), valid_until=None, term_months=None, **common
        ),
    }  # fmt: skip
    return {"BHV": bhv.pk, "Diploma": diploma.pk}, {name: one.pk for name, one in held.items()}


def _terms(type_pk: int) -> Any:
    return TypeTerms.objects.filter(type=type_pk)
