"""Needs and evidence over `/api/v1/`."""

from typing import Any

import pytest
from django.utils import timezone
from ninja.testing import TestClient

from gezel.connect.api import ApiToken
from gezel.connect.frame import digest
from gezel.people.api import Organisation, Person
from gezel.skills.models import Evidence
from gezel.skills.rest import router
from gezel.skills.tests.builders import a_profile, a_skill, an_evidence
from gezel.trust.models import Reading
from gezel.trust.tests.builders import a_consent

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def api() -> TestClient:
    return TestClient(router)


def headers(organisation: Organisation, *scopes: str, made_by: Person | None = None) -> Any:
    secret = f"{organisation.pk}-{scopes}"
    if ApiToken.PERSONAL & set(scopes):
        a_consent(organisation, "connect.personal_keys")
    ApiToken.objects.create(
        organisation=organisation, name="test", scopes=list(scopes), prefix="t",
        digest=digest(secret), made_by=made_by,
    )  # fmt: skip
    return {"Authorization": f"Bearer {secret}", "Idempotency-Key": "key-12345"}


def test_needs_tell_what_is_asked_beside_what_is_shown(
    api: TestClient, noor: Person, daan: Person, femke: Person, van_dijk: Organisation
) -> None:
    diesel = a_skill("Diesel")
    role = a_profile(van_dijk, {diesel: 4}, essential=True)
    an_evidence(noor, diesel, level=1, by=daan)
    told = api.get(
        f"/needs?person={noor.pk}", headers=headers(van_dijk, "needs:read", made_by=femke)
    )

    (item,) = told.json()["items"]
    assert (item["person"], item["role_profile"]) == (noor.pk, role.pk)
    assert (item["asked"][0]["level"], item["asked"][0]["short"]) == (1.228, 2.8)
    assert Reading.objects.get().about == noor


def test_another_organisation_reads_nothing_of_noor(
    api: TestClient, noor: Person, daan: Person, sam: Person, de_linde: Organisation
) -> None:
    an_evidence(noor, a_skill("Diesel"), by=daan)
    token = headers(de_linde, "needs:read")
    assert [i["person"] for i in api.get("/needs", headers=token).json()["items"]] == [sam.pk]
    assert api.get(f"/needs?person={noor.pk}", headers=token).json()["items"] == []
    assert api.get(f"/evidence?person={noor.pk}", headers=token).json()["items"] == []


def test_without_the_scope_nothing_is_told_or_written(
    api: TestClient, noor: Person, van_dijk: Organisation
) -> None:
    token = headers(van_dijk, "skills:read")
    for path in ("/needs", "/evidence"):
        assert api.get(path).status_code == 401
        assert api.get(path, headers=token).status_code == 403
    assert api.post("/evidence", json=piece(noor.pk, 1), headers=token).status_code == 403


def piece(person: int, skill: int, **more: object) -> dict[str, object]:
    return {
        "person": person, "skill": skill, "kind": "certificate", "level": 3,
        "observed_on": timezone.localdate().isoformat(), "note": "NEN 9140",
    } | more  # fmt: skip


def test_a_certificate_comes_in_once(api: TestClient, noor: Person, van_dijk: Organisation) -> None:
    diesel = a_skill("Diesel")
    token = headers(van_dijk, "evidence:write")
    answers = [
        api.post("/evidence", json=piece(noor.pk, diesel.pk), headers=token) for _time in range(2)
    ]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Evidence.objects.get().given_by is None


@pytest.mark.parametrize(
    "wrong", [{"kind": "lead"}, {"given_by": 1}, {"note": "x" * 501}, {"level": "high"}]
)
def test_what_no_machine_may_say_is_refused(
    api: TestClient, noor: Person, van_dijk: Organisation, wrong: dict[str, object]
) -> None:
    body = piece(noor.pk, a_skill("Diesel").pk, **wrong)
    answer = api.post("/evidence", json=body, headers=headers(van_dijk, "evidence:write"))
    assert answer.status_code == 422
    assert not Evidence.objects.exists()


def test_nobody_elsewhere_is_written_about(
    api: TestClient, noor: Person, van_dijk: Organisation, de_linde: Organisation
) -> None:
    body = piece(noor.pk, a_skill("Diesel").pk)
    answer = api.post("/evidence", json=body, headers=headers(de_linde, "evidence:write"))
    assert answer.status_code == 404
    assert not Evidence.objects.exists()
