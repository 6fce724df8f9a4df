"""A list of certificates comes in: every problem at its row, and the same again adds nothing."""

import io
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.certificates import actions
from gezel.certificates.models import CertificateType, Holding, Load, LoadRecipe, Reminder
from gezel.certificates.tests.builders import a_holding, a_list, a_load, a_type, days
from gezel.kit.incoming import actions as incoming
from gezel.kit.jobs import run_waiting
from gezel.kit.sheets import SheetError
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.models import Evidence
from gezel.skills.tests.builders import a_skill

Visit = Callable[[Person], Client]


def body(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined] # Django's test response
    return content.decode()


@pytest.fixture
def bhv(van_dijk: Organisation) -> CertificateType:
    return a_type(van_dijk, jobs=("Mechanic",), shows={a_skill(): 3}, run_out_months=3)


def lines(load: Load, kind: str) -> dict[int, str]:
    return dict(load.lines.filter(kind=kind).values_list("row", "what"))


def test_a_list_is_loaded_as_confirmed_and_nothing_else_happens(
    noor: Person, femke: Person, van_dijk: Organisation, bhv: CertificateType
) -> None:
    content = a_list(
        (noor.email, "bhv", "B-1", "15-12-2023"), (noor.name, "BHV", "B-2", "2024-12-10")
    )
    load = a_load(van_dijk, content, by=femke)
    assert load.counts == {"new": 2, "known": 0, "problems": 0}
    assert not Holding.objects.exists()

    actions.apply(load, digest=load.digest)

    first, second = Holding.objects.order_by("issued_on")
    assert (first.issued_on, first.valid_until) == (date(2023, 12, 15), date(2024, 12, 15))
    assert second.valid_until == date(2025, 12, 10)
    assert {h.state for h in (first, second)} == {"confirmed"}
    assert (first.decided_by, first.origin) == (femke, "loaded")
    assert not Evidence.objects.exists()
    assert not Reminder.objects.exists()


def test_the_same_list_again_changes_nothing(
    noor: Person, femke: Person, van_dijk: Organisation, bhv: CertificateType
) -> None:
    content = a_list(
        (noor.email, "BHV", "B 1", "15-12-2023"), (noor.email, "BHV", "", "15-12-2024")
    )
    for _time in range(2):
        load = a_load(van_dijk, content, by=femke)
        actions.apply(load, digest=load.digest)
    assert load.counts == {"new": 0, "known": 2, "problems": 0}
    rows = list(Holding.objects.order_by("pk").values())
    assert len(rows) == 2
    # And once more with the same file, taken over twice at once.
    actions.apply(load, digest=load.digest)
    assert list(Holding.objects.order_by("pk").values()) == rows


def test_each_problem_stands_at_its_row(
    noor: Person, femke: Person, van_dijk: Organisation, bhv: CertificateType
) -> None:
    a_colleague(van_dijk, "Twin Jansen")
    a_colleague(van_dijk, "Twin Jansen")
    a_type(van_dijk, "VCA", months=120, number_form="999-AA")
    a_holding(noor, bhv, issued_on=date(2024, 1, 1), number="TAKEN", confirmed_by=femke)
    content = a_list(
        ("nobody@example.test", "BHV", "", "01-01-2025", ""),
        (noor.email, "BVH", "", "01-01-2025", ""),
        (noor.email, "BHV", "", "31-02-2025", ""),
        (noor.email, "BHV", "", days(2).strftime("%d-%m-%Y"), ""),
        (noor.email, "BHV", "", "", ""),
        ("Twin Jansen", "BHV", "", "01-01-2025", ""),
        (noor.email, "BHV", "", "01-01-2025", "01-01-2024"),
        (noor.email, "VCA", "12-AB", "01-01-2025", ""),
        ("daan", "", "", "01-01-2025", ""),
        ("", "BHV", "", "01-01-2025", ""),
        (femke.email, "BHV", "taken", "01-01-2025", ""),
        (noor.email, "BHV", "TAKEN", "01-01-2024", "01-06-2025"),
        (noor.email, "BHV", "1" * 101, "01-01-2025", ""),
        (noor.email, "BHV", "", "01-01-1900", ""),
        (noor.email, "BHV", "GOOD", "29-02-2024", ""),
        (noor.email, "BHV", "#N/B", "01-02-2025", ""),
        header="E-mail;Certificaat;Nummer;Behaald op;Geldig tot",
    )
    load = a_load(van_dijk, content, by=femke)
    told = lines(load, "problem")
    for row, words in {
        2: "Nobody who works here", 3: "“BVH” is not among", 4: "“31-02-2025” is no date",
        5: "lies ahead", 6: "missing", 7: "More than one person", 8: "ends before",
        9: "looks like 123-AB", 10: "Nobody who works", 11: "whose certificate",
        12: "someone else", 14: "longer than 100", 15: "year of 1900", 17: "formula of your sheet",
    }.items():  # fmt: skip
        assert words in told[row], (row, told.get(row))
    # A day printed on it that we did not know is no problem where nothing else differs.
    assert lines(load, "known").keys() == {13}
    assert lines(load, "new").keys() == {16}
    with pytest.raises(incoming.ListRefused):
        actions.apply(load, digest=load.digest)
    assert Holding.objects.count() == 1

    actions.apply(load, digest=load.digest, leave_out=True)
    assert Holding.objects.get(number="GOOD").valid_until == date(2025, 2, 28)


