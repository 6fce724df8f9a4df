"""Bringing in a staff list: shown first, done whole, done once, and never a way in for others."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from gezel.kit.events import _listeners, listen
from gezel.kit.incoming.actions import ChangedSince, ListRefused
from gezel.kit.sheets import SheetError
from gezel.people import actions, queries
from gezel.people.events import EmploymentChanged
from gezel.people.models import (
    Employment,
    ImportRecipe,
    Intake,
    IntakeLine,
    JoinRequest,
    LeadLine,
    Mandate,
    Organisation,
    Person,
    Unit,
)
from gezel.people.tests.builders import a_colleague

pytestmark = pytest.mark.django_db

HEADER = "Naam;E-mail;Nummer;Afdeling;Leidinggevende;Functie;Locatie;In dienst;Uit dienst;Uren"
NOOR = "Noor de Wit;noor@vd.test;1;Werkplaats/Utrecht;daan@vd.test;Monteur;Utrecht;01-03-2024;;32,5"
DAAN = "Daan Visser;daan@vd.test;2;Werkplaats;;Chef;Utrecht;01-01-2020;;36"


def _bring(
    organisation: Organisation,
    *rows: str,
    everyone: bool = False,
    by: Person | None = None,
    header: str = HEADER,
) -> Intake:
    intake = actions.receive(
        organisation,
        by=by,
        name="staff.csv",
        content="\n".join([header, *rows]).encode(),
        key=uuid.uuid4(),
    )
    actions.choose_columns(intake, intake.columns, everyone=everyone)
    actions.prepare(intake)
    return intake


def _take(intake: Intake, **given: Any) -> Mapping[str, int]:
    return actions.apply(intake, digest=intake.digest, **given)


def _told(intake: Intake, kind: str) -> list[tuple[int, str]]:
    return [(line.row, line.what[0][1]) for line in intake.lines.filter(kind=kind)]


def test_looking_changes_no_one(van_dijk: Organisation) -> None:
    intake = _bring(van_dijk, NOOR, DAAN)

    assert intake.counts["new"] == 2
    assert not Person.objects.get_queryset().exists()
    assert Unit.objects.count() == 1


def test_a_list_is_taken_over_whole(van_dijk: Organisation) -> None:
    told: list[EmploymentChanged] = []
    listen(EmploymentChanged, told.append)
    intake = _bring(van_dijk, NOOR, DAAN)
    _take(intake)
    _listeners[EmploymentChanged].remove(told.append)

    noor = Employment.objects.select_related("person", "unit", "job", "location").get(number="1")
    assert (noor.person.first_name, noor.person.last_name) == ("Noor", "de Wit")
    assert not noor.person.has_usable_password()
    assert [unit.name for unit in [*queries.above(noor.unit), noor.unit]] == [
        "Van Dijk", "Werkplaats", "Utrecht",
    ]  # fmt: skip
    assert str(noor.job) == "Monteur"
    assert str(noor.location) == "Utrecht"
    assert (noor.starts_on, noor.contract_hours) == (date(2024, 3, 1), Decimal("32.5"))
    daan = Person.objects.get(email="daan@vd.test")
    assert noor.lead == daan
    assert LeadLine.objects.filter(lead=daan, member=noor.person).exists()
    assert told == [EmploymentChanged(van_dijk.pk, tuple(sorted([daan.pk, noor.person.pk])))]
    intake.refresh_from_db()
    assert intake.state == Intake.State.DONE
    assert bytes(intake.table) == b""


def test_the_same_list_again_changes_nothing(van_dijk: Organisation) -> None:
    _take(_bring(van_dijk, NOOR, DAAN))
    before = list(Employment.objects.order_by("pk").values())
    again = _bring(van_dijk, NOOR, DAAN, everyone=True)

    assert again.counts == {
        "unchanged": 2, "leavers": 0, "here": 2, "blocking": 0, "notes": 0,
    }  # fmt: skip
    _take(again)
    assert list(Employment.objects.order_by("pk").values()) == before
    assert Person.objects.get_queryset().count() == 2
    assert Unit.objects.count() == 3


def test_a_change_is_written_and_only_that(van_dijk: Organisation) -> None:
    _take(_bring(van_dijk, NOOR, DAAN))
    changed = NOOR.replace("Monteur", "Planner").replace("32,5", "24").replace("de Wit", "de Zwart")
    intake = _bring(van_dijk, changed, DAAN)

    line = intake.lines.get()
    assert (line.kind, line.row) == ("changed", 2)
    assert line.what == [
        ["name", "Noor de Wit", "Noor de Zwart"],
        ["job", "Monteur", "Planner"],
        ["hours", "32.5", "24"],
    ]
    _take(intake)
    noor = Employment.objects.select_related("person", "job").get(number="1")
    assert (noor.person.name, str(noor.job), noor.contract_hours) == (
        "Noor de Zwart", "Planner", Decimal(24),
    )  # fmt: skip
    assert Employment.objects.count() == 2


def test_two_people_may_trade_their_numbers(van_dijk: Organisation) -> None:
    _take(_bring(van_dijk, NOOR, DAAN))
    intake = _bring(van_dijk, NOOR.replace(";1;", ";2;", 1), DAAN.replace(";2;", ";1;", 1))
    _take(intake)

    assert Employment.objects.get(person__email="noor@vd.test").number == "2"
    assert Employment.objects.get(person__email="daan@vd.test").number == "1"


def test_who_is_missing_ends_and_never_vanishes(van_dijk: Organisation) -> None:
    _take(_bring(van_dijk, NOOR, DAAN, "Ali K;ali@vd.test;3;;;Monteur;;01-01-2020;;36",
                 "Bo L;bo@vd.test;4;;;Monteur;;01-01-2020;;36"))  # fmt: skip
    ali = Person.objects.get(email="ali@vd.test")
    actions.give_mandate(ali, van_dijk, "author", from_on=date(2020, 1, 1))
    intake = _bring(
        van_dijk, NOOR, DAAN, "Bo L;bo@vd.test;4;;;Monteur;;01-01-2020;;36", everyone=True
    )

    assert intake.counts["leavers"] == 1
    assert [line.who for line in intake.lines.filter(kind="ended")] == ["Ali K"]
    _take(intake)
    assert Employment.objects.get(person=ali).ends_on == timezone.localdate()
    assert Mandate.objects.get(person=ali).until_on == timezone.localdate()
    assert Person.objects.get(pk=ali.pk).is_active


def test_when_many_would_leave_it_must_be_said_twice(van_dijk: Organisation) -> None:
    rows = [f"P{n} X;p{n}@vd.test;{n};;;Monteur;;01-01-2020;;36" for n in range(10)]
    _take(_bring(van_dijk, *rows))
    intake = _bring(van_dijk, *rows[:5], everyone=True)

    with pytest.raises(ListRefused, match="Many people would leave"):
        _take(intake)
    assert not Employment.objects.exclude(ends_on=None).exists()
    _take(intake, brake_off=True)
    assert Employment.objects.exclude(ends_on=None).count() == 5


def test_nothing_is_half_imported(van_dijk: Organisation) -> None:
    intake = _bring(van_dijk, NOOR, DAAN.replace("01-01-2020", "99-99-2020"))

    assert intake.blocked
    assert _told(intake, "problem") == [
        (3, "“99-99-2020” is no date we know (start date). Write it as 31-12-2026.")
    ]
    with pytest.raises(ListRefused):
        _take(intake)
    assert not Person.objects.get_queryset().exists()
    assert Unit.objects.count() == 1


def test_confirming_twice_does_it_once(van_dijk: Organisation) -> None:
    intake = _bring(van_dijk, NOOR, DAAN)

    assert _take(intake) == _take(intake)
    assert Employment.objects.count() == 2


def test_what_changed_since_looking_is_shown_again_and_not_done(van_dijk: Organisation) -> None:
    """Two of HR at once: the second to confirm sees what the first did."""
    mine = _bring(van_dijk, NOOR, DAAN)
    theirs = _bring(van_dijk, NOOR.replace("Monteur", "Planner"), DAAN)
    _take(theirs)

    with pytest.raises(ChangedSince):
        _take(mine)
    assert str(Employment.objects.get(number="1").job) == "Planner"
    mine.refresh_from_db()
    assert mine.counts["changed"] == 1
    _take(mine)
    assert str(Employment.objects.get(number="1").job) == "Monteur"


def test_a_confirmation_of_an_older_picture_is_not_obeyed(van_dijk: Organisation) -> None:
    intake = _bring(van_dijk, NOOR)
    with pytest.raises(ChangedSince):
        actions.apply(intake, digest="0" * 64)
    assert not Person.objects.get_queryset().exists()


def test_columns_are_remembered_per_organisation(
    van_dijk: Organisation, de_linde: Organisation
) -> None:
    header = "Wie;Post;Wat"
    content = f"{header}\nNoor de Wit;noor@vd.test;Monteur".encode()
    first = actions.receive(van_dijk, by=None, name="a", content=content, key=uuid.uuid4())
    assert first.columns == {}
    actions.choose_columns(first, {"name": 0, "email": 1, "job": 2}, everyone=True)

    again = actions.receive(van_dijk, by=None, name="b", content=content, key=uuid.uuid4())
    other = actions.receive(de_linde, by=None, name="c", content=content, key=uuid.uuid4())
    assert again.columns == {"name": 0, "email": 1, "job": 2}
    assert again.everyone
    assert other.columns == {}
    actions.choose_columns(again, {"name": 0, "email": 1}, everyone=False)
    assert ImportRecipe.objects.get().columns == {"wie": "name", "post": "email"}


def test_an_account_of_elsewhere_is_asked_and_shows_nothing(
    van_dijk: Organisation, sam: Person
) -> None:
    row = f"S Willemsen;{sam.email};9;;;Monteur;;01-03-2024;;32"
    intake = _bring(van_dijk, row)
    shown = str(list(intake.lines.values_list("who", "what")))
    assert "S Willemsen" in shown
    assert "Sam" not in shown
    _take(intake)

    assert not Employment.objects.filter(organisation=van_dijk, person=sam).exists()
    assert JoinRequest.objects.get().last_name == "Willemsen"
    sam.refresh_from_db()
    assert sam.name == "Sam Willems"
    again = _bring(van_dijk, row)
    assert again.counts["unchanged"] == 1


def test_who_is_asked_joins_by_saying_yes(van_dijk: Organisation, sam: Person) -> None:
    _take(_bring(van_dijk, DAAN, f"S W;{sam.email};9;;2;Monteur;;01-03-2024;;32"))
    employment = actions.accept(JoinRequest.objects.get())

    assert employment.lead
    assert employment.lead.email == "daan@vd.test"
    assert not JoinRequest.objects.exists()
    again = _bring(van_dijk, DAAN, f"S W;{sam.email};9;;2;Monteur;;01-03-2024;;32")
    assert _told(again, "note") == [
        (3, "The account has another name than “S W” and keeps it: it is also used elsewhere.")
    ]
    assert again.counts["unchanged"] == 2


def test_who_says_no_leaves_no_trace(van_dijk: Organisation, sam: Person) -> None:
    _take(_bring(van_dijk, f"S W;{sam.email};9;;;Monteur;;01-03-2024;;32"))
    actions.decline(JoinRequest.objects.get())

    assert not JoinRequest.objects.exists()
    assert sam.employments.count() == 1


def test_who_left_yesterday_by_mistake_is_back_at_once(van_dijk: Organisation) -> None:
    person = a_colleague(van_dijk, "Eva Smit")
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.end_employment(person.employments.get(), last_day=yesterday)
    today = timezone.localdate().isoformat()
    intake = _bring(van_dijk, f"Eva Smit;{person.email};8;;;Monteur;;{today};;32")

    assert intake.counts["returns"] == 1
    _take(intake)
    assert person.employments.count() == 2


def test_a_list_cannot_reach_into_another_organisation(
    van_dijk: Organisation, de_linde: Organisation, sam: Person
) -> None:
    """Not by a lead, and a full list ends no one elsewhere."""
    intake = _bring(van_dijk, NOOR.replace("daan@vd.test", sam.email), everyone=True)

    assert intake.blocked
    assert "neither in this list nor at work here" in _told(intake, "problem")[0][1]
    assert intake.counts["leavers"] == 0


def test_bad_files_are_told_and_leave_nothing(van_dijk: Organisation) -> None:
    with pytest.raises(SheetError):
        actions.receive(van_dijk, by=None, name="x", content=b"", key=uuid.uuid4())
    assert not Intake.objects.exists()


def test_the_same_upload_twice_is_one_list(van_dijk: Organisation) -> None:
    key, content = uuid.uuid4(), f"{HEADER}\n{NOOR}".encode()
    for _time in range(2):
        actions.receive(van_dijk, by=None, name="x", content=content, key=key)
    assert Intake.objects.count() == 1


def test_another_file_with_the_key_of_the_first_is_another_list(
    van_dijk: Organisation, de_linde: Organisation
) -> None:
    """Back in the browser, the form still has its key; and a key is not a way to others' lists."""
    key = uuid.uuid4()
    first, second = f"{HEADER}\n{NOOR}".encode(), f"{HEADER}\n{DAAN}".encode()
    made = {
        actions.receive(where, by=None, name="x", content=content, key=key).pk
        for where in (van_dijk, de_linde)
        for content in (first, second)
    }
    assert len(made) == 4


