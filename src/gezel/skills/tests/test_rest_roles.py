"""Skills, occupations and role profiles over `/api/v1/`."""

from datetime import date
from typing import Any

import pytest
from ninja.testing import TestClient

from gezel.connect.api import ApiToken
from gezel.people.api import Organisation, Person
from gezel.skills import actions
from gezel.skills.models import Demand, Occupation, OccupationSkill
from gezel.skills.rest import router
from gezel.skills.tests.builders import a_profile, a_skill

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def api() -> TestClient:
    """The room's own part; the house mounts it under `/api/v1/`."""
    return TestClient(router)


def _token(organisation: Organisation, *scopes: str) -> dict[str, str]:
    from gezel.connect.frame import digest

    ApiToken.objects.create(
        organisation=organisation, name="test", scopes=list(scopes), prefix="t",
        digest=digest(f"{organisation.pk}-{scopes}"),
    )  # fmt: skip
    return {"Authorization": f"Bearer {organisation.pk}-{scopes}"}


def test_without_the_scope_nothing_is_told(api: TestClient, van_dijk: Organisation) -> None:
    for path in ("/skills", "/occupations", "/role-profiles"):
        assert api.get(path).status_code == 401
        assert api.get(path, headers=_token_of_people(van_dijk)).status_code == 403


def _token_of_people(organisation: Organisation) -> dict[str, str]:
    ApiToken.objects.all().delete()
    return _token(organisation, "people:read")


def _ids(answer: Any) -> list[int]:
    return [item["id"] for item in answer.json()["items"]]


def test_skills_are_the_shared_and_the_own_by_the_names_in_use(
    api: TestClient, van_dijk: Organisation, de_linde: Organisation
) -> None:
    shared, theirs = a_skill("brake repair"), a_skill("lifting", organisation=de_linde)
    own = actions.make_skill(van_dijk, name_nl="Hoogvolt", name_en="")
    actions.name_skills(van_dijk, {shared.pk: ("Remmen", "")})
    token = _token(van_dijk, "skills:read")

    told = api.get("/skills", headers=token)

    assert _ids(told) == [shared.pk, own.pk]
    assert told.json()["items"][0]["name_nl"] == "Remmen"
    assert _ids(api.get("/skills?own=true", headers=token)) == [own.pk]
    first = api.get("/skills?limit=1", headers=token).json()
    assert _ids(api.get(f"/skills?after={first['next']}", headers=token)) == [own.pk]
    assert api.get(f"/skills/{theirs.pk}", headers=token).status_code == 404
    assert api.get(f"/skills/{10**30}", headers=token).status_code == 404


def test_an_occupation_is_found_with_what_it_asks(api: TestClient, van_dijk: Organisation) -> None:
    made = Occupation.objects.create(source="esco", uri="x", name_nl="automonteur")
    brakes = a_skill("brake repair")
    OccupationSkill.objects.create(occupation=made, skill=brakes, essential=True)
    actions.findable.make_occupations_findable([made])
    token = _token(van_dijk, "skills:read")

    assert _ids(api.get("/occupations?q=automontuer", headers=token)) == [made.pk]
    assert _ids(api.get("/occupations", headers=token)) == [made.pk]
    told = api.get(f"/occupations/{made.pk}", headers=token).json()
    assert told["asks"] == [
        {"skill": brakes.pk, "name": "brake repair", "essential": True, "suggested_level": 3}
    ]


def test_a_role_profile_tells_what_it_asks_on_a_date(
    api: TestClient, van_dijk: Organisation, de_linde: Organisation
) -> None:
    volts = a_skill("High voltage")
    profile = a_profile(van_dijk, {volts: 2})
    Demand.objects.create(profile=profile, skill=volts, level=4, from_on=date(2027, 4, 1))
    theirs = a_profile(de_linde, {}, job=None)
    token = _token(van_dijk, "skills:read")

    assert _ids(api.get("/role-profiles", headers=token)) == [profile.pk]
    told = api.get(f"/role-profiles/{profile.pk}?on=2027-05-01", headers=token).json()
    assert (told["jobs"], told["asks"][0]["level"]) == (["Mechanic"], 4)
    assert [d["level"] for d in told["demands"]] == [2, 4]
    earlier = api.get(f"/role-profiles/{profile.pk}?on=2026-05-01", headers=token).json()
    assert earlier["asks"][0]["level"] == 2
    assert api.get(f"/role-profiles/{theirs.pk}", headers=token).status_code == 404


def test_a_merged_skill_is_asked_as_the_one_that_stays(
    api: TestClient, van_dijk: Organisation, femke: Person
) -> None:
    brakes = a_skill("Brakes", organisation=van_dijk)
    braking = a_skill("Braking systems", organisation=van_dijk)
    profile = a_profile(van_dijk, {brakes: 4, braking: 2})
    actions.merge_skill(brakes, braking, organisation=van_dijk, by=femke)

    told = api.get(f"/role-profiles/{profile.pk}", headers=_token(van_dijk, "skills:read")).json()

    assert [(a["skill"], a["level"]) for a in told["asks"]] == [(braking.pk, 4)]
    assert {d["skill"] for d in told["demands"]} == {braking.pk}
