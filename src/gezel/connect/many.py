"""HR and administrators hear that one account opened the data of a great many people."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gezel.connect.actions import say_to
from gezel.connect.kinds import Letter, declare_kind
from gezel.connect.models import Message
from gezel.connect.rules import Way
from gezel.kit.events import listen
from gezel.people.api import Mandate
from gezel.trust.api import many_looks
from gezel.trust.events import ManyLooked

WATCH = ("hr", "admin")


def _watches(message: Message) -> bool:
    held = Mandate.objects.current().filter(kind__in=WATCH, organisation=message.organisation_id)
    return held.filter(person=message.person_id).exists()


def _letter(message: Message) -> Letter | None:
    """Who, and about how many; why they did it stands with whom it concerns."""
    looks = many_looks(message.about["looks"])
    if looks is None or looks.reader is None or not _watches(message):
        return None
    told = ngettext(
        "On %(day)s, %(name)s came to the limit: with what was asked, the data of %(n)s person.",
        "On %(day)s, %(name)s came to the limit: with what was asked, the data of %(n)s different "
        "people.",
        looks.people,
    ) % {"day": date_format(looks.on), "name": looks.reader.name, "n": looks.people}
    went = (
        _("They were stopped for the rest of the day. You can let them go on, with a reason.")
        if looks.stopped_at
        else _("They gave a reason, which everyone whose data was opened can read, and went on.")
    )
    return Letter(
        subject=_("Someone opened the data of many people: %(name)s") % {"name": looks.reader.name},
        lines=(
            told,
            went,
            _(
                "Do you know what it is for? Then there is nothing to do. If not, ask them, and "
                "have the password of the account changed at once if it was not they."
            ),
        ),
        path=reverse("trust:limits_reached"),
        action=_("See it"),
    )


MANY = declare_kind(
    "connect.many_looks",
    title=gettext_lazy("That an account opened the data of a great many people"),
    because=gettext_lazy("You get this because you work for HR or look after the system."),
    write=_letter,
    way=Way.NOW,
    concerns=lambda visitor: bool(visitor.mandates & set(WATCH)),
)


def _say(news: ManyLooked) -> None:
    held = Mandate.objects.current().filter(kind__in=WATCH, organisation=news.organisation_pk)
    people = held.exclude(person=news.reader_pk).values_list("person", flat=True)
    say_to(
        set(people),
        MANY,
        organisation=news.organisation_pk,
        once=f"{news.looks_pk}" if news.time == 1 else f"{news.looks_pk}:{news.time}",
        about={"looks": news.looks_pk},
    )


listen(ManyLooked, _say)