@pytest.mark.parametrize("before", ["mailto:", "\u200b", " "])
def test_an_account_of_elsewhere_is_found_whatever_was_copied_along(
    before: str, van_dijk: Organisation, sam: Person
) -> None:
    intake = _bring(van_dijk, f"S W;{before}{sam.email.upper()};9;;;Monteur;;01-03-2024;;32")
    _take(intake)

    assert JoinRequest.objects.get().person == sam


def test_two_spellings_in_one_list_change_nothing_the_second_time(van_dijk: Organisation) -> None:
    rows = [
        NOOR,
        DAAN.replace(";Werkplaats;;Chef;Utrecht", ";WERKPLAATS/utrecht;;MONTEUR;UTRECHT"),
    ]
    _take(_bring(van_dijk, *rows))

    assert (Unit.objects.count(), van_dijk.jobs.count(), van_dijk.locations.count()) == (3, 1, 1)
    assert _bring(van_dijk, *rows).counts["unchanged"] == 2


def test_a_problem_says_whose_row_it_is(van_dijk: Organisation) -> None:
    """Also where nothing could be made of the row: in a long list a number alone says little."""
    intake = _bring(van_dijk, NOOR.replace("Monteur", ""), DAAN, DAAN)

    assert list(intake.lines.order_by("row").values_list("row", "kind", "who")) == [
        (2, "problem", "Noor de Wit"), (3, "new", "Daan Visser"), (4, "note", "Daan Visser"),
    ]  # fmt: skip


