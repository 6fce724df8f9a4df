"""HR puts the words right: missing names, other names, skills that are one."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gezel.people.api import Organisation, Person
from gezel.skills import actions
from gezel.skills.models import Skill, SkillAlias, SkillLabel
from gezel.skills.queries.taxonomy import likely_same, skills_without_name
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence

Visit = Callable[[Person], Client]


def text_of(page: object) -> str:
    html = getattr(page, "content", b"").decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.fixture
def bare(db: None) -> Skill:
    """A shared skill with an English name only."""
    return Skill.objects.create(source="esco", uri="esco:torque", name_en="Torque")


def test_most_asked_first_and_many_saved_at_once(
    *, van_dijk: Organisation, femke: Person, visit: Visit, bare: Skill
) -> None:
    own = Skill.objects.create(organisation=van_dijk, name_en="Recording")
    rare = Skill.objects.create(source="esco", uri="esco:rare", name_en="A rare one")
    for n in range(3):
        a_profile(van_dijk, {bare: 2, **({own: 2, rare: 1} if n == 0 else {})}, name=f"R{n}",
                  job=None)  # fmt: skip
    client = visit(femke)

    page = client.get("/skills/names/")
    assert [s.pk for s in page.context["form"].skills.values()] == [bare.pk, rare.pk, own.pk]
    assert "asked by 3 roles" in text_of(page)
    assert "autofocus" in page.content.decode()
    client.post(
        "/skills/names/",
        {
            f"name-{bare.pk}": " Aanhaal  moment ",
            f"name-{own.pk}": "Vastleggen",
            f"name-{rare.pk}": "",
        },
    )

    assert SkillLabel.objects.get(skill=bare).name_nl == "Aanhaal moment"
    assert Skill.objects.get(pk=own.pk).name_nl == "Vastleggen"
    assert set(SkillAlias.objects.values_list("words", "confirmed_by")) == {
        ("Aanhaal moment", femke.pk),
        ("Vastleggen", femke.pk),
    }
    assert list(skills_without_name(van_dijk)) == [rare]


def test_a_name_that_is_taken_is_told_at_its_field_and_nothing_is_kept(
    *, van_dijk: Organisation, femke: Person, visit: Visit, bare: Skill
) -> None:
    a_skill("Vastleggen", organisation=van_dijk)
    own = Skill.objects.create(organisation=van_dijk, name_en="Recording")
    a_profile(van_dijk, {bare: 2, own: 2}, job=None)

    page = visit(femke).post(
        "/skills/names/", {f"name-{bare.pk}": "Aanhaalmoment", f"name-{own.pk}": "vastleggen"}
    )

    assert page.status_code == 422
    assert page.context["form"].errors[f"name-{own.pk}"]
    assert 'value="Aanhaalmoment"' in page.content.decode()
    assert not SkillLabel.objects.exists()
    assert not SkillAlias.objects.exists()


def test_english_names_can_be_missing_as_well(
    *, van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    dutch = Skill.objects.create(organisation=van_dijk, name_nl="Remmen")
    a_profile(van_dijk, {dutch: 2}, job=None)

    visit(femke).post("/skills/names/?missing=en", {f"name-{dutch.pk}": "Brakes"})

    dutch.refresh_from_db()
    assert (dutch.name_nl, dutch.name_en) == ("Remmen", "Brakes")


def test_the_work_list_asks_as_little_however_long_it_is(
    *,
    van_dijk: Organisation, femke: Person, visit: Visit,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    skills = [Skill.objects.create(uri=f"u:{n}", name_en=f"Skill {n}") for n in range(60)]
    a_profile(van_dijk, dict.fromkeys(skills, 2), job=None)
    client = visit(femke)

    with django_assert_max_num_queries(10):
        page = client.get("/skills/names/")
    assert len(page.context["form"].fields) == 25


def test_another_name_comes_and_goes(
    *, van_dijk: Organisation, femke: Person, noor: Person, sam: Person, visit: Visit, bare: Skill
) -> None:
    client = visit(femke)

    client.post(f"/skills/list/{bare.pk}/also/", {"words": "koppel", "language": "nl"})
    alias = SkillAlias.objects.get()
    assert "koppel" in text_of(visit(noor).get(f"/skills/list/{bare.pk}/"))
    assert "koppel" not in text_of(visit(sam).get(f"/skills/list/{bare.pk}/"))
    assert bare.name in text_of(visit(noor).get("/skills/list/?q=koppel"))
    assert visit(noor).post(f"/skills/also/{alias.pk}/remove/").status_code == 404

    client.post(f"/skills/also/{alias.pk}/remove/")
    assert not SkillAlias.objects.exists()
    page = client.post(f"/skills/list/{bare.pk}/also/", {"words": " "}, follow=True)
    assert "This field is required" in text_of(page)


def test_hr_looks_merges_and_takes_it_back(
    *,
    van_dijk: Organisation, femke: Person, noor: Person, daan: Person, visit: Visit, bare: Skill,
) -> None:  # fmt: skip
    own = a_skill("Torque wrench", organisation=van_dijk)
    role = a_profile(van_dijk, {own: 3, bare: 2}, name="Fitter", job=None)
    an_evidence(noor, own, level=3, by=daan)
    client = visit(femke)

    assert "Torque" in text_of(client.get(f"/skills/list/{own.pk}/merge/"))
    page = client.get(f"/skills/list/{own.pk}/merge/?into={bare.pk}")
    said = text_of(page)
    assert "1 piece of evidence, of 1 people, counts for it" in said
    assert "Asked under both names" in said
    assert Skill.objects.exclude(merged_into=None).count() == 0
    client.post(f"/skills/list/{own.pk}/merge/?into={bare.pk}")

    # The old address leads to the skill that stays, for everyone.
    assert visit(noor).get(f"/skills/list/{own.pk}/")["Location"] == f"/skills/list/{bare.pk}/"
    ledger = visit(noor).get(f"/skills/people/{noor.pk}/{own.pk}/")
    assert ledger["Location"] == f"/skills/people/{noor.pk}/{bare.pk}/"
    assert [
        a.skill for a in visit(noor).get(f"/skills/roles/{role.pk}/").context["role"].optional
    ] == [bare]
    assert role.name in text_of(visit(noor).get(f"/skills/list/{bare.pk}/"))
    assert "Take back" in text_of(client.get(f"/skills/list/{bare.pk}/"))
    assert "Take back" not in text_of(visit(noor).get(f"/skills/list/{bare.pk}/"))

    client.post(f"/skills/list/{own.pk}/apart/")
    assert visit(noor).get(f"/skills/list/{own.pk}/").status_code == 200


def test_what_cannot_be_merged_says_why(
    *, van_dijk: Organisation, de_linde: Organisation, femke: Person, visit: Visit, bare: Skill
) -> None:
    own, other = (a_skill(n, organisation=van_dijk) for n in ("Own", "Other"))
    theirs = a_skill("Theirs", organisation=de_linde)
    actions.merge_skill(own, other, organisation=van_dijk, by=femke)
    client = visit(femke)

    circle = client.post(f"/skills/list/{other.pk}/merge/?into={own.pk}")
    assert circle.status_code == 422
    assert "was itself merged, into Other. Choose that one." in text_of(circle)
    assert client.post(f"/skills/list/{other.pk}/merge/?into={theirs.pk}").status_code == 404
    assert client.get(f"/skills/list/{theirs.pk}/merge/").status_code == 404
    assert client.get(f"/skills/list/{bare.pk}/merge/").status_code == 404
    itself = client.post(f"/skills/list/{other.pk}/merge/?into={other.pk}")
    assert "cannot be merged into itself" in text_of(itself)


def test_names_alike_are_a_list_to_look_at(
    *, van_dijk: Organisation, femke: Person, visit: Visit
) -> None:
    own = a_skill("Remmen repareren", organisation=van_dijk)
    a_skill("Taart bakken", organisation=van_dijk)
    same = Skill.objects.create(source="esco", uri="esco:1", name_nl="remmen repareren")
    asked = Skill.objects.create(source="esco", uri="esco:2", name_nl="reparatie van remmen")
    Skill.objects.create(source="esco", uri="esco:3", name_nl="remmen reparatie van fietsen")
    a_profile(van_dijk, {asked: 2}, job=None)

    pairs = likely_same(van_dijk)
    said = text_of(visit(femke).get("/skills/list/likely/"))

    assert next((p.going, p.staying) for p in pairs) == (own, same)
    assert pairs[0].likeness == 100
    assert "Taart" not in said
    assert Skill.objects.exclude(merged_into=None).count() == 0
