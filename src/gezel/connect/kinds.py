"""What Gezel may say to people: each room declares its kinds of messages here.

    RENEW = declare_kind(
        "certificates.renew",
        title=_("Certificates to renew"),
        because=_("You get this because a certificate of yours is to be renewed."),
        write=letter_about,                 # (message) -> Letter | None
    )

    say_to([person.pk], RENEW, organisation=organisation.pk, once=f"{holding.pk}",
           about={"holding": holding.pk}, by=holding.valid_until)      # in your transaction

`write` is asked when the mail is made, in the language of the reader: there the room looks again
whether it still holds and may still be read by this person, and gives None when not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.functional import Promise

from gezel.connect.rules import Way

if TYPE_CHECKING:
    from gezel.connect.models import Message
    from gezel.people.api import Visitor

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Calendar:
    """An iCalendar file that goes along with a mail of its own, never in the weekly one."""

    content: str
    method: Literal["REQUEST", "CANCEL", "PUBLISH"]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says, in the language of the reader. All of it is plain text.

    Args:
        subject: also the heading in the weekly mail.
        lines: what there is to say, a paragraph each.
        path: the page where one does something about it ("/certificates/3/").
        action: what one does there ("Book the refresher").
        after: what is to be read after the link.
    """

    subject: str
    lines: tuple[str, ...]
    path: str = ""
    action: str = ""
    after: tuple[str, ...] = ()
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message, as `declare_kind` made it."""

    name: str
    title: Text
    because: Text
    write: "Callable[[Message], Letter | None]"
    way: Way
    may_stop: bool
    before_first_visit: bool
    concerns: "Callable[[Visitor], bool]"


_kinds: dict[str, Kind] = {}


def declare_kind(
    name: str,
    *,
    title: Text,
    because: Text,
    write: "Callable[[Message], Letter | None]",
    way: Way = Way.WEEKLY,
    may_stop: bool = True,
    before_first_visit: bool = False,
    concerns: "Callable[[Visitor], bool]" = lambda visitor: True,
) -> Kind:
    """Tell that this house says such a thing.

    Args:
        name: room and kind, kept for ever ("certificates.renew").
        title: on the page where people choose what they get.
        because: one sentence below the message: why you get this.
        write: words of one message, judged anew when the mail is made; None says nothing.
        way: what holds until someone chooses; `Way.NOW` only where waiting a week makes no sense.
        may_stop: whether one can choose not to get it at all.
        before_first_visit: also to people who were never invited and never came in. Anything else
            would reach a whole staff before anyone told them of Gezel.
        concerns: whether someone has such a thing to choose about; who leads nobody has no team.
    """
    kind = Kind(name, title, because, write, way, may_stop, before_first_visit, concerns)
    _kinds[name] = kind
    return kind


def kinds() -> list[Kind]:
    """All kinds, by name: those of one room stand together."""
    return [_kinds[name] for name in sorted(_kinds)]


def kind_named(name: str) -> Kind | None:
    """A kind by its name; None when no room has it any more."""
    return _kinds.get(name)
