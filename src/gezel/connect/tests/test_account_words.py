"""Every page, notice and mail around an account is in our words, in both languages.

What allauth brings along is formal, half translated, and about things this house does not have.
Three looks together keep it out: no template with its words is left where we have none of our
own; no message of its adapters is left; and on a walk through all there is, none of its sentences
is read. The walk tells itself when it no longer comes everywhere.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

import allauth
import polib
import pytest
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib import auth
from django.core import mail
from django.core.cache import cache as counts
from django.template import Engine
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)
from tests.house import SOURCE, pages

from gezel.people.api import Person

HERE = Path(allauth.__file__).parent
TEMPLATES = HERE / "templates"
# What comes along for parts of allauth that are not installed here.
NOT_INSTALLED = ("idp/", "openid/", "socialaccount/")
PASSWORD, OTHER, THIRD = "een-lang-geheim-7", "een-nieuw-geheim-8", "een-derde-geheim-9"


def switched_off() -> dict[str, bool]:
    """What none of our addresses leads to, and whether that still holds."""
    return {
        # Coming in, or choosing a password, by a code in a mail.
        r"account/(base_confirm_code|confirm_login_code|request_login_code)\.html": (
            not account_settings.LOGIN_BY_CODE_ENABLED
        ),
        r"account/(email|messages)/login_code_.*": not account_settings.LOGIN_BY_CODE_ENABLED,
        r"account/(confirm_password_reset_code\.html|email/password_reset_code_.*)": (
            not account_settings.PASSWORD_RESET_BY_CODE_ENABLED
        ),
        r"account/confirm_email_verification_code\.html": (
            not account_settings.EMAIL_VERIFICATION_BY_CODE_ENABLED
        ),
        # Telephone numbers.
        r"account/(phone_change|confirm_phone_verification_code)\.html|account/messages/phone_.*": (
            "phone" not in account_settings.SIGNUP_FIELDS
        ),
        # Making an account oneself.
        r"account/signup\.html|account/email/account_already_exists_.*": (
            not account_adapter().is_open_for_signup(None)
        ),
        r"account/email/email_confirmation_signup_.*": (
            not account_adapter().is_open_for_signup(None)
        ),
        r"account/signup_by_passkey\.html|mfa/webauthn/signup_form\.html": (
            not mfa_settings.PASSKEY_SIGNUP_ENABLED
        ),
        # Several addresses of one rank; here there is one, and another takes its place.
        r"account/email\.html": bool(account_settings.CHANGE_EMAIL),
        # A browser that is not asked for the second step any more.
        r"mfa/trust\.html": not mfa_settings.TRUST_ENABLED,
        # For views that ask for a confirmed address; no view here does, and nothing sends the mail.
        r"account/verified_email_required\.html": True,
        r"account/email/email_confirm_(subject|message)\.txt": True,
        # Parts of pages of which we have our own.
        r"account/snippets/.*|mfa/(recovery_codes|totp|webauthn)/base\.html": True,
    }


@cache
def of_allauth() -> frozenset[str]:
    """The templates of allauth that say something, and that one can come to here."""
    off = [re.compile(name) for name in switched_off()]
    return frozenset(
        name
        for file in TEMPLATES.rglob("*.*")
        if not (name := file.relative_to(TEMPLATES).as_posix()).startswith(NOT_INSTALLED)
        and not any(pattern.fullmatch(name) for pattern in off)
        and _says_something(file.read_text(encoding="utf-8"))
    )


def _says_something(source: str) -> bool:
    """Whether a template holds words of its own, rather than only places for them."""
    if re.search(r"{%\s*(trans|translate|blocktrans|blocktranslate)\b", source):
        return True
    unread = r"<script.*?</script>|{% comment %}.*?{% endcomment %}|{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>"
    return bool(re.search(r"[A-Za-z]{2}", re.sub(unread, "", source, flags=re.DOTALL)))


# A word can be the only one there is for something. A sentence is not, but for these.
SAID_BY_BOTH = {
    "Forgot your password?", "Sign in with a passkey", "Added on \0", "Toegevoegd op \0",
    "Je wachtwoord is ingesteld.",
}  # fmt: skip


class Sentences:
    """What allauth says in a language and we do not: whole phrases, and short ones as a whole.

    And what Django says of passwords, part of which it does not say in Dutch.
    """

    def __init__(self, language: str) -> None:
        entries = [*_entries(HERE), *_entries(Path(auth.__file__).parent)]
        theirs = {text for entry in entries for text in _texts(entry, language)}
        ours = {text for room in SOURCE.iterdir() for e in _entries(room) for text in _texts(e)}
        stock = {_open(text) for text in theirs} - SAID_BY_BOTH - {""}
        short = {text for text in stock if len(text.split()) < 3}
        self.long = [(text, _as_pattern(text)) for text in sorted(stock - short)]
        short -= {_open(text) for text in ours}
        # And what Django makes of a field that allauth gave no label.
        self.short = short | {"Name", "Credential"}

    def among(self, texts: list[str]) -> set[str]:
        """Those that are said in these texts."""
        whole = " ".join(texts)
        told = {text.rstrip(":*") for text in texts}
        return (self.short & told) | {text for text, said in self.long if said.search(whole)}


def _entries(where: Path) -> Iterator[polib.POEntry]:
    file = where / "locale" / "nl" / "LC_MESSAGES" / "django.po"
    return (e for e in (polib.pofile(str(file)) if file.exists() else ()) if not e.obsolete)


def _texts(entry: polib.POEntry, language: str = "nl") -> set[str]:
    """As it is written, which is also what is read where a translation lacks; and translated."""
    written = {entry.msgid, entry.msgid_plural}
    return written if language == "en" else written | {entry.msgstr, *entry.msgstr_plural.values()}


def _plain(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text or "")).split())


def _open(text: str) -> str:
    """A phrase with the places it leaves open, whatever they are called."""
    return re.sub(r"%\(\w+\)[sd]|%[sd]|{\w+}", "\0", _plain(text))


def _as_pattern(text: str) -> re.Pattern[str]:
    return re.compile(r".{1,80}?".join(re.escape(part) for part in text.split("\0")))


class Read(HTMLParser):
    """What someone reads or hears of a page: its texts, and the labels that are not seen."""

    HEARD: ClassVar = {"placeholder", "title", "alt", "aria-label"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in {"script", "style"}
        self.texts += [_plain(value or "") for name, value in attrs if name in self.HEARD]

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent and (text := _plain(data)):
            self.texts.append(text)


class Walk:
    """Someone who opens and sends all there is, and keeps what they read."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.client = self.another()
        self.read: dict[str, list[str]] = {}
        self.opened: set[str] = set()

    def another(self) -> Client:
        """Another browser, in which nobody is signed in."""
        return Client(headers={"Accept-Language": self.language})

    def get(self, name: str, /, *args: Any, by: Client | None = None, **query: str) -> str:
        address = name if name.startswith("/") else reverse(name, args=args)
        return self._keep(name, (by or self.client).get(address, query, follow=True))

    def send(self, name: str, /, *args: Any, by: Client | None = None, **fields: str) -> str:
        counts.clear()  # that one may not do this too often is another test
        address = name if name.startswith("/") else reverse(name, args=args)
        return self._keep(f"{name} sent", (by or self.client).post(address, fields, follow=True))

    def _keep(self, name: str, answer: Any) -> str:
        page = str(answer.content.decode())
        arrived = answer.request["PATH_INFO"]
        assert answer.status_code in {200, 404}, f"{name}: {answer.status_code}"
        if "html" in answer["Content-Type"]:
            assert f'<html lang="{self.language}"' in page, f"{name} at {arrived}"
            assert "<h1" in page, f"{name} at {arrived}"
            self.read[f"{name} at {arrived} ({len(self.read)})"] = Read(page).texts
        self.opened |= {name.removesuffix(" sent"), answer.resolver_match.view_name}
        return page

    def mails(self) -> dict[str, list[str]]:
        """The mails that came of it."""
        return {
            f"mail {n}: {m.subject}": [_plain(str(m.subject)), _plain(str(m.body))]
            for n, m in enumerate(mail.outbox)
        }

    def link(self) -> str:
        """The address in the last mail."""
        found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
        assert found, mail.outbox[-1].body
        return str(found[1])