def test_old_lists_are_forgotten(van_dijk: Organisation) -> None:
    done, left = _bring(van_dijk, DAAN), _bring(van_dijk, DAAN)
    _take(done)
    Intake.objects.update(created_at=timezone.now() - timedelta(days=31))
    actions.forget_old()

    assert list(Intake.objects.all()) == [done]
    assert not IntakeLine.objects.exists()
    assert not Intake.objects.filter(pk=left.pk).exists()


def test_four_hundred_people_cost_far_fewer_queries_than_people(
    van_dijk: Organisation, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    rows = [f"P{n} X;p{n}@vd.test;{n};U{n % 5};;Monteur;;01-01-2020;;36" for n in range(400)]
    with django_assert_max_num_queries(115):
        _take(_bring(van_dijk, *rows))
    changed = [f"{row[:-2]}32" for row in rows]
    # Three more than before, for all of them together: what they let this employer count.
    with django_assert_max_num_queries(78):
        _take(_bring(van_dijk, *changed))
    assert Employment.objects.filter(contract_hours=32).count() == 400


def test_import_from_a_file(van_dijk: Organisation, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(f"{HEADER}\n{NOOR}\n{DAAN}\n", encoding="utf-8")
    said: list[str] = []

    counts = actions.import_people(file, organisation="van-dijk", say=said.append)
    assert counts["new"] == 2
    assert said == ["Read 2 rows."]
    file.write_text(f"{HEADER}\n{NOOR.replace('01-03-2024', 'soon')}\n", encoding="utf-8")
    with pytest.raises(ListRefused, match="no date we know"):
        actions.import_people(file, organisation="van-dijk")
