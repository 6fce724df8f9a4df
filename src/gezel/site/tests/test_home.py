"""Home in a real browser: greets, in every look, without a violation."""

from typing import Any

import pytest


@pytest.mark.browser
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
@pytest.mark.parametrize("dark", [True, False], ids=["dark", "light"])
def test_home_greets(noor: Any, page_of: Any, accessible: Any, phone: bool, dark: bool) -> None:
    page = page_of(noor, phone=phone, dark=dark, language="nl")
    page.goto("/")
    assert "Noor" in page.inner_text("h1")
    accessible(page)
