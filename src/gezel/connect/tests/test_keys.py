"""Keys for other systems: made, shown once, used for one purpose, closed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from ninja import Schema
from ninja.errors import HttpError

from gezel.connect.api import ApiRequest, Caller, Scope, once, revoke_token
from gezel.connect.models import ApiToken, Reply
from gezel.connect.tests.builders import a_token
from gezel.connect.widened import PERSONAL_KEYS
from gezel.people.api import Organisation, Person
from gezel.trust.tests.builders import a_consent

Visit = Callable[[Person], Client]
KEYS = "/account/keys/"


def answer_to(secret: str, scope: str = "people:read") -> Caller | None:
    return Scope(scope).authenticate(HttpRequest(), secret)


def test_a_living_key_opens_for_its_organisation(van_dijk: Organisation, femke: Person) -> None:
    made = a_token(van_dijk, femke)

    caller = answer_to(made.secret)

    assert caller is not None
    assert caller.organisation == van_dijk
    made.token.refresh_from_db()
    assert made.token.last_used_on == timezone.localdate()


def test_only_the_digest_is_kept(van_dijk: Organisation, femke: Person) -> None:
    made = a_token(van_dijk, femke)
    row = ApiToken.objects.filter(pk=made.token.pk).values().get()

    assert made.secret not in str(row)
    assert answer_to(made.token.digest) is None


@pytest.mark.parametrize("wrong", ["", "gezel_", "x" * 5_000, "gezel_\x00", "é" * 40, "' OR 1=1"])
def test_a_wrong_key_opens_nothing(van_dijk: Organisation, femke: Person, wrong: str) -> None:
    a_token(van_dijk, femke)
    assert answer_to(wrong) is None


def test_a_closed_or_old_key_opens_nothing(van_dijk: Organisation, femke: Person) -> None:
    closed = a_token(van_dijk, femke, name="closed")
    revoke_token(closed.token)
    today = timezone.localdate()
    old = a_token(van_dijk, femke, name="old", expires_on=today - timedelta(days=1))
    last = a_token(van_dijk, femke, name="last day", expires_on=today)

    assert answer_to(closed.secret) is None
    assert answer_to(old.secret) is None
    assert answer_to(last.secret) is not None


def test_a_key_does_what_was_ticked_and_no_more(van_dijk: Organisation, femke: Person) -> None:
    made = a_token(van_dijk, femke, scopes=["catalogue:read"])

    assert answer_to(made.secret, "catalogue:read") is not None
    with pytest.raises(HttpError) as refused:
        answer_to(made.secret, "catalogue:write")
    assert refused.value.status_code == 403


def test_a_scope_that_does_not_exist_cannot_be_given(van_dijk: Organisation, femke: Person) -> None:
    with pytest.raises(ValueError, match="everything"):
        a_token(van_dijk, femke, scopes=["everything"])


def test_two_living_keys_of_one_name_would_be_confusing(
    van_dijk: Organisation, femke: Person
) -> None:
    first = a_token(van_dijk, femke, name="Roster")
    with pytest.raises(ValidationError):
        a_token(van_dijk, femke, name="Roster")
    revoke_token(first.token)
    a_token(van_dijk, femke, name="Roster")


class TestThePage:
    @pytest.fixture(autouse=True)
    def _the_council_agreed(self, van_dijk: Organisation) -> None:
        a_consent(van_dijk, PERSONAL_KEYS)

    def make(self, client: Client, **changes: Any) -> Any:
        body = {
            "name": "Roster",
            "scopes": ["people:read"],
            "expires_on": (timezone.localdate() + timedelta(days=30)).isoformat(),
        }
        return client.post(KEYS, body | changes)

    def test_the_secret_is_shown_once(self, femke: Person, visit: Visit) -> None:
        client = visit(femke)
        made = self.make(client)
        secret = made.context["made"].secret

        assert secret in made.content.decode()
        assert "no-store" in made["Cache-Control"]
        assert secret not in client.get(KEYS).content.decode()
        assert answer_to(secret) is not None

    def test_sent_twice_is_one_key(self, femke: Person, visit: Visit) -> None:
        client = visit(femke)
        self.make(client)

        assert self.make(client).status_code == 422
        assert ApiToken.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"name": "x" * 101},
            {"name": "a\x00b"},
            {"scopes": []},
            {"scopes": ["everything"]},
            {"expires_on": "2020-01-01"},
            {"expires_on": "9999-12-31"},
            {"expires_on": "soon"},
        ],
    )
    def test_what_cannot_be_is_told_at_the_field(
        self, femke: Person, visit: Visit, wrong: dict[str, Any]
    ) -> None:
        answer = self.make(visit(femke), **wrong)

        assert answer.status_code == 422
        assert not ApiToken.objects.exists()

    def test_what_is_not_asked_is_not_taken(
        self, femke: Person, van_dijk: Organisation, de_linde: Organisation, visit: Visit
    ) -> None:
        self.make(visit(femke), organisation=de_linde.pk, made_by=1, digest="0" * 64, prefix="x")

        token = ApiToken.objects.get()
        assert (token.organisation, token.made_by) == (van_dijk, femke)
        assert token.prefix.startswith("gezel_")

    def test_closing_ends_it_at_once(self, femke: Person, visit: Visit) -> None:
        client = visit(femke)
        made = self.make(client).context["made"]
        client.post(f"{KEYS}{made.token.pk}/revoke/")

        assert answer_to(made.secret) is None

    def test_not_for_who_is_not_hr_and_not_of_another_organisation(
        self, femke: Person, noor: Person, daan: Person, sam: Person, visit: Visit
    ) -> None:
        made = self.make(visit(femke)).context["made"]
        for who in (noor, daan, sam):
            assert visit(who).get(KEYS).status_code == 404
            assert self.make(visit(who)).status_code == 404
            assert visit(who).post(f"{KEYS}{made.token.pk}/revoke/").status_code == 404
        assert answer_to(made.secret) is not None


class Answer(Schema):
    number: int


class TestOnce:
    @pytest.fixture
    def request_of(self, van_dijk: Organisation, femke: Person) -> Callable[..., ApiRequest]:
        token = a_token(van_dijk, femke).token

        def asked(body: str = "{}", path: str = "/api/v1/things") -> ApiRequest:
            request = RequestFactory().post(path, body, content_type="application/json")
            request.auth = Caller(van_dijk, token)  # type: ignore[attr-defined]
            return cast(ApiRequest, request)

        return asked

    def test_the_same_again_does_it_once(self, request_of: Callable[..., ApiRequest]) -> None:
        done: list[int] = []

        def act() -> Answer:
            done.append(1)
            return Answer(number=len(done))

        first = once(request_of(), "k", act)
        again = once(request_of(), "k", act)

        assert first == again == {"number": 1}
        assert done == [1]

    def test_one_key_for_two_questions_is_a_mistake(
        self, request_of: Callable[..., ApiRequest]
    ) -> None:
        once(request_of(), "k", lambda: Answer(number=1))
        for other in (request_of('{"a": 1}'), request_of(path="/api/v1/others")):
            with pytest.raises(HttpError) as refused:
                once(other, "k", lambda: Answer(number=2))
            assert refused.value.status_code == 409

    def test_what_failed_may_be_tried_again_with_the_same_key(
        self, request_of: Callable[..., ApiRequest]
    ) -> None:
        def fail() -> Answer:
            raise ValidationError("no")

        with pytest.raises(ValidationError):
            once(request_of(), "k", fail)
        assert once(request_of(), "k", lambda: Answer(number=2)) == {"number": 2}

    @pytest.mark.parametrize("key", ["", " ", "a b", "a\x00b", "é", "x" * 101, "a\n"])
    def test_a_key_that_is_none(self, request_of: Callable[..., ApiRequest], key: str) -> None:
        with pytest.raises(HttpError) as refused:
            once(request_of(), key, lambda: Answer(number=1))
        assert refused.value.status_code == 422

    @pytest.mark.django_db(transaction=True)
    def test_all_at_once_it_is_still_done_once(self, request_of: Callable[..., ApiRequest]) -> None:
        done = SimpleNamespace(times=0)

        def act() -> Answer:
            done.times += 1
            return Answer(number=7)

        def ask(request: ApiRequest) -> dict[str, Any]:
            try:
                return once(request, "k", act)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(ask, [request_of() for _ in range(8)]))

        assert answers == [{"number": 7}] * 8
        assert done.times == 1
        assert Reply.objects.count() == 1
