"""Whom someone opened lately, and what they said of it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezel.trust.models import ManyLooks, Reading

BY_KEY = "api"
# They let the reader in themselves, or are in the reader's line: that is no looking around.
LET_IN = frozenset(
    {
        "lead", "link", "looker", "session", "evc_guide", "evc_assessor", "evc_decider",
        "evc_asked",
    }
)  # fmt: skip
A_YEAR = timedelta(days=365)


def opened_since(reader: int, since: datetime, *, by_key: bool) -> list[tuple[int, datetime]]:
    """Whom someone opened since then, each with when; what a key of theirs read is apart."""
    found = Reading.objects.filter(reader=reader, first_at__gte=since)
    found = found.filter(purpose=BY_KEY) if by_key else found.exclude(purpose__in=[BY_KEY, *LET_IN])
    return list(found.values_list("about_id", "first_at"))


def in_own_line(reader: int, among: Collection[int]) -> set[int]:
    """Whom of these someone leads, also through others; asked by name, as `people` lies above."""
    line = apps.get_model("people", "LeadLine")._base_manager.filter(lead=reader)
    return set(line.values_list("member_id", flat=True)) & set(among)


def looks_of_day(reader: Any, on: date) -> ManyLooks | None:
    """What there is of someone (or their key) who came to the limit that day."""
    return ManyLooks.objects.filter(reader=reader, on=on).first()


def many_looks(pk: int) -> ManyLooks | None:
    """One of them, with who it was."""
    return ManyLooks.objects.select_related("reader").filter(pk=pk).first()


def reasons_for(readings: Sequence[Reading]) -> dict[tuple[int | None, date], str]:
    """What readers of many said on the days of these readings, by reader and day."""
    days = {(r.reader_id, timezone.localdate(r.first_at)) for r in readings if r.reader_id}
    if not days:
        return {}
    found = ManyLooks.objects.filter(
        Q(reader__in={reader for reader, _day in days}, on__in={day for _reader, day in days})
    ).exclude(reason="")
    return {(one.reader_id, one.on): one.reason for one in found}


def how_often(organisation: Any) -> str:
    """For the file of the works council: how often it happened, naming nobody."""
    since = timezone.localdate() - A_YEAR
    n = ManyLooks.objects.filter(organisation=organisation.pk, on__gt=since).exclude(told_at=None)
    times = n.count()
    if not times:
        return _("Not once in the last twelve months.")
    return ngettext(
        "%d time in the last twelve months.", "%d times in the last twelve months.", times
    ) % (times)
