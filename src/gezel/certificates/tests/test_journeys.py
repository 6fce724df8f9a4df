"""HR, an employee and their lead in a browser: on a phone in Dutch by night, at a desk by day."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import PageOf
from django.utils import translation
from playwright.sync_api import Page, expect

from gezel.certificates.models import CertificateType, Duty, Holding
from gezel.certificates.tests.builders import a_list, a_picture, a_type, days
from gezel.people.api import Organisation, Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]


@dataclass
class Walk:
    """One walk: in which language, on what screen, and what to check on each page."""

    language: str
    phone: bool
    page_of: PageOf
    accessible: Callable[[Page], None]

    def open(self, person: Person) -> Page:
        return self.page_of(person, phone=self.phone, dark=self.phone, language=self.language)

    def say(self, text: str) -> str:
        """A sentence as this walk's reader sees it."""
        with translation.override(self.language):
            return translation.gettext(text)

    def press(self, page: Page, text: str) -> None:
        page.get_by_role("button", name=self.say(text)).first.click()

    def visit(self, page: Page, address: str) -> None:
        page.goto(address)
        self.accessible(page)


@pytest.fixture(params=[("nl", True), ("en", False)], ids=["phone-nl-dark", "desk-en-light"])
def walk(
    request: pytest.FixtureRequest, page_of: PageOf, accessible: Callable[[Page], None]
) -> Walk:
    language, phone = request.param
    return Walk(language, phone, page_of, accessible)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined] # pytest-django gives no type


def test_hr_keeps_track_of_a_certificate(
    walk: Walk, van_dijk: Organisation, noor: Person, femke: Person, tmp_path: Path
) -> None:
    """From a template, a duty with the count of whom it hits, the screen, and a list to take."""
    hr = walk.open(femke)
    walk.visit(hr, "/certificates/types/")
    hr.locator("a[href*='template=bhv']").click()
    expect(hr.locator("#id_issuer")).to_have_value("NIBHV")
    walk.accessible(hr)
    walk.press(hr, "Save")
    hr.wait_for_url("**/duties/")
    bhv = CertificateType.objects.get()

    hr.locator("#id_from_on").fill("2024-01-01")
    hr.locator("#id_job").select_option(label="Mechanic")
    expect(hr.locator("#hit b")).to_have_text("1")
    walk.accessible(hr)
    walk.press(hr, "Add")
    expect(hr.locator("form[action*='/drop/']")).to_have_count(1)
    assert Duty.objects.get().job.name == "Mechanic"  # type: ignore[union-attr]

    walk.visit(hr, "/certificates/overview/")
    expect(hr.locator("tbody")).to_contain_text(noor.name)
    with hr.expect_download() as got:
        hr.locator("a[href*='export=csv']").click()
    told = Path(got.value.path()).read_text(encoding="utf-8-sig")
    assert noor.name in told
    assert bhv.name_nl in told or bhv.name_en in told


def test_hr_loads_a_list_and_sees_first_what_it_does(
    walk: Walk, van_dijk: Organisation, noor: Person, femke: Person, tmp_path: Path
) -> None:
    a_type(van_dijk, jobs=("Mechanic",))
    file = tmp_path / "bhv.csv"
    file.write_bytes(
        a_list((noor.email, "BHV", "L-1", "29-02-2024"), (noor.email, "BHV", "L-2", "29-02-2025"))
    )
    hr = walk.open(femke)
    for time in ("first", "again"):
        walk.visit(hr, "/certificates/load/")
        hr.locator("input[type=file]").set_input_files(file)
        walk.press(hr, "Go on")
        hr.wait_for_url("**/columns/")
        walk.accessible(hr)
        walk.press(hr, "Look what would change")
        # 29 February 2025 does not exist: told at its row, the other may come in.
        expect(hr.locator(".cert-counts .bad .n")).to_have_text("1")
        walk.accessible(hr)
        if time == "first":
            expect(hr.locator(".cert-counts .ok .n")).to_have_text("1")
            hr.locator("[name=leave_out]").check()
            walk.press(hr, "Take over")
            expect(hr.locator("h1")).to_have_text(walk.say("Taken over"))
        else:
            expect(hr.locator(".cert-counts .ok .n")).to_have_text("0")

    assert [h.number for h in Holding.objects.all()] == ["L-1"]


def test_an_employee_sends_in_a_photo_and_the_lead_confirms_it(
    walk: Walk, van_dijk: Organisation, noor: Person, daan: Person, tmp_path: Path
) -> None:
    """A file of the wrong type and the same certificate twice are told; what was sent in waits on
    the lead's board; once confirmed it says until when it counts and why."""
    bhv = a_type(van_dijk, jobs=("Mechanic",))
    photo, text = tmp_path / "photo.png", tmp_path / "photo.jpg"
    photo.write_bytes(a_picture())
    text.write_text("This is no photo.")
    own, lead = walk.open(noor), walk.open(daan)

    def send(file: Path, expected: str) -> None:
        walk.visit(own, f"/certificates/register/?type={bhv.pk}")
        own.locator("#id_issued_on").fill(days(-40).isoformat())
        own.locator("#id_number").fill("N-7")
        own.locator("input[type=file]").set_input_files(file)
        walk.press(own, "Register")
        expect(own.locator(expected).first).to_be_visible()
        walk.accessible(own)

    send(text, "#id_file_error")
    send(photo, ".pill.brand")  # waits
    address = own.url
    send(photo, ".notice.bad")
    assert Holding.objects.count() == 1

    walk.visit(lead, "/team/")
    waits = lead.locator("li[id^=waits-]")
    expect(waits).to_contain_text("N-7")
    waits.get_by_role("button", name=walk.say("Confirm")).first.click()
    expect(waits).to_have_count(0)
    assert lead.url.endswith("/team/")
    walk.accessible(lead)

    own.goto(address)
    expect(own.locator(".page-head")).to_contain_text(
        "omdat BHV" if walk.language == "nl" else "because BHV"
    )
    walk.accessible(own)
    walk.visit(own, "/certificates/")
    expect(own.locator("main")).to_contain_text("N-7")
