"""The pages of role profiles and skills: who may, what they say, what bad input does."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gezel.people.api import Job, Organisation, Person
from gezel.skills import actions, queries
from gezel.skills.models import (
    Demand,
    Occupation,
    OccupationSkill,
    ProfileJob,
    RoleProfile,
    Skill,
    SkillLabel,
)
from gezel.skills.queries import profiles as read
from gezel.skills.rules import Ask, Later
from gezel.skills.tests.builders import a_profile, a_skill

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
APRIL = date(2027, 4, 1)
LONG = "L" * 150 + " \u0645\u0631\u062d\u0628\u0627 <b>&amp;"

Visit = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel("2026-11-22T09:00:00+01:00", tick=False):
        yield


@pytest.fixture
def mechanic(van_dijk: Organisation) -> RoleProfile:
    """Asks two skills, one of them more from April."""
    brakes, volts = a_skill("Brakes"), a_skill("High voltage")
    profile = a_profile(van_dijk, {brakes: 2, volts: 2})
    Demand.objects.create(profile=profile, skill=volts, level=4, essential=True, from_on=APRIL)
    return profile


@pytest.fixture
def occupation(db: None) -> Occupation:
    """A vehicle technician who mends brakes and may know some Python."""
    made = Occupation.objects.create(
        source="esco", uri="http://data.europa.eu/esco/o/1", code="7231.10",
        name_nl="automonteur", name_en="vehicle technician",
    )  # fmt: skip
    for name, essential in (("repair brakes", True), ("Python", False)):
        skill = Skill.objects.create(source="esco", uri=f"esco:{name}", name_en=name)
        OccupationSkill.objects.create(occupation=made, skill=skill, essential=essential)
    actions.findable.make_occupations_findable([made])
    return made


def _posted(profile: RoleProfile, **changes: str | None) -> dict[str, object]:
    """What the edit page posts when nothing is changed, with some of it changed."""
    from gezel.skills.forms.profiles import picture_as_text

    picture = read.picture(profile, TODAY)
    data: dict[str, object] = {
        "version": str(RoleProfile.objects.get(pk=profile.pk).version),
        "base": picture_as_text(picture),
        "name_nl": picture.name_nl,
        "name_en": picture.name_en,
        "job": [str(pk) for pk in picture.jobs],
        "skill": [str(pk) for pk in picture.asks],
        "do": "save",
    }
    for place, (pk, ask) in enumerate(picture.asks.items(), 1):
        data[f"now-{pk}"] = str(ask.level)
        data[f"place-{pk}"] = str(place)
        data[f"laters-{pk}"] = str(len(ask.later) + 1)
        if ask.essential:
            data[f"essential-{pk}"] = "on"
        for at, later in enumerate(ask.later):
            data[f"from-{pk}-{at}"] = later.from_on.isoformat()
            data[f"then-{pk}-{at}"] = str(later.level)
            data[f"low-{pk}-{at}"] = "" if later.low is None else str(later.low)
            data[f"high-{pk}-{at}"] = "" if later.high is None else str(later.high)
            if later.essential:
                data[f"then-essential-{pk}-{at}"] = "on"
    for name, value in changes.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value
    return data


def _asks(profile: RoleProfile, on: date = TODAY) -> dict[str, int]:
    return {str(r.skill): r.level for r in queries.requirements(profile, on)}


# Who may


def test_everyone_at_work_reads_and_only_hr_writes(
    *, visit: Visit, noor: Person, daan: Person, femke: Person, sam: Person,
    mechanic: RoleProfile, occupation: Occupation,
) -> None:  # fmt: skip
    reading = [
        *("/skills/roles/", f"/skills/roles/{mechanic.pk}/", "/skills/occupations/"),
        *(f"/skills/occupations/{occupation.pk}/", "/skills/list/"),
    ]
    writing = [
        *("/skills/roles/new/", f"/skills/roles/new/{occupation.pk}/"),
        *(f"/skills/roles/{mechanic.pk}/{word}/" for word in ("edit", "add", "remove")),
        f"/skills/roles/{mechanic.pk}/take-over/{occupation.pk}/",
        *("/skills/list/new/", "/skills/names/"),
    ]
    for person in (noor, daan, femke):
        client = visit(person)
        assert [client.get(url).status_code for url in reading] == [200] * len(reading)
        expected = 200 if person == femke else 404
        assert [client.get(url).status_code for url in writing] == [expected] * len(writing)
        if person != femke:
            posts = [client.post(url).status_code for url in writing]
            assert posts == [404] * len(writing)
    outside = visit(sam)
    theirs = [url for url in (*reading, *writing) if str(mechanic.pk) in url.split("/")]
    assert [outside.get(url).status_code for url in theirs if "roles" in url] == [404] * len(
        [url for url in theirs if "roles" in url]
    )
    assert Client().get("/skills/roles/").status_code == 302


def test_hr_of_elsewhere_changes_nothing_here(
    visit: Visit, de_linde: Organisation, mechanic: RoleProfile
) -> None:
    from gezel.people.tests.builders import a_colleague

    client = visit(a_colleague(de_linde, "Hanna Bos", job="HR", mandates=["hr"]))

    for word in ("edit", "ask", "remove"):
        url = f"/skills/roles/{mechanic.pk}/{word}/"
        assert client.post(url, _posted(mechanic, name_nl="Ours")).status_code == 404
    mechanic.refresh_from_db()
    assert mechanic.name_nl == "Mechanic"


def test_an_own_skill_of_elsewhere_does_not_exist(
    visit: Visit, femke: Person, de_linde: Organisation
) -> None:
    theirs = a_skill("Lifting", organisation=de_linde)

    for word in ("", "edit/"):
        assert visit(femke).get(f"/skills/list/{theirs.pk}/{word}").status_code == 404
    assert visit(femke).post(f"/skills/list/{theirs.pk}/name/").status_code == 404


# Reading


def test_the_page_tells_what_is_asked_now_and_what_changes_in_april(
    visit: Visit, noor: Person, mechanic: RoleProfile
) -> None:
    page = visit(noor).get(f"/skills/roles/{mechanic.pk}/").content.decode()

    assert "This role asks 2 skills today." in page
    assert "From 1 April 2027" in page
    assert "becomes essential" in page
    assert "Change</a>" not in page

    ahead = visit(noor).get(f"/skills/roles/{mechanic.pk}/?on=2027-04-01").content.decode()
    assert "On 1 April 2027 this role asks 2 skills." in ahead
    assert "Nothing is planned to change." in ahead


def test_an_unreadable_day_is_today(visit: Visit, noor: Person, mechanic: RoleProfile) -> None:
    page = visit(noor).get(f"/skills/roles/{mechanic.pk}/?on=31-31-31")

    assert "skills today" in page.content.decode()


def test_the_list_begins_empty_with_three_ways_for_hr(
    visit: Visit, femke: Person, noor: Person
) -> None:
    assert "From an occupation" in visit(femke).get("/skills/roles/").content.decode()
    page = visit(noor).get("/skills/roles/").content.decode()
    assert "HR has not written down" in page
    assert "From an occupation" not in page


def test_the_list_counts_skills_people_and_the_next_change(
    visit: Visit, noor: Person, mechanic: RoleProfile
) -> None:
    page = visit(noor).get("/skills/roles/")

    (row,) = page.context["rows"]
    assert (row.skills, row.people, row.next_change_on, row.jobs) == (2, 1, APRIL, ["Mechanic"])
    assert not visit(noor).get("/skills/roles/?q=nurse").context["rows"]


def test_names_of_any_kind_are_shown_as_they_are(
    visit: Visit, noor: Person, femke: Person, van_dijk: Organisation
) -> None:
    profile = a_profile(van_dijk, {a_skill(LONG): 2}, name=LONG)

    for url in ("", "edit/", "add/", "remove/"):
        page = visit(femke).get(f"/skills/roles/{profile.pk}/{url}").content.decode()
        assert "<b>&amp;amp;" not in page.replace("&lt;b&gt;&amp;amp;", "")
        assert "&lt;b&gt;&amp;amp;" in page
        assert "&amp;lt;b" not in page


@pytest.mark.parametrize("size", [3, 80])
def test_pages_ask_the_database_no_more_when_a_role_asks_more(
    size: int, visit: Visit, femke: Person, van_dijk: Organisation,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    profile = a_profile(van_dijk, {a_skill(f"Skill {n}"): 2 for n in range(size)})
    client = visit(femke)

    for url, most in (
        ("/skills/roles/", 9),
        (f"/skills/roles/{profile.pk}/", 10),
        (f"/skills/roles/{profile.pk}/edit/", 10),
    ):
        with django_assert_max_num_queries(most):
            client.get(url)


# Beginning


def test_from_an_occupation_hr_chooses_skill_by_skill(
    visit: Visit, femke: Person, occupation: Occupation, noor: Person
) -> None:
    client = visit(femke)
    found = client.get("/skills/roles/new/", {"q": "automontuer"}, headers={"HX-Request": "true"})
    assert "vehicle technician" in found.content.decode()
    assert "<html" not in found.content.decode()

    url = f"/skills/roles/new/{occupation.pk}/"
    brakes, python = Skill.objects.get(name_en="repair brakes"), Skill.objects.get(name_en="Python")
    page = client.get(url).content.decode()
    assert f'name="take-{brakes.pk}" checked' in page
    assert f'name="take-{python.pk}" checked' not in page

    job = Job.objects.get(name="Mechanic")
    client.post(
        url,
        {
            "name_nl": "Automonteur",
            "essential_level": "4",
            "optional_level": "1",
            f"take-{brakes.pk}": "on",
            f"essential-{brakes.pk}": "on",
            "all_optional": "on",
            "job": [str(job.pk)],
        },
    )

    profile = RoleProfile.objects.get()
    assert _asks(profile) == {"repair brakes": 4, "Python": 1}
    assert profile.occupation == occupation
    assert ProfileJob.objects.get(job=job).profile == profile
    assert "European Commission" in client.get(f"/skills/roles/{profile.pk}/").content.decode()


def test_a_level_for_one_skill_goes_before_the_one_for_all(
    visit: Visit, femke: Person, occupation: Occupation, van_dijk: Organisation
) -> None:
    profile = a_profile(van_dijk, {})
    brakes = Skill.objects.get(name_en="repair brakes")

    visit(femke).post(
        f"/skills/roles/{profile.pk}/take-over/{occupation.pk}/",
        {"essential_level": "3", f"take-{brakes.pk}": "on", f"level-{brakes.pk}": "5"},
    )

    assert _asks(profile) == {"repair brakes": 5}


def test_from_scratch_and_like_another(visit: Visit, femke: Person, mechanic: RoleProfile) -> None:
    client = visit(femke)

    nameless = client.post("/skills/roles/new/", {"way": "scratch"})
    assert nameless.status_code == 422
    assert "Give the role a name" in nameless.content.decode()

    client.post("/skills/roles/new/", {"way": "scratch", "name_nl": "Planner"})
    assert RoleProfile.objects.get(name_nl="Planner").version == 1

    client.post(
        "/skills/roles/new/",
        {"way": "copy", "like-copy": str(mechanic.pk), "like-name_nl": "Leermeester"},
    )
    assert _asks(RoleProfile.objects.get(name_nl="Leermeester")) == {
        "Brakes": 2,
        "High voltage": 2,
    }


def test_a_form_sent_twice_makes_one_profile(visit: Visit, femke: Person) -> None:
    data = {"way": "scratch", "name_nl": "Planner", "key": "7f3f2a0c-9a1e-4b6e-8f5e-0d2a3b4c5d6e"}

    answers = [visit(femke).post("/skills/roles/new/", data).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert RoleProfile.objects.count() == 1


# Changing


def test_levels_weights_dates_order_name_and_jobs_are_saved_at_once(
    visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    brakes, volts = (d.skill for d in Demand.objects.filter(profile=mechanic)[:2])
    hr = Job.objects.get(name="HR adviser")
    data = _posted(mechanic, name_nl="Monteur")
    data |= {
        f"now-{brakes.pk}": "4",
        f"essential-{brakes.pk}": "on",
        f"place-{volts.pk}": "1",
        f"from-{brakes.pk}-0": "2027-09-01",
        f"then-{brakes.pk}-0": "5",
        f"then-essential-{brakes.pk}-0": "on",
        "job": [*data["job"], str(hr.pk)],  # type: ignore[misc]
    }

    answer = visit(femke).post(f"/skills/roles/{mechanic.pk}/edit/", data, follow=True)

    assert "Saved." in answer.content.decode()
    mechanic.refresh_from_db()
    assert (mechanic.name_nl, mechanic.version) == ("Monteur", 2)
    picture = read.picture(mechanic, TODAY)
    assert dict(picture.asks) == {
        volts.pk: Ask(2, later=(Later(APRIL, 4, True),)),
        brakes.pk: Ask(4, True, (Later(date(2027, 9, 1), 5, True),)),
    }
    assert list(picture.asks) == [volts.pk, brakes.pk]
    assert hr.pk in picture.jobs


def test_a_moving_job_is_said_out_loud(
    visit: Visit, femke: Person, van_dijk: Organisation, mechanic: RoleProfile
) -> None:
    other = a_profile(van_dijk, {}, name="EV technician", job=None)
    job = Job.objects.get(name="Mechanic")
    page = visit(femke).get(f"/skills/roles/{other.pk}/edit/").content.decode()
    assert "now in Mechanic, moves here" in page

    answer = visit(femke).post(
        f"/skills/roles/{other.pk}/edit/", _posted(other) | {"job": [str(job.pk)]}, follow=True
    )

    assert "had the profile Mechanic until now" in answer.content.decode()


@pytest.mark.parametrize(
    ("day", "then", "told"),
    [
        ("gisteren", "3", "Write the date as"),
        ("2026-11-22", "3", "does not lie ahead"),
        ("2027-04-01", "3", "two levels from 1 April 2027"),
        ("", "3", "From which date?"),
        ("2027-05-01", "", "Choose a level."),
        ("2027-05-01", "9", "Choose a level."),
    ],
)
def test_a_date_nobody_can_mean_is_told_at_its_line_and_nothing_typed_is_lost(
    *, day: str, then: str, told: str, visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    volts = Skill.objects.get(name_en="High voltage")
    data = _posted(mechanic, name_nl="Half typed")
    data |= {f"from-{volts.pk}-1": day, f"then-{volts.pk}-1": then}

    answer = visit(femke).post(f"/skills/roles/{mechanic.pk}/edit/", data)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert f'id="e-{volts.pk}-1"' in page
    assert 'value="Half typed"' in page
    assert f'name="from-{volts.pk}-1" value="{day}"' in page
    mechanic.refresh_from_db()
    assert mechanic.version == 1


@pytest.mark.parametrize(
    ("least", "expected", "most", "where", "told"),
    [
        ("5", "4", "", "low", "Choose 4 or lower"),
        ("", "4", "3", "high", "Choose 4 or higher"),
        ("7", "4", "", "low", "Choose a level from the scale for “at least”"),
        ("", "4", "six", "high", "Choose a level from the scale for “at most”"),
        ("3", "", "5", "then", "Choose a level."),
    ],
)
def test_a_range_nobody_can_mean_is_told_at_its_field(
    *, least: str, expected: str, most: str, where: str, told: str,
    visit: Visit, femke: Person, mechanic: RoleProfile,
) -> None:  # fmt: skip
    volts = Skill.objects.get(name_en="High voltage")
    at = f"{volts.pk}-1"
    data = _posted(mechanic) | {
        f"from-{at}": "2027-09-01", f"then-{at}": expected, f"low-{at}": least, f"high-{at}": most,
    }  # fmt: skip

    answer = visit(femke).post(f"/skills/roles/{mechanic.pk}/edit/", data)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert f'name="{where}-{at}" aria-invalid="true" aria-describedby="e-{at}"' in page
    assert not Demand.objects.filter(profile=mechanic, from_on=date(2027, 9, 1)).exists()


def test_the_least_and_the_most_are_saved_told_and_typed_back(
    visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    volts = Skill.objects.get(name_en="High voltage")
    at, client = f"{volts.pk}-1", visit(femke)
    data = _posted(mechanic) | {
        f"from-{at}": "2027-09-01", f"then-{at}": "4", f"low-{at}": "3", f"high-{at}": "5",
    }  # fmt: skip

    saved = client.post(f"/skills/roles/{mechanic.pk}/edit/", data, follow=True)

    assert "may turn out between 3 and 5" in saved.content.decode()
    demand = Demand.objects.get(profile=mechanic, from_on=date(2027, 9, 1))
    assert (demand.low, demand.level, demand.high) == (3, 4, 5)
    edit = client.get(f"/skills/roles/{mechanic.pk}/edit/").content.decode()
    assert f'<select name="low-{at}"><option value="">' in edit
    # Saving the page as it stands changes nothing: the range came along.
    assert client.post(f"/skills/roles/{mechanic.pk}/edit/", _posted(mechanic)).status_code == 302
    demand.refresh_from_db()
    assert (demand.low, demand.high) == (3, 5)


def test_many_skills_are_filled_in_at_once_and_nothing_is_saved_yet(
    visit: Visit, femke: Person, van_dijk: Organisation
) -> None:
    skills = [a_skill(f"Skill {n}") for n in range(80)]
    profile = a_profile(van_dijk, dict.fromkeys(skills, 2))
    client = visit(femke)
    data = _posted(profile) | {f"tick-{s.pk}": "on" for s in skills}

    filled = client.post(
        f"/skills/roles/{profile.pk}/edit/",
        data | {"do": "bulk", "bulk_level": "4", "bulk_weight": "essential"},
    )

    assert "Filled in for 80 skills" in filled.content.decode()
    rows = filled.context["form"].rows
    assert {(row.level, row.essential) for row in rows} == {("4", True)}
    assert set(_asks(profile).values()) == {2}

    dated = client.post(
        f"/skills/roles/{profile.pk}/edit/",
        data | {"do": "bulk", "bulk_level": "5", "bulk_from": "2027-04-01"},
    )
    assert {row.later[0].from_on for row in dated.context["form"].rows} == {"2027-04-01"}
    assert {row.level for row in dated.context["form"].rows} == {"2"}

    nothing = client.post(f"/skills/roles/{profile.pk}/edit/", _posted(profile) | {"do": "bulk"})
    assert "Tick the skills first" in nothing.content.decode()


# Two at once


def test_who_saves_an_older_picture_sees_both_and_loses_nothing(
    visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    brakes, volts = (d.skill for d in Demand.objects.filter(profile=mechanic)[:2])
    client = visit(femke)
    mine = _posted(mechanic, name_nl="Mijn naam") | {f"now-{brakes.pk}": "5"}
    # A colleague saves in between: the same skill, and another one.
    theirs = _posted(mechanic) | {f"now-{brakes.pk}": "1", f"now-{volts.pk}": "3"}
    assert client.post(f"/skills/roles/{mechanic.pk}/edit/", theirs).status_code == 302

    conflict = client.post(f"/skills/roles/{mechanic.pk}/edit/", mine)

    assert conflict.status_code == 409
    choices = {c["part"]: c for c in conflict.context["choices"]}
    assert set(choices) == {"name_nl", f"skill-{brakes.pk}", f"skill-{volts.pk}"}
    assert choices[f"skill-{brakes.pk}"]["both"]
    assert choices["name_nl"]["prefer_mine"]
    assert not choices[f"skill-{volts.pk}"]["prefer_mine"]
    assert choices[f"skill-{brakes.pk}"]["mine"] == ["5 · sets the standard"]
    assert _asks(mechanic) == {"Brakes": 1, "High voltage": 3}

    solved = client.post(
        f"/skills/roles/{mechanic.pk}/edit/",
        {
            "resolve": "1",
            "version": conflict.context["version"],
            "mine": conflict.context["mine"],
            "base": conflict.context["base"],
            "pick-name_nl": "mine",
            f"pick-skill-{brakes.pk}": "mine",
            f"pick-skill-{volts.pk}": "theirs",
        },
    )

    assert solved.status_code == 302
    mechanic.refresh_from_db()
    assert mechanic.name_nl == "Mijn naam"
    assert _asks(mechanic) == {"Brakes": 5, "High voltage": 3}


def test_a_third_who_saves_while_choosing_is_seen_too(
    visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    brakes = Skill.objects.get(name_en="Brakes")
    client = visit(femke)
    url = f"/skills/roles/{mechanic.pk}/edit/"
    mine = _posted(mechanic) | {f"now-{brakes.pk}": "5"}
    client.post(url, _posted(mechanic) | {f"now-{brakes.pk}": "1"})
    told = client.post(url, mine).context
    client.post(url, _posted(mechanic) | {f"now-{brakes.pk}": "4"})

    again = client.post(
        url,
        {
            "resolve": "1",
            "version": told["version"],
            "mine": told["mine"],
            "base": told["base"],
            f"pick-skill-{brakes.pk}": "mine",
        },
    )

    assert again.status_code == 409
    assert _asks(mechanic)["Brakes"] == 4


@pytest.mark.parametrize("text", ["", "{", "[]", '{"nl":1}', '{"asks":[[1e99]]}'])
def test_a_picture_that_is_none_is_not_there(
    text: str, visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    answer = visit(femke).post(
        f"/skills/roles/{mechanic.pk}/edit/",
        {"resolve": "1", "version": "1", "mine": text, "base": text},
    )

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": "x", "base": "{", "skill": ["99999999999999999999", "-1", "a"]},
        {"skill": ["1"] * 3_000, "laters-1": "999999999"},
    ],
)
def test_a_post_made_by_hand_breaks_nothing(
    data: dict[str, object], visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    answer = visit(femke).post(f"/skills/roles/{mechanic.pk}/edit/", data)

    assert answer.status_code in {409, 422}
    assert _asks(mechanic) == {"Brakes": 2, "High voltage": 2}


# Adding and removing


def test_a_skill_is_found_and_added_with_its_level(
    visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    torque = a_skill("Torque wrench")
    actions.findable.make_skills_findable([torque])
    client = visit(femke)
    page = client.get(f"/skills/roles/{mechanic.pk}/add/?q=torqeu").content.decode()
    assert "Torque wrench" in page

    client.post(
        f"/skills/roles/{mechanic.pk}/ask/",
        {"skill": str(torque.pk), "level": "4", "essential": "on"},
    )

    assert _asks(mechanic)["Torque wrench"] == 4
    page = client.get(f"/skills/roles/{mechanic.pk}/add/?q=torque").content.decode()
    assert "asked already" in page


def test_an_own_skill_is_made_on_the_spot(
    visit: Visit, femke: Person, mechanic: RoleProfile, van_dijk: Organisation
) -> None:
    visit(femke).post(
        f"/skills/roles/{mechanic.pk}/ask/",
        {"own": "1", "name_nl": "Hoogvolt", "kind": "nonsense", "level": "3"},
    )

    made = Skill.objects.get(name_nl="Hoogvolt")
    assert (made.organisation, made.kind) == (van_dijk, "technical")
    assert _asks(mechanic)["Hoogvolt"] == 3


def test_a_skill_of_elsewhere_cannot_be_asked(
    visit: Visit, femke: Person, mechanic: RoleProfile, de_linde: Organisation
) -> None:
    theirs = a_skill("Lifting", organisation=de_linde)
    url = f"/skills/roles/{mechanic.pk}/ask/"

    for told in (str(theirs.pk), "", "x", "9" * 30):
        assert visit(femke).post(url, {"skill": told}).status_code == 404


def test_removing_asks_first_and_leaves_what_is_in_use(
    visit: Visit, femke: Person, mechanic: RoleProfile
) -> None:
    client = visit(femke)
    url = f"/skills/roles/{mechanic.pk}/remove/"
    assert "still has this profile" in client.get(url).content.decode()
    assert "A job still has" in client.post(url, follow=True).content.decode()

    ProfileJob.objects.all().delete()
    assert client.get(url).status_code == 200
    assert RoleProfile.objects.filter(pk=mechanic.pk).exists()
    client.post(url)
    assert not RoleProfile.objects.filter(pk=mechanic.pk).exists()


# Skills


def test_an_own_skill_with_level_words_and_an_address(
    visit: Visit, femke: Person, noor: Person
) -> None:
    client = visit(femke)
    data = {
        "name_en": "High voltage",
        "kind": "technical",
        "address": "https://example.org/hv",
        "level_en_2": "isolates with someone beside them",
    }
    wrong = client.post("/skills/list/new/", data | {"address": "javascript:alert(1)"})
    assert wrong.status_code == 422
    assert "Write a whole address" in wrong.content.decode()

    client.post("/skills/list/new/", data)
    made = Skill.objects.get(name_en="High voltage")
    page = visit(noor).get(f"/skills/list/{made.pk}/").content.decode()
    assert "isolates with someone beside them" in page
    assert "https://example.org/hv" in page

    client.post(f"/skills/list/{made.pk}/edit/", data | {"name_en": "HV", "address": ""})
    page = visit(noor).get(f"/skills/list/{made.pk}/").content.decode()
    assert "HV" in page
    assert "https://example.org/hv" not in page


def test_a_shared_skill_cannot_be_changed_but_may_get_a_name_of_ours(
    visit: Visit, femke: Person, noor: Person, sam: Person
) -> None:
    shared = a_skill("install electrical equipment")
    client = visit(femke)
    assert client.get(f"/skills/list/{shared.pk}/edit/").status_code == 404

    client.post(f"/skills/list/{shared.pk}/name/", {"name_en": "Wiring"})

    assert "Wiring" in visit(noor).get(f"/skills/list/{shared.pk}/").content.decode()
    assert "Wiring" not in visit(sam).get(f"/skills/list/{shared.pk}/").content.decode()
    assert visit(noor).post(f"/skills/list/{shared.pk}/name/").status_code == 404


def test_missing_dutch_names_are_given_on_one_page(
    visit: Visit, femke: Person, van_dijk: Organisation
) -> None:
    bare = Skill.objects.create(name_en="Torque", uri="test:torque")
    profile = a_profile(van_dijk, {bare: 2})
    client = visit(femke)
    assert "Torque" in client.get("/skills/names/").content.decode()

    client.post("/skills/names/", {f"name-{bare.pk}": "Aanhaalmoment", "name-x": "?", "name-": ""})

    assert SkillLabel.objects.get().name_nl == "Aanhaalmoment"
    assert "All have a Dutch name" in client.get("/skills/names/").content.decode()
    Person.objects.filter(pk=femke.pk).update(language="nl")
    assert "Aanhaalmoment" in client.get(f"/skills/roles/{profile.pk}/").content.decode()


def test_an_occupation_tells_what_it_asks_and_whose_words_these_are(
    visit: Visit, noor: Person, occupation: Occupation
) -> None:
    page = visit(noor).get(f"/skills/occupations/{occupation.pk}/").content.decode()

    assert "repair brakes" in page
    assert "uses the ESCO classification of the European Commission" in page
