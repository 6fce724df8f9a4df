"""People are told what happens to their sessions: on their own page, and by mail."""

from collections.abc import Iterable

from django.utils import timezone

from gezel.gatherings import letters
from gezel.gatherings.models import Gathering, News

What = News.What


def tell(people: Iterable[int], gathering: Gathering, what: str, note: str = "") -> None:
    """Something happened to a session of these people; what they were told of it before and did
    not read yet is overtaken."""
    told = sorted(set(people))
    if not told:
        return
    now = timezone.now()
    News.objects.filter(person__in=told, gathering=gathering, seen_at=None).update(seen_at=now)
    News.objects.bulk_create(
        News(person_id=pk, gathering=gathering, what=what, note=note[:300], told_at=now)
        for pk in told
    )
    letters.write_to(told, gathering, what)


def confirm(person_pk: int, gathering: Gathering, what: str) -> None:
    """What one did oneself is no news; the mail puts it in one's calendar, or takes it out."""
    letters.write_to([person_pk], gathering, what)


def put_aside(news: News) -> None:
    """Someone has seen it."""
    News.objects.filter(pk=news.pk, seen_at=None).update(seen_at=timezone.now())
