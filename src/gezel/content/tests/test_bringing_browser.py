# ruff: noqa: E501
"""From a course that someone else made to modules of one's own, and back out again."""

from pathlib import Path
from typing import Any

import pytest
from conftest import PageOf
from django.urls import reverse
from playwright.sync_api import expect

from gezel.content.models import Module
from gezel.content.tests.builders import a_picture
from gezel.content.tests.cartridges import a_cartridge, cartridge_files
from gezel.people.api import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.django_db(transaction=True),
]

WORDS = {
    "en": {"look": "Look what would come in", "make": "Make 2 modules", "stays": "This does not come in",
           "otherwise": "This comes in otherwise", "came": "What came of it"},
    "nl": {"look": "Bekijk wat er binnenkomt", "make": "Maak 2 modules", "stays": "Dit komt niet binnen",
           "otherwise": "Dit komt anders binnen", "came": "Wat eruit kwam"},
}  # fmt: skip


@pytest.mark.parametrize("look", [("nl", True), ("en", False)])
def test_a_course_comes_in_and_a_module_goes_along(
    page_of: PageOf, accessible: Any, noor: Person, tmp_path: Path, look: tuple[str, bool]
) -> None:
    language, phone = look
    say = WORDS[language]
    file = tmp_path / "course.imscc"
    file.write_bytes(a_cartridge(cartridge_files(a_picture())))
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto(reverse("content:bring"))
    accessible(page)
    page.locator("input[type=file]").set_input_files(file)
    page.locator("form.form button[type=submit]").click()
    expect(page.get_by_role("heading", name=say["stays"])).to_be_visible()
    expect(page.get_by_role("heading", name=say["otherwise"])).to_be_visible()
    expect(page.get_by_text("LTI")).to_be_visible()
    accessible(page)
    assert not Module.objects.exists()
    page.get_by_role("button", name=say["make"]).click()
    expect(page.get_by_role("heading", name=say["came"])).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Before you begin").click()
    expect(page.get_by_role("heading", name="Before you begin")).to_be_visible()

    module = Module.objects.order_by("pk").last()
    assert module
    page.goto(reverse("content:along", args=[module.pk]))
    accessible(page)
    with page.expect_download() as coming:
        page.get_by_role("link", name="SCORM 2004").first.click()
    assert coming.value.suggested_filename.endswith("-scorm2004-nl.zip")
