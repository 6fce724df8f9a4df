"""Mail in a real browser: choosing it, stopping it from a mail, seeing to what did not arrive."""

from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from gezel.connect.kinds import kind_named
from gezel.connect.models import Mail, MailWishes
from gezel.connect.post import stop_path
from gezel.connect.tests.builders import a_mail

pytestmark = [
    pytest.mark.browser,
    pytest.mark.browser_once,
    pytest.mark.timeout(180),
]
LOOKS = pytest.mark.parametrize(
    ("language", "phone"), [("nl", True), ("en", False)], ids=["phone-nl-dark", "desk-en-light"]
)
RENEW = "certificates.renew"


def say(text: str, language: str) -> str:
    """A sentence as this reader sees it."""
    with translation.override(language):
        return gettext(text)


@LOOKS
def test_one_chooses_what_comes_and_when(
    noor: Any, van_dijk: Any, page_of: Any, accessible: Any, *, language: str, phone: bool
) -> None:
    a_mail(noor, van_dijk, state="sent", subject="x" * 150)
    page = page_of(noor, phone=phone, dark=phone, language=language)
    page.goto("/account/mail/")
    accessible(page)
    page.locator("#id_weekday").select_option("4")
    page.locator(f"[name='{RENEW}']").select_option("not")
    page.get_by_role("button", name=say("Keep this", language)).click()
    expect(page.locator(".message, [role=status]").first).to_contain_text(
        say("Kept. From now on you get mail like this.", language)
    )
    accessible(page)

    expect(page.locator("#id_weekday")).to_have_value("4")
    expect(page.locator(f"[name='{RENEW}']")).to_have_value("not")


@LOOKS
def test_a_link_in_a_mail_stops_it_without_signing_in(
    noor: Any, page_of: Any, accessible: Any, language: str, phone: bool
) -> None:
    page = page_of(None, phone=phone, dark=phone, language=language)
    page.goto(stop_path(noor, kind_named(RENEW)))
    accessible(page)
    assert not MailWishes.objects.exists()
    page.get_by_role("button", name=say("Yes, stop it", language)).click()
    lead = say(
        "It is off from now on. What there is to say still stands in Gezel itself.", language
    )
    expect(page.locator("main")).to_contain_text(lead)
    accessible(page)

    assert MailWishes.objects.get(person=noor).ways == {RENEW: "not"}


@LOOKS
def test_what_did_not_arrive_is_seen_to(
    *, noor: Any, daan: Any, femke: Any, van_dijk: Any, page_of: Any, accessible: Any,
    language: str, phone: bool,
) -> None:  # fmt: skip
    refused = a_mail(noor, van_dijk, problem="550 " + "no_such_mailbox_" * 12)
    unsure = a_mail(daan, van_dijk, state="unsure", problem="")
    page = page_of(femke, phone=phone, dark=phone, language=language)
    page.goto("/account/mail/trouble/")
    accessible(page)
    row = page.locator(".steps li", has_text=noor.name)
    row.get_by_role("button", name=say("Send again", language)).click()
    expect(page.locator(".steps li", has_text=noor.name)).to_have_count(0)
    row = page.locator(".steps li", has_text=daan.name)
    row.get_by_role("button", name=say("Leave it", language)).click()
    expect(page.locator("main")).to_contain_text(say("Everything arrived", language))
    accessible(page)

    states = dict(Mail.objects.values_list("pk", "state"))
    assert states == {refused.pk: "waiting", unsure.pk: "left"}
