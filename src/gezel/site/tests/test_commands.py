"""The command `gezel`, as an operator types it."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.catalogue.api import effects_of
from gezel.gatherings.models import Gathering
from gezel.paths.models import Enrolment
from gezel.people.api import Organisation, Person
from gezel.site.management.commands.demo import build_demo

PEOPLE = "name;e-mail;job\nNew One;new@example.test;Mechanic\n"


def test_people_come_in_and_the_second_time_nothing_changes(
    van_dijk: Organisation, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    for _ in range(2):
        call_command("import", "people", str(file), "--organisation", "van-dijk", stdout=StringIO())

    person = Person.objects.get(email="new@example.test")
    assert person.employments.get().organisation == van_dijk


def test_a_list_with_a_problem_changes_nothing(van_dijk: Organisation, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE + "Second;not an address;Mechanic\n")

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import", "people", str(file), "--organisation", "van-dijk", stdout=StringIO())
    assert not Person.objects.filter(email="new@example.test").exists()


def _begin(name: str, *more: str) -> str:
    said = StringIO()
    call_command("organisation", name, "--hr", "hanna@bakery.example", *more, stdout=said)
    return said.getvalue()


def test_an_organisation_begins_and_its_first_person_comes_in_and_reads_the_first_steps(
    db: None,
) -> None:
    said = _begin("Bakkerij De Vries", "--first-name", "Hanna")

    assert "bakkerij-de-vries" in said
    hanna, browser = Person.objects.get(email="hanna@bakery.example"), Client()
    page = browser.get(urlsplit(said.split()[-1]).path, follow=True)
    password = "een-lang-geheim-7"
    browser.post(page.request["PATH_INFO"], {"password1": password, "password2": password})
    home = browser.get("/", follow=True).content.decode()
    assert hanna.first_name in home
    assert "First steps" in home
    assert "0 of 6" in home
    for name in ("people:import", "connect:invite_all", "catalogue:new", "skills:profiles"):
        assert browser.get(reverse(name)).status_code == 200


def test_who_has_an_account_looks_after_a_second_organisation_with_it(
    van_dijk: Organisation, femke: Person
) -> None:
    femke.set_password("een-lang-geheim-7")
    femke.save()
    said = StringIO()
    call_command("organisation", "Second", "--hr", femke.email.upper(), stdout=said)

    assert "signs in as before" in said.getvalue()
    assert Person.objects.count() == 1
    assert set(femke.mandates.values_list("organisation__slug", "kind")) == {
        ("van-dijk", "hr"), ("second", "hr"), ("second", "admin"),
    }  # fmt: skip


def test_an_organisation_that_cannot_begin_leaves_nothing(van_dijk: Organisation) -> None:
    for name, more in (("Van Dijk", ()), ("!", ()), ("New", ("--slug", "two words"))):
        with pytest.raises(CommandError, match="Nothing was made"):
            _begin(name, *more)
    with pytest.raises(CommandError, match="Nothing was made"):
        call_command("organisation", "New", "--hr", "not an address", stdout=StringIO())
    assert Organisation.objects.count() == 1
    assert not Person.objects.exists()


def test_an_organisation_or_folder_that_is_not_there_is_said(
    van_dijk: Organisation, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import", "people", str(file), "--organisation", "nowhere", stdout=StringIO())
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import", "esco", str(tmp_path / "nothing"), stdout=StringIO())


def test_the_demo_is_whole_and_is_built_once(db: None) -> None:
    counts = build_demo()

    assert counts == {
        "organisations": 2, "people": 110, "skills": 120, "activities": 53, "modules": 11,
    }  # fmt: skip
    noor = Person.objects.get(email="noor.jansen@vandijk.example")
    assert noor.standings.exists()
    assert noor.goals.filter(shared=True).exists()
    # A path under way in each state, also in an older version and where HR has to decide.
    paths = Enrolment.objects.filter(path__organisation__slug="van-dijk")
    assert set(paths.values_list("state", flat=True)) == set(Enrolment.State)
    open_ones = [e for e in paths.select_related("version") if e.is_open]
    assert {e.late for e in open_ones} == {True, False}
    assert {e.version.number for e in open_ones} == {1, 2}
    assert any(e.unmatched_on for e in open_ones)
    # Sessions with groups in the past and ahead; who was there, and who waits.
    divided = Gathering.objects.filter(divisions__isnull=False)
    assert {g.ends_at < timezone.now() for g in divided} == {True, False}
    assert Gathering.objects.filter(attendance__isnull=False, rounded_off_at__isnull=False).exists()
    # Of at least one blend it is known what it brought, of enough people to tell.
    blend = Enrolment.objects.filter(state="done", path__name_en="Honest about charging")
    [asked] = {e.version for e in blend.select_related("version")}
    steps = [n.activity for n in asked.structure.steps if n.activity]
    found = effects_of(steps, Organisation.objects.get(slug="van-dijk")).values()
    assert [known.halves for known in found if known.compared >= 10] == [2, 1]
    call_command("demo", "--if-empty")
    with pytest.raises(CommandError, match="here already"):
        call_command("demo")


@pytest.mark.once
@pytest.mark.timeout(400)
def test_a_first_start_begins_with_nothing(tmp_path: Path) -> None:
    """As `./gezel run` does it on a new machine: no data folder, no table, no key."""
    environment = os.environ | {"GEZEL_DATA_DIR": str(tmp_path / "var"), "GEZEL_DEMO": "1"}
    environment.pop("GEZEL_DATABASE_URL", None)
    for _ in range(2):  # the second start finds it all there
        subprocess.run(
            [sys.executable, "-m", "gezel.site", "demo", "--if-empty"], env=environment, check=True
        )
    assert (tmp_path / "var" / "gezel.sqlite3").exists()
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.once
def test_what_comes_before_serving_is_done_in_a_child_and_stops_it_where_it_fails(
    tmp_path: Path,
) -> None:
    """In a process of its own: this one has connections that no child may have."""
    code = """
import sys, django
from pathlib import Path
django.setup()
from django.core.management import CommandError
from gezel.site.management.commands.serve import in_a_child

def fails():
    raise CommandError("made by a newer Gezel")

in_a_child(lambda: Path(sys.argv[1]).write_text("done"))
for wrong in (fails, lambda: 1 / 0):
    try:
        in_a_child(wrong)
    except CommandError as problem:
        print(problem)
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "gezel.site.settings"}
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file")],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert (tmp_path / "file").read_text() == "done"
    assert told.stdout.count("Nothing is served") == 2
    assert "made by a newer Gezel" in told.stderr
    assert "ZeroDivisionError" in told.stderr


@pytest.mark.once
def test_who_start_at_the_same_moment_have_one_key(tmp_path: Path) -> None:
    """On a new machine the second once read the key before it was written."""
    environment = os.environ | {
        "GEZEL_DATA_DIR": str(tmp_path / "var"),
        "DJANGO_SETTINGS_MODULE": "gezel.site.settings",
    }
    environment.pop("GEZEL_SECRET_KEY", None)
    look = "from gezel.site import settings; print(settings.SECRET_KEY)"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", look], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]
    told = {one.communicate(timeout=60)[0].strip() for one in started}

    assert told == {(tmp_path / "var" / "secret-key").read_text()}
    assert [file.name for file in (tmp_path / "var").iterdir()] == ["secret-key"]
