"""A second step and a passkey, walked in a real browser with an authenticator of its own."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PASSWORD = "a rather long sentence"


@pytest.fixture
def noor_with_password(noor: Any) -> Any:
    noor.set_password(PASSWORD)
    noor.save()
    return noor


def sign_in(page: Any, person: Any) -> None:
    page.goto("/account/login/")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def confirm_who_one_is(page: Any) -> None:
    """Ways in are changed only by who just showed again who they are."""
    page.wait_for_url("**/reauthenticate/**")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "reauthenticate" not in url)


def sign_out(page: Any) -> None:
    page.goto("/")
    page.click(".menu > summary")
    page.click("form[action*=logout] button")
    page.wait_for_url("**/login/**")


def code_for(secret: str, *, steps_ahead: int = 0) -> str:
    """What the app on a phone would show now."""
    counter = int(time.time()) // 30 + steps_ahead
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


@pytest.mark.browser_once
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_a_code_from_an_app_is_asked_after_the_password(
    noor_with_password: Any, page_of: Any, accessible: Any, phone: bool
) -> None:
    page = page_of(None, phone=phone)
    sign_in(page, noor_with_password)
    page.goto("/account/")
    page.click("a[href*=totp]")
    confirm_who_one_is(page)
    accessible(page)

    page.fill("[name=code]", "000000")
    page.click("main form button[type=submit]")
    expect(page.locator("main .error, main .errorlist").first).to_be_visible()
    expect(page.locator("[name=code]")).to_be_focused()  # one goes on where the fault is
    secret = page.input_value("#authenticator_secret")
    page.fill("[name=code]", code_for(secret))
    page.click("main form button[type=submit]")
    page.wait_for_url("**/recovery-codes/**")
    accessible(page)
    page.goto("/account/")
    expect(page.locator("main")).to_contain_text("On: after your password we ask for the code")

    sign_out(page)
    sign_in(page, noor_with_password)
    page.wait_for_url("**/authenticate/**")
    accessible(page)
    page.fill("[name=code]", "000000")
    page.click("main form button[type=submit]")
    expect(page.locator("main .error, main .errorlist").first).to_be_visible()
    totp_code = code_for(secret)
    page.fill("[name=code]", totp_code)
    page.click("main form button[type=submit]")
    page.wait_for_selector("h1:has-text('Noor')")


def test_what_was_typed_waits_for_a_session_that_ended(
    noor_with_password: Any, page_of: Any, accessible: Any
) -> None:
    page = page_of(None, phone=True)
    sign_in(page, noor_with_password)
    page.goto("/learn/share/")
    page.fill("[name=why]", "It says in a minute what took me a week")
    for cookie in page.context.cookies():
        if cookie["name"] == settings.SESSION_COOKIE_NAME:
            page.context.clear_cookies(name=cookie["name"])
    # The page checks an address before it sends; what is at stake here is what comes after.
    page.evaluate("document.querySelector('[name=why]').form.noValidate = true")
    page.click("main form button.btn:has-text('Share')")
    expect(page.locator("[data-typed]")).to_be_visible()
    accessible(page)

    page.fill("[name=login]", noor_with_password.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]:has-text('Sign in')")
    page.wait_for_url("**/learn/share/")
    assert page.input_value("[name=why]") == "It says in a minute what took me a week"
    accessible(page)
    page.reload()
    assert page.input_value("[name=why]") == ""

    page.goto("/account/logout/")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("You are signed out on this device.")
    expect(page.locator("[data-typed]")).to_be_hidden()  # who leaves lost nothing


@pytest.mark.browser_once
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_who_has_nothing_to_show_gets_something_and_goes_on(
    noor: Any, page_of: Any, accessible: Any, phone: bool
) -> None:
    page = page_of(noor, phone=phone)
    page.goto("/account/reauthenticate/?next=/account/2fa/")
    expect(page.locator("main")).to_contain_text("After this you go on where you were.")
    accessible(page)
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD + "s")
    page.click("main form button[type=submit]")
    expect(page.locator("main .error")).to_contain_text("These two are not the same.")
    accessible(page)
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/account/2fa/")
    expect(page.locator("main")).to_contain_text("Your password is set.")
    accessible(page)


@pytest.mark.browser_once
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desk"])
def test_a_passkey_opens_the_door_without_a_password(
    noor_with_password: Any, page_of: Any, accessible: Any, phone: bool
) -> None:
    page = page_of(None, phone=phone)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, noor_with_password)
    page.goto("/account/")
    page.click("a[href*=webauthn]")
    page.click("main a[href*=add]")
    confirm_who_one_is(page)
    accessible(page)
    expect(page.locator("[name=name]")).to_have_value("Passkey 1")
    page.fill("[name=name]", "My telephone")
    page.check("[name=passwordless]")
    page.click("main form button")
    page.wait_for_url(lambda url: "/add/" not in url)
    page.goto("/account/2fa/webauthn/")
    accessible(page)
    page.click("main a[href*=edit]")
    accessible(page)
    page.fill("[name=name]", "My phone")
    page.click("main form button[type=submit]")
    expect(page.locator("main .steps")).to_contain_text("My phone")
    for way in ("reauthenticate/", "2fa/reauthenticate/", "2fa/webauthn/reauthenticate/"):
        page.goto(f"/account/{way}?next=/account/")
        accessible(page)
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url(lambda url: "reauthenticate" not in url)
    page.goto("/account/2fa/recovery-codes/generate/")
    accessible(page)
    page.goto("/account/")
    expect(page.locator("main")).to_contain_text("1 passkey: you need no password")

    sign_out(page)
    page.click("[data-passkey]")
    page.wait_for_selector("h1:has-text('Noor')")

    page.goto("/account/")
    page.click("a[href*=webauthn]")
    expect(page.locator("main")).to_contain_text("My phone")
    expect(page.locator("main")).to_contain_text("last used on")
    page.click("main a.danger")
    confirm_who_one_is(page)
    accessible(page)
    page.click("main form button")
    page.wait_for_url(lambda url: "/remove/" not in url)
    expect(page.locator("main")).to_contain_text("You have no passkey yet.")
