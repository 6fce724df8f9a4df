"""Roles near you, another role or occupation, and a group on its way: pages and what they say."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezel.catalogue.models import ActivitySkill
from gezel.catalogue.tests.builders import an_activity
from gezel.people.api import Organisation, Person
from gezel.people.tests.builders import a_colleague
from gezel.skills.models import (
    FrameworkRelease,
    Occupation,
    OccupationSkill,
    Skill,
    SkillLink,
    Source,
)
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence
from gezel.trust.models import Reading

Visit = Callable[[Person], Client]


def text_of(page: object) -> str:
    """What a reader reads, on one line."""
    html = getattr(page, "content", b"").decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def an_occupation(name: str, asks: dict[Skill, bool], code: str = "1.1") -> Occupation:
    made = Occupation.objects.create(
        source=Source.ESCO, uri=f"esco:{name}", code=code, name_en=name, name_nl=name
    )
    OccupationSkill.objects.bulk_create(
        OccupationSkill(occupation=made, skill=skill, essential=essential)
        for skill, essential in asks.items()
    )
    FrameworkRelease.objects.get_or_create(source=Source.ESCO)
    return made


@pytest.fixture
def brakes(db: None) -> Skill:
    return a_skill("Brakes")


@pytest.fixture
def battery(db: None) -> Skill:
    return a_skill("Battery diagnosis")


def test_a_mechanic_sees_what_an_ev_technician_takes(
    *,
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit,
    brakes: Skill, battery: Skill,
) -> None:  # fmt: skip
    a_profile(van_dijk, {brakes: 3}, name="Mechanic")
    ev = a_profile(van_dijk, {battery: 3, brakes: 2}, name="EV technician", job=None,
                   essential=True)  # fmt: skip
    an_evidence(noor, brakes, level=3, by=daan)
    course = an_activity(van_dijk, title="Battery course", hours=8, teaches={battery: (0, 2)})

    page = visit(noor).get(f"/skills/near/role/{ev.pk}/")
    said = text_of(page)

    # One activity of 4 hours a level, the anchor of 32 weighing as four: 21.1 hours a level.
    assert "1 activity (4 h) and the general measure" in said
    assert page.context["told"].told.parts[0].hours == round(3 * 21.1)
    assert "Carries over" in said
    assert "2.9 of 2" in said
    assert course.title in said
    assert "/plan/goals/new/?profile=" in page.content.decode()
    there, back = page.context["told"].there, page.context["told"].back
    assert there.hours > 0
    assert back.hours == 32
    assert page.context["told"].told.unknown_hours == page.context["told"].told.parts[0].hours


def test_the_hours_on_the_page_sum_to_the_figure_on_the_page(
    *, van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    skills = [a_skill(f"Skill {n}") for n in range(9)]
    role = a_profile(van_dijk, {s: 1 + n % 5 for n, s in enumerate(skills)}, name="Wide", job=None)
    for n, skill in enumerate(skills[::2]):
        an_evidence(noor, skill, level=1 + n, by=daan)

    html = visit(noor).get(f"/skills/near/role/{role.pk}/").content.decode()
    body, foot = re.search(r"<tbody>(.*?)</tbody>\s*<tfoot>(.*?)</tfoot>", html, re.DOTALL).groups()  # type: ignore[union-attr]
    last = [
        int(row.replace(",", "")) for row in re.findall(r'class="num">([\d,]+)</td></tr>', body)
    ]
    total = re.search(r"<b>([\d,]+)</b>", foot)

    assert total
    assert sum(last) == int(total[1].replace(",", ""))
    assert len(last) == len(skills) + 1  # and the hours for doubt


def test_nobody_is_told_what_someone_explores(
    *, van_dijk: Organisation, noor: Person, visit: Visit, brakes: Skill
) -> None:
    role = a_profile(van_dijk, {brakes: 3}, name="Other", job=None)
    client = visit(noor)

    for address in ("/skills/near/", "/skills/near/?q=oth", f"/skills/near/role/{role.pk}/"):
        page = client.get(address)
        assert page.status_code == 200
        assert "nobody is told that you looked" in text_of(page)

    assert not Reading.objects.exists()


def test_a_skill_counts_through_its_address_and_says_so(
    *, van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    shared = Skill.objects.create(source="esco", uri="esco:s:1", name_en="repair brakes")
    ours = a_skill("Remmen", organisation=van_dijk)
    SkillLink.objects.create(skill=ours, scheme="esco", identifier="esco:s:1")
    looks_alike = Skill.objects.create(source="esco", uri="esco:s:2", name_en="Remmen")
    occupation = an_occupation("fitter", {shared: True, looks_alike: True})
    an_evidence(noor, ours, level=3, by=daan)
    an_activity(van_dijk, title="Brake day", hours=8, teaches={ours: (2, 4)})

    page = visit(noor).get(f"/skills/near/occupation/{occupation.pk}/")

    told = page.context["told"]
    assert [(row.skill, row.through) for row in told.carrying] == [(shared, ours)]
    assert [row.skill for row in told.route] == [looks_alike]
    assert "seen through your skill Remmen" in text_of(page)
    assert "ESCO names no levels" in text_of(page)
    rates = {row.skill: row.part.per_level.pieces for row in told.rows}
    assert rates == {shared: 1, looks_alike: 0}


def test_the_nearest_come_first_here_and_outside(
    *,
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit,
    brakes: Skill, battery: Skill,
) -> None:  # fmt: skip
    others = [a_skill(f"Other {n}") for n in range(12)]
    a_profile(van_dijk, {brakes: 3}, name="Mechanic")
    far_off = a_profile(van_dijk, {battery: 4}, name="Far", job=None)
    close = a_profile(van_dijk, {brakes: 3, battery: 1}, name="Close", job=None)
    a_profile(van_dijk, {}, name="Empty", job=None)
    wide = an_occupation("wide", {brakes: True, battery: True, **dict.fromkeys(others, False)})
    an_occupation("nothing of it", {battery: True}, "1.2")
    an_occupation("names no skills", {}, "1.3")
    an_evidence(noor, brakes, level=4, by=daan)

    page = visit(noor).get("/skills/near/")

    here, outside = page.context["here"], page.context["outside"]
    assert [row.role for row in here.rows] == [close, far_off]
    assert here.rows[0].lacking == [battery]
    assert outside.rows[0].role == wide
    assert outside.among == 2
    assert "Misses most" in text_of(page)


def test_the_list_and_the_page_say_the_same_hours(
    *, van_dijk: Organisation, noor: Person, daan: Person, visit: Visit
) -> None:
    skills = [a_skill(f"Skill {n}") for n in range(8)]
    role = a_profile(van_dijk, {s: 2 + n % 3 for n, s in enumerate(skills)}, name="W", job=None)
    job = an_occupation("same", {s: n % 2 == 0 for n, s in enumerate(skills)})
    for skill in skills[:3]:
        an_evidence(noor, skill, level=2, by=daan)
    client = visit(noor)

    near = client.get("/skills/near/").context
    for row, address in (
        (near["here"].rows[0], f"/skills/near/role/{role.pk}/"),
        (near["outside"].rows[0], f"/skills/near/occupation/{job.pk}/"),
    ):
        told = client.get(address).context["told"].told
        assert (row.hours, row.low, row.high, row.percent) == (
            told.hours, told.low, told.high, told.percent,
        )  # fmt: skip


def test_from_april_the_role_asks_more(
    *, van_dijk: Organisation, noor: Person, visit: Visit, battery: Skill
) -> None:
    role = a_profile(van_dijk, {battery: 2}, name="EV", job=None)
    later = timezone.localdate() + timedelta(days=100)
    role.demands.create(skill=battery, level=4, from_on=later)
    client = visit(noor)

    now = client.get(f"/skills/near/role/{role.pk}/").context["told"].told
    then = client.get(f"/skills/near/role/{role.pk}/?asked_on={later}").context["told"].told

    assert (now.hours, then.hours) == (64, 128)


def test_what_asks_nothing_says_so(*, van_dijk: Organisation, noor: Person, visit: Visit) -> None:
    role = a_profile(van_dijk, {}, name="Empty", job=None)
    occupation = an_occupation("names no skills", {})

    assert "asks no skills on that day" in text_of(visit(noor).get(f"/skills/near/role/{role.pk}/"))
    assert "nobody can say how far" in text_of(
        visit(noor).get(f"/skills/near/occupation/{occupation.pk}/")
    )


def test_words_find_roles_and_occupations(
    *, van_dijk: Organisation, noor: Person, visit: Visit, brakes: Skill
) -> None:
    from gezel.skills.actions.findable import make_occupations_findable

    role = a_profile(van_dijk, {brakes: 3}, name="Battery technician", job=None)
    made = an_occupation("battery maker", {brakes: True})
    make_occupations_findable([made])

    page = visit(noor).get("/skills/near/?q=batery")
    assert [f.occupation for f in page.context["occupations"]] == [made]
    page = visit(noor).get("/skills/near/?q=battery")
    assert page.context["profiles"] == [role]
    assert "Nothing answers to" in text_of(visit(noor).get("/skills/near/?q=zzzzzz"))


def test_between_two_occupations_there_and_back(
    *, noor: Person, visit: Visit, brakes: Skill, battery: Skill
) -> None:
    fitter = an_occupation("fitter", {brakes: True})
    maker = an_occupation("maker", {brakes: False, battery: True}, "1.2")

    told = visit(noor).get(f"/skills/near/occupation/{maker.pk}/?from={fitter.pk}").context["told"]

    assert (told.there.hours, told.back.hours) == (96, 32)


@pytest.mark.parametrize("more", [0, 30])
def test_the_pages_ask_as_little_whatever_there_is(
    more: int,
    *,
    van_dijk: Organisation, noor: Person, daan: Person, visit: Visit,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    skills = [a_skill(f"Skill {n}") for n in range(3 + more)]
    for n in range(2 + more // 5):
        a_profile(van_dijk, dict.fromkeys(skills, 3), name=f"Role {n}", job=None)
        an_occupation(f"o {n}", dict.fromkeys(skills, True), f"1.{n}")
    for skill in skills[::2]:
        an_evidence(noor, skill, level=2, by=daan)
    for skill in skills[::3]:
        an_activity(van_dijk, title=f"About {skill}", teaches={skill: (1, 3)})
    role, occupation = van_dijk.role_profiles.all()[0], Occupation.objects.all()[0]
    client = visit(noor)

    with django_assert_max_num_queries(26):
        client.get("/skills/near/")
    with django_assert_max_num_queries(16):
        client.get(f"/skills/near/role/{role.pk}/")
    with django_assert_max_num_queries(17):
        client.get(f"/skills/near/occupation/{occupation.pk}/")


# --- a group ----------------------------------------------------------------------------------


def _team(van_dijk: Organisation, size: int) -> list[Person]:
    return [a_colleague(van_dijk, f"Number {n}", job="Fitter") for n in range(size)]


def test_a_group_on_its_way_is_one_figure_without_names(
    *,
    van_dijk: Organisation, daan: Person, femke: Person, visit: Visit,
    brakes: Skill, battery: Skill,
) -> None:  # fmt: skip
    start = a_profile(van_dijk, {brakes: 3}, name="Fitter", job="Fitter")
    goal = a_profile(van_dijk, {battery: 2, brakes: 3}, name="EV", job=None)
    people = _team(van_dijk, 6)
    for person in people[:4]:
        an_evidence(person, brakes, level=4, by=daan)
    an_activity(van_dijk, hours=8, price_cents=20_000, teaches={battery: (0, 2)})

    page = visit(femke).get(f"/skills/programme/?from_role={start.pk}&to_role={goal.pk}&wage=50")
    told, said = page.context["told"], text_of(page)

    assert told.people == 6
    assert [(r.skill, r.there, r.hours) for r in told.missing] == [
        (battery, 0, 6 * round(2 * 21.1))
    ]
    assert [(r.skill, r.there) for r in told.carrying] == [(brakes, 4)]
    assert sum(r.hours for r in told.rows) + told.unsure == told.hours
    assert told.fees == 6 * 2 * 10_000
    assert page.context["cost"].middle == round((told.hours * 5_000 + told.fees) / 10_000) * 10_000
    assert not any(person.name in said for person in people)
    assert told.low < told.hours < told.high


def test_a_group_is_no_surer_for_being_large(
    *, van_dijk: Organisation, femke: Person, visit: Visit, battery: Skill
) -> None:
    """What we do not know of the hours we do not know for all of them."""
    start = a_profile(van_dijk, {}, name="Fitter", job="Fitter")
    goal = a_profile(van_dijk, {battery: 3}, name="EV", job=None)
    _team(van_dijk, 20)

    told = visit(femke).get(
        f"/skills/programme/?from_role={start.pk}&to_role={goal.pk}&wage=50"
    ).context["told"]  # fmt: skip

    assert told.each_high / told.each_low > 3


def test_a_small_group_stays_dark(
    *, van_dijk: Organisation, femke: Person, visit: Visit, battery: Skill
) -> None:
    start = a_profile(van_dijk, {}, name="Fitter", job="Fitter")
    goal = a_profile(van_dijk, {battery: 3}, name="EV", job=None)
    _team(van_dijk, 4)

    page = visit(femke).get(f"/skills/programme/?from_role={start.pk}&to_role={goal.pk}&wage=50")

    assert "Fewer than 5 people" in text_of(page)
    assert "told" not in page.context


def test_what_cannot_be_reckoned_is_said_at_the_field(
    *, van_dijk: Organisation, femke: Person, visit: Visit, battery: Skill
) -> None:
    start = a_profile(van_dijk, {battery: 3}, name="Fitter", job="Fitter")
    client = visit(femke)

    same = client.get(f"/skills/programme/?from_role={start.pk}&to_role={start.pk}&wage=50")
    assert same.status_code == 422
    assert "Choose another role" in text_of(same)
    none = client.get(f"/skills/programme/?from_role={start.pk}&to_role=999999&wage=0")
    assert none.status_code == 422
    assert text_of(none).count("Select a valid choice") == 1


def test_someone_elsewhere_finds_no_role_of_ours(
    *, van_dijk: Organisation, sam: Person, visit: Visit, brakes: Skill
) -> None:
    role = a_profile(van_dijk, {brakes: 3}, name="Mechanic")

    assert visit(sam).get(f"/skills/near/role/{role.pk}/").status_code == 404
    assert "Mechanic" not in text_of(visit(sam).get("/skills/near/"))


def test_hours_are_shared_over_all_an_activity_teaches(
    *, van_dijk: Organisation, brakes: Skill, battery: Skill
) -> None:
    from gezel.catalogue.route import how_long

    an_activity(van_dijk, hours=12, price_cents=60_000, teaches={brakes: (0, 1), battery: (1, 3)})

    told = how_long(van_dijk)

    assert ActivitySkill.objects.count() == 2
    assert {s: [(t.hours, t.cents) for t in each] for s, each in told.items()} == {
        brakes.pk: [(4.0, 20_000)],
        battery.pk: [(4.0, 20_000)],
    }


def test_a_demand_ahead_is_not_asked_yet(
    *, van_dijk: Organisation, noor: Person, visit: Visit, battery: Skill
) -> None:
    a_profile(van_dijk, {battery: 3}, name="Later", job=None, from_on=date(2099, 1, 1))

    assert visit(noor).get("/skills/near/").context["here"].rows == []
