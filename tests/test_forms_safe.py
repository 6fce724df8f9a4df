"""Writing takes a form of ours (that reading changes nothing: `test_who_may_enter`)."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from gezel.people.api import Organisation, Person
from tests.full_house import furnish
from tests.house import pages
from tests.test_who_may_enter import address_of, writes


@pytest.mark.once
@pytest.mark.timeout(420)
def test_no_form_works_from_another_site(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    settings: Settings,
    tmp_path: Path,
) -> None:
    """Every address, with and without an account, refuses a form that is not ours."""
    settings.MEDIA_ROOT = tmp_path
    settings.DEMO = True  # also the door that only the demo has
    things = furnish(van_dijk, noor, daan, femke)
    strict = [Client(enforce_csrf_checks=True) for _ in range(3)]
    strict[1].force_login(noor)
    strict[2].force_login(femke)
    let_in = {}
    for page in pages():
        if page.name.startswith("api:"):
            continue  # takes keys and no cookies: test_api_schema says so
        if page.name == "content:cmi5_fetch":
            continue  # a package asks it with a secret that opens once, and no cookie counts
        if page.name == "connect:stop_mail":
            continue  # a mail program posts there by one click; the address is signed
        if page.name.startswith("profile:api_"):
            continue  # test suites ask it, no cookie counts, and it is off unless opened
        address = address_of(page, things)
        for client in strict:
            noticed: list[str] = []
            with writes(noticed):
                status = client.post(address, {"as": noor.email}).status_code
            if status not in {403, 405} or noticed:
                let_in[page.name] = (status, noticed)

    assert let_in == {}


def test_a_form_of_an_old_page_is_told_in_the_readers_language(noor: Person) -> None:
    visitor = Client(enforce_csrf_checks=True, headers={"accept-language": "nl"})
    refused = visitor.post("/account/login/", {"login": noor.email})
    assert refused.status_code == 403
    assert "Deze pagina was te oud" in refused.content.decode()
