"""Coming in, staying in, and being kept out."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from gezel.connect.actions import deliver, invite_all
from gezel.people.api import Employment, Organisation, Person, end_employment
from gezel.people.tests.builders import a_colleague

PASSWORD = "een-lang-geheim-7"
LOGIN = "/account/login/"
Visit = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def noor_with_password(noor: Person) -> Person:
    noor.set_password(PASSWORD)
    noor.save()
    return noor


def sign_in(email: str, password: str = PASSWORD, *, ip: str = "10.0.0.1", **more: str) -> Client:
    client = Client(REMOTE_ADDR=ip)
    client.post(LOGIN, {"login": email, "password": password, **more})
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_someone_signs_in_with_address_and_password(noor_with_password: Person) -> None:
    assert is_in(sign_in(noor_with_password.email.upper()))
    assert not is_in(sign_in(noor_with_password.email, "something-else"))


def test_a_stranger_cannot_make_an_account(db: None) -> None:
    client = Client()
    client.post(
        "/account/signup/",
        {"email": "stranger@example.test", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert not Person.objects.get_queryset().exists()


def test_an_unknown_address_is_answered_like_a_wrong_password(noor_with_password: Person) -> None:
    known = Client().post(LOGIN, {"login": noor_with_password.email, "password": "wrong-one"})
    unknown = Client().post(LOGIN, {"login": "nobody@example.test", "password": "wrong-one"})

    def told(body: bytes) -> list[str]:
        return re.findall(r'role="alert".*?</div></div>', body.decode(), re.DOTALL)

    assert told(known.content) == told(unknown.content) != []


def test_the_session_gets_a_new_name_at_the_door(noor_with_password: Person) -> None:
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["gezel-session"] = session.session_key or ""
    planted = session.session_key

    client.post(LOGIN, {"login": noor_with_password.email, "password": PASSWORD})

    assert is_in(client)
    assert client.session.session_key != planted
    assert not is_in(_with_cookie(planted or ""))


def _with_cookie(key: str) -> Client:
    client = Client()
    client.cookies["gezel-session"] = key
    return client


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "https:evil.example",
        "http:///evil.example",
    ],
)
def test_next_leads_nowhere_outside(noor_with_password: Person, address: str) -> None:
    client = Client()
    answer = client.post(
        LOGIN, {"login": noor_with_password.email, "password": PASSWORD, "next": address}
    )

    assert answer["Location"] == "/"
    assert client.post("/look/", {"language": "nl", "next": address})["Location"] == "/"
    assert client.post("/account/logout/", {"next": address})["Location"].startswith("/")
    assert "evil" not in client.post("/account/logout/", {"next": address})["Location"]


def test_a_fifth_wrong_password_closes_the_door_to_that_place_only(
    noor_with_password: Person,
) -> None:
    for _ in range(5):
        sign_in(noor_with_password.email, "wrong-one", ip="10.6.6.6")

    assert not is_in(sign_in(noor_with_password.email, ip="10.6.6.6"))  # right, but too late
    assert is_in(sign_in(noor_with_password.email, ip="10.0.0.1"))  # she herself, elsewhere


@pytest.mark.parametrize(
    ("language", "told"),
    [("nl", ("Wacht vijf minuten", "Wachtwoord vergeten?", "passkey werkt altijd")),
     ("en", ("Wait five minutes", "Forgot your password?", "passkey always works"))],
)  # fmt: skip
def test_who_is_kept_out_reads_what_helps(
    noor_with_password: Person, language: str, told: tuple[str, ...]
) -> None:
    client = Client(REMOTE_ADDR="10.6.6.6", headers={"Accept-Language": language})
    for _ in range(6):
        page = client.post(LOGIN, {"login": noor_with_password.email, "password": "wrong"})
    words = page.content.decode()
    error = re.search(r'class="error"[^>]*>(.*?)</p>', words, re.DOTALL)

    assert error or 'role="alert"' in words
    assert all(part in words for part in told)


def test_asking_for_a_link_tells_the_same_of_every_address(noor_with_password: Person) -> None:
    """In our words, and with what to do when none comes."""
    pages = set()
    for address in (noor_with_password.email, "nobody@example.test"):
        client = Client(headers={"Accept-Language": "nl"})
        answer = client.post("/account/password/reset/", {"email": address}, follow=True)
        text = answer.content.decode()
        pages.add(text[text.index("<main") : text.index("</main>")])
        assert "Hoort er een account bij dit adres?" in text
        assert "vraag HR van je organisatie" in text
    assert len(pages) == 1
    # A letter goes to both, or the time it takes would tell which of them has an account.
    known, unknown = mail.outbox
    assert "kies je een nieuw wachtwoord" in str(known.body)
    assert "bij dit adres hoort hier geen account" in str(unknown.body)
    assert "signup" not in str(unknown.body)


def test_too_often_is_a_page_of_ours_that_says_when_to_come_back(db: None) -> None:
    client = Client(headers={"Accept-Language": "nl"})
    for _ in range(30):
        answer = client.post("/account/password/reset/", {"email": "nobody@example.test"})
        if answer.status_code == 429:
            break

    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    assert "Wacht vijf minuten en probeer het opnieuw" in answer.content.decode()
    assert 'lang="nl"' in answer.content.decode()


def test_guessing_from_many_places_stops_and_she_still_comes_in_where_she_was_before(
    noor_with_password: Person,
) -> None:
    assert is_in(sign_in(noor_with_password.email, ip="10.0.0.1"))
    for place in range(30):
        sign_in(noor_with_password.email, "wrong-one", ip=f"10.6.0.{place}")

    assert not is_in(sign_in(noor_with_password.email, ip="10.6.1.1"))
    assert is_in(sign_in(noor_with_password.email, ip="10.0.0.1"))


def test_a_link_by_mail_ends_being_kept_out(noor_with_password: Person) -> None:
    for place in range(31):
        sign_in(noor_with_password.email, "wrong-one", ip=f"10.6.0.{place}")
    assert not is_in(sign_in(noor_with_password.email, ip="10.0.0.9"))

    client = Client(REMOTE_ADDR="10.0.0.9")
    client.post("/account/password/reset/", {"email": noor_with_password.email})
    _set_password(client, _link(), "een-nieuw-geheim-8")

    assert is_in(sign_in(noor_with_password.email, "een-nieuw-geheim-8", ip="10.0.0.10"))


@pytest.mark.django_db(transaction=True)
def test_the_count_holds_when_guesses_come_at_once(noor_with_password: Person) -> None:
    """From several threads, each with a database connection of its own, as processes have."""

    def guess(number: int) -> bool:
        try:
            answer = Client(REMOTE_ADDR="10.6.6.6").post(
                LOGIN, {"login": noor_with_password.email, "password": f"wrong-{number}"}
            )
            return b"password do not belong together" in answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        looked_at = sum(pool.map(guess, range(20)))

    assert looked_at <= 5
    assert not is_in(sign_in(noor_with_password.email, ip="10.6.6.6"))


def test_a_changed_password_ends_every_other_session(noor_with_password: Person) -> None:
    here, there = sign_in(noor_with_password.email), sign_in(noor_with_password.email)
    assert there.get("/account/").status_code == 200

    new = "een-nieuw-geheim-8"
    here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert is_in(sign_in(noor_with_password.email, new))


def test_sign_out_everywhere_else(noor_with_password: Person) -> None:
    here, there = sign_in(noor_with_password.email), sign_in(noor_with_password.email)
    assert UserSession.objects.filter(user=noor_with_password).count() == 2

    here.post("/account/sessions/")

    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_what_one_signs_in_with_goes_when_one_removes_it(noor_with_password: Person) -> None:
    client = sign_in(noor_with_password.email)
    Authenticator.objects.create(
        user=noor_with_password, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()


def test_who_chose_a_first_password_on_the_way_goes_on_and_is_not_asked_for_it_at_once(
    noor: Person, visit: Visit
) -> None:
    noor.set_unusable_password()
    noor.save()
    client = visit(noor)
    asked = reverse("mfa_activate_totp")

    led = client.get(f"{reverse('account_reauthenticate')}?next={asked}", follow=True)
    assert led.request["PATH_INFO"] == reverse("account_set_password")
    chosen = {"password1": PASSWORD, "password2": PASSWORD, "next": asked}
    went_on = client.post(reverse("account_set_password"), chosen, follow=True)

    assert went_on.request["PATH_INFO"] == asked
    # Another session knows nothing of that.
    elsewhere = sign_in(noor.email).get(asked)
    assert elsewhere["Location"].startswith(reverse("account_reauthenticate"))


def test_a_link_to_reset_works_once_and_ends_every_session(noor_with_password: Person) -> None:
    before = sign_in(noor_with_password.email)
    client = Client()
    client.post("/account/password/reset/", {"email": noor_with_password.email})
    link = _link()

    _set_password(client, link, "een-nieuw-geheim-8")

    assert before.get("/account/").status_code == 302
    assert EmailAddress.objects.get(user=noor_with_password).verified
    again = Client().get(link, follow=True)
    assert 'name="password1"' not in again.content.decode()


def _link() -> str:
    found = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def _set_password(client: Client, link: str, password: str) -> None:
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_someone_who_left_keeps_the_account_and_loses_the_organisation(
    noor: Person, van_dijk: Organisation, visit: Visit
) -> None:
    client = visit(noor)
    # The same session, before and after: nobody has to sign out first.
    end_employment(
        Employment.objects.get(person=noor), last_day=timezone.localdate() - timedelta(days=1)
    )

    assert client.get("/account/").status_code == 200
    assert client.get("/trust/").status_code == 200
    assert client.get(reverse("connect:tokens")).status_code == 404


def test_one_overview_of_ways_in_costs_few_queries(
    noor: Person,
    visit: Visit,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = visit(noor)
    with django_assert_max_num_queries(7):
        assert client.get("/account/").status_code == 200


class TestSteppingInAtTheDemo:
    @pytest.fixture(autouse=True)
    def _cast(self, noor: Person, settings: Settings) -> None:
        settings.DEMO = True
        settings.DEMO_CAST = [(noor.email, "learns")]

    def test_one_click_and_in(self, noor: Person) -> None:
        client = Client()
        assert noor.name in client.get(LOGIN).content.decode()

        assert client.post("/account/step-in/", {"as": noor.email})["Location"] == "/"
        assert client.session["_auth_user_id"] == str(noor.pk)

    def test_there_is_no_such_door_outside_the_demo(self, noor: Person, settings: Settings) -> None:
        settings.DEMO = False
        client = Client()

        assert noor.name not in client.get(LOGIN).content.decode()
        assert client.post("/account/step-in/", {"as": noor.email}).status_code == 404
        assert not is_in(client)

    def test_only_as_someone_of_the_cast(self, daan: Person) -> None:
        client = Client()
        assert client.post("/account/step-in/", {"as": daan.email}).status_code == 404
        assert not is_in(client)

    def test_not_by_a_link_and_not_from_another_site(self, noor: Person) -> None:
        assert Client().get("/account/step-in/", {"as": noor.email}).status_code == 405
        strict = Client(enforce_csrf_checks=True)
        assert strict.post("/account/step-in/", {"as": noor.email}).status_code == 403


class TestInvitations:
    def test_hr_invites_and_the_link_sets_a_first_password(
        self, femke: Person, noor: Person, visit: Visit
    ) -> None:
        noor.language = "nl"
        noor.save()
        visit(femke).post(f"/account/invite/{noor.pk}/")
        deliver()

        letter = mail.outbox[-1]
        assert letter.to == [noor.email]
        client = Client()
        _set_password(client, _link(), PASSWORD)
        noor.refresh_from_db()
        assert noor.check_password(PASSWORD)
        assert is_in(client)

    def test_the_letter_is_in_the_language_of_who_gets_it(
        self, femke: Person, noor: Person, visit: Visit
    ) -> None:
        noor.language = "en"
        noor.save()
        femke.language = "nl"
        femke.save()
        visit(femke).post(f"/account/invite/{noor.pk}/")
        deliver()

        assert "invites you to Gezel" in str(mail.outbox[-1].body)

    def test_two_clicks_are_one_letter(self, femke: Person, noor: Person, visit: Visit) -> None:
        hr = visit(femke)
        hr.post(f"/account/invite/{noor.pk}/")
        hr.post(f"/account/invite/{noor.pk}/")
        deliver()

        assert len(mail.outbox) == 1

    def test_once_they_came_in_the_letter_is_not_sent_any_more(
        self, femke: Person, noor: Person, visit: Visit
    ) -> None:
        visit(femke).post(f"/account/invite/{noor.pk}/")
        noor.set_password(PASSWORD)
        noor.save()
        deliver()

        assert mail.outbox == []

    def test_only_hr_and_only_for_who_cannot_come_in_yet(
        self, femke: Person, daan: Person, noor: Person, sam: Person, visit: Visit
    ) -> None:
        for who in (daan, noor, sam):
            assert visit(who).post(f"/account/invite/{noor.pk}/").status_code == 404
            assert visit(who).get(f"/account/invite/{noor.pk}/panel/").status_code == 404
        assert visit(femke).post(f"/account/invite/{sam.pk}/").status_code == 404
        daan.set_password(PASSWORD)
        daan.save()
        assert visit(femke).get(f"/account/invite/{daan.pk}/panel/").status_code == 404
        assert visit(femke).get(f"/account/invite/{noor.pk}/panel/").status_code == 200
        deliver()
        assert mail.outbox == []


class TestEveryoneAtOnce:
    def test_who_was_never_invited_gets_one_letter_however_often_one_clicks(
        self, femke: Person, noor: Person, daan: Person, sam: Person, visit: Visit
    ) -> None:
        hr = visit(femke)
        hr.post(f"/account/invite/{daan.pk}/")
        femke.set_password(PASSWORD)
        femke.save()
        hr = visit(femke)
        page = hr.get("/account/invite/").content.decode()
        assert "Invite 1 person" in page
        assert noor.name in page
        assert daan.name in page  # among who was invited and is not in yet
        assert sam.name not in page

        for _ in range(2):
            hr.post("/account/invite/")
        deliver()

        assert sorted(letter.to[0] for letter in mail.outbox) == sorted([noor.email, daan.email])
        assert "Everyone was invited" in hr.get("/account/invite/").content.decode()

    def test_a_whole_staff_costs_a_handful_of_questions(
        self,
        van_dijk: Organisation,
        femke: Person,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for n in range(30):
            a_colleague(van_dijk, f"Person Number{n:02}", job="Mechanic")
        with django_assert_max_num_queries(14):
            sent = invite_all(
                Person.objects.working_at(van_dijk).exclude(pk=femke.pk), femke, van_dijk
            )
        assert sent == 30

    def test_it_is_hrs(self, noor: Person, daan: Person, sam: Person, visit: Visit) -> None:
        for who in (noor, daan, sam):
            assert visit(who).get("/account/invite/").status_code == 404
            assert visit(who).post("/account/invite/").status_code == 404


class TestASessionThatEnded:
    """Who was busy signs in and is back at the page, not at an address that shows nothing."""

    def test_a_form_leads_back_to_its_page(self, noor: Person) -> None:
        asked = Client().post(
            reverse("plans:mark_step", args=[1]), HTTP_REFERER="http://testserver/plan/?on=1"
        )
        assert asked.headers["Location"] == "/account/login/?next=/plan/%3Fon%3D1"

    def test_a_part_of_a_page_does_not_get_the_door_inside_it(self, noor: Person) -> None:
        asked = Client().get(
            "/people/?q=a",
            headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/"},
        )
        assert asked.status_code == 204
        assert asked.headers["HX-Redirect"] == "/account/login/?next=/people/"

    def test_a_page_elsewhere_is_not_led_back_to(self, noor: Person) -> None:
        asked = Client().post(
            reverse("plans:mark_step", args=[1]), HTTP_REFERER="https://elsewhere.example/x"
        )
        assert asked.headers["Location"] == "/account/login/?next=/"

    def test_a_form_without_its_token_is_told_what_to_do(self, noor: Person) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(noor)
        answer = strict.post("/learn/share/", {"title": "x"})
        assert answer.status_code == 403
        assert "This page was too old" in answer.content.decode()
