"""Braking: asking why of who opens a great many people, and telling others that it happened."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.trust import queries
from gezel.trust.actions.log import KEPT, note_event
from gezel.trust.events import ManyLooked
from gezel.trust.models import LetGoOn, ManyLooks
from gezel.trust.rules.braking import AN_HOUR, Answer, Limits, may_go_on, may_key_go_on, room

# A process knows whom it let pass, and lets a tenth of the room pass before it counts anew, so
# that most pages cost no question; eight processes at once stay within the room.
SHARE = 10
A_WHILE = 300


class Braked(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Nothing is shown: so many people are opened only with a reason, or not today.

    Args:
        answer: ask or stop.
        reader: key of who reads.
        people: how many different people it would have been today.
        at_once: how many were asked for at once.
    """

    def __init__(self, answer: Answer, *, reader: int, people: int, at_once: int) -> None:
        super().__init__(f"{answer}: {people} people by {reader}")
        self.answer, self.reader = answer, reader
        self.people, self.at_once = people, at_once


def limits() -> Limits:
    """Those of this installation."""
    return Limits(**settings.LOOKS)


def today_began(now: datetime) -> datetime:
    """Midnight where the organisation is."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def until_tomorrow(now: datetime | None = None) -> int:
    """Seconds until the count begins anew, one at least."""
    asked = now or timezone.now()
    tomorrow = timezone.localdate(asked) + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time()))
    return max(1, round((midnight - asked).total_seconds()))


def lets_pass(reader: int, about: Collection[int], purpose: str) -> bool:
    """Whether there is nothing to count: people let the reader in themselves, or there is room that
    was counted a while ago."""
    if purpose in queries.LET_IN or purpose == queries.BY_KEY:
        return purpose != queries.BY_KEY
    remembered, name = caches["near"], _room_of(reader)
    left, known = remembered.get(name, (0, frozenset()))
    new = frozenset(about) - known
    if len(new) > left:
        return False
    if new:
        remembered.set(name, (left - len(new), known | new), A_WHILE)
    return True


def _room_of(reader: int) -> str:
    return f"room:{reader}:{today_began(timezone.now()):%Y%m%d}"


def count_people(reader: int, about: Collection[int], purpose: str) -> None:
    """Count anew, and remember how much room is left.

    Raises:
        Braked: these people are not to be shown, now or today.
    """
    if purpose == queries.BY_KEY:
        _brake_key(reader, about)
        return
    now = timezone.now()
    day_began = today_began(now)
    remembered, name = caches["near"], _room_of(reader)
    opened = queries.opened_since(reader, min(day_began, now - AN_HOUR))
    bound = limits()

    def said(own: set[int], *, reason_given: bool) -> Answer:
        return may_go_on(
            about,
            opened,
            now=now,
            day_began=day_began,
            limits=bound,
            own=own,
            reason_given=reason_given,
        )

    today = frozenset(who for who, at in opened if at >= day_began)
    passed = today | frozenset(about)
    if said(set(), reason_given=False) is Answer.FREE:
        free = room(opened, now=now, day_began=day_began, limits=bound)
        remembered.set(name, (max(0, free - len(about)) // SHARE, passed), A_WHILE)
        return
    everyone = {who for who, _at in opened} | set(about)
    own = queries.in_own_line(reader, everyone)
    before = queries.looks_of_day(reader, timezone.localdate(now))
    bound = replace(bound, most=bound.most * (1 + queries.times_let_go_on(before)))
    answer = said(own, reason_given=before is not None and before.given_at is not None)
    if answer is not Answer.FREE:
        at_once = len(set(about) - own)
        raise Braked(answer, reader=reader, people=len(passed - own), at_once=at_once)
    remembered.set(name, (0, passed), A_WHILE)


def _brake_key(reader: int, about: Collection[int]) -> None:
    """A system is asked nothing and let go on by nobody; it is counted each time."""
    people = queries.opened_by_key(reader, about, today_began(timezone.now()))
    answer = may_key_go_on(people, limits=limits())
    if answer is not Answer.FREE:
        raise Braked(answer, reader=reader, people=people, at_once=len(set(about)))


@transaction.atomic
def let_go_on(looks: ManyLooks, *, reason: str, by: Any) -> LetGoOn:
    """A colleague lets someone who was stopped go on today: once more as many people.

    The log has it, everyone who watches reads it, and who comes to the limit again is stopped
    again. Of two colleagues at once the first does it.

    Raises:
        ValidationError: one does not let oneself go on; there is nothing to let go on; or it is of
            another day.
    """
    held = ManyLooks.objects.select_for_update().get(pk=looks.pk)
    if held.reader_id == by.pk:
        raise ValidationError(_("Nobody lets themselves go on. Ask a colleague."))
    if held.stopped_at is None or held.on != timezone.localdate():
        raise ValidationError(_("They are not stopped now, so there is nothing to do."))
    times = queries.times_let_go_on(held)
    lift = LetGoOn.objects.create(looks=held, by=by, reason=reason.strip()[:200], time=times + 1)
    # From here on it is as if they came to it for the first time: stopped again, told again.
    held.stopped_at = held.told_at = None
    held.save(update_fields=["stopped_at", "told_at"])
    note_event(
        held.organisation_id,
        "many_looks.let_go_on",
        by=by.pk,
        about=held.reader_id,
        reason=lift.reason,
    )
    return lift


@transaction.atomic
def note_braked(problem: Braked, *, organisation: int) -> ManyLooks:
    """Keep that someone came to the limit; who was stopped, others hear of at once."""
    # Held, so that a reason given in another window this moment is not written over.
    looks, _new = ManyLooks.objects.select_for_update().get_or_create(
        reader_id=problem.reader,
        on=timezone.localdate(),
        defaults={"organisation_id": organisation, "people": problem.people},
    )
    looks.people = max(looks.people, problem.people)
    if problem.answer is Answer.STOP:
        looks.stopped_at = looks.stopped_at or timezone.now()
        _tell(looks)
    looks.save()
    return looks


@transaction.atomic
def give_reason(looks: ManyLooks, reason: str) -> None:
    """Say why; it stands with everyone opened that day, and others hear that it happened.

    The first word stands: who wrote it twice, in two windows, changes nothing.
    """
    held = ManyLooks.objects.select_for_update().get(pk=looks.pk)
    if held.given_at is not None:
        return
    held.reason, held.given_at = reason, timezone.now()
    _tell(held)
    held.save()


def _tell(looks: ManyLooks) -> None:
    """Once for a reader and a day."""
    if looks.told_at is not None or looks.reader_id is None:
        return
    looks.told_at = timezone.now()
    note_event(looks.organisation_id, "many_looks", by=looks.reader_id, people=looks.people)
    time = 1 + queries.times_let_go_on(looks)
    announce(ManyLooked(looks.pk, looks.reader_id, looks.organisation_id, time))


def forget_many_looks(now: datetime | None = None) -> int:
    """Reasons of two years ago go; returns how many."""
    before = timezone.localdate(now) - KEPT
    _all, each = ManyLooks.objects.filter(on__lt=before).delete()
    return each.get(ManyLooks._meta.label, 0)
