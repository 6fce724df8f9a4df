"""What people do at the door, and what this house says to them by mail."""

from gezel.connect.actions.doors import (
    AGAIN_AFTER,
    REPLY_KEPT,
    TOKEN_KEPT,
    NewToken,
    forget_old,
    invite,
    make_token,
    revoke_token,
)
from gezel.connect.actions.saying import (
    Note,
    choose_mail,
    say_each,
    say_to,
    stop_mail,
    take_back,
    way_of,
)
from gezel.connect.actions.sending import (
    Tally,
    deliver,
    forget_old_mail,
    leave_it,
    send_again,
    something_to_send,
)

__all__ = [
    "AGAIN_AFTER",
    "REPLY_KEPT",
    "TOKEN_KEPT",
    "NewToken",
    "Note",
    "Tally",
    "choose_mail",
    "deliver",
    "forget_old",
    "forget_old_mail",
    "invite",
    "leave_it",
    "make_token",
    "revoke_token",
    "say_each",
    "say_to",
    "send_again",
    "something_to_send",
    "stop_mail",
    "take_back",
    "way_of",
]
