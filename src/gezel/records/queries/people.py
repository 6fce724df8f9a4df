"""Whom a statement from outside is about, if it is someone of this organisation."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from gezel.people.api import Employment


def account_here(actor: Mapping[str, Any]) -> int | None:
    """The number of the account at this installation that an actor is, as it says."""
    account = actor.get("account") or {}
    number = account.get("name", "")
    if account.get("homePage", "").rstrip("/") != settings.BASE_URL or not number.isdecimal():
        return None
    return int(number) if number.isascii() and len(number) < 19 else None  # 64 bits


def people_of(organisation: int, numbers: Iterable[int]) -> set[int]:
    """Which of these accounts are of someone who works or worked there."""
    asked = set(numbers)
    if not asked:
        return set()
    return set(
        Employment.objects.filter(organisation=organisation, person__in=asked).values_list(
            "person_id", flat=True
        )
    )
