"""What the rules of a timetable answer, as people read it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PARTS: Mapping[str, str | Promise] = {
    "morning": _("morning"),
    "afternoon": _("afternoon"),
    "evening": _("evening"),
}
WEEKDAYS: tuple[str | Promise, ...] = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
)  # fmt: skip
WHY_NOT: Mapping[str, str | Promise] = {
    "no session": _("no session of it could be planned"),
    "does not work then": _("does not work, or is away, at these times"),
    "has another": _("has another session at these times"),
    "team": _("too many of the team would be away"),
    "full": _("every session that suits is full"),
}
WHY_NO_SESSION: Mapping[str, str | Promise] = {
    "no trainer": _("nobody is there who can give it"),
    "no room": _("no room has what it asks, or the seats"),
    "too few": _("too few people want it, or want it at one time"),
    "no time": _("no time suits room, trainer and enough people at once"),
    "enough": _("everyone who wants it has a place: more sessions are not needed"),
}
_BROKEN: Mapping[str, str | Promise] = {
    "day too short": _("the day is too short for it"),
    "room lacks something": _("the room lacks something it asks"),
    "room taken": _("the room is taken by another session"),
    "trainer cannot": _("who gives it cannot then"),
    "too many": _("there are more people than places"),
    "too few": _("too few people can come then"),
    "no wish": _("someone in it no longer wants it"),
    "does not work": _("someone in it can no longer come"),
    "room twice": _("the room is taken by another session of this timetable"),
    "trainer twice": _("who gives it gives another session then"),
    "person twice": _("someone has another session then"),
    "wish twice": _("someone would come to it twice"),
    "too many away": _("too many of one team would be away"),
    "too many sessions": _("there are more sessions of it than asked"),
}


def broken(rule: str) -> str:
    """Which rule stands in the way, in words."""
    return str(_BROKEN.get(rule, rule))
