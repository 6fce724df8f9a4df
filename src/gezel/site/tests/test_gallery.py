"""Every component in every look, without a violation."""

from typing import Any

import pytest


@pytest.mark.browser
@pytest.mark.browser_once
@pytest.mark.parametrize(
    ("phone", "dark"), [(True, True), (False, False)], ids=["phone-dark", "desk-light"]
)
def test_the_gallery_is_clean(
    settings: Any, page_of: Any, accessible: Any, phone: bool, dark: bool
) -> None:
    settings.DEMO = True
    page = page_of(None, phone=phone, dark=dark, language="nl" if dark else "en")
    page.goto("/kit/")
    accessible(page)


def test_outside_the_demo_there_is_no_gallery(client: Any) -> None:
    assert client.get("/kit/").status_code == 404
