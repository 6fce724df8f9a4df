"""Packages over `/api/v1/`, and cmi5 for other systems."""

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gezel.connect.models import ApiToken
from gezel.connect.tests.builders import a_token, bearing
from gezel.content.actions import launches
from gezel.content.models import Edition, LaunchSession, Package, PackageAttempt, Registration
from gezel.content.tests.cmi5.courses import FILES, structure
from gezel.content.tests.cmi5.unit import Unit
from gezel.people.api import Organisation, Person

pytestmark = pytest.mark.django_db
OUTSIDE = {"account": {"homePage": "https://portal.example", "name": "17"}}


class System:
    """Another system with a key."""

    def __init__(self, organisation: Organisation, by: Person, *scopes: str) -> None:
        name = f"Portal {uuid.uuid4().hex[:6]}"
        told = scopes or ApiToken.Scope.values
        self.headers = bearing(a_token(organisation, by, name=name, scopes=told).secret)
        self.client = Client()

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        told = self.headers | {"Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(
            f"/api/v1/{path}", body or {}, content_type="application/json", headers=told
        )

    def bring(self, data: bytes, kind: str = "application/zip", query: str = "") -> Any:
        return self.client.generic(
            "POST", f"/api/v1/packages{query}", data, content_type=kind, headers=self.headers
        )


def packed(files: dict[str, str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Without the moment in it: the same files are the same bytes.
            archive.writestr(zipfile.ZipInfo(name), content)
    return held.getvalue()


COURSE = {"cmi5.xml": structure(), **FILES}


@pytest.fixture
def portal(van_dijk: Organisation, femke: Person) -> System:
    return System(van_dijk, femke)


@pytest.fixture
def course(portal: System) -> int:
    answer = portal.bring(packed(COURSE))
    assert answer.status_code == 200, answer.content
    return int(answer.json()["id"])


def test_a_course_is_brought_in_and_listed(portal: System) -> None:
    told = portal.bring(packed(COURSE), query="?minutes=20").json()
    assert told["form"] == "cmi5"
    assert told["title"] == "Heftruck"
    assert told["course"] == "https://course.example/forklift"
    assert told["state"] == "open"
    first = told["units"][0]
    assert first["id"] == "https://course.example/forklift/unit/1"
    assert (first["number"], first["move_on"], first["mastery_score"]) == (
        0, "CompletedOrPassed", 0.7,
    )  # fmt: skip
    assert portal.get(f"packages/{told['id']}").json() == told
    assert portal.get("packages").json()["items"] == [told]


def test_the_same_file_again_is_the_same_package(portal: System, course: int) -> None:
    data = packed(COURSE)
    assert portal.bring(data).json()["id"] == course
    Edition.objects.filter(package=course).update(digest="0" * 64)
    assert portal.bring(data).json()["id"] == course, "and no older edition comes back"
    assert Edition.objects.count() == 1


def test_a_structure_alone(portal: System) -> None:
    text = structure(
        ("unit/index.html?page=1", "https://host.example/1"), ("quiz.html", "http://host.example/2")
    )
    told = portal.bring(text.encode(), "text/xml", "?offer=no").json()
    assert told["units"][0]["url"] == "https://host.example/1"
    assert told["state"] == "draft"


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"this is no package", "zip_not_zip", ""),
        (b"PK\x03\x04 broken", "zip_not_zip", ""),
        (packed({"notes.txt": "x"}), "unknown_form", ""),
        (packed({"course/cmi5.xml": structure()}), "cmi5_not_at_root", "course/cmi5.xml"),
        (packed({"cmi5.xml": "<a>"}), "xml_broken", "cmi5.xml:1"),
        (packed({"cmi5.xml": structure()}), "cmi5_url_alone", "cmi5.xml:15"),
        (packed({"cmi5.xml": structure(), "quiz.html": ""}), "cmi5_url_missing", "cmi5.xml:15"),
        (packed({"../cmi5.xml": structure()}), "zip_name", "../cmi5.xml"),
        (structure().encode(), "cmi5_url_alone", "cmi5.xml:15"),
        (structure(("/block/2", "/block/1")).encode(), "cmi5_twice", "cmi5.xml:32"),
    ],
)
def test_what_is_wrong_is_refused_whole_with_reason_and_place(
    portal: System, data: bytes, code: str, place: str
) -> None:
    answer = portal.bring(data)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["code"], told["place"]) == (code, place)
    assert told["detail"]
    assert not Package.objects.exists()
    home = Path(settings.MEDIA_ROOT)
    assert not [path for path in home.rglob("*") if path.is_file() and path.name != ".alone"]


def test_no_body_is_no_package(portal: System) -> None:
    assert portal.bring(b"").status_code == 400