def test_a_certificate_is_known_by_what_people_call_it_for_short(
    noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    a_type(van_dijk, "Emergency response officer (BHV)")
    for name in ("VOP appointment (NEN 9140)", "VP appointment (NEN 9140)"):
        a_type(van_dijk, name)
    names = ("bhv", "Emergency response officer", "VP appointment", "NEN 9140")
    content = a_list(*((noor.email, name, f"B-{name}", "15-12-2023") for name in names))

    load = a_load(van_dijk, content, by=femke)

    assert load.counts["new"] == 3
    assert "“NEN 9140” is not among" in lines(load, "problem")[5], "two are called that"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_list_in_another_encoding_is_read(
    femke: Person, van_dijk: Organisation, bhv: CertificateType, encoding: str
) -> None:
    a_colleague(van_dijk, "Zoë Müller")
    content = a_list(("Zoë Müller", "BHV", "1", "01-02-2025")).decode().encode(encoding)
    assert a_load(van_dijk, content, by=femke).counts["new"] == 1


def test_a_list_with_the_month_first_is_seen_and_can_be_said(
    noor: Person, femke: Person, van_dijk: Organisation, bhv: CertificateType
) -> None:
    told = a_load(van_dijk, a_list((noor.email, "BHV", "1", "12/31/2024")), by=femke)
    assert told.month_first
    actions.apply(told, digest=told.digest)
    assert Holding.objects.get().issued_on == date(2024, 12, 31)

    silent = a_load(van_dijk, a_list((noor.email, "BHV", "2", "02/03/2025")), by=femke)
    assert not silent.month_first
    actions.choose_columns(silent, silent.columns, month_first=True)
    actions.prepare(silent)
    actions.apply(silent, digest=silent.digest)
    assert Holding.objects.get(number="2").issued_on == date(2025, 2, 3)
    assert a_load(van_dijk, a_list((noor.email, "BHV", "3", "02/03/2025")), by=femke).month_first


def test_a_workbook_with_real_dates_and_columns_elsewhere_is_read(
    noor: Person, femke: Person, van_dijk: Organisation, bhv: CertificateType
) -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Wanneer", "Medewerker", "Wat", "Herhaling"])
    sheet.write_datetime(1, 0, date(2025, 5, 1), book.add_format({"num_format": "dd-mm-yyyy"}))
    sheet.write_row(1, 1, [noor.email, "BHV", "ja"])
    book.close()
    load = actions.receive(
        van_dijk, by=femke, name="x.xlsx", content=file.getvalue(), key=uuid.uuid4()
    )
    assert "issued_on" not in load.columns
    columns = {"person": 1, "type": 2, "issued_on": 0, "refresher": 3}
    actions.choose_columns(load, columns, month_first=False)
    actions.prepare(load)
    actions.apply(load, digest=load.digest)
    holding = Holding.objects.get()
    assert (holding.issued_on, holding.refresher) == (date(2025, 5, 1), True)
    assert LoadRecipe.objects.get().columns["wanneer"] == "issued_on"
    again = actions.receive(
        van_dijk, by=femke, name="x.xlsx", content=file.getvalue(), key=uuid.uuid4()
    )
    assert again.columns == columns


def test_nobody_confirms_their_own_by_loading_it(
    femke: Person, van_dijk: Organisation, bhv: CertificateType
) -> None:
    load = a_load(van_dijk, a_list((femke.email, "BHV", "1", "01-01-2025")), by=femke)
    actions.apply(load, digest=load.digest)
    assert Holding.objects.get().state == "waiting"


def test_what_changed_since_looking_is_shown_again(
    noor: Person, femke: Person, van_dijk: Organisation, bhv: CertificateType
) -> None:
    load = a_load(van_dijk, a_list((noor.email, "BHV", "1", "01-01-2025")), by=femke)
    seen = load.digest
    a_holding(noor, bhv, issued_on=date(2025, 1, 1), number="1")
    with pytest.raises(incoming.ChangedSince):
        actions.apply(load, digest=seen)
    load.refresh_from_db()
    assert load.counts == {"new": 0, "known": 1, "problems": 0}


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, b"only a header\n"]
)
def test_a_file_that_is_no_list_is_refused(
    femke: Person, van_dijk: Organisation, content: bytes
) -> None:
    with pytest.raises(SheetError):
        actions.receive(van_dijk, by=femke, name="x.csv", content=content, key=uuid.uuid4())
    assert not Load.objects.exists()


