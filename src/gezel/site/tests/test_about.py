"""What Gezel is made of, for anyone who asks."""

import json
from collections.abc import Callable
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from gezel import __version__
from gezel.people.api import Person
from gezel.site.about import in_the_browser, licence_of, on_the_server
from gezel.skills.models import FrameworkRelease

pytestmark = pytest.mark.django_db


def test_anyone_reads_version_source_and_licences(settings: Any) -> None:
    settings.SOURCE_URL = "https://source.example.test/gezel"
    page = Client().get("/about/").content.decode()
    assert __version__ in page
    assert 'href="https://source.example.test/gezel"' in page
    assert "Django" in page
    assert "BSD-3-Clause" in page
    assert "GPL-3.0-or-later" in page
    assert "trust/" not in page.partition("<main")[2].partition("</main")[0]


def test_who_is_signed_in_finds_what_is_kept_and_the_foot_leads_here(
    noor: Person, visit: Callable[[Person], Client], settings: Any
) -> None:
    settings.SOURCE_URL = ""
    page = visit(noor).get("/about/").content.decode()
    assert "GEZEL_SOURCE_URL" in page
    assert "/trust/" in page.partition("<main")[2].partition("</main")[0]
    assert 'href="/about/"' in visit(noor).get("/").content.decode()


def test_whose_skills_and_occupations_are_here_is_said_as_their_licences_ask() -> None:
    FrameworkRelease.objects.all().delete()
    assert "European Commission" not in Client().get("/about/").content.decode()
    for source in ("esco", "onet"):
        FrameworkRelease.objects.create(source=source)
    page = Client().get("/about/").content.decode()
    assert "This service uses the ESCO classification of the European Commission." in page
    assert "CC BY 4.0" in page


def test_what_goes_to_browsers_is_what_was_built() -> None:
    """Each script of others that is served has its package here, with a licence."""
    built = {part.name: part for part in in_the_browser()}
    path = finders.find("kit/vendor/licences.json")
    assert path
    folder = Path(path).parent
    assert {one["name"] for one in json.loads(Path(path).read_text())} == set(built)
    texts = [name.read_text() for name in folder.glob("LICENSE-*.txt")]
    assert len(texts) >= 8
    assert {"@tiptap/core", "scorm-again", "sortablejs", "tus-js-client"} <= set(built)
    assert built["H5P core (h5p-standalone)"].licence == "GPL-3.0-or-later"
    assert all(part.version and part.licence for part in built.values())


def test_a_python_package_tells_its_licence_in_one_of_three_ways(tmp_path: Path) -> None:
    def of(head: str) -> str:
        folder = tmp_path / "x.dist-info"
        folder.mkdir(exist_ok=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: x\nVersion: 1\n{head}\n")
        return licence_of(Distribution.at(folder))

    assert of("License-Expression: MIT") == "MIT"
    assert of("Classifier: License :: OSI Approved :: BSD License") == "BSD License"
    assert of("License: Apache 2.0") == "Apache 2.0"
    assert of("") == ""
    assert {"Django", "psycopg"} <= {part.name for part in on_the_server()}
