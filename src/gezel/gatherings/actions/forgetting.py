"""What was kept of sessions goes when we said it would."""

from datetime import datetime, timedelta

from gezel.gatherings.models import (
    Division,
    GroupWish,
    Invited,
    News,
    Place,
    SessionWish,
)

KEPT = timedelta(days=730)


def forget_old(now: datetime) -> None:
    """Two years after a session: who had a place or waited, in which groups, and what was wished.

    That someone was there is their attendance, and stays theirs.
    """
    before = now - KEPT
    for model in (Place, Division, GroupWish, SessionWish, Invited):
        model._default_manager.filter(gathering__ends_at__lt=before).delete()
    News.objects.filter(told_at__lt=before).delete()
