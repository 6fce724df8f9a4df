"""What connect hears from allauth."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.signals import password_reset, password_set
from django.dispatch import receiver
from django.http import HttpRequest

from gezel.connect.adapter import know_address
from gezel.people.api import Person


@receiver(password_reset, dispatch_uid="connect.reset")
def reset(sender: Any, request: HttpRequest, user: Person, **more: Any) -> None:
    """Who came in by the link in the mail owns the address, and is not kept out by guessers."""
    know_address(user)
    get_adapter()._delete_login_attempts_cached_email(request, email=user.email)


@receiver(password_set, dispatch_uid="connect.first_password")
def first_password(sender: Any, request: HttpRequest, **more: Any) -> None:
    """Who chooses a first password knows it: to ask for it at once, on the way to something
    important, keeps out nobody who could choose it."""
    reauthenticate_by_password(request)
