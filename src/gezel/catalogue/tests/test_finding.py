"""Finding across languages and names, and telling how the words led there."""

import pytest
from django.test import Client
from django.urls import reverse

from gezel.catalogue.queries import Question, find
from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Organisation, Person, Visitor
from gezel.skills.actions import confirm_alias, make_skill, make_skills_findable
from gezel.skills.actions.skills import remove_alias
from gezel.skills.models import Skill

pytestmark = pytest.mark.django_db
SEARCH = reverse("catalogue:search")

HOSTILE = [
    '"', "'", "\\", "*", "a*", '" OR "', "NEAR(a b)", "title:x", "scope:1", "^a", "-a", "a AND",
    "a & b | !c", "<->", "'; DROP TABLE kit_searchentry; --", "%", "_", "%_%", "(", ")", "{", "\0",
    "x" * 10_000, "a b " * 2_500, "\u05e9\u05dc\u05d5\u05dd", "\u202egnidlew",
    "\U0001f6e0 \U0001f527", "\u00df", ":*", "<script>", "\u0661\u0662\u0663", "e\u0301" * 300,
]  # fmt: skip


@pytest.fixture
def welding(van_dijk: Organisation) -> Skill:
    skill = make_skill(van_dijk, name_nl="metalen lassen", name_en="weld metal")
    make_skills_findable([skill])
    return skill


def found(visitor: Visitor, text: str) -> list[str]:
    return [a.title for a in find(visitor, Question(text=text)).activities]


def test_who_asks_in_one_language_finds_what_is_told_in_the_other(
    van_dijk: Organisation, noor: Person, welding: Skill, as_visitor: "type[Visitor]"
) -> None:
    an_activity(van_dijk, "", title_nl="Nette naden", teaches={welding: (0, 2)})
    an_activity(van_dijk, "", title_nl="Klanten bellen")

    assert found(as_visitor(noor), "welding") == ["Nette naden"]


def test_an_alias_finds_as_soon_as_it_is_confirmed_and_until_it_is_taken_back(
    van_dijk: Organisation,
    noor: Person,
    sam: Person,
    *,
    welding: Skill,
    as_visitor: "type[Visitor]",
) -> None:
    an_activity(van_dijk, "Neat seams", teaches={welding: (0, 2)})
    visitor = as_visitor(noor)
    assert found(visitor, "vonkentrekken") == []

    alias = confirm_alias(van_dijk, welding, language="nl", words="vonkentrekken", by=noor)
    assert found(visitor, "vonkentrekken") == ["Neat seams"]
    assert found(as_visitor(sam), "vonkentrekken") == []

    remove_alias(alias)
    assert found(visitor, "vonkentrekken") == []


def test_what_was_not_confirmed_leads_nowhere(
    van_dijk: Organisation, noor: Person, welding: Skill, as_visitor: "type[Visitor]"
) -> None:
    an_activity(van_dijk, "Neat seams")

    assert found(as_visitor(noor), "vonken") == []


def test_a_compound_finds_its_parts(
    van_dijk: Organisation, noor: Person, as_visitor: "type[Visitor]"
) -> None:
    an_activity(van_dijk, "Leiderschap in een project")
    an_activity(van_dijk, "Koken")

    assert found(as_visitor(noor), "projectleiderschap") == ["Leiderschap in een project"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("welding", "“welding” is a name of what it teaches"),
        ("naden", "<mark>naden</mark>"),
        ("nadne", "“nadne” was read as “naden”"),
        ("helder", "“helder” is in the description"),
    ],
)
def test_each_result_tells_how_the_words_led_to_it(
    client: Client, noor: Person, welding: Skill, *, asked: str, told: str
) -> None:
    welding.name_en = "welding"
    welding.save()
    assert welding.organisation
    an_activity(
        welding.organisation,
        "Nette naden",
        teaches={welding: (0, 2)},
        summary_en="Helder.",
        summary_nl="Helder.",
    )
    client.force_login(noor)

    assert told in client.get(SEARCH, {"q": asked}).content.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_any_question_is_answered(
    client: Client, van_dijk: Organisation, noor: Person, text: str
) -> None:
    an_activity(van_dijk, "Neat seams")
    client.force_login(noor)

    assert client.get(SEARCH, {"q": text}).status_code == 200


def test_a_tip_is_swapped_for_another_from_the_page_of_tips(
    client: Client, van_dijk: Organisation, noor: Person
) -> None:
    skill = make_skill(van_dijk, name_nl="Begin", name_en="Begin")
    for title in ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"):
        an_activity(van_dijk, title, teaches={skill: (0, 1)}, hours=1)
    client.force_login(noor)
    tips = reverse("catalogue:tips")
    first = client.get(tips).context["told"].tips
    gone = first[0].activity

    answer = client.post(
        reverse("catalogue:hide_tip", args=[gone.pk]), {"for": "now", "next": tips}, follow=True
    )

    after = [t.activity for t in answer.context["told"].tips]
    assert len(after) == len(first)
    assert gone not in after
    assert "Another instead" in answer.content.decode()


def test_what_is_about_the_same_as_the_nearest_comes_along_and_is_told_to_be_near(
    van_dijk: Organisation, noor: Person, welding: Skill, as_visitor: "type[Visitor]"
) -> None:
    an_activity(van_dijk, "Lassen", teaches={welding: (0, 2)})
    an_activity(van_dijk, "Neat seams", teaches={welding: (0, 2)})
    an_activity(van_dijk, "Koken")

    answer = find(as_visitor(noor), Question(text="lassen onderwater"))

    assert [a.title for a in answer.activities] == ["Lassen", "Neat seams"]
    assert answer.near
