"""Every page of the house in a real browser: in both colours, on phone and desk, in both languages.

Which pages there are and who may open them is told by the table of `test_who_may_enter`; a page
that comes on that list is walked here by itself.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PageOf
from django.test import Client
from playwright.sync_api import Page as Tab
from pytest_django import Settings

from gezel.people.api import Organisation, Person
from tests.full_house import furnish
from tests.house import pages
from tests.test_who_may_enter import NO_PAGES, WHO, address_of, rules

# The one who walks a page is the first of these who may open it.
WALKERS = ("nobody", "noor", "daan", "femke")
# A download, a file or a stream of data: nothing to look at. The video's page is `content:play`.
NOT_TO_LOOK_AT = {"people:import_example", "trust:organisation_file", "records:download"}


def walker_of(name: str) -> str | None:
    """Who walks this page here; None if nobody in the table may just open it."""
    answers = dict(zip(WHO, rules()[name], strict=True))
    return next((who for who in WALKERS if answers[who] == "open"), None)


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.timeout(420)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", ["phone-dark-nl", "desk-light-en"])
@pytest.mark.parametrize("who", WALKERS)
def test_no_page_shuts_anyone_out(
    *,
    who: str,
    look: str,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    page_of: PageOf,
    visit: Callable[[Person], Client],
    accessible: Callable[[Tab], None],
    settings: Settings,
    tmp_path: Path,
) -> None:
    """No axe or policy violation, nothing that sticks out, no script error, no dashes."""
    settings.MEDIA_ROOT = tmp_path
    things = furnish(van_dijk, noor, daan, femke)
    person = {"noor": noor, "daan": daan, "femke": femke}.get(who)
    tab = page_of(
        person, phone="phone" in look, dark="dark" in look, language=look.rpartition("-")[2]
    )
    client = visit(person) if person else Client()
    wrong: list[str] = []
    walked = 0
    for page in pages():
        if page.name in NO_PAGES | NOT_TO_LOOK_AT or walker_of(page.name) != who:
            continue
        # Asked first without the browser: an address that only takes a form is no page.
        address = address_of(page, things)
        answer = client.get(address)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        told = answer.content.decode()
        if not told.lstrip().lower().startswith("<!doctype"):
            continue  # a panel, which is walked on the pages where it hangs
        tab.goto(address)
        walked += 1
        if "---------" in told:
            wrong.append(f"{page.name}: what is not chosen yet is dashes, not a word")
        try:
            accessible(tab)
        except AssertionError as found:
            wrong.append(f"{page.name}: {found}")

    assert walked > (3 if who in {"nobody", "daan"} else 10)
    assert not wrong, "\n".join(wrong)
