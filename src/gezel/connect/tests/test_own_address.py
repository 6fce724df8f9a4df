"""An address of one's own: shown to be theirs, beside the employer's, and alone once they left."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gezel.connect.actions import confirm_own_address, own_address_leads, own_address_of
from gezel.people.api import Person, end_employment

pytestmark = pytest.mark.django_db
Visit = Callable[[Person], Client]
OWN = "noor@thuis.example"


@pytest.fixture(autouse=True)
def _no_brake() -> None:
    cache.clear()


def test_the_link_in_the_mail_makes_it_mine(
    noor: Person, sam: Person, visit: Visit, mailoutbox: list[Any]
) -> None:
    me = visit(noor)
    answer = me.post(reverse("connect:own"), {"email": OWN.upper()})
    assert answer.status_code == 200
    assert own_address_of(noor) == ""
    link = re.search(r"https?://[^/]+(/account/own/\S+)", mailoutbox[0].body)
    assert link is not None
    assert mailoutbox[0].to == [OWN]

    assert visit(sam).post(link[1]).status_code == 404
    assert me.get(link[1]).status_code == 200
    assert own_address_of(noor) == "", "looking at it confirms nothing"
    me.post(link[1])
    assert own_address_of(noor) == OWN
    noor.refresh_from_db()
    assert noor.email != OWN


def test_a_second_mail_right_after_waits(noor: Person, visit: Visit, mailoutbox: list[Any]) -> None:
    me = visit(noor)
    for _twice in range(2):
        answer = me.post(reverse("connect:own"), {"email": OWN})
    assert answer.status_code == 422
    assert len(mailoutbox) == 1


def test_one_signs_in_with_it_and_after_leaving_with_nothing_else(
    noor: Person, client: Client
) -> None:
    work = noor.email
    noor.set_password("een lang wachtwoord")
    noor.save(update_fields=["password"])
    EmailAddress.objects.create(user=noor, email=work, verified=True, primary=True)
    assert confirm_own_address(noor, OWN)

    def comes_in(address: str) -> bool:
        client.logout()
        told = {"login": address, "password": "een lang wachtwoord"}
        return client.post(reverse("account_login"), told).status_code == 302

    assert comes_in(OWN)
    assert comes_in(work)
    assert own_address_leads() == 0, "as long as one works somewhere, both count"
    end_employment(noor.employments.get(), last_day=timezone.localdate() - timedelta(days=1))
    assert own_address_leads() == 1
    assert comes_in(OWN)
    assert not comes_in(work)


def test_the_address_of_another_account_stays_theirs(noor: Person, sam: Person) -> None:
    assert not confirm_own_address(noor, sam.email)
    EmailAddress.objects.create(user=sam, email=OWN, verified=True)
    assert not confirm_own_address(noor, OWN)


def test_without_an_own_address_one_keeps_the_way_in_there_is(noor: Person) -> None:
    end_employment(noor.employments.get(), last_day=timezone.localdate() - timedelta(days=1))
    assert own_address_leads() == 0
    email = noor.email
    noor.refresh_from_db()
    assert noor.email == email
