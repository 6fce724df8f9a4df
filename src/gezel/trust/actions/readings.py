"""Keeping account of who looked."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

from gezel.kit.turns import one_step
from gezel.trust import queries
from gezel.trust.actions.braking import Braked, count_people, lets_pass
from gezel.trust.actions.log import KEPT
from gezel.trust.models import Reading

A_STEP = 5_000


def forget_readings(now: datetime | None = None) -> int:
    """Readings of two years ago go, some thousands at a time; returns how many."""
    before = (now or timezone.now()) - KEPT
    gone = 0
    while pks := list(
        Reading.objects.filter(hour__lt=before).order_by("pk").values_list("pk", flat=True)[:A_STEP]
    ):
        with one_step():
            Reading.objects.filter(pk__in=pks).delete()
        gone += len(pks)
    return gone


def note_reading(*, reader_pk: int, about: Iterable[int], matter: str, purpose: str) -> None:
    """Note that someone read data about others, so that those others can see it.

    Reading about oneself is not noted. Asking twice within an hour is one row: the database
    settles it, also when two requests come at once. That this process noted it already is
    remembered, so that a page one opens again costs no write; only what is kept is remembered.

    Args:
        reader_pk: the person who reads.
        about: primary keys of the people the page is about.
        matter: what was read, a short code that the page puts into words ("skills").
        purpose: why, as the reader's role explains it ("leads the team").

    Raises:
        Braked: so many people are opened only with a reason, or not today (decision 0027). Then
            nothing is noted, and the caller shows nothing: let it pass.
    """
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    remembered = caches["near"]
    # Together under one name: asking for each of a team of thirty took as long as its questions.
    name = f"read:{reader_pk}:{matter}:{purpose}:{hour:%Y%m%d%H}"
    known: frozenset[int] = remembered.get(name, frozenset())
    new = set(about) - known - {reader_pk}
    if not new:
        return
    if lets_pass(reader_pk, new, purpose):
        note_taken(reader_pk=reader_pk, about=new, matter=matter, purpose=purpose)
    else:
        _settle(reader_pk, new, matter, purpose)
    # A file with everyone in it is written anew each time rather than read in at each page. Where
    # two requests come at once one forgets what the other noted: a write more, no reading less.
    if len(known | new) <= A_STEP:
        transaction.on_commit(lambda: remembered.set(name, known | new, 3_600))


def _settle(reader: int, about: Collection[int], matter: str, purpose: str) -> None:
    """Count and note as one, with nobody else counting for this reader meanwhile: two requests at
    the same moment never pass the end together."""
    problem = None
    with transaction.atomic(savepoint=False):
        queries.hold(reader)
        try:
            count_people(reader, about, purpose)
        except Braked as caught:
            # Raised outside, since nothing went wrong here and nothing is to be undone.
            problem = caught
        else:
            note_taken(reader_pk=reader, about=about, matter=matter, purpose=purpose)
    if problem is not None:
        raise problem


def note_taken(*, reader_pk: int, about: Iterable[int], matter: str, purpose: str) -> None:
    """Note readings that were let pass before, such as of statements that came in while a file with
    the rest went out. Everyone else takes `note_reading`.
    """
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with transaction.atomic(savepoint=False):
        Reading.objects.bulk_create(
            [
                Reading(reader_id=reader_pk, about_id=pk, matter=matter, purpose=purpose, hour=hour)
                for pk in sorted(set(about) - {reader_pk})
            ],
            ignore_conflicts=True,
            batch_size=A_STEP,
        )
