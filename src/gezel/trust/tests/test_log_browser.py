"""In a real browser: the person takes a proof along; the council witnesses and watches."""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from gezel.people.api import Organisation, Person
from gezel.people.models import Mandate
from gezel.trust.tests.builders import an_event_about

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import PageOf
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.browser_once
def test_what_happened_can_be_proved_and_was_witnessed(
    *,
    page_of: "PageOf",
    accessible: "Callable[[Page], None]",
    noor: Person,
    daan: Person,
    van_dijk: Organisation,
    tmp_path: Path,
) -> None:
    an_event_about(noor, van_dijk)
    Mandate.objects.create(
        person=daan, organisation=van_dijk, kind="council", from_on=timezone.localdate()
    )

    hers = page_of(noor, phone=True, dark=True, language="nl")
    hers.goto(reverse("trust:who_sees_what"))
    hers.get_by_role("link", name="In het logboek").click()
    expect(hers.get_by_text("Je niveau in een vaardigheid is veranderd")).to_be_visible()
    accessible(hers)
    with hers.expect_download() as taken:
        hers.get_by_role("link", name="Bewijs van").click()
    proof = tmp_path / "proof.json"
    taken.value.save_as(proof)
    said = StringIO()
    call_command("verify", str(proof), stdout=said)
    assert said.getvalue().startswith("valid")

    said = StringIO()
    call_command("witness", "new", str(tmp_path / "my.key"), "--name", "or", stdout=said)
    his = page_of(daan)
    his.goto(reverse("trust:watch"))
    expect(his.get_by_text("Unchanged since")).to_be_visible()
    his.get_by_label("The public key").fill(said.getvalue().strip())
    his.get_by_role("button", name="Look along with this key").click()
    with his.expect_download() as given:
        his.get_by_role("link", name="File to sign").click()
    given.value.save_as(tmp_path / "log.json")
    said = StringIO()
    files = (str(tmp_path / "my.key"), str(tmp_path / "log.json"))
    call_command("witness", "sign", *files, stdout=said)
    his.get_by_label("What your tool wrote").fill(said.getvalue())
    his.get_by_role("button", name="Hand in").click()
    expect(his.get_by_text("1 of 1")).to_be_visible()
    accessible(his)

    anyone = page_of(None)
    anyone.goto(reverse("trust:log", args=[van_dijk.slug]))
    expect(anyone.get_by_text("1 of 1 witnesses signed that it only grew.")).to_be_visible()
    accessible(anyone)
