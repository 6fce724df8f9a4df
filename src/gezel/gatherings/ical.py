"""Sessions as calendar programs read them (RFC 5545 and 5546).

Every session is an event of its own, also in a series (decision 0012): people book one of them,
and one that is moved or cancelled is then nothing special. The UID never changes; SEQUENCE rises.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from gezel.gatherings.models import Gathering
from gezel.gatherings.rules import zones
from gezel.kit import late
from gezel.paths.api import Deadline

_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
PRODUCT = "-//Gezel//Sessions//EN"
Invitation = Literal["REQUEST", "CANCEL"]
Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


@dataclass(frozen=True, slots=True)
class Guest:
    """To whom an invitation goes."""

    name: str
    email: str


def uid_of(gathering: Gathering, event: uuid.UUID | None = None) -> str:
    """What a calendar knows the session by, for ever; or the event that became it."""
    return f"{event or gathering.key}@{urlsplit(settings.BASE_URL).hostname}"


def page_of(gathering: Gathering) -> str:
    return settings.BASE_URL + reverse("gatherings:session", args=[gathering.pk])


def invitation(
    gathering: Gathering,
    guest: Guest,
    *,
    sequence: int,
    method: Invitation,
    known_by: uuid.UUID | None = None,
) -> str:
    """An invitation that a mail program puts in the calendar, changes there, or takes out.

    Args:
        known_by: the event of another session that became this one.
    """
    event = _event(gathering, cancelled=method == "CANCEL", sequence=sequence, known_by=known_by)
    organizer = late.icalendar.vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = _in_one_line(gathering.organisation.name)
    event.add("organizer", organizer)
    attendee = late.icalendar.vCalAddress(f"mailto:{guest.email}")
    attendee.params["CN"] = _in_one_line(guest.name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    # Who booked has said yes: the mail program need not ask again.
    attendee.params["PARTSTAT"] = "DECLINED" if method == "CANCEL" else "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    event.add("attendee", attendee, encode=False)
    told: bytes = _whole([event], [gathering], method).to_ical()
    return told.decode()


def feed(sessions: Iterable[Gathering], *, name: str, deadlines: Iterable[Deadline] = ()) -> bytes:
    """All of someone's sessions, and by when steps of their paths have to be done, for a calendar
    that looks now and then."""
    told = list(sessions)
    events = [_event(g, cancelled=g.is_cancelled, sequence=g.sequence) for g in told]
    events += [_day(one) for one in deadlines]
    whole = _whole(events, told, "PUBLISH")
    # The library knows no form for this one, and would write it as it is.
    whole.add("x-wr-calname", late.icalendar.vText(_in_one_line(name)))
    whole.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", "PT1H")
    content: bytes = whole.to_ical()
    return content


def _in_one_line(name: str) -> str:
    """A name without line ends and control codes: where a calendar has a name, it ends there."""
    return " ".join(_LINE_ENDS.sub(" ", name).split())


def _event(
    gathering: Gathering, *, cancelled: bool, sequence: int, known_by: uuid.UUID | None = None
) -> late.icalendar.Event:
    event = late.icalendar.Event()
    event.add("uid", uid_of(gathering, known_by))
    event.add("sequence", sequence)
    event.add("dtstamp", gathering.changed_at)
    event.add("created", gathering.created_at)
    event.add("last-modified", gathering.changed_at)
    event.add("dtstart", gathering.starts_here)
    event.add("dtend", gathering.ends_here)
    event.add("summary", gathering.name)
    if where := gathering.where or gathering.link:
        event.add("location", where)
    page = page_of(gathering)
    told = [gathering.about, gathering.link and _("Join: %(link)s") % {"link": gathering.link}]
    event.add("description", "\n\n".join([*filter(None, told), page]))
    event.add("url", page)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def _day(deadline: Deadline) -> late.icalendar.Event:
    """A day that asks something takes no time: people stay free on it."""
    page = settings.BASE_URL + reverse("paths:walk", args=[deadline.enrolment])
    event = late.icalendar.Event()
    event.add("uid", f"{deadline.key}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("sequence", deadline.sequence)
    event.add("dtstamp", deadline.changed_at)
    event.add("last-modified", deadline.changed_at)
    event.add("dtstart", deadline.by)
    event.add("dtend", deadline.by + timedelta(days=1))
    event.add("summary", _("At the latest: %(step)s") % {"step": deadline.title})
    event.add("description", f"{deadline.path}\n\n{page}")
    event.add("url", page)
    event.add("status", "CANCELLED" if deadline.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _whole(
    events: Iterable[late.icalendar.Event], sessions: Iterable[Gathering], method: Method
) -> late.icalendar.Calendar:
    calendar = late.icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    years: dict[str, tuple[int, int]] = {}
    for g in sessions:
        first, last = years.get(g.zone, (9999, 0))
        years[g.zone] = (min(first, g.starts_here.year), max(last, g.ends_here.year))
    for zone, (first, last) in sorted(years.items()):
        calendar.add_component(_zone(zone, first, last))
    for event in events:
        calendar.add_component(event)
    return calendar


def _zone(zone: str, first: int, last: int) -> late.icalendar.Timezone:
    told = late.icalendar.Timezone()
    told.add("tzid", zone)
    for change in zones.changes(zone, first, last):
        part = (
            late.icalendar.TimezoneDaylight()
            if change.daylight
            else late.icalendar.TimezoneStandard()
        )
        part.add("dtstart", change.at)
        part.add("tzoffsetfrom", change.before)
        part.add("tzoffsetto", change.after)
        part.add("tzname", change.name)
        told.add_component(part)
    return told
