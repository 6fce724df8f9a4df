"""What was kept of sessions goes when we said it would."""

from datetime import datetime, timedelta

from gezel.gatherings.models import (
    Division,
    GroupWish,
    Invited,
    News,
    Place,
    SessionWish,
    Timetable,
)

KEPT = timedelta(days=730)
TIMETABLE_KEPT = timedelta(days=92)


def forget_old(now: datetime) -> None:
    """Two years after a session: who had a place or waited, in which groups, and what was wished.

    That someone was there is their attendance, and stays theirs.
    """
    before = now - KEPT
    for model in (Place, Division, GroupWish, SessionWish, Invited):
        model._default_manager.filter(gathering__ends_at__lt=before).delete()
    # Who wished what serves until it is held, and a little longer to look back.
    Timetable.objects.filter(last_on__lt=(now - TIMETABLE_KEPT).date()).delete()
    News.objects.filter(told_at__lt=before).delete()
