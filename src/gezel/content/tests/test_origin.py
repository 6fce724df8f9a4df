"""The content origin: one attempt's files, and nothing else of the house."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from gezel.catalogue.models import Activity
from gezel.content.models import Edition, Package, PackageAttempt
from gezel.content.origin import address_of
from gezel.people.models import Employment, Organisation, Person

WILD = "http://*.content.example:8001"
ALONE = "http://content.example:8001"
PAGE = b"<!doctype html><title>Knots</title>"


@pytest.fixture
def attempt(
    van_dijk: Organisation, noor: Person, settings: Settings, tmp_path: Path
) -> PackageAttempt:
    settings.MEDIA_ROOT = tmp_path
    settings.ALLOWED_HOSTS = [".content.example", "localhost"]
    settings.CONTENT_URL = WILD
    activity = Activity.objects.create(
        organisation=van_dijk, title_en="Knots", kind="module", mix="formal", form="online", hours=1
    )
    package = Package.objects.create(activity=activity)
    edition = Edition.objects.create(
        package=package, number=1, form="pages", title="Knots", digest="ab" * 32, size=1, files=1
    )
    (edition.folder / "deep").mkdir(parents=True)
    (edition.folder / "deep/index.html").write_bytes(PAGE)
    (edition.folder.parent / "secret.txt").write_text("not theirs")
    (edition.folder / "way-out").symlink_to(edition.folder.parent / "secret.txt")
    return PackageAttempt.objects.create(
        person=noor,
        package=package,
        edition=edition,
        key_until=timezone.now() + timedelta(hours=1),
    )


def ask(address: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    host, _slash, path = address.removeprefix("http://").partition("/")
    response = Client(headers=headers).get(f"/{path}", HTTP_HOST=host)
    return response.status_code, response.getvalue(), dict(response.headers)


@pytest.mark.parametrize("where", [WILD, ALONE])
def test_a_key_opens_the_files_of_its_edition_in_a_box(
    attempt: PackageAttempt,
    settings: Settings,
    where: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.CONTENT_URL = where
    with django_assert_num_queries(1):
        status, body, headers = ask(address_of(attempt.key, "deep/index.html"))
    assert (status, body) == (200, PAGE)
    assert "Set-Cookie" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors" in policy
    assert ("allow-same-origin" in policy) is (where == WILD)
    assert "allow-top-navigation" not in policy
    with django_assert_num_queries(0):  # a page asks for hundreds of files
        assert ask(address_of(attempt.key, "deep/index.html"))[0] == 200


def test_films_come_in_parts(attempt: PackageAttempt) -> None:
    status, body, headers = ask(address_of(attempt.key, "deep/index.html"), Range="bytes=0-8")
    assert (status, body) == (206, PAGE[:9])
    assert headers["Content-Range"] == f"bytes 0-8/{len(PAGE)}"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "deep",
        "deep/",
        "nothing.html",
        "../secret.txt",
        "deep/../../secret.txt",
        "deep//index.html",
        "./deep/index.html",
        "way-out",
        "deep/index.html%00.png",
    ],
)
def test_nothing_beside_the_files_of_the_edition(attempt: PackageAttempt, path: str) -> None:
    assert ask(address_of(attempt.key, path))[0] == 404


def test_no_address_of_the_house_answers_there(attempt: PackageAttempt) -> None:
    for path in ("", "account/login/", "livez", "modules/new/", "api/v1/openapi.json"):
        assert ask(f"http://{attempt.key}.content.example:8001/{path}")[0] == 404
    assert ask(f"http://other.content.example:8001/{attempt.key}/deep/index.html")[0] == 404


def test_it_only_reads(attempt: PackageAttempt) -> None:
    address = address_of(attempt.key, "deep/index.html")
    assert ask(address, Service_Worker="script")[0] == 403
    host, _slash, path = address.removeprefix("http://").partition("/")
    assert Client().post(f"/{path}", HTTP_HOST=host).status_code == 405


def test_a_key_ends_with_its_term_and_with_the_account(attempt: PackageAttempt) -> None:
    address = address_of(attempt.key, "deep/index.html")
    PackageAttempt.objects.update(key_until=timezone.now() - timedelta(seconds=1))
    assert ask(address)[0] == 404


def test_who_has_no_account_any_more_has_no_key(attempt: PackageAttempt, noor: Person) -> None:
    Person.objects.filter(pk=noor.pk).update(is_active=False)
    assert ask(address_of(attempt.key, "deep/index.html"))[0] == 404


def test_who_left_the_organisation_has_no_key_any_more(
    attempt: PackageAttempt, noor: Person
) -> None:
    address = address_of(attempt.key, "deep/index.html")
    Employment.objects.filter(person=noor).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert ask(address)[0] == 404


def test_at_the_contents_own_port_the_house_does_not_answer(attempt: PackageAttempt) -> None:
    assert ask("http://localhost:8001/account/login/")[0] == 404
    assert ask("http://localhost:8000/account/login/")[0] == 200
