"""The front door of connect."""

from gezel.connect.actions import (
    Note,
    invite,
    make_token,
    own_address_of,
    revoke_token,
    say_each,
    say_to,
    take_back,
)
from gezel.connect.frame import (
    VISIBLE,
    ApiRequest,
    Caller,
    Day,
    Page,
    Problem,
    Scope,
    Strict,
    once,
    page,
)
from gezel.connect.invitations import first_password_path
from gezel.connect.kinds import Calendar, Kind, Letter, declare_kind
from gezel.connect.models import ApiToken, Message
from gezel.connect.queries import invitations_of
from gezel.connect.rules import Way

__all__ = [
    "VISIBLE",
    "ApiRequest",
    "ApiToken",
    "Calendar",
    "Caller",
    "Day",
    "Kind",
    "Letter",
    "Message",
    "Note",
    "Page",
    "Problem",
    "Scope",
    "Strict",
    "Way",
    "declare_kind",
    "first_password_path",
    "invitations_of",
    "invite",
    "make_token",
    "once",
    "own_address_of",
    "page",
    "revoke_token",
    "say_each",
    "say_to",
    "take_back",
]