def test_launched_followed_and_told(portal: System, course: int) -> None:
    answer = portal.post(f"packages/{course}/units/1/launch", {"actor": OUTSIDE})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    unit = Unit(told["url"])
    assert unit.registration == told["registration"]
    assert unit.actor == {"objectType": "Agent", **OUTSIDE}
    assert unit.activity == told["activity_id"]
    assert told["launch_method"] == "AnyWindow"
    unit.begin().does("initialized")
    assert unit.data["returnURL"] == f"{settings.BASE_URL}/modules/cmi5/returned/"
    unit.does("passed", "terminated")

    stands = portal.get(f"registrations/{told['registration']}").json()
    assert stands["satisfied"] is False
    assert stands["units"][1] == {
        "number": 1, "satisfied": True, "completed": False, "passed": True, "waived": None,
        "score": None,
    }  # fmt: skip
    assert stands["units"][2]["satisfied"], "it asks nothing"
    assert stands["sessions"] == [
        {"id": told["session"], "unit": 1, "mode": "Normal", "state": "terminated"}
    ]


def test_in_one_registration_in_another_mode(portal: System, course: int) -> None:
    made = portal.post(f"packages/{course}/registrations", {"actor": OUTSIDE}).json()
    body = {
        "registration": made["registration"],
        "actor": {"objectType": "Agent", **OUTSIDE},
        "mode": "Browse",
        "return_url": "https://portal.example/done?x=1",
    }
    told = portal.post(f"packages/{course}/units/0/launch", body).json()
    assert told["registration"] == made["registration"]
    unit = Unit(told["url"]).begin()
    assert unit.data["launchMode"] == "Browse"
    assert unit.data["returnURL"] == "https://portal.example/done?x=1"


def test_a_registration_that_the_other_system_chose(
    portal: System, course: int, de_linde: Organisation, sam: Person
) -> None:
    path, chosen = f"packages/{course}/units/0/launch", str(uuid.uuid4())
    body = {"actor": OUTSIDE, "registration": chosen}
    assert portal.post(path, body).json()["registration"] == chosen
    assert portal.post(path, body).json()["registration"] == chosen
    assert Registration.objects.count() == 1
    assert portal.post(path, {"registration": str(uuid.uuid4())}).status_code == 404
    stranger = System(de_linde, sam)
    own = stranger.bring(packed(COURSE)).json()["id"]
    assert stranger.post(f"packages/{own}/units/0/launch", body).status_code == 409


def test_the_same_request_again_is_one_launch(portal: System, course: int) -> None:
    path, key = f"packages/{course}/units/0/launch", "key-of-this-request"
    one = portal.post(path, {"actor": OUTSIDE}, key=key).json()
    assert portal.post(path, {"actor": OUTSIDE}, key=key).json() == one
    assert LaunchSession.objects.count() == 1
    assert portal.post(path, {"actor": OUTSIDE, "mode": "Review"}, key=key).status_code == 409


def test_waived_and_abandoned(portal: System, course: int) -> None:
    told = portal.post(f"packages/{course}/units/0/launch", {"actor": OUTSIDE}).json()
    code, session = told["registration"], told["session"]
    assert portal.post(f"sessions/{session}/abandon").json()["state"] == "abandoned"
    assert portal.post(f"sessions/{session}/abandon").status_code == 200
    assert Unit(told["url"]).fetched()["error-code"] == "2"

    for number in (0, 1):
        path = f"registrations/{code}/units/{number}/waive"
        stands = portal.post(path, {"reason": "Tested Out"}).json()
    assert stands["satisfied"] is True
    assert stands["units"][0]["waived"] == "Tested Out"
    assert portal.post(path, {"reason": "Because"}).status_code == 422
    assert portal.post(path.replace("/1/", "/9/"), {"reason": "Tested Out"}).status_code == 404

    ended = portal.post(f"packages/{course}/units/0/launch", {"registration": code}).json()
    Unit(ended["url"]).begin().does("initialized", "terminated")
    assert portal.post(f"sessions/{ended['session']}/abandon").status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"actor": {}},
        {"actor": {"person": 1, **OUTSIDE}},
        {"actor": {"mbox": "mailto:a@b.example"}},
        {"actor": {"account": {"homePage": "portal", "name": "17"}}},
        {"actor": {"account": {"homePage": "https://portal.example", "name": ""}}},
        {"actor": {"objectType": "Group", **OUTSIDE}},
        {"actor": OUTSIDE, "mode": "normal"},
        {"actor": OUTSIDE, "return_url": "javascript:alert(1)"},
        {"actor": OUTSIDE, "registration": "17"},
        {"actor": OUTSIDE, "extra": 1},
    ],
)
def test_what_makes_no_launch(portal: System, course: int, body: dict[str, Any]) -> None:
    answer = portal.post(f"packages/{course}/units/0/launch", body)
    assert answer.status_code == 422
    assert not Registration.objects.exists()


def test_no_such_unit_package_or_registration(portal: System, course: int) -> None:
    assert portal.post(f"packages/{course}/units/9/launch", {"actor": OUTSIDE}).status_code == 404
    assert portal.post(f"packages/{course}/units/-1/launch", {"actor": OUTSIDE}).status_code == 404
    assert not Registration.objects.exists(), "and nobody was registered on the way"
    assert portal.post("packages/0/units/0/launch", {"actor": OUTSIDE}).status_code == 404
    assert portal.get(f"registrations/{uuid.uuid4()}").status_code == 404


