"""What every answer says to the browser about how far to trust it."""

from collections.abc import Callable
from typing import Any

import pytest
from csp.constants import HEADER
from csp.exceptions import CSPNonceError
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from gezel.people.api import Person
from gezel.site.csp import WrittenOnce

PAGES = ["/", "/account/", "/account/login/", "/trust/", "/nothing-here/", "/livez"]


def policy_of(answer: HttpResponse) -> dict[str, list[str]]:
    parts = [p.split() for p in answer["Content-Security-Policy"].split(";") if p.strip()]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("known", [True, False])
def test_every_answer_is_strict(
    address: str, known: bool, noor: Person, visit: Callable[[Person], Client]
) -> None:
    answer = (visit(noor) if known else Client()).get(address)
    policy = policy_of(answer)

    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    for name, values in policy.items():
        for value in values:
            assert value in {"'self'", "'none'", "data:"} or value.startswith("'nonce-"), name
    # data: only where nothing can run, a nonce only for the house colour of an organisation
    assert [n for n, v in policy.items() if "data:" in v] in (["img-src"], [])
    assert [n for n, v in policy.items() if any("nonce" in x for x in v)] in (["style-src"], [])
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


def test_a_nonce_is_used_once(noor: Person, visit: Callable[[Person], Client]) -> None:
    organisation = noor.employments.get().organisation
    organisation.accent_hue = 20
    organisation.save()
    client = visit(noor)

    def nonce() -> list[str]:
        return [v for v in policy_of(client.get("/"))["style-src"] if v.startswith("'nonce-")]

    assert nonce() != nonce()
    assert nonce()


@pytest.mark.parametrize(
    "asks",
    [
        {},
        {"_csp_update": {"frame-src": ["https://elsewhere.test"]}},
        {"_csp_replace": {"img-src": ["https://elsewhere.test"]}},
        {"_csp_config": {"default-src": ["https://elsewhere.test"]}},
        {"_csp_exempt": True},
        {"nonce": True},
        {"has": "default-src 'none'"},
    ],
    ids=lambda asks: next(iter(asks), "plain"),
)
def test_written_once_the_policy_is_what_django_csp_writes(
    asks: dict[str, Any], rf: RequestFactory
) -> None:
    def answered(middleware: type[CSPMiddleware]) -> str:
        def respond(request: HttpRequest) -> HttpResponse:
            answer = HttpResponse()
            for name, value in asks.items():
                setattr(answer, name, value)
            if "has" in asks:
                answer[HEADER] = asks["has"]
            if "nonce" in asks:
                request._csp_nonce = "abc"  # type: ignore[attr-defined]
            return answer

        request: Any = rf.get("/")
        answer: Any = middleware(respond)(request)
        if "nonce" not in asks:
            with pytest.raises(CSPNonceError):
                str(request.csp_nonce)
        return str(answer.get(HEADER, ""))

    def parts(policy: str) -> set[str]:  # their order is that of a set, another in each process
        return {part.strip() for part in policy.split(";")}

    assert parts(answered(WrittenOnce)) == parts(answered(CSPMiddleware))


def test_cookies_are_for_the_server_only(noor: Person) -> None:
    noor.set_password("een-lang-geheim-7")
    noor.save()
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": noor.email, "password": "een-lang-geheim-7"})
    client.post("/look/", {"language": "nl"})

    assert {"gezel-session", settings.CSRF_COOKIE_NAME, "gezel-language"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name


def test_cookies_of_a_secure_house_are_secure() -> None:
    """The settings that a https address switches on, read from the settings' own source."""
    from importlib import util
    from unittest import mock

    found = util.find_spec("gezel.site.settings")
    assert found is not None
    assert found.loader is not None
    module = util.module_from_spec(found)
    with mock.patch.dict("os.environ", {"GEZEL_BASE_URL": "https://gezel.example"}):
        found.loader.exec_module(module)

    assert module.SESSION_COOKIE_SECURE is module.CSRF_COOKIE_SECURE is True
    assert module.SECURE_HSTS_SECONDS >= 31_536_000
    assert module.ALLOWED_HOSTS == ["gezel.example", "testserver"]
    assert module.ALLAUTH_TRUSTED_PROXY_COUNT == 1


def test_a_made_up_host_is_refused(db: None) -> None:
    """So that no mail carries a link to somebody else's house."""
    answer = Client().post(
        "/account/password/reset/", {"email": "noor@example.test"}, headers={"host": "evil.example"}
    )
    assert answer.status_code == 400
