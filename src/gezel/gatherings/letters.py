"""What is said by mail about sessions, with the invitation that a calendar follows.

Each is looked at again when it goes out: who gave up their place meanwhile hears of that and not
of what was before. What someone's calendar was last told stands in `Invited`, with a number that
rises, so that a later mail changes or takes out the right event.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gezel.connect.api import Calendar, Letter, Message, Note, Way, declare_kind, say_each
from gezel.gatherings import ical
from gezel.gatherings.models import Gathering, Invited, News, Place, Role
from gezel.gatherings.moved import Was

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
    News.What.ROOM: gettext_lazy("In another room: %(name)s"),
    News.What.GIVES: gettext_lazy("You give: %(name)s"),
    News.What.GIVES_NOT: gettext_lazy("You no longer give: %(name)s"),
    News.What.GIVES_NOW: gettext_lazy("Planned again, you give this one now: %(name)s"),
    # Of who has the other one in their calendar already: a calendar takes out one event a mail.
    LEFT: gettext_lazy("Out of your calendar, it was planned again: %(name)s"),
}
# What is no longer true of who lost their place meanwhile.
_OF_WHO_COMES = {
    BOOKED, News.What.MOVED_UP, News.What.APPROVED, News.What.RESERVED, News.What.ELSEWHERE,
}  # fmt: skip
_OF_WHO_GIVES = {News.What.GIVES, News.What.GIVES_NOT, News.What.GIVES_NOW}
# What is said of the session to who comes and to who gives it.
_OF_WHO_IS_THERE = {News.What.CHANGED, News.What.ROOM}
# So many days are named one by one.
_NAMED = 12


def _letter(message: Message) -> Letter | None:
    """What happened, as it stands now, with what the calendar is to do."""
    about = message.about
    if "several" in about:
        return _of_several(message)
    found = (
        Gathering.objects.filter(pk=about["session"])
        .select_related("activity", "organisation")
        .first()
    )
    if found is None or found.ends_at <= timezone.now():
        return None
    place = Place.objects.living().filter(gathering=found, person=message.person).first()
    gives = Role.objects.giving().filter(gathering=found, person=message.person).exists()
    if not _still_holds(about["what"], comes=place is not None, gives=gives):
        return None
    invited = Invited.objects.filter(gathering=found, person=message.person).first()
    if invited is not None and invited.sequence != about["sequence"]:
        return None  # a later one follows
    note = News.objects.filter(
        gathering=found, person=message.person, what=about["what"]
    ).first()  # fmt: skip
    lines = [*_when_and_where(found, about), f"“{note.note}”" if note and note.note else ""]
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


def _still_holds(what: str, *, comes: bool, gives: bool) -> bool:
    if what in _OF_WHO_IS_THERE:
        return comes or gives
    if what in _OF_WHO_GIVES:
        return gives == (what != News.What.GIVES_NOT)
    return comes or what not in _OF_WHO_COMES


def _when_and_where(found: Gathering, about: Mapping[str, Any]) -> list[str]:
    if "was" not in about:
        return [found.when, found.where]
    was = Was.read(about["was"]).told
    now = f"{found.when}, {found.where}" if found.where else found.when
    return [_("You were moved from %(was)s to %(now)s.") % {"was": was, "now": now}]


def _of_several(message: Message) -> Letter | None:
    """The same of several sessions, as they stand now; the own calendar follows by itself."""
    about = message.about
    what = about["what"]
    found = Gathering.objects.filter(pk__in=about["several"], ends_at__gt=timezone.now())
    given = Role.objects.giving().filter(person=message.person).values("gathering")
    if what == News.What.CANCELLED:
        found = found.filter(state=Gathering.State.CANCELLED)
    elif what == News.What.GIVES_NOT:
        found = found.standing().exclude(pk__in=given)
    else:
        found = found.standing().filter(pk__in=given)
    sessions = list(
        found.select_related("activity")
        .prefetch_related("uses__resource")
        .order_by("starts_at", "pk")
    )
    if not sessions:
        return None
    lines = [", ".join(filter(None, (g.when, g.name, g.where))) for g in sessions[:_NAMED]]
    if len(sessions) > _NAMED:
        more = len(sessions) - _NAMED
        lines.append(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more})
    name = ngettext("%(n)s session", "%(n)s sessions", len(sessions)) % {"n": len(sessions)}
    return Letter(
        str(SUBJECTS[what]) % {"name": name},
        tuple(lines),
        reverse("gatherings:coming"),
        _("See your sessions"),
        after=(
            _("Want them in your own calendar? Make its address here: %(url)s")
            % {"url": settings.BASE_URL + reverse("gatherings:calendar")},
        ),
    )


def _calendar(found: Gathering, message: Message, invited: Invited | None) -> Calendar | None:
    if invited is None:
        return None
    guest = ical.Guest(message.person.name, message.person.email)
    method: ical.Invitation = "CANCEL" if invited.cancelled else "REQUEST"
    told = ical.invitation(
        found, guest, sequence=invited.sequence, method=method, known_by=invited.event
    )
    return Calendar(told, method)


SESSION = declare_kind(
    "gatherings.session",
    title=gettext_lazy("Sessions you come to or give, with an invitation for your calendar"),
    because=gettext_lazy("You get this because you have or had a place at a session, or give it."),
    write=_letter,
    way=Way.NOW,
)


def write_to(
    people: Iterable[int],
    gathering: Gathering,
    what: str,
    *,
    was: Mapping[int, Was] | None = None,
) -> None:
    """Say it by mail, in the transaction of its cause; what calendars know goes one number up."""
    told = sorted(set(people))
    if what not in SUBJECTS or not told:
        return
    mine = {"gathering": gathering, "person__in": told}
    coming = Place.objects.filter(state=Place.State.BOOKED, **mine)
    giving = Role.objects.giving().filter(**mine)
    if gathering.is_cancelled:
        giving = giving.none()
    there = set(coming.values_list("person_id").union(giving.order_by().values_list("person_id")))
    known = {i.person_id: i for i in Invited.objects.filter(**mine)}
    now = timezone.now()
    for pk in told:
        row = known.get(pk)
        if row is None:
            if (pk,) in there:
                known[pk] = Invited(gathering=gathering, person_id=pk, sequence=0, sent_at=now)
            continue
        row.sequence, row.cancelled, row.sent_at = row.sequence + 1, (pk,) not in there, now
    Invited.objects.bulk_create(
        list(known.values()),
        update_conflicts=True,
        unique_fields=["person", "gathering"],
        update_fields=["sequence", "cancelled", "sent_at"],
    )
    notes = []
    for pk in told:
        sequence = known[pk].sequence if pk in known else None
        about: dict[str, Any] = {"session": gathering.pk, "what": what, "sequence": sequence}
        if was and pk in was:
            about["was"] = was[pk].kept()
        once = f"{gathering.pk}/{what}/{gathering.sequence}/{sequence}"
        notes.append(Note(pk, once, about, _day_of(gathering)))
    say_each(SESSION, notes, organisation=gathering.organisation_id)


def _day_of(gathering: Gathering) -> date:
    return timezone.localdate(gathering.starts_at, gathering.at_zone)


def write_of_several(person: int, sessions: Sequence[Gathering], what: str) -> None:
    """The same of several sessions in one mail, of which none stands in their calendar by mail."""
    first = sessions[0]
    pks = [g.pk for g in sessions]
    about = {"session": first.pk, "what": what, "sequence": None, "several": pks}
    # What happens to a session raises its version, so the same may be said of it again later.
    once = f"{first.pk}/{what}/several/{max(pks)}/{first.version}"
    note = Note(person, once, about, _day_of(first))
    say_each(SESSION, [note], organisation=first.organisation_id)
