"""Whom someone opened lately, and what they said of it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezel.trust.models import LetGoOn, ManyLooks, Reading

BY_KEY = "api"
# They let the reader in themselves, or are in the reader's line: that is no looking around.
LET_IN = frozenset(
    {
        "lead", "link", "looker", "session", "evc_guide", "evc_assessor", "evc_decider",
        "evc_asked",
    }
)  # fmt: skip
A_YEAR = timedelta(days=365)


def opened_since(reader: int, since: datetime) -> list[tuple[int, datetime]]:
    """Whom someone opened since then, each with when; what a key of theirs read is apart."""
    found = Reading.objects.filter(reader=reader, first_at__gte=since)
    found = found.exclude(purpose__in=[BY_KEY, *LET_IN])
    return list(found.values_list("about_id", "first_at"))


def opened_by_key(reader: int, about: Collection[int], day_began: datetime) -> int:
    """How many different people keys of someone have read today, with these."""
    before = Reading.objects.filter(reader=reader, purpose=BY_KEY, first_at__gte=day_began)
    others = before.exclude(about__in=about).aggregate(n=Count("about", distinct=True))
    return int(others["n"]) + len(set(about))


def hold(reader: int) -> None:
    """Nobody else counts for this reader until the transaction ends; SQLite sees to that itself."""
    if not connection.features.has_select_for_update:
        return
    held = get_user_model()._base_manager.select_for_update(no_key=True).filter(pk=reader)
    held.values_list("pk").first()


def times_let_go_on(looks: ManyLooks | None) -> int:
    """How often colleagues let someone go on that day."""
    return 0 if looks is None else LetGoOn.objects.filter(looks=looks.pk).count()


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


def came_to_the_limit(organisation: Any) -> "QuerySet[ManyLooks]":
    """Who came to the limit in the last twelve months and went on or was stopped, newest first."""
    since = timezone.localdate() - A_YEAR
    found = ManyLooks.objects.filter(organisation=organisation.pk, on__gt=since)
    told = found.filter(Q(told_at__isnull=False) | Q(lifts__isnull=False)).distinct()
    return told.select_related("reader").prefetch_related("lifts__by").order_by("-on", "-pk")


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
    found = ManyLooks.objects.filter(organisation=organisation.pk, on__gt=since)
    # Who was let go on is told of anew when they come to the end again.
    lifts = LetGoOn.objects.filter(looks__in=found)
    times = found.filter(Q(told_at__isnull=False) | Q(pk__in=lifts.values("looks"))).count()
    if not times:
        return _("Not once in the last twelve months.")
    told = ngettext(
        "%d time in the last twelve months.", "%d times in the last twelve months.", times
    ) % (times)
    lifted = lifts.count()
    if not lifted:
        return told
    return f"{told} " + ngettext(
        "A colleague let someone who was stopped go on %d time.",
        "Colleagues let someone who was stopped go on %d times.",
        lifted,
    ) % (lifted)
