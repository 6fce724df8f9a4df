"""Registering, confirming, refusing: what is kept and what follows from it."""

import random
import uuid
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from PIL import Image

from gezel.certificates import actions, queries, rules
from gezel.certificates.models import Holding
from gezel.certificates.tests.builders import (
    a_holding,
    a_pdf,
    a_picture,
    a_type,
    an_upload,
    days,
)
from gezel.people.api import Organisation, Person
from gezel.skills.models import Evidence
from gezel.skills.tests.builders import a_skill


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: object) -> Path:
    """Proofs of a test go where the test can count them."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined] # pytest-django gives no type
    return tmp_path


def why_until(holding: Holding) -> str:
    """What its holder reads."""
    book = queries.book_of(holding.person)
    return book.why(book.holdings[holding.pk])


def kept(files: Path) -> list[Path]:
    return [p for p in files.rglob("*") if p.is_file()]


def test_the_last_day_follows_from_the_term_and_says_why(
    noor: Person, van_dijk: Organisation
) -> None:
    holding = a_holding(noor, a_type(van_dijk), issued_on=date(2025, 12, 15))
    assert holding.valid_until == date(2026, 12, 15)
    why = why_until(holding)
    assert "Valid until" in why
    assert "BHV counts for 12 months after" in why
    assert "norm of the sector" in why


def test_a_printed_date_wins_and_a_later_change_of_the_term_changes_nothing(
    noor: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk)
    printed = a_holding(noor, bhv, issued_on=days(-10), printed_until=days(700))
    computed = a_holding(noor, bhv, issued_on=date(2025, 12, 15))
    actions.change_terms(bhv, {"ends": "months", "months": 6}, from_on=date(2025, 1, 1))
    for holding in (printed, computed):
        holding.refresh_from_db()
    assert "as it says on the certificate" in why_until(printed)
    assert computed.valid_until == date(2026, 12, 15)
    assert "12 months" in why_until(computed)


def test_a_renewal_leaves_the_old_one_as_it_was(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    old = a_holding(noor, bhv, issued_on=days(-360), confirmed_by=daan)
    before = Holding.objects.filter(pk=old.pk).values().get()
    a_holding(noor, bhv, issued_on=days(-1), confirmed_by=daan)
    assert Holding.objects.filter(pk=old.pk).values().get() == before
    (row,) = queries.mine(noor, van_dijk)
    assert row.standing.state == rules.State.VALID
    (row,) = queries.mine(noor, van_dijk, on=days(-100))
    assert row.standing.held is not None
    assert row.standing.held.key == old.pk


def test_confirming_makes_evidence_of_the_day_of_issue_once(
    noor: Person, daan: Person, van_dijk: Organisation
) -> None:
    skill = a_skill()
    holding = a_holding(noor, a_type(van_dijk, shows={skill: 3}), issued_on=days(-90))
    assert actions.confirm(holding, by=daan)
    assert not actions.confirm(holding, by=daan)
    evidence = Evidence.objects.get(person=noor)
    assert (evidence.kind, evidence.level, evidence.observed_on) == ("certificate", 3, days(-90))
    assert evidence.rests_on == f"certificates:holding:{holding.pk}"


def test_of_two_who_decide_the_first_counts(
    noor: Person, daan: Person, femke: Person, van_dijk: Organisation
) -> None:
    holding = a_holding(noor, a_type(van_dijk, shows={a_skill(): 3}))
    stale = Holding.objects.get(pk=holding.pk)
    assert actions.refuse(holding, by=femke, reason="The name is not hers")
    assert not actions.confirm(stale, by=daan)
    holding.refresh_from_db()
    assert holding.state == Holding.State.REFUSED
    assert holding.decided_by == femke
    assert not Evidence.objects.exists()


def test_nobody_confirms_their_own(noor: Person, van_dijk: Organisation) -> None:
    holding = a_holding(noor, a_type(van_dijk))
    with pytest.raises(ValidationError):
        actions.confirm(holding, by=noor)
    holding.refresh_from_db()
    assert holding.state == Holding.State.WAITING


def test_a_date_ahead_is_refused(noor: Person, van_dijk: Organisation) -> None:
    with pytest.raises(ValidationError):
        actions.register(noor, a_type(van_dijk), issued_on=days(1), by=noor)


def test_the_same_key_is_one_holding_and_one_file(
    noor: Person, van_dijk: Organisation, files: Path
) -> None:
    bhv, key = a_type(van_dijk), uuid.uuid4()
    for _time in range(3):
        actions.register(
            noor, bhv, issued_on=days(-1), by=noor, upload=an_upload(a_picture()), key=key
        )
    assert Holding.objects.count() == 1
    assert len(kept(files)) == 1


def test_a_picture_is_drawn_anew_and_leaves_its_secrets_behind(
    noor: Person, van_dijk: Organisation
) -> None:
    hidden = a_picture("JPEG") + b"<script>alert(1)</script>"
    holding = actions.register(
        noor, a_type(van_dijk), issued_on=days(-1), by=noor, upload=an_upload(hidden, "x.html")
    )
    data = default_storage.open(holding.file.name or "").read()
    assert b"<script>" not in data
    assert (holding.file.name or "").endswith(".jpg")
    with Image.open(default_storage.open(holding.file.name or "")) as picture:
        assert picture.format == "JPEG"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"GIF89a<script>",
        b"%PDF-1.7 cut in half",
        b"PK\x03\x04zip",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        a_picture("GIF"),
        a_picture("BMP"),
        a_picture("PNG")[:40],
    ],
    ids=["empty", "html", "gif-html", "half-pdf", "zip", "svg", "gif", "bmp", "half-png"],
)
def test_what_is_no_proof_is_refused_and_leaves_nothing(
    noor: Person, van_dijk: Organisation, files: Path, data: bytes
) -> None:
    with pytest.raises(ValidationError) as told:
        actions.register(
            noor, a_type(van_dijk), issued_on=days(-1), by=noor, upload=an_upload(data, "a.pdf")
        )
    assert "file" in told.value.message_dict
    assert not Holding.objects.exists()
    assert kept(files) == []


def test_a_bomb_of_a_picture_is_refused(noor: Person, van_dijk: Organisation) -> None:
    bomb = a_picture("PNG", size=(12_000, 9_000))
    with pytest.raises(ValidationError):
        actions.register(
            noor, a_type(van_dijk), issued_on=days(-1), by=noor, upload=an_upload(bomb)
        )


def test_mutated_uploads_never_break_us(noor: Person, van_dijk: Organisation, files: Path) -> None:
    """Attack 64: whatever is in the file, it is kept whole or refused in words."""
    chance = random.Random(1)
    bhv = a_type(van_dijk)
    refused: list[list[str]] = []
    seeds = [a_picture("PNG"), a_picture("JPEG"), a_picture("WEBP"), a_pdf()]
    for number in range(300):
        data = bytearray(seeds[number % len(seeds)])
        for _change in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            data = data[: chance.randrange(1, len(data))]
        try:
            actions.register(
                noor, bhv, issued_on=days(-1), by=noor, number=str(number),
                upload=an_upload(bytes(data)),
            )  # fmt: skip
        except ValidationError as told:
            refused.append(sorted(told.message_dict))
    assert 0 < len(refused) < 300
    assert all(fields == ["file"] for fields in refused)
    assert len(kept(files)) == Holding.objects.exclude(file="").count()
