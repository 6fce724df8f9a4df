"""What is said by mail about certificates; each is looked at again on the day it goes out."""

from collections.abc import Collection, Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.certificates import policy, queries, words
from gezel.certificates.models import Holding, Reminder
from gezel.certificates.rules import State
from gezel.connect.api import Letter, Message, Note, declare_kind, say_each, say_to
from gezel.people.api import Employment, visitor_of

ABOUT = {
    State.EXPIRING: Reminder.About.WINDOW,
    State.EXPIRED: Reminder.About.LAPSED,
    State.MISSING: Reminder.About.MISSING,
}


def _reminder(message: Message) -> Letter | None:
    """What is to be renewed or misses, if it still is, and where one can do it."""
    today = timezone.localdate()
    row = next(
        (
            row
            for row in queries.mine(message.person, message.organisation, only_here=True)
            if row.type.pk == message.about["type"]
        ),
        None,
    )
    if row is None or row.standing.waiting or ABOUT.get(row.standing.state) != message.about["as"]:
        return None
    name, until = row.type.name, words.day(row.valid_until)
    subject = {
        State.EXPIRING: _("%(name)s is valid until %(until)s: time to renew"),
        State.EXPIRED: _("%(name)s lapsed on %(until)s"),
        State.MISSING: _("%(name)s is not there yet, and your work asks for it"),
    }[row.standing.state]
    lines = [row.why] if row.why else []
    refreshers = queries.refreshers({row.type.pk}, today).get(row.type.pk, [])
    lines += [_refresher(one) for one in refreshers[:3]]
    if refreshers:
        path = reverse("catalogue:activity", args=[refreshers[0].activity_pk])
        action = _("See where you can renew it")
    else:
        path = f"{reverse('certificates:register')}?type={row.type.pk}"
        action = _("Send in the certificate")
    lines.append(_("If you have renewed it already, send in the new certificate."))
    return Letter(subject % {"name": name, "until": until}, tuple(lines), path, action)


def _refresher(one: queries.Refresher) -> str:
    if one.next_on is None:
        return _("This renews it: %(title)s.") % {"title": one.title}
    return _("This renews it: %(title)s, first on %(day)s.") % {
        "title": one.title,
        "day": words.day(one.next_on),
    }


def _to_confirm(message: Message) -> Letter | None:
    """A certificate of one's own people that still waits, for who may still confirm it."""
    holding = _holding(message)
    if holding is None or holding.state != Holding.State.WAITING:
        return None
    seat = Employment.objects.current().filter(
        person=message.person, organisation=message.organisation
    )
    reader = visitor_of(message.person, seat.values_list("pk", flat=True).first())
    if not policy.people_to_answer_for(reader).filter(pk=holding.person_id).exists():
        return None
    return Letter(
        _("%(name)s sent in a certificate: %(type)s")
        % {"name": holding.person.name, "type": holding.type.name},
        (_("It counts once you, or someone else who may, has seen it."),),
        reverse("certificates:holding", args=[holding.pk]),
        _("Look at it"),
    )


def _decided(message: Message) -> Letter | None:
    """What was decided about a certificate one sent in."""
    holding = _holding(message)
    if holding is None or holding.state == Holding.State.WAITING:
        return None
    told = {"type": holding.type.name}
    path = reverse("certificates:holding", args=[holding.pk])
    if holding.state == Holding.State.CONFIRMED:
        why = queries.book_of(message.person).why(holding)
        return Letter(_("%(type)s is confirmed") % told, (why,), path, _("See the certificate"))
    return Letter(
        _("%(type)s was not accepted") % told,
        (holding.reason, _("You can send in another file or correct the dates.")),
        path,
        _("See the certificate"),
    )


def _holding(message: Message) -> Holding | None:
    found = Holding.objects.filter(
        pk=message.about["holding"], type__organisation=message.organisation
    )
    return found.select_related("type", "terms", "person").first()


RENEW = declare_kind(
    "certificates.renew",
    title=gettext_lazy("Certificates to renew or still missing"),
    because=gettext_lazy(
        "You get this because a certificate of yours lapses, or your work asks for one you have "
        "not sent in."
    ),
    write=_reminder,
)
CONFIRM = declare_kind(
    "certificates.confirm",
    title=gettext_lazy("Certificates of your people that wait for you"),
    because=gettext_lazy("You get this because you lead the people named here."),
    write=_to_confirm,
    concerns=lambda visitor: visitor.leads,
)
DECIDED = declare_kind(
    "certificates.decided",
    title=gettext_lazy("What became of certificates you sent in"),
    because=gettext_lazy("You get this because you sent in a certificate."),
    write=_decided,
)


# What lapsed longer ago than this stands on people's own page and is no news any more: whoever
# loads the certificates of ten years mails nobody about nine of them.
NEWS = 31


def say_reminders(reminders: Iterable[Reminder], *, organisation: int, on: date) -> None:
    """The new reminders of a night go into the weekly mail, or at once if the last day is near."""
    until = dict(
        Holding.objects.filter(pk__in=[r.holding_id for r in reminders if r.holding_id])
        .values_list("pk", "valid_until")
    )  # fmt: skip
    notes = []
    for one in reminders:
        last = until.get(one.holding_id) if one.holding_id else None
        if last is not None and (on - last).days > NEWS:
            continue
        about = {"type": one.type_id, "as": str(one.about)}
        once = f"{one.about}:{one.type_id}:{one.holding_id or ''}"
        notes.append(Note(one.person_id, once, about, last))
    say_each(RENEW, notes, organisation=organisation)


def say_it_waits(holding: Holding, *, but: Collection[int]) -> None:
    """Who leads this person hears that a certificate waits for them."""
    organisation = holding.type.organisation_id
    seats = Employment.objects.current().filter(
        person=holding.person_id, organisation=organisation, lead__isnull=False
    )
    leads = set(seats.values_list("lead", flat=True)) - set(but)
    say_to(
        [pk for pk in leads if pk is not None],
        CONFIRM,
        organisation=organisation,
        once=str(holding.pk),
        about={"holding": holding.pk},
    )


def say_it_is_decided(holding: Holding) -> None:
    """Who sent in a certificate hears what became of it."""
    say_to(
        [holding.person_id],
        DECIDED,
        organisation=holding.type.organisation_id,
        once=str(holding.pk),
        about={"holding": holding.pk},
    )