def test_a_registration_is_of_its_course_and_its_actor(portal: System, course: int) -> None:
    code = portal.post(f"packages/{course}/registrations", {"actor": OUTSIDE}).json()[
        "registration"
    ]
    other = {"account": {"homePage": "https://portal.example", "name": "18"}}
    path = f"packages/{course}/units/0/launch"
    assert portal.post(path, {"registration": code, "actor": other}).status_code == 422
    second = portal.bring(packed({**COURSE, "more.html": "x"})).json()["id"]
    path = f"packages/{second}/units/0/launch"
    assert portal.post(path, {"registration": code}).status_code == 422


def test_someone_with_an_account_here(
    portal: System, course: int, noor: Person, sam: Person
) -> None:
    path = f"packages/{course}/units/1/launch"
    told = portal.post(path, {"actor": {"person": noor.pk}}).json()
    unit = Unit(told["url"])
    assert unit.actor["account"] == {"homePage": settings.BASE_URL, "name": str(noor.pk)}
    by_account = {"actor": {"account": unit.actor["account"]}}
    assert portal.post(path, by_account).status_code == 200
    unit = Unit(portal.post(path, {"registration": told["registration"]}).json()["url"]).begin()
    unit.does("initialized", "passed", "terminated")

    stands = portal.get(f"registrations/{told['registration']}").json()
    assert stands["units"][1] == {
        "number": 1, "satisfied": True, "completed": None, "passed": None, "waived": None,
        "score": None,
    }, "what they did is theirs; that a part is done is not"  # fmt: skip
    assert portal.post(path, {"actor": {"person": sam.pk}}).status_code == 422
    ghost = {"account": {"homePage": settings.BASE_URL, "name": "nobody"}}
    assert portal.post(path, {"actor": ghost}).status_code == 422


def test_what_someone_plays_in_gezel_is_not_told(
    portal: System, course: int, noor: Person, van_dijk: Organisation
) -> None:
    from gezel.content.actions import begin_package, open_package

    attempt = begin_package(noor, Package.objects.get(pk=course), organisation=van_dijk)
    open_package(attempt)
    code = Registration.objects.get(attempt=attempt).code
    assert portal.get(f"registrations/{code}").status_code == 404
    session = LaunchSession.objects.get()
    assert portal.post(f"sessions/{session.pk}/abandon").status_code == 404
    told = {"registration": str(code)}
    assert portal.post(f"packages/{course}/units/0/launch", told).status_code == 404


def test_another_organisation_finds_nothing(
    portal: System, course: int, de_linde: Organisation, sam: Person
) -> None:
    told = portal.post(f"packages/{course}/units/0/launch", {"actor": OUTSIDE}).json()
    stranger = System(de_linde, sam)
    assert stranger.get("packages").json()["items"] == []
    assert stranger.get(f"packages/{course}").status_code == 404
    assert stranger.get(f"registrations/{told['registration']}").status_code == 404
    assert stranger.post(f"sessions/{told['session']}/abandon").status_code == 404
    body = {"actor": OUTSIDE}
    assert stranger.post(f"packages/{course}/units/0/launch", body).status_code == 404
    assert stranger.bring(packed(COURSE)).json()["id"] != course


def test_reading_is_not_writing(van_dijk: Organisation, femke: Person, course: int) -> None:
    reader = System(van_dijk, femke, "packages:read")
    assert reader.get("packages").status_code == 200
    assert reader.bring(packed(COURSE)).status_code == 403
    body = {"actor": OUTSIDE}
    assert reader.post(f"packages/{course}/units/0/launch", body).status_code == 403
    writer = System(van_dijk, femke, "packages:write")
    assert writer.get("packages").status_code == 403


def test_a_package_of_another_form_is_not_launched(portal: System, van_dijk: Organisation) -> None:
    from gezel.content.tests.builders import a_package

    other = a_package(van_dijk)
    answer = portal.post(f"packages/{other.pk}/units/0/launch", {"actor": OUTSIDE})
    assert answer.status_code == 422
    assert portal.get(f"packages/{other.pk}").json()["units"][0]["title"] == "Knots"


def test_queries_of_the_list_do_not_grow(
    portal: System, course: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        portal.bring(packed({**COURSE, f"{number}.html": "x"}))
    with django_assert_max_num_queries(6):
        assert len(portal.get("packages").json()["items"]) == 4


def test_launching_through_the_api_leaves_ones_own_attempt_alone(
    portal: System, course: int, noor: Person, van_dijk: Organisation
) -> None:
    portal.post(f"packages/{course}/units/0/launch", {"actor": {"person": noor.pk}})
    assert not PackageAttempt.objects.exists()
    registration = Registration.objects.get()
    assert registration.attempt_id is None
    assert launches.mode_for(registration, 0) == "Normal"
