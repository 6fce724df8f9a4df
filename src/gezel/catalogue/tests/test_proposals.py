"""Typing a title proposes skills; a person confirms, and the rest feeds nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from gezel.catalogue.models import Activity, ActivitySkill
from gezel.people.api import Organisation, Person
from gezel.skills.actions import confirm_alias
from gezel.skills.api import propose
from gezel.skills.queries import matching
from gezel.skills.tests.builders import a_skill

pytestmark = pytest.mark.django_db
SHARE = reverse("catalogue:share")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def femke_in(client: Client, femke: Person) -> Client:
    client.force_login(femke)
    return client


def told(**more: str) -> dict[str, str]:
    return {
        "title": "Lassen voor monteurs", "link": "https://example.org/", "why": "Helder.",
        "minutes": "20", "language": "nl",
    } | more  # fmt: skip


def test_a_title_proposes_with_the_words_that_say_so(
    femke_in: Client, van_dijk: Organisation
) -> None:
    a_skill("metalen lassen")
    a_skill("klanten te woord staan")

    page = femke_in.post(SHARE, told(propose="1"), headers=HTMX).content.decode()

    assert "metalen lassen" in page
    assert "<mark>Lassen</mark>" in page
    assert "klanten te woord staan" not in page
    assert "<html" not in page


def test_it_works_as_a_plain_button_and_loses_nothing(femke_in: Client) -> None:
    a_skill("metalen lassen")

    page = femke_in.post(SHARE, told(propose="1")).content.decode()

    assert "<html" in page
    assert "metalen lassen" in page
    assert 'value="Lassen voor monteurs"' in page
    assert not Activity.objects.exists()


def test_what_is_not_confirmed_feeds_nothing(femke_in: Client) -> None:
    skill = a_skill("metalen lassen")

    femke_in.post(SHARE, told(proposing="1"))
    assert not ActivitySkill.objects.exists()

    page = femke_in.post(SHARE, told(proposing="1", add=str(skill.pk)), headers=HTMX)
    assert f'name="skill" value="{skill.pk}"' in page.content.decode()
    assert not ActivitySkill.objects.exists()

    Activity.objects.all().delete()
    femke_in.post(
        SHARE, told(skill=str(skill.pk), **{f"from-{skill.pk}": "0", f"to-{skill.pk}": "2"})
    )
    assert ActivitySkill.objects.get().skill == skill


def test_nothing_alike_says_so(femke_in: Client) -> None:
    a_skill("metalen lassen")

    page = femke_in.post(SHARE, told(title="Zwembad", propose="1"), headers=HTMX)

    assert "Nothing in the title or text points to a skill" in page.content.decode()


@pytest.mark.parametrize(
    "title", ["", '"; DROP TABLE x; --', "a" * 250, "🛠️" * 40, "אבג דהו", "\0", "NEAR(x OR y) *"]
)
def test_any_title_is_answered(femke_in: Client, title: str) -> None:
    a_skill("metalen lassen")

    assert femke_in.post(SHARE, told(title=title, propose="1"), headers=HTMX).status_code == 200


def test_a_confirmed_alias_leads_to_its_skill_and_only_here(
    van_dijk: Organisation, femke: Person, sam: Person, as_visitor: "type[object]"
) -> None:
    skill = a_skill("metalen lassen")
    confirm_alias(van_dijk, skill, language="nl", words="vonken trekken", by=femke)

    (found,) = propose(as_visitor(femke), "Vonken trekken voor beginners").found  # type: ignore[arg-type,call-arg]
    assert (found.skill, found.name) == (skill, "vonken trekken")
    assert found.words == ("Vonken", "trekken")
    assert propose(as_visitor(sam), "Vonken trekken voor beginners").found == []  # type: ignore[arg-type,call-arg]


def test_a_large_framework_waits_for_its_index(
    femke: Person, as_visitor: "type[object]", monkeypatch: pytest.MonkeyPatch, settings: object,
    tmp_path: object,
) -> None:  # fmt: skip
    monkeypatch.setattr(matching, "FEW_SKILLS", 0)
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    skill = a_skill("metalen lassen", organisation=None)
    visitor = as_visitor(femke)  # type: ignore[call-arg]

    waiting = propose(visitor, "Metalen lassen")  # type: ignore[arg-type]
    assert (waiting.found, waiting.ready) == ([], False)

    matching.prepare(matching.shared_fingerprint())
    told = propose(visitor, "Metalen lassen")  # type: ignore[arg-type]
    assert ([p.skill for p in told.found], told.ready) == ([skill], True)