@contextmanager
def noticed() -> Iterator[dict[str, str]]:
    """Which templates are rendered meanwhile, and from which file."""
    seen: dict[str, str] = {}

    def note(sender: Any, template: Any, **more: Any) -> None:
        seen[str(template.name)] = str(template.origin.name)

    template_rendered.connect(note)
    try:
        yield seen
    finally:
        template_rendered.disconnect(note)


def a_passkey(walk: Walk) -> str:
    """What a device answers when it is asked to make a passkey."""
    state = walk.client.session["mfa.webauthn.state"]
    to_hide = ec.generate_private_key(ec.SECP256R1())
    key = ES256.from_cryptography_key(to_hide.public_key())  # type: ignore[no-untyped-call]
    made = AttestedCredentialData.create(bytes(16), b"a-passkey-of-noor", key)
    flags = AuthenticatorData.FLAG
    data = AuthenticatorData.create(
        hashlib.sha256(b"testserver").digest(), flags.UP | flags.UV | flags.AT, 0, made
    )
    told = CollectedClientData.create(
        CollectedClientData.TYPE.CREATE, state["challenge"], "https://testserver"
    )
    return json.dumps({
        "type": "public-key",
        "id": websafe_encode(made.credential_id),
        "rawId": websafe_encode(made.credential_id),
        "response": {
            "clientDataJSON": websafe_encode(told),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        },
        "clientExtensionResults": {},
    })  # fmt: skip


