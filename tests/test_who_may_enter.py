"""Every page of the house, and who may open it.

    in     the sign-in page comes first
    open   it answers
    shut   404: to this visitor it does not exist
    key    only another system with a key, see test_api_schema
    own    it answers with what is Sam's own or everyone's; that Noor is not on it is looked at

Whoever it is, opening a page changes nothing but who looked and the session.

All is asked about real things of Van Dijk, mostly Noor's. A page that is not on the list fails:
decide who may open it, and write it down. Pages that only take a form are asked with an empty one.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gezel.people.api import (
    Employment,
    Organisation,
    Person,
    employ,
    end_employment,
    give_mandate,
    root_of,
)
from tests.full_house import furnish
from tests.house import Page, pages

TABLE = Path(__file__).with_suffix(".txt")
WHO = ("nobody", "noor", "daan", "femke", "sam")
# Addresses that are no page: their bodies are files, or another system calls them with a key.
NO_PAGES = {"kit:bundle"}


@cache
def rules() -> dict[str, tuple[str, ...]]:
    """The table, by page."""
    table = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            page, *answers = line.split()
            table[page] = tuple(answers)
    return table


def address_of(page: Page, things: dict[str, object]) -> str:
    """The address of a page with real things filled in."""
    names = [*re.findall(r"<(?:\w+:)?(\w+)>", page.route), *re.findall(r"\?P<(\w+)>", page.route)]
    names = list(dict.fromkeys(names))
    filled = {n: things.get(f"{page.name}:{n}", things.get(n)) for n in names}
    if page.name.startswith("api:"):
        filled = dict.fromkeys(names, 1)  # the lock comes first: which one is asked says nothing
    missing = [n for n, value in filled.items() if value is None]
    assert not missing, f"tests/full_house.py says nothing about {page.name}:{missing}"
    return reverse(page.name, kwargs=filled)


def said(answer: Any) -> str:
    """An answer as the table says it."""
    if answer.status_code == 302 and answer["Location"].startswith("/account/login/"):
        return "in"
    if answer.status_code == 401:
        return "key"
    if answer.status_code == 404:
        return "shut"
    if answer.status_code in {200, 204, 302, 400, 409, 422}:
        return "open"  # what others may do is tested in the rooms
    return str(answer.status_code)


def _bytes(answer: Any) -> bytes:
    """All that was answered, also what is sent bit by bit."""
    if answer.streaming:
        return b"".join(answer)
    return bytes(answer.content)


# What reading may write: who looked, and the session.
MAY_WRITE = ("trust_reading", "django_session", "kit_cache")
# allauth's page of addresses writes down the one of who signed in before it was there.
ALLAUTHS = '"account_emailaddress"'
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@contextmanager
def writes(noticed: list[str]) -> Iterator[None]:
    """Collect every statement that changes something."""

    def look(execute: Callable[..., object], sql: str, *rest: object) -> object:
        bare = sql.lstrip().upper()
        if bare.startswith(WRITES) and not any(f'"{t}"' in sql for t in MAY_WRITE):
            noticed.append(sql[:120])
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        yield


def ask(client: Client, address: str, *never: str) -> str:
    """Open it, or send an empty form where there is only that; nothing stays changed.

    With `never`, an answer that holds these letters is a leak. Reading that changes something is
    told as "writes" and what.
    """
    noticed: list[str] = []
    with transaction.atomic():
        with writes(noticed):
            answer = client.get(address)
        if answer.status_code == 405:
            answer = client.post(address)
        body = _bytes(answer) if never else b""
        transaction.set_rollback(True)
    if any(name.encode() in body for name in never):
        return "leak"
    changed = [statement for statement in noticed if ALLAUTHS not in statement]
    return f"writes {changed}" if changed else said(answer)


def test_every_page_is_on_the_list() -> None:
    there = {page.name for page in pages()} - NO_PAGES

    assert there - set(rules()) == set(), "write down who may enter"
    assert set(rules()) - there == set(), "this page is gone"
    assert {len(answers) for answers in rules().values()} == {len(WHO)}


def test_no_two_pages_bear_one_name() -> None:
    """Else one of them, asked by name, leads to the other."""
    names = [page.name for page in pages()]

    assert {name for name in names if names.count(name) > 1} == set()


@pytest.mark.timeout(420)
@pytest.mark.parametrize("who", WHO)
def test_doors_open_for_whom_they_should(
    *,
    who: str,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    sam: Person,
    visit: Callable[[Person], Client],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    things = furnish(van_dijk, noor, daan, femke)
    person = {"noor": noor, "daan": daan, "femke": femke, "sam": sam}.get(who)
    client = visit(person) if person else Client()
    # To someone who works elsewhere, and to nobody, no page ever tells of Noor.
    never = (noor.last_name,) if who in {"nobody", "sam"} else ()
    wrong = []
    for page in pages():
        if page.name in NO_PAGES:
            continue
        expected = rules().get(page.name, ("?",) * len(WHO))[WHO.index(who)]
        found = ask(client, address_of(page, things), *never)
        if found != ("open" if expected == "own" else expected):
            wrong.append(f"{page.name}: {found}, and the list says {expected}")

    assert not wrong, f"{who}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("who", ["noor", "daan", "femke"])
def test_whoever_leaves_finds_the_doors_of_work_shut(
    *,
    who: str,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    visit: Callable[[Person], Client],
    request: pytest.FixtureRequest,
) -> None:
    """With the session they had: at the next request, not at the next sign-in."""
    person: Person = request.getfixturevalue(who)
    client = visit(person)
    end_employment(
        Employment.objects.get(person=person), last_day=timezone.localdate() - timedelta(days=1)
    )
    others = [p for p in (noor, daan, femke) if p != person]
    shut = ["people:tree", "people:list", "people:settings", "skills:team", "skills:organisation"]
    shut += ["certificates:overview", "plans:team", "catalogue:search", "connect:tokens"]
    addresses = [reverse(name) for name in shut]
    addresses += [reverse(f"{room}:person", args=[o.pk]) for o in others
                  for room in ("people", "skills", "certificates")]  # fmt: skip

    assert {a: client.get(a).status_code for a in addresses} == dict.fromkeys(addresses, 404)
    assert client.get("/").status_code == 200
    assert client.get("/account/").status_code == 200


# What shows its own maker to whoever holds it, wherever that is: a signed credential that is open
# at its address, and what the checker says of it.
OPEN_BY_ADDRESS = {"profile:shared"}
# An empty list to fill in, with invented people of these very names.
INVENTED = {"people:import_example"}


@pytest.mark.once  # Sam, who finds no name behind any door, tries them on PostgreSQL too
@pytest.mark.timeout(420)
@pytest.mark.parametrize("who", ["daan", "sam"])
def test_no_byte_of_one_house_reaches_another(
    *,
    who: str,
    van_dijk: Organisation,
    de_linde: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    sam: Person,
    visit: Callable[[Person], Client],
    settings: Settings,
    tmp_path: Path,
) -> None:
    """Who led Noor and went to work elsewhere, and who never worked here: with every task there
    is at their own organisation, and the number of everything at Van Dijk."""
    settings.MEDIA_ROOT = tmp_path
    things = furnish(van_dijk, noor, daan, femke)
    if who == "daan":
        job = Employment.objects.get(person=daan)
        end_employment(job, last_day=timezone.localdate() - timedelta(days=1))
        employ(
            daan,
            de_linde,
            unit=root_of(de_linde),
            job=sam.employments.get().job,
            starts_on=timezone.localdate(),
        )
    person = daan if who == "daan" else sam
    for mandate in ("hr", "author", "council", "admin"):
        give_mandate(person, de_linde, mandate)
    client = visit(person)
    addresses = {
        page.name: address_of(page, things)
        for page in pages()
        if page.name not in NO_PAGES | OPEN_BY_ADDRESS | INVENTED
    }
    told = {
        name: ask(client, address, noor.last_name, femke.last_name)
        for name, address in addresses.items()
    }

    assert [name for name, found in told.items() if found == "leak"] == []
