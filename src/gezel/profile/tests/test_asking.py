"""Asking an issuer elsewhere: only when said, only the open internet, and only a little."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gezel.kit import outside
from gezel.kit.outside import NotReached, ask_outside
from gezel.profile import queries
from gezel.profile.rules.did import web_did
from gezel.profile.rules.keys import multikey
from gezel.profile.rules.verdict import Verdict, check_document
from gezel.profile.tests.samples import (
    AT_ADDRESS,
    DOCUMENT_AT,
    KEY,
    a_badge,
    as_text,
    signed,
    the_issuer,
)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An internet with one issuer in it; gives the addresses that were asked."""
    asked: list[str] = []

    def answer(method: str, address: str, **_: Any) -> tuple[int, bytes]:
        asked.append(address)
        if address == DOCUMENT_AT:
            return 200, json.dumps(the_issuer()).encode()
        raise NotReached("nobody")

    monkeypatch.setattr(queries.credentials, "ask_outside", answer)
    return asked


def a_document() -> dict[str, Any]:
    badge = a_badge(AT_ADDRESS)
    del badge["validUntil"]
    return signed(badge)


def test_an_issuer_elsewhere_is_asked_and_then_it_is_proved(db: None, elsewhere: list[str]) -> None:
    now = timezone.now()

    unasked = check_document(a_document(), now=now, sources=queries.OurOwn())
    asked = check_document(a_document(), now=now, sources=queries.Asking())

    assert (unasked.verdict, asked.verdict) == (Verdict.UNKNOWN, Verdict.VALID)
    assert elsewhere == [DOCUMENT_AT]


@pytest.mark.parametrize("allowed", [True, False])
def test_the_page_asks_only_where_it_is_allowed_and_ticked(
    db: None, elsewhere: list[str], settings: Settings, allowed: bool
) -> None:
    settings.ASK_ISSUERS = allowed
    text = as_text(a_document()).decode()

    for told in ({"text": text}, {"text": text, "ask": "on"}):
        answer = Client().post(reverse("profile:verify"), told).content.decode()
        assert ("This is genuine." in answer) is (allowed and "ask" in told)
    assert bool(elsewhere) is allowed


def test_one_file_cannot_make_us_ask_for_ever(db: None, elsewhere: list[str]) -> None:
    sources = queries.Asking()

    for number in range(30):
        assert sources.document(f"https://issuer-{number}.example/did.json") is None
        assert sources.document(f"http://issuer-{number}.example/") is None

    assert len(elsewhere) == queries.credentials.MOST_QUESTIONS


@pytest.mark.parametrize(
    "host", ["10.0.0.5", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "192.168.1.4"]
)
def test_a_name_that_leads_into_the_house_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """The name is fine; what the name server says about it is not."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (host, 443))])
    connected: list[Any] = []
    monkeypatch.setattr("socket.create_connection", lambda *a: connected.append(a))

    with pytest.raises(NotReached, match="private network"):
        ask_outside("GET", "https://issuer.example/did.json", patience=1, most=100)
    assert connected == []


@pytest.mark.parametrize(
    "address",
    ["http://issuer.example/", "file:///etc/passwd", "https://a@b.example/", "https://x:0/"],
)
def test_what_is_no_address_is_not_asked(address: str) -> None:
    with pytest.raises(NotReached):
        ask_outside("GET", address, patience=1, most=100)


def test_a_slow_answer_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece comes in time, and all of them together do not."""

    class Dripping:
        def read1(self, _most: int) -> bytes:
            return b"x"

    moments = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: next(moments))

    with pytest.raises(NotReached, match="too slowly"):
        outside._read(Dripping(), 1_000_000, 5)  # type: ignore[arg-type]


def test_the_key_of_another_address_is_not_the_issuers(db: None, elsewhere: list[str]) -> None:
    other = web_did("evil.example")
    word = multikey(KEY.public_key())
    badge = a_badge(AT_ADDRESS)
    forged = signed(badge, method=f"{other}#{word}")

    found = check_document(forged, now=timezone.now(), sources=queries.Asking())

    assert found.verdict is Verdict.INVALID
    assert elsewhere == [DOCUMENT_AT]
