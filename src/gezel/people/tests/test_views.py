"""The pages of people: who may, what they cost, what bad input does, and what Sam finds."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from gezel.kit.incoming import actions as incoming
from gezel.kit.jobs import run_waiting
from gezel.kit.models import Task
from gezel.people import actions
from gezel.people.models import (
    Employment,
    Intake,
    JoinRequest,
    Mandate,
    Organisation,
    Person,
    Unit,
)
from gezel.people.tests.builders import a_colleague, a_unit
from gezel.trust.models import Reading

pytestmark = pytest.mark.django_db

Visit = Callable[[Person], Client]
LIST = "Naam;E-mail;Functie;In dienst\nAli Kaya;ali@vd.test;Monteur;01-03-2024\n"


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def _upload(client: Client, content: str = LIST, name: str = "staff.csv") -> Any:
    key = "11111111-2222-4333-8444-555555555555"
    file = SimpleUploadedFile(name, content.encode())
    return client.post("/people/import/", {"file": file, "key": key})


def _looked_through(client: Client, content: str = LIST, **chosen: str) -> Intake:
    _upload(client, content)
    intake = Intake.objects.get()
    columns = {name: str(number) for name, number in intake.columns.items()}
    client.post(f"/people/import/{intake.pk}/columns", {**columns, "everyone": "no", **chosen})
    intake.refresh_from_db()
    return intake


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["list/", "import/", "import/example.csv", "settings/"])
def test_only_hr_enters_the_pages_of_hr(
    address: str, femke: Person, noor: Person, daan: Person, visit: Visit
) -> None:
    assert visit(femke).get(f"/people/{address}").status_code == 200
    for person in (noor, daan):
        assert visit(person).get(f"/people/{address}").status_code == 404
        assert visit(person).post(f"/people/{address}").status_code == 404
    assert Client().get(f"/people/{address}").status_code == 302


def test_sam_finds_every_door_closed(
    femke: Person, noor: Person, sam: Person, visit: Visit, van_dijk: Organisation
) -> None:
    intake = _looked_through(visit(femke))
    mandate = Mandate.objects.get(person=femke)
    unit = Unit.objects.get(organisation=van_dijk)
    actions.give_mandate(sam, sam.employments.get().organisation, "hr")
    van_dijk.logo = "logos/x.webp"
    van_dijk.save()
    client = visit(sam)
    for address in (
        f"{noor.pk}/", f"units/{unit.pk}/", f"logo/{van_dijk.pk}", f"import/{intake.pk}/",
        f"import/{intake.pk}/columns",
    ):  # fmt: skip
        assert client.get(f"/people/{address}").status_code == 404, address
    for address in (
        f"import/{intake.pk}/confirm", f"import/{intake.pk}/discard", f"{noor.pk}/mandates",
        f"mandates/{mandate.pk}/end", f"employments/{noor.employments.get().pk}/end",
    ):  # fmt: skip
        assert client.post(f"/people/{address}", {"kind": "hr"}).status_code == 404, address
    assert "Jansen" not in client.get("/people/?q=Noor").content.decode()
    assert "Noor" not in client.get("/people/list/").content.decode()


# --- The tree -----------------------------------------------------------------------------------


def test_the_tree_counts_and_names_who_leads(
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    workshop = a_unit(van_dijk, "Werkplaats")
    a_unit(van_dijk, "Utrecht", below=workshop)
    Employment.objects.filter(person=noor).update(unit=workshop)
    html = visit(noor).get("/people/").content.decode()

    assert "Werkplaats" in html
    assert "Utrecht" in html
    assert "Daan Visser" in html
    assert "2 people" in html


def test_finding_someone_works_as_a_page_and_as_you_type(noor: Person, visit: Visit) -> None:
    page = visit(noor).get("/people/?q=jans").content.decode()
    part = (
        visit(noor)
        .get("/people/?q=JANS", headers={"HX-Request": "true", "HX-Target": "found"})
        .content.decode()
    )

    assert "Noor Jansen" in page
    assert "<html" in page
    assert "Noor Jansen" in part
    assert "<html" not in part


def test_who_left_is_not_found_any_more(noor: Person, daan: Person, visit: Visit) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.end_employment(noor.employments.get(), last_day=yesterday)

    assert "Jansen" not in visit(daan).get("/people/?q=Noor").content.decode()
    assert visit(daan).get(f"/people/{noor.pk}/").status_code == 404


def test_the_tree_costs_few_queries_however_many_units(
    van_dijk: Organisation,
    noor: Person,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    for number in range(30):
        a_unit(van_dijk, f"Unit {number}")
    client = visit(noor)
    with django_assert_max_num_queries(8):
        client.get("/people/")


# --- The card -----------------------------------------------------------------------------------


def test_a_colleague_sees_the_card_without_dates_and_hours(
    noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    Employment.objects.filter(person=daan).update(contract_hours=36)
    html = visit(noor).get(f"/people/{daan.pk}/").content.decode()

    assert "Workshop manager" in html
    assert "Start date" not in html
    assert daan.email not in html
    assert not Reading.objects.exists()


def test_lead_and_hr_see_more_and_that_is_noted(
    noor: Person, daan: Person, femke: Person, visit: Visit
) -> None:
    for reader, purpose in ((daan, "lead"), (femke, "hr")):
        html = visit(reader).get(f"/people/{noor.pk}/").content.decode()
        assert "Start date" in html
        assert Reading.objects.get(reader=reader, about=noor).purpose == purpose


def test_nobody_is_noted_for_reading_about_themselves(noor: Person, visit: Visit) -> None:
    assert "Start date" in visit(noor).get(f"/people/{noor.pk}/").content.decode()
    assert not Reading.objects.exists()


def test_a_card_costs_few_queries(
    noor: Person, daan: Person, visit: Visit, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = visit(daan)
    with django_assert_max_num_queries(12):
        client.get(f"/people/{noor.pk}/")


def test_hr_ends_an_employment_and_the_history_stays(
    noor: Person, femke: Person, visit: Visit
) -> None:
    client, employment = visit(femke), noor.employments.get()
    today = timezone.localdate()
    early = client.post(f"/people/employments/{employment.pk}/end", {"last_day": "2020-01-01"})
    assert early.status_code == 422
    assert "lies before the first" in early.content.decode()
    done = client.post(f"/people/employments/{employment.pk}/end", {"last_day": str(today)})
    assert done.status_code == 302
    employment.refresh_from_db()
    assert employment.ends_on == today


def test_who_left_stays_to_be_found_by_hr(noor: Person, femke: Person, visit: Visit) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.end_employment(noor.employments.get(), last_day=yesterday)

    page = visit(femke).get(f"/people/{noor.pk}/")
    assert "Left; the last day was" in page.content.decode()
    assert "Noor Jansen" in visit(femke).get("/people/list/?state=left").content.decode()
    assert "Noor Jansen" not in visit(femke).get("/people/list/").content.decode()
    then = visit(femke).get("/people/list/?on=2025-01-01").content.decode()
    assert "Noor Jansen" in then


def test_nobody_ends_their_own_work(femke: Person, visit: Visit) -> None:
    pk = femke.employments.get().pk
    answer = visit(femke).post(
        f"/people/employments/{pk}/end", {"last_day": str(timezone.localdate())}
    )

    assert answer.status_code == 404
    assert "End the employment" not in visit(femke).get(f"/people/{femke.pk}/").content.decode()


def test_a_task_opens_pages_and_taking_it_back_closes_them(
    noor: Person, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    client.post(f"/people/{noor.pk}/mandates", {"kind": "hr"})
    assert visit(noor).get("/people/list/").status_code == 200

    mandate = Mandate.objects.get(person=noor)
    client.post(f"/people/mandates/{mandate.pk}/end")
    assert visit(noor).get("/people/list/").status_code == 404
    assert client.post(f"/people/{noor.pk}/mandates", {"kind": "king"}).status_code == 422


def test_the_last_one_of_hr_stays(femke: Person, visit: Visit) -> None:
    mandate = Mandate.objects.get(person=femke)
    answer = visit(femke).post(f"/people/mandates/{mandate.pk}/end", follow=True)

    assert "the only one who has this task" in answer.content.decode()
    assert Mandate.objects.current().filter(pk=mandate.pk).exists()


def test_who_works_at_two_places_goes_from_one_to_the_other(
    noor: Person, sam: Person, de_linde: Organisation, visit: Visit
) -> None:
    from gezel.people.actions import employ, root_of
    from gezel.people.models import Job

    second = employ(
        noor,
        de_linde,
        unit=root_of(de_linde),
        job=Job.objects.get(organisation=de_linde),
        starts_on=date(2025, 1, 1),
    )
    client = visit(noor)
    assert "Go here" in client.get(f"/people/{noor.pk}/").content.decode()
    assert client.get(f"/people/{sam.pk}/").status_code == 404
    client.post("/people/switch", {"employment": second.pk})
    assert client.get(f"/people/{sam.pk}/").status_code == 200
    theirs = sam.employments.get().pk
    assert client.post("/people/switch", {"employment": theirs}).status_code == 404
    assert client.post("/people/switch", {"employment": "x"}).status_code == 404


# --- The table ----------------------------------------------------------------------------------


def test_the_table_costs_the_same_for_fifty_people(
    van_dijk: Organisation,
    femke: Person,
    visit: Visit,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    for number in range(50):
        a_colleague(van_dijk, f"Person {number}")
    client = visit(femke)
    with django_assert_max_num_queries(12):
        html = client.get("/people/list/").content.decode()
    assert "Person 49" in html


def test_adding_a_column_with_terms_is_noted_and_an_export_too(
    noor: Person, femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    client.get("/people/list/")
    assert not Reading.objects.exists()
    client.get("/people/list/?columns=name&columns=hours")
    assert Reading.objects.filter(about=noor, reader=femke).exists()

    Reading.objects.all().delete()
    b"".join(client.get("/people/list/?columns=name&columns=hours&export=csv").streaming_content)  # type: ignore[attr-defined]
    run_waiting()
    assert Reading.objects.filter(about=noor, reader=femke).exists()


@pytest.mark.parametrize(
    "query", ["unit=999999", "unit=x", "job=-1", "lead=%00", "state=x", "on=2026-99-99", "on=x"]
)
def test_an_odd_address_is_no_error(query: str, femke: Person, visit: Visit) -> None:
    assert visit(femke).get(f"/people/list/?{query}").status_code == 200


# --- Importing ----------------------------------------------------------------------------------


def test_the_journey_of_a_list(femke: Person, visit: Visit) -> None:
    client = visit(femke)
    page = client.get("/people/import/").content.decode()
    assert "contract hours a week" in page
    assert "/people/import/example.xlsx" in page
    answer = _upload(client)
    intake = Intake.objects.get()
    assert answer.url == f"/people/import/{intake.pk}/columns"
    page = client.get(answer.url).content.decode()
    assert "ali@vd.test" in page

    intake = _looked_through(client)
    preview = client.get(f"/people/import/{intake.pk}/").content.decode()
    assert "Ali Kaya" in preview
    assert "Nothing has changed yet." in preview
    assert not Person.objects.get_queryset().filter(email="ali@vd.test").exists()

    confirmed = client.post(
        f"/people/import/{intake.pk}/confirm", {"digest": intake.digest}, follow=True
    )
    assert "The list is taken over." in confirmed.content.decode()
    client.post(f"/people/import/{intake.pk}/confirm", {"digest": intake.digest})
    assert Employment.objects.filter(person__email="ali@vd.test").count() == 1


def test_problems_stand_at_their_rows_and_nothing_can_be_confirmed(
    femke: Person, visit: Visit
) -> None:
    client = visit(femke)
    intake = _looked_through(client, LIST + "Bo;not-an-address;Monteur;soon\n")
    html = client.get(f"/people/import/{intake.pk}/?kind=problem").content.decode()

    assert "Row 3" in html
    assert "is no e-mail address" in html
    assert "Take over" not in html
    client.post(f"/people/import/{intake.pk}/confirm", {"digest": intake.digest})
    assert not Person.objects.get_queryset().filter(email="ali@vd.test").exists()


@pytest.mark.parametrize("content", ["", "only a header;x\n", "\x00\x01\x02\x03\x04\x05\x06"])
def test_a_file_that_is_no_list_is_told_at_its_field(
    content: str, femke: Person, visit: Visit
) -> None:
    answer = _upload(visit(femke), content)

    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert not Intake.objects.exists()


def test_a_column_chosen_twice_is_told(femke: Person, visit: Visit) -> None:
    client = visit(femke)
    _upload(client)
    intake = Intake.objects.get()
    answer = client.post(
        f"/people/import/{intake.pk}/columns",
        {"name": "0", "email": "1", "job": "1", "everyone": "no"},
    )

    assert answer.status_code == 422
    assert "already chosen" in answer.content.decode()


def test_many_leavers_need_a_second_word(
    van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    for number in range(6):
        a_colleague(van_dijk, f"Person {number}")
    client = visit(femke)
    rows = f"{LIST}Femke de Boer;{femke.email};HR adviser;01-01-2024\n"
    intake = _looked_through(client, rows, everyone="yes")
    address = f"/people/import/{intake.pk}/confirm"
    assert "of all people leave" in client.get(f"/people/import/{intake.pk}/").content.decode()

    client.post(address, {"digest": intake.digest})
    assert not Employment.objects.exclude(ends_on=None).exists()
    client.post(address, {"digest": intake.digest, "brake_off": "yes"})
    assert Employment.objects.exclude(ends_on=None).count() == 6


def test_a_long_list_goes_on_in_the_background(
    femke: Person, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "AT_ONCE", 1)
    client = visit(femke)
    rows = LIST + "Bo Lin;bo@vd.test;Monteur;01-03-2024\n"
    intake = _looked_through(client, rows)
    assert intake.state == Intake.State.PREPARING
    assert "in the background" in client.get(f"/people/import/{intake.pk}/").content.decode()
    run_waiting()
    intake.refresh_from_db()
    for _twice in range(2):
        client.post(f"/people/import/{intake.pk}/confirm", {"digest": intake.digest})
    assert list(
        Task.objects.filter(name__startswith="people.").order_by("name").values_list("name")
    ) == [("people.look_through",), ("people.take_over",)]
    run_waiting()

    intake.refresh_from_db()
    assert intake.state == Intake.State.DONE
    assert Employment.objects.filter(person__email="bo@vd.test").count() == 1


def test_a_long_list_that_changed_meanwhile_can_be_confirmed_again(
    van_dijk: Organisation, femke: Person, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "AT_ONCE", 0)
    client = visit(femke)
    intake = _looked_through(client)
    run_waiting()
    intake.refresh_from_db()
    client.post(f"/people/import/{intake.pk}/confirm", {"digest": intake.digest})
    a_colleague(van_dijk, "New One")
    Person.objects.create_user("ali@vd.test", first_name="Ali")
    run_waiting()

    page = client.get(f"/people/import/{intake.pk}/").content.decode()
    assert "Something changed since you looked" in page
    intake.refresh_from_db()
    client.post(f"/people/import/{intake.pk}/confirm", {"digest": intake.digest})
    run_waiting()
    intake.refresh_from_db()
    assert intake.state == Intake.State.DONE
    assert JoinRequest.objects.count() == 1


def test_a_list_thrown_away_is_gone(femke: Person, visit: Visit) -> None:
    client = visit(femke)
    intake = _looked_through(client)
    client.post(f"/people/import/{intake.pk}/discard")

    assert not Intake.objects.exists()
    assert client.get(f"/people/import/{intake.pk}/").status_code == 404


def test_hostile_names_stay_text(femke: Person, visit: Visit) -> None:
    client = visit(femke)
    intake = _looked_through(
        client, LIST + "<script>alert(1)</script> x;x@vd.test;<b>;01-01-2024\n"
    )
    html = client.get(f"/people/import/{intake.pk}/").content.decode()

    assert "<script>alert(1)" not in html
    assert "<b>&lt;b&gt;" not in html


# --- Being asked -------------------------------------------------------------------------------


def test_who_is_asked_says_yes_and_only_they_can(
    femke: Person, sam: Person, noor: Person, visit: Visit, van_dijk: Organisation
) -> None:
    client = visit(femke)
    intake = _looked_through(client, f"{LIST}S W;{sam.email};Monteur;01-01-2024\n")
    client.post(f"/people/import/{intake.pk}/confirm", {"digest": intake.digest})
    request = JoinRequest.objects.get()

    assert visit(noor).post(f"/people/asked/{request.pk}", {"answer": "yes"}).status_code == 404
    assert visit(noor).get("/people/panels/asked").status_code == 404
    theirs = visit(sam)
    assert "Van Dijk" in theirs.get("/people/panels/asked").content.decode()
    assert "Van Dijk" in theirs.get("/people/asked/").content.decode()
    theirs.post(f"/people/asked/{request.pk}", {"answer": "yes"})
    assert sam.employments.filter(organisation=van_dijk).exists()


# --- Settings ----------------------------------------------------------------------------------


def _picture(form: str = "PNG", size: tuple[int, int] = (900, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, form)
    return out.getvalue()


def _set_logo(client: Client, content: bytes, name: str = "logo.png") -> Any:
    return client.post(
        "/people/settings/", {"form": "logo", "logo": SimpleUploadedFile(name, content)}
    )


def test_a_logo_is_drawn_anew_and_shown_to_who_works_there(
    femke: Person, noor: Person, sam: Person, visit: Visit, van_dijk: Organisation
) -> None:
    assert _set_logo(visit(femke), _picture() + b"<script>alert(1)</script>").status_code == 302

    answer = visit(noor).get(f"/people/logo/{van_dijk.pk}")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"script" not in content
    assert Image.open(io.BytesIO(content)).size == (512, 171)
    assert visit(sam).get(f"/people/logo/{van_dijk.pk}").status_code == 404


def test_another_logo_has_another_address_so_that_no_browser_shows_the_old_one(
    femke: Person, visit: Visit, van_dijk: Organisation
) -> None:
    told = []
    for _ in range(2):
        _set_logo(visit(femke), _picture())
        page = visit(femke).get("/people/settings/").content.decode()
        told.append(set(re.findall(rf'src="(/people/logo/{van_dijk.pk}[^"]*)"', page)))
        assert len(told[-1]) == 1, "above the page and in the form it is the same"
        assert visit(femke).get(*told[-1]).status_code == 200
        visit(femke).post("/people/settings/", {"form": "logo", "remove": "on"})

    assert told[0] != told[1]


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a<script>alert(1)</script>",
        _picture()[:60],
        b"",
    ],
)
def test_what_is_no_picture_is_no_logo(content: bytes, femke: Person, visit: Visit) -> None:
    answer = _set_logo(visit(femke), content)

    assert answer.status_code == 422
    assert not Organisation.objects.exclude(logo="").exists()


def test_a_picture_of_far_too_many_points_is_refused(femke: Person, visit: Visit) -> None:
    out = io.BytesIO()
    Image.new("1", (10_000, 5_001)).save(out, "PNG")  # a bit a point: a small file

    assert "far more points" in _set_logo(visit(femke), out.getvalue()).content.decode()


def test_settings_are_kept_and_the_smallest_group_never_below_four(
    femke: Person, visit: Visit, van_dijk: Organisation
) -> None:
    chosen = {"name": "Van Dijk Groep", "language": "en", "hue": "25", "smallest_group": "6"}
    client = visit(femke)
    assert client.post("/people/settings/", {**chosen, "smallest_group": "3"}).status_code == 422
    assert client.post("/people/settings/", {**chosen, "hue": "pink"}).status_code == 422
    own = {**chosen, "hue": "own", "accent_hue": "400"}
    assert client.post("/people/settings/", own).status_code == 422
    assert client.post("/people/settings/", chosen).status_code == 302

    van_dijk.refresh_from_db()
    assert (van_dijk.name, van_dijk.language, van_dijk.accent_hue, van_dijk.smallest_group) == (
        "Van Dijk Groep", "en", 25, 6,
    )  # fmt: skip
    assert actions.root_of(van_dijk).name == "Van Dijk Groep"
