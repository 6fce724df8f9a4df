"""What is said by mail about sessions, with the invitation that a calendar follows.

Each is looked at again when it goes out: who gave up their place meanwhile hears of that and not
of what was before. What someone's calendar was last told stands in `Invited`, with a number that
rises, so that a later mail changes or takes out the right event.
"""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.connect.api import Calendar, Letter, Message, Note, Way, declare_kind, say_each
from gezel.gatherings import ical
from gezel.gatherings.models import Gathering, Invited, News, Place

BOOKED, GAVE_UP, LEFT = "booked", "gave_up", "left"
SUBJECTS: dict[str, Promise] = {
    BOOKED: gettext_lazy("You have a place: %(name)s"),
    GAVE_UP: gettext_lazy("You gave up your place: %(name)s"),
    News.What.MOVED_UP: gettext_lazy("You moved up and have a place: %(name)s"),
    News.What.CHANGED: gettext_lazy("Time or place changed: %(name)s"),
    News.What.CANCELLED: gettext_lazy("Cancelled: %(name)s"),
    News.What.APPROVED: gettext_lazy("Your lead approved: %(name)s"),
    News.What.REFUSED: gettext_lazy("Your lead did not approve: %(name)s"),
    News.What.RESERVED: gettext_lazy("A place was reserved for you: %(name)s"),
    News.What.TAKEN_OFF: gettext_lazy("You were taken off the list: %(name)s"),
    News.What.ELSEWHERE: gettext_lazy("Planned again, now at this time: %(name)s"),
    # A calendar takes out one event a mail; the other mail says where one comes now.
    LEFT: gettext_lazy("Out of your calendar, it was planned again: %(name)s"),
}
# What is no longer true of who lost their place meanwhile.
_OF_WHO_COMES = {
    BOOKED, News.What.MOVED_UP, News.What.APPROVED, News.What.RESERVED, News.What.CHANGED,
    News.What.ELSEWHERE,
}  # fmt: skip


def _letter(message: Message) -> Letter | None:
    """What happened, as it stands now, with what the calendar is to do."""
    about = message.about
    found = (
        Gathering.objects.filter(pk=about["session"])
        .select_related("activity", "organisation")
        .first()
    )
    if found is None or found.ends_at <= timezone.now():
        return None
    place = Place.objects.living().filter(gathering=found, person=message.person).first()
    if about["what"] in _OF_WHO_COMES and place is None:
        return None
    invited = Invited.objects.filter(gathering=found, person=message.person).first()
    if invited is not None and invited.sequence != about["sequence"]:
        return None  # a later one follows
    note = News.objects.filter(
        gathering=found, person=message.person, what=about["what"]
    ).first()  # fmt: skip
    lines = [found.when, found.place, f"“{note.note}”" if note and note.note else ""]
    if place is not None and place.state == Place.State.WAITING:
        lines.append(_("You are on the waiting list and move up by yourself."))
    subject = str(SUBJECTS[about["what"]]) % {"name": found.name}
    return Letter(
        subject,
        tuple(line for line in lines if line),
        reverse("gatherings:session", args=[found.pk]),
        _("See the session"),
        calendar=_calendar(found, message, invited),
    )


def _calendar(found: Gathering, message: Message, invited: Invited | None) -> Calendar | None:
    if invited is None:
        return None
    guest = ical.Guest(message.person.name, message.person.email)
    method: ical.Invitation = "CANCEL" if invited.cancelled else "REQUEST"
    told = ical.invitation(found, guest, sequence=invited.sequence, method=method)
    return Calendar(told, method)


SESSION = declare_kind(
    "gatherings.session",
    title=gettext_lazy("Sessions you have a place at, with an invitation for your calendar"),
    because=gettext_lazy("You get this because you have or had a place at a session."),
    write=_letter,
    way=Way.NOW,
)


def write_to(people: Iterable[int], gathering: Gathering, what: str) -> None:
    """Say it by mail, in the transaction of its cause; what calendars know goes one number up."""
    told = sorted(set(people))
    if what not in SUBJECTS or not told:
        return
    booked = set(
        Place.objects.filter(
            gathering=gathering, person__in=told, state=Place.State.BOOKED
        ).values_list("person_id", flat=True)
    )
    known = {i.person_id: i for i in Invited.objects.filter(gathering=gathering, person__in=told)}
    now = timezone.now()
    for pk in told:
        row = known.get(pk)
        if row is None:
            if pk in booked:
                known[pk] = Invited(gathering=gathering, person_id=pk, sequence=0, sent_at=now)
            continue
        row.sequence, row.cancelled, row.sent_at = row.sequence + 1, pk not in booked, now
    Invited.objects.bulk_create(
        list(known.values()),
        update_conflicts=True,
        unique_fields=["person", "gathering"],
        update_fields=["sequence", "cancelled", "sent_at"],
    )
    _say(told, gathering, what, lambda pk: known[pk].sequence if pk in known else None)


def _say(
    people: Iterable[int], gathering: Gathering, what: str, sequence: Callable[[int], int | None]
) -> None:
    on = timezone.localdate(gathering.starts_at, gathering.at_zone)
    say_each(
        SESSION,
        (
            Note(
                pk,
                f"{gathering.pk}/{what}/{gathering.sequence}/{sequence(pk)}",
                {"session": gathering.pk, "what": what, "sequence": sequence(pk)},
                on,
            )
            for pk in people
        ),
        organisation=gathering.organisation_id,
    )
