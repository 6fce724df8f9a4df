"""What keeps the store in order, night after night."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from gezel.records.actions.files import folder
from gezel.records.models import Attachment
from gezel.records.partitions import make_parts
from gezel.records.queries.rows import ON_SQLITE

YOUNG = timedelta(days=1)
"""A file that came in just now may not have its row yet."""


def make_parts_ahead(now: datetime | None = None) -> int:
    """The parts of the months to come; returns how many were made. Nothing to do on SQLite."""
    if ON_SQLITE:
        return 0
    moment = now or datetime.now(UTC)
    with connection.cursor() as cursor:
        return make_parts(cursor, moment, moment)


def forget_files(now: datetime | None = None) -> int:
    """Files of attachments that no statement names any more go; returns how many."""
    moment = now or timezone.now()
    gone = 0
    for place in folder().glob("??"):
        files = {path.name.partition(".")[0]: path for path in place.iterdir()}
        named = set(Attachment.objects.filter(sha2__in=files).values_list("sha2", flat=True))
        for digest, path in files.items():
            age = moment.timestamp() - path.stat().st_mtime
            if digest not in named and age > YOUNG.total_seconds():
                path.unlink(missing_ok=True)
                gone += 1
    return gone
