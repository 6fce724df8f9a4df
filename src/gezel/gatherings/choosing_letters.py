"""What is said by mail about choosing among sessions: that one may, and that there was no place."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.connect.api import Letter, Message, Note, Way, declare_kind, say_each
from gezel.gatherings.models import Choosing, Place, SessionWish


def _open_letter(message: Message) -> Letter | None:
    """Only as long as one can choose, and has not."""
    found = Choosing.objects.open_on(timezone.localdate()).filter(
        pk=message.about["choosing"]
    ).first()  # fmt: skip
    if found is None or found.wishes.filter(person=message.person).exists():
        return None
    day = formats.date_format(found.until_on, "DATE_FORMAT")
    return Letter(
        _("Choose until %(day)s: %(title)s") % {"day": day, "title": found.title},
        (_("Say which sessions you would like, in your order. Asking first gives no "
           "advantage: places are shared out so that most people get one of their higher "
           "wishes."),),
        reverse("gatherings:choose", args=[found.pk]),
        _("Choose"),
    )  # fmt: skip


def _no_place_letter(message: Message) -> Letter | None:
    found = Choosing.objects.filter(pk=message.about["choosing"]).first()
    if found is None:
        return None
    sessions = SessionWish.objects.filter(choosing=found, person=message.person)
    places = Place.objects.living().filter(
        person=message.person, gathering__in=sessions.values("gathering")
    )
    line = places.filter(state=Place.State.WAITING).select_related("gathering__activity").first()
    if places.exclude(state=Place.State.WAITING).exists():
        return None  # moved up meanwhile, and heard of that
    lines = [_("What you wished for was full, your later wishes too.")]
    if line is not None:
        told = {"name": line.gathering.name, "when": line.gathering.when}
        lines.append(
            _("You are on the waiting list of %(name)s (%(when)s) and move up by yourself.") % told
        )
    return Letter(
        _("No place yet: %(title)s") % {"title": found.title},
        tuple(lines),
        reverse("gatherings:choose", args=[found.pk]),
        _("See how it turned out"),
    )


OPEN = declare_kind(
    "gatherings.choose",
    title=gettext_lazy("Sessions you can choose from"),
    because=gettext_lazy("You get this because you can choose from these sessions."),
    write=_open_letter,
    way=Way.WEEKLY,
)
NO_PLACE = declare_kind(
    "gatherings.no_place",
    title=gettext_lazy("That there was no place for you by your wishes"),
    because=gettext_lazy("You get this because you chose from these sessions."),
    write=_no_place_letter,
    way=Way.NOW,
)


def say_it_is_open(choosing: Choosing, people: Iterable[int]) -> int:
    """Who may choose hears of it once; in time, if the week's mail would be too late."""
    told = {"choosing": choosing.pk}
    return say_each(
        OPEN,
        (Note(pk, f"{choosing.pk}/open", told, choosing.until_on) for pk in people),
        organisation=choosing.organisation_id,
    )


def say_no_place(choosing: Choosing, people: Iterable[int]) -> None:
    """Who has no place hears of it, and where they stand in the line."""
    told = {"choosing": choosing.pk}
    say_each(
        NO_PLACE,
        (Note(pk, f"{choosing.pk}/none", told) for pk in people),
        organisation=choosing.organisation_id,
    )
