"""The catalogue over the API: with a token for that purpose, of one organisation only."""

from typing import Any

import pytest
from ninja.testing import TestClient

from gezel.catalogue.models import Activity
from gezel.catalogue.rest import router
from gezel.catalogue.tests.builders import an_activity
from gezel.connect.api import ApiToken
from gezel.connect.frame import digest
from gezel.people.api import Organisation
from gezel.skills.tests.builders import a_skill

client = TestClient(router)


def headers(organisation: Organisation, *scopes: str, key: str = "") -> dict[str, str]:
    """What a caller sends who was given a token with these scopes."""
    token = f"token-{organisation.pk}-{'-'.join(scopes)}"
    ApiToken.objects.get_or_create(
        organisation=organisation,
        digest=digest(token),
        defaults={"name": "test", "scopes": list(scopes), "prefix": token[:12]},
    )
    told = {"Authorization": f"Bearer {token}"}
    return told | ({"Idempotency-Key": key} if key else {})


GOOD = {
    "title_en": "Welding", "kind": "course", "mix": "formal", "form": "classroom", "hours": 8,
    "price_cents": 42_500, "provider": "Innovam",
}  # fmt: skip


def sent(organisation: Organisation, body: dict[str, Any], key: str = "a-key-of-ours") -> Any:
    told = headers(organisation, "catalogue:write", key=key)
    return client.post("/activities", json=body, headers=told)


class TestReading:
    def test_what_is_on_offer_here_and_nothing_else(
        self, van_dijk: Organisation, de_linde: Organisation
    ) -> None:
        skill = a_skill("Welding")
        one = an_activity(van_dijk, "Welding", teaches={skill: (0, 2)}, provider="Innovam")
        an_activity(van_dijk, "A draft", state=Activity.State.DRAFT)
        other = an_activity(de_linde, "Elsewhere")
        told = headers(van_dijk, "catalogue:read")

        listed = client.get("/activities", headers=told).json()
        assert [a["title_en"] for a in listed["items"]] == ["Welding"]
        assert listed["items"][0]["teaches"] == [
            {"skill": skill.pk, "name": "Welding", "from_level": 0, "to_level": 2}
        ]
        assert client.get(f"/activities/{one.pk}", headers=told).json()["provider"] == "Innovam"
        assert client.get(f"/activities?skill={skill.pk}", headers=told).json()["items"]
        assert not client.get("/activities?mix=practice", headers=told).json()["items"]
        found = client.get("/activities/search?q=weldng", headers=told).json()
        assert [a["id"] for a in found] == [one.pk]
        assert client.get("/activities/search?q=elsewhere", headers=told).json() == []
        assert client.get(f"/activities/{other.pk}", headers=told).status_code == 404
        assert client.get(f"/activities/{2**70}", headers=told).status_code == 404

    def test_a_token_for_something_else_opens_nothing(self, van_dijk: Organisation) -> None:
        assert client.get("/activities").status_code == 401
        told = headers(van_dijk, "people:read")
        assert client.get("/activities", headers=told).status_code == 403

    @pytest.mark.parametrize(
        "query", ["?after=-1", "?limit=0", "?limit=9999", "?skill=x", "?kind=x", "?after=1e99"]
    )
    def test_odd_questions_are_told(self, van_dijk: Organisation, query: str) -> None:
        told = headers(van_dijk, "catalogue:read")

        assert client.get(f"/activities{query}", headers=told).status_code == 422


class TestOffering:
    def test_once_for_each_key(self, van_dijk: Organisation) -> None:
        skill = a_skill()
        body = GOOD | {"teaches": [{"skill": skill.pk, "from_level": 1, "to_level": 2}]}

        first, again = sent(van_dijk, body), sent(van_dijk, body)

        assert first.status_code == again.status_code == 200
        assert first.json() == again.json()
        activity = Activity.objects.get()
        assert activity.organisation == van_dijk
        assert activity.price_cents == 42_500
        assert sent(van_dijk, GOOD | {"title_en": "Other"}).status_code == 409

    @pytest.mark.parametrize(
        "wrong",
        [
            {"price_cents": -1}, {"hours": 0}, {"title_en": ""}, {"title_en": "x" * 251},
            {"kind": "module"}, {"link": "javascript:alert(1)"}, {"mix": "x"}, {"state": "open"},
            {"organisation": 1}, {"shared_by": 1}, {"title_en": "a\0b"}, {"id": 7},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(
        self, van_dijk: Organisation, wrong: dict[str, object]
    ) -> None:
        assert sent(van_dijk, GOOD | wrong).status_code == 422
        assert not Activity.objects.exists()

    def test_no_skill_of_another_organisation(
        self, van_dijk: Organisation, de_linde: Organisation
    ) -> None:
        skill = a_skill("Theirs", organisation=de_linde)

        with pytest.raises(Exception, match="not there"):
            sent(
                van_dijk, GOOD | {"teaches": [{"skill": skill.pk, "from_level": 0, "to_level": 1}]}
            )
        assert not Activity.objects.exists()

    def test_reading_is_not_writing(self, van_dijk: Organisation) -> None:
        told = headers(van_dijk, "catalogue:read", key="a-key-of-ours")
        answer = client.post("/activities", json=GOOD, headers=told)

        assert answer.status_code == 403