WRONG_PASSKEY = json.dumps({"id": "x", "type": "public-key"})


def code_of(secret: str, *, ahead: int = 0) -> str:
    """What the app on a phone shows."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + ahead)))


def walk_at_the_door(walk: Walk, noor: Person, sam: Person) -> None:
    """Who is not in yet, or cannot come in."""
    for name in ("account_login", "account_signup", "account_inactive", "account_reset_password",
                 "account_reset_password_done", "account_reset_password_from_key_done",
                 "account_email_verification_sent", "account_confirm_login_code",
                 "mfa_authenticate", "mfa_login_webauthn"):  # fmt: skip
        walk.get(name)
    walk.send("account_login", login="nobody@example.test", password="wrong")
    walk.send("account_login", login="", password="")
    walk.send("account_signup", email="new@example.test", password1=PASSWORD, password2=PASSWORD)
    walk.send("mfa_login_webauthn", credential=WRONG_PASSKEY)
    walk.send("account_reset_password", email="no address")
    walk.send("account_reset_password", email="nobody@example.test")
    walk.get("account_reset_password_from_key", "1", "never-was")
    walk.get("account_confirm_email", "never-was")
    Person.objects.filter(pk=sam.pk).update(is_active=False)
    walk.send("account_login", login=sam.email, password=PASSWORD)

    walk.send("account_reset_password", email=noor.email)
    link = walk.link()
    walk.get(link)
    there = re.sub(r"-[^/]+/$", "-set-password/", link)
    for refused in ("short", "qwertyuiop", noor.email):
        walk.send(there, password1=refused, password2=refused)
    walk.send(there, password1=PASSWORD, password2=OTHER)
    walk.send(there, password1=PASSWORD, password2=PASSWORD)
    walk.get("account_logout")
    walk.send("account_logout")


def walk_with_nothing_to_show(walk: Walk, daan: Person) -> None:
    """In, but without password, passkey or code: as who stepped in at the demo."""
    daan.language = walk.language
    daan.save()
    walk.client.force_login(daan)
    for name in ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"):
        assert 'name="password2"' in walk.get(name), "a way to get one, not a closed door"
    walk.get("mfa_generate_recovery_codes")
    walk.send("mfa_generate_recovery_codes")
    walk.send("account_set_password", password1=PASSWORD, password2=OTHER)
    walk.send("account_set_password", password1=PASSWORD, password2=PASSWORD)
    walk.send("account_logout")


def walk_about_the_password_and_address(walk: Walk, noor: Person, femke: Person) -> None:
    """Another password, another address, other places one is signed in."""
    walk.send("account_login", login=noor.email, password=PASSWORD)
    walk.get("account_reauthenticate")
    walk.send("account_reauthenticate", password="wrong")
    walk.send("account_reauthenticate", password=PASSWORD)
    walk.get("account_change_password")
    walk.send("account_change_password", oldpassword="wrong", password1=OTHER, password2=THIRD)
    walk.send("account_change_password", oldpassword=PASSWORD, password1=OTHER, password2=OTHER)
    walk.send("account_reauthenticate", password=OTHER)

    walk.get("account_email")
    walk.send("account_email", email=noor.email, action_add="")
    walk.send("account_email", email=noor.email, action_remove="")
    EmailAddress.objects.filter(user=noor).update(verified=False)
    walk.get("account_email")
    walk.get("mfa_activate_totp")  # not before one's address is confirmed
    EmailAddress.objects.filter(user=noor).update(verified=True)
    new = f"noor.{walk.language}@example.test"
    walk.send("account_email", email=new, action_add="")
    walk.send("account_email", email=new, action_send="")
    walk.send("account_email", email=new, action_primary="")
    walk.send("account_email", email=new, action_remove="")
    walk.send("account_email", email=noor.email, action_primary="")
    walk.send("account_email", email=new, action_add="")
    link = walk.link()
    walk.get(link)
    walk.send(link)
    walk.get(link)
    # Someone else confirmed it before.
    theirs = EmailAddress.objects.create(user=femke, email="of.both@example.test", verified=True)
    walk.send("account_email", email=theirs.email, action_add="")
    taken = EmailAddress.objects.get(user=noor, email=theirs.email)
    confirming = EmailConfirmationHMAC.create(taken).key
    walk.get("account_confirm_email", confirming)
    walk.send("account_confirm_email", confirming)
    taken.delete()

    walk.send("account_login", by=walk.another(), login=new, password=OTHER)
    walk.get("usersessions_list")
    walk.send("usersessions_list")
    walk.get("usersessions_list")


def walk_about_codes_and_passkeys(walk: Walk, noor: Person) -> None:
    """A code from an app and a passkey: made, asked for, and gone again."""
    noor.refresh_from_db()
    walk.get("mfa_index")
    walk.get("mfa_list_webauthn")
    walk.get("mfa_activate_totp")
    walk.send("mfa_activate_totp", code="000000")
    walk.send("mfa_activate_totp", code=code_of(walk.client.session["mfa.totp.secret"]))
    walk.send("account_email", email="one.more@example.test", action_add="")
    walk.get("mfa_deactivate_totp")  # the only one there is
    walk.get("mfa_add_webauthn")
    walk.send("mfa_add_webauthn", credential=WRONG_PASSKEY, name="")
    walk.get("mfa_add_webauthn")
    walk.send("mfa_add_webauthn", credential=a_passkey(walk), name="My phone")
    passkey = Authenticator.objects.get(user=noor, type="webauthn").pk
    for name in ("mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes",
                 "mfa_download_recovery_codes", "mfa_generate_recovery_codes"):  # fmt: skip
        walk.get(name)
    walk.send("mfa_generate_recovery_codes")
    for name in ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"):
        walk.get(name)
    walk.send("mfa_reauthenticate", code="000000")
    walk.send("mfa_reauthenticate_webauthn", credential=WRONG_PASSKEY)
    walk.get("mfa_edit_webauthn", passkey)
    walk.send("mfa_edit_webauthn", passkey, name="")
    walk.send("mfa_edit_webauthn", passkey, name="My old phone")

    codes = Authenticator.objects.get(user=noor, type="recovery_codes").wrap()
    walk.send("account_logout")
    assert 'name="code"' in walk.send("account_login", login=noor.email, password=OTHER)
    walk.send("mfa_authenticate", code="000000")
    walk.send("mfa_authenticate", credential=WRONG_PASSKEY)
    for _ in range(6):
        walk._keep("too often", walk.client.post(reverse("mfa_authenticate"), {"code": "0"}))
    walk.send("mfa_authenticate", code=codes.get_unused_codes()[0])
    walk.send("account_reauthenticate", password=OTHER)
    walk.get("mfa_deactivate_totp")
    walk.send("mfa_deactivate_totp")
    walk.send("account_logout")
    walk.send("account_login", login=noor.email, password=OTHER)  # with a passkey only
    walk.send("mfa_authenticate", code=codes.get_unused_codes()[1])
    walk.send("account_reauthenticate", password=OTHER)
    walk.get("mfa_remove_webauthn", passkey)
    walk.send("mfa_remove_webauthn", passkey)


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_around_an_account_is_in_the_words_of_allauth(
    language: str, noor: Person, daan: Person, femke: Person, sam: Person
) -> None:
    for person in (noor, daan, femke, sam):
        person.language = language
        person.set_unusable_password() if person == daan else person.set_password(PASSWORD)
        person.save()
    walk = Walk(language)
    with noticed() as seen:
        walk_at_the_door(walk, noor, sam)
        walk_with_nothing_to_show(walk, daan)
        walk_about_the_password_and_address(walk, noor, femke)
        walk_about_codes_and_passkeys(walk, noor)

    sentences = Sentences(language)
    assert len(sentences.long) > 50, "allauth's own words were not found"
    read = walk.read | walk.mails()
    told = {where: found for where, texts in read.items() if (found := sentences.among(texts))}
    assert told == {}

    theirs = {name for name, file in seen.items() if file.startswith(str(TEMPLATES))}
    assert {name for name in theirs if _says_something((TEMPLATES / name).read_text())} == set()
    assert of_allauth() - set(seen) == set(), "the walk does not come here"
    assert {page.name for page in pages() if page.view.__module__.startswith("allauth.")} == {
        name for name in walk.opened if name.startswith(("account_", "mfa_", "usersessions_"))
    }


def test_a_notice_is_in_the_language_of_whose_account_it_is(noor: Person) -> None:
    """Also when another browser opens the link, and the letter goes to an address of before."""
    Person.objects.filter(pk=noor.pk).update(language="nl")
    EmailAddress.objects.create(user=noor, email=noor.email, verified=True, primary=True)
    new = EmailAddress.objects.create(user=noor, email="new@example.test")
    link = reverse("account_confirm_email", args=[EmailConfirmationHMAC.create(new).key])
    Client(headers={"Accept-Language": "en"}).post(link)

    letter = mail.outbox[-1]
    assert letter.to == [noor.email]
    assert letter.subject == "Je logt in met een ander adres"
    assert "/account/password/reset/" in str(letter.body)  # what to do, if it was someone else


def test_every_template_of_allauth_that_says_something_has_one_of_ours_before_it() -> None:
    off = switched_off()
    assert [name for name, still in off.items() if not still] == [], "this is reached now"
    engine = Engine.get_default()
    files = {name: str(engine.get_template(name).origin.name) for name in of_allauth()}

    assert len(files) > 50
    assert [name for name, file in files.items() if not file.startswith(str(SOURCE))] == []


# Said where nobody comes: codes by mail or telephone, names to sign in with, several addresses.
NEVER_SAID = {
    "cannot_remove_primary_email", "phone_password_mismatch", "email_taken", "incorrect_code",
    "invalid_or_expired_key", "invalid_login", "max_email_addresses", "phone_taken",
    "unknown_email", "unknown_phone", "unverified_primary_email", "username_blacklisted",
    "username_password_mismatch", "username_taken", "select_only_one", "same_as_current",
}  # fmt: skip
NEVER_SAID_OF_CODES = {"cannot_delete_authenticator"}


def test_what_is_refused_is_told_in_our_words() -> None:
    def stock(theirs: Any, ours: Any) -> set[str]:
        return {key for key, text in theirs.error_messages.items()
                if str(ours.error_messages[key]) == str(text)}  # fmt: skip

    assert stock(DefaultAccountAdapter, account_adapter()) == NEVER_SAID
    assert stock(DefaultMFAAdapter, mfa_adapter()) == NEVER_SAID_OF_CODES