def test_hr_walks_through_the_four_steps(
    noor: Person, femke: Person, van_dijk: Organisation, bhv: CertificateType, visit: Visit
) -> None:
    hr = visit(femke)
    wrong = hr.post(
        reverse("certificates:load"),
        {"file": SimpleUploadedFile("x.csv", b"nothing"), "key": str(uuid.uuid4())},
    )
    assert wrong.status_code == 422
    chosen_from = body(hr.get(reverse("certificates:load")))
    assert "who: e-mail address, staff number or name" in chosen_from
    assert reverse("certificates:load_example", args=["xlsx"]) in chosen_from
    content = a_list(
        (noor.email, "BHV", "1", "01-02-2025"), ("x@example.test", "BHV", "2", "01-02-2025")
    )
    key = uuid.uuid4()
    for _time in range(2):
        answer = hr.post(
            reverse("certificates:load"),
            {"file": SimpleUploadedFile("lijst.csv", content), "key": str(key)},
        )
        assert answer.status_code == 302
    key = Load.objects.get().pk
    columns = reverse("certificates:load_columns", args=[key])
    assert noor.email in body(hr.get(columns))
    chosen = {"person": "0", "type": "1", "number": "2", "issued_on": "3", "order": "day"}
    assert hr.post(columns, {**chosen, "number": "0"}).status_code == 422
    assert hr.post(columns, {**chosen, "person": ""}).status_code == 422
    assert hr.post(columns, chosen).status_code == 302
    page = body(hr.get(reverse("certificates:load_preview", args=[key])))
    assert "Nobody who works here" in page
    confirm = reverse("certificates:load_confirm", args=[key])
    digest = Load.objects.get().digest
    hr.post(confirm, {"digest": digest})
    assert not Holding.objects.exists()
    hr.post(confirm, {"digest": digest, "leave_out": "yes"})
    assert Holding.objects.get().person == noor
    assert Load.objects.get().table == b""
    assert "Done on" in body(hr.get(reverse("certificates:load_preview", args=[key])))
    assert hr.get(reverse("certificates:load_example", args=["xlsx"])).status_code == 200


@pytest.mark.usefixtures("bhv")
def test_a_long_list_is_worked_on_in_the_background(
    noor: Person,
    femke: Person,
    van_dijk: Organisation,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incoming, "AT_ONCE", 1)
    load = a_load(
        van_dijk,
        a_list((noor.email, "BHV", "1", "01-02-2025"), (noor.email, "BHV", "2", "01-02-2024")),
        by=femke,
    )
    hr = visit(femke)
    chosen = {"person": "0", "type": "1", "number": "2", "issued_on": "3", "order": "day"}
    hr.post(reverse("certificates:load_columns", args=[load.pk]), chosen)
    assert "in the background" in body(hr.get(reverse("certificates:load_preview", args=[load.pk])))
    run_waiting()
    load.refresh_from_db()
    hr.post(reverse("certificates:load_confirm", args=[load.pk]), {"digest": load.digest})
    run_waiting()
    assert Holding.objects.count() == 2


def test_from_the_command_line(
    noor: Person, van_dijk: Organisation, bhv: CertificateType, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(a_list((noor.email, "BHV", "1", "01-02-2025"), ("x", "BHV", "", "1-1-2025")))
    with pytest.raises(CommandError, match="3: Nobody"):
        call_command("import", "certificates", str(file), organisation="van-dijk")
    assert not Holding.objects.exists()
    call_command(
        "import", "certificates", str(file), organisation="van-dijk", leave_out=True,
        verbosity=0,
    )  # fmt: skip
    assert Holding.objects.get().state == "confirmed"


def test_rows_go_after_thirty_days_and_the_fact_after_two_years(
    noor: Person, femke: Person, van_dijk: Organisation, bhv: CertificateType
) -> None:
    content = a_list((noor.email, "bhv", "B-1", "15-12-2023"))
    load = a_load(van_dijk, content, by=femke)
    actions.apply(load, digest=load.digest)
    a_load(van_dijk, a_list((noor.email, "bhv", "B-9", "15-12-2024")), by=femke)
    now = timezone.now()

    incoming.forget_old(Load, now + timedelta(days=29))
    assert Load.objects.count() == 2
    incoming.forget_old(Load, now + timedelta(days=31))
    assert [left.pk for left in Load.objects.all()] == [load.pk]
    assert not load.lines.exists()
    incoming.forget_old(Load, now + timedelta(days=731))
    assert not Load.objects.exists()
    assert Holding.objects.count() == 1
