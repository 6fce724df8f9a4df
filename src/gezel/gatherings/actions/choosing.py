"""People choose among sessions until a day; then all places are shared out at once.

The sharing out is the same for the same wishes (`rules.placing`), so what is shown beforehand is
what it becomes, unless somebody wished or booked meanwhile: then it is shown anew.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.gatherings import choosing_letters
from gezel.gatherings.actions.telling import What, tell
from gezel.gatherings.models import Choosing, Gathering, Place, Role, SessionWish
from gezel.gatherings.rules import placing
from gezel.people.api import Employment, Organisation, Person, Unit

MOST_SESSIONS = 500
MOST_WISHES = len(placing.COSTS)
State = Place.State


class ChangedMeanwhile(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Who wishes what, or what is free, is different from what was shown."""


@transaction.atomic
def keep_choosing(
    organisation: Organisation,
    told: dict[str, Any],
    sessions: Collection[Gathering],
    unit: Unit | None,
    *,
    by: Person,
    key: uuid.UUID,
    choosing: Choosing | None = None,
) -> Choosing:
    """People may choose among these. The same `key` is the same choice.

    Raises:
        ValidationError: a session is in another choice that is open, or there are too many.
    """
    if len(sessions) > MOST_SESSIONS:
        raise ValidationError({"sessions": _("Five hundred sessions is the most at once.")})
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    elsewhere = (
        Choosing.objects.filter(placed_at=None, sessions__in=[g.pk for g in sessions])
        .exclude(key=choosing.key if choosing else key)
        .first()
    )
    if elsewhere is not None:
        raise ValidationError(
            {"sessions": _("One of these is in “%(title)s” already. Leave it out here.")
             % {"title": elsewhere.title}}
        )  # fmt: skip
    if choosing is None:
        choosing, new = Choosing.objects.get_or_create(
            key=key, defaults={"organisation": organisation, "made_by": by, **told}
        )
        if not new:
            return choosing
    elif not Choosing.objects.filter(pk=choosing.pk, placed_at=None).update(**told):
        raise ValidationError(_("The places were shared out already."))
    choosing.refresh_from_db()
    choosing.sessions.set(sessions)
    choosing.units.set([unit] if unit else [])
    SessionWish.objects.filter(choosing=choosing).exclude(gathering__in=sessions).delete()
    return choosing


def announce(choosing: Choosing) -> int:
    """Who may choose hears of it; how many were told now. Once, however often it is done."""
    return choosing_letters.say_it_is_open(choosing, people_of(choosing))


def people_of(choosing: Choosing) -> list[int]:
    """For whom it is: everyone here, or those of its units."""
    here = Employment.objects.current().filter(organisation=choosing.organisation_id)
    paths = list(choosing.units.values_list("path", flat=True))
    if paths:
        below = Q()
        for path in paths:
            below |= Q(unit__path__startswith=path)
        here = here.filter(below)
    return list(here.values_list("person_id", flat=True))


@transaction.atomic
def choose(choosing: Choosing, person: Person, sessions: Sequence[Gathering]) -> None:
    """Someone says what they would like, most wanted first; nothing takes it back.

    Who changes their mind keeps the moment at which they first said something.

    Raises:
        ValidationError: it is over, a session is not in it, or it is named twice.
    """
    held = Choosing.objects.select_for_update().get(pk=choosing.pk)
    if held.placed_at is not None or held.until_on < timezone.localdate():
        raise ValidationError(_("The choice is closed; wishes no longer count."))
    if len({g.pk for g in sessions}) < len(sessions) or len(sessions) > MOST_WISHES:
        raise ValidationError(_("Choose each session once, and five at most."))
    inside = held.sessions.filter(pk__in=[g.pk for g in sessions]).count()
    if inside < len(sessions):
        raise ValidationError(_("One of these cannot be chosen any more. Look again."))
    before = SessionWish.objects.filter(choosing=held, person=person).order_by("asked_at")
    first = before.values_list("asked_at", flat=True).first()
    before.delete()
    SessionWish.objects.bulk_create(
        SessionWish(choosing=held, person=person, gathering=gathering, rank=rank,
                    asked_at=first or timezone.now())
        for rank, gathering in enumerate(sessions, 1)
    )  # fmt: skip


# -- sharing out ----------------------------------------------------------------------------------

Why = Literal["full", "no seats", "busy"]


@dataclass(frozen=True, slots=True)
class Shares:
    """How the places would be shared out."""

    sessions: dict[int, Gathering]
    session: dict[int, int]  # by person
    rank: dict[int, int]
    without: dict[int, Why]
    wishes: dict[int, tuple[int, ...]]
    asked_at: dict[int, datetime]
    kept: int  # so many have a place at one of these already, and keep it

    @property
    def by_rank(self) -> dict[int, int]:
        counts = dict.fromkeys(range(1, MOST_WISHES + 1), 0)
        for rank in self.rank.values():
            counts[rank] += 1
        return counts

    @property
    def digest(self) -> str:
        """What was shown, in short: another outcome has another."""
        told = [sorted(self.session.items()), sorted(self.without.items())]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:20]

    @property
    def coming(self) -> dict[int, list[int]]:
        """By session who comes, in the order in which they asked."""
        found: dict[int, list[int]] = {pk: [] for pk in self.sessions}
        for person in self.wishes:
            if person in self.session:
                found[self.session[person]].append(person)
        return found


def shares(choosing: Choosing, now: datetime) -> Shares:
    """How the places would be shared out at this moment; a handful of questions."""
    sessions = {
        g.pk: g for g in choosing.sessions.select_related("activity").order_by("starts_at", "pk")
    }
    wished: dict[int, list[int]] = {}
    asked_at: dict[int, datetime] = {}
    rows = SessionWish.objects.filter(choosing=choosing).order_by("asked_at", "person_id", "rank")
    for person, gathering, at in rows.values_list("person_id", "gathering_id", "asked_at"):
        wished.setdefault(person, []).append(gathering)
        asked_at.setdefault(person, at)
    at_work = set(
        Employment.objects.current()
        .filter(organisation=choosing.organisation_id, person__in=list(wished))
        .values_list("person_id", flat=True)
    )
    busy, has = _busy(choosing, sessions, wished)
    seats = {
        pk: (len(wished) if g.left is None else g.left)
        for pk, g in sessions.items()
        if not g.is_cancelled and g.starts_at > now
    }
    asking = {p: tuple(s) for p, s in wished.items() if p in at_work and p not in has}
    free = [
        placing.Wish(p, tuple(s for s in told if (p, s) not in busy)) for p, told in asking.items()
    ]
    placed = placing.place(free, seats)
    without: dict[int, Why] = {}
    for one in placed.unplaced:
        without[one.person] = "busy" if one.why == "no wish" else one.why
    rank = {p: asking[p].index(placed.session[p]) + 1 for p in placed.session}
    return Shares(sessions, dict(placed.session), rank, without, asking, asked_at, len(has))


def _busy(
    choosing: Choosing, sessions: dict[int, Gathering], people: Iterable[int]
) -> tuple[set[tuple[int, int]], set[int]]:
    """Which of these sessions someone cannot come to since they are elsewhere then; and who has
    a place at one of them already."""
    if not sessions:
        return set(), set()
    first = min(g.starts_at for g in sessions.values())
    last = max(g.ends_at for g in sessions.values())
    near = (
        Gathering.objects.filter(organisation=choosing.organisation_id)
        .standing()
        .filter(starts_at__lt=last, ends_at__gt=first)
    )
    asked = set(people)
    taken = [
        *Place.objects.living().filter(gathering__in=near).values_list(
            "person_id", "gathering_id", "gathering__starts_at", "gathering__ends_at"
        ),
        *Role.objects.giving().filter(gathering__in=near, person__isnull=False).values_list(
            "person_id", "gathering_id", "gathering__starts_at", "gathering__ends_at"
        ),
    ]  # fmt: skip
    has = {p for p, g, _s, _e in taken if p in asked and g in sessions}
    mine: dict[int, list[tuple[datetime, datetime]]] = {}
    for person, _session, start, end in taken:
        if person in asked:
            mine.setdefault(person, []).append((start, end))
    return {
        (person, pk)
        for person, spans in mine.items()
        for pk, g in sessions.items()
        if any(start < g.ends_at and end > g.starts_at for start, end in spans)
    }, has


@transaction.atomic
def share_out(choosing: Choosing, *, digest: str) -> Shares | None:
    """Everyone has the place that was shown; who has none stands in the line of their first wish.

    All of it or nothing; None: it was done before.

    Raises:
        ChangedMeanwhile: it would come out otherwise than was shown.
        ValidationError: people can still choose.
    """
    held = Choosing.objects.select_for_update().get(pk=choosing.pk)
    if held.placed_at is not None:
        return None
    now = timezone.now()
    if held.until_on >= timezone.localdate(now):
        raise ValidationError(_("People can still choose today. Share out the places tomorrow."))
    # Held in one order, so that no two wait for each other.
    keys = held.sessions.order_by("pk").values_list("pk", flat=True)
    list(Gathering.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk"))
    found = shares(held, now)
    if found.digest != digest:
        raise ChangedMeanwhile
    for pk, people in found.coming.items():
        if people:
            _seat(held, found.sessions[pk], people)
    _line_up(held, found)
    Choosing.objects.filter(pk=held.pk).update(
        placed_at=now,
        outcome={
            "by_rank": {str(k): n for k, n in found.by_rank.items()},
            "without": len(found.without),
        },
    )
    return found


def _key(choosing: Choosing, person: int) -> uuid.UUID:
    return uuid.uuid5(choosing.key, str(person))


def _seat(choosing: Choosing, gathering: Gathering, people: Sequence[int]) -> None:
    state = State.ASKED if gathering.approval else State.BOOKED
    Place.objects.bulk_create(
        Place(gathering=gathering, person_id=pk, state=state, booked_by_id=pk,
              key=_key(choosing, pk))
        for pk in people
    )  # fmt: skip
    # The database refuses more than there are seats.
    Gathering.objects.filter(pk=gathering.pk).update(taken=F("taken") + len(people))
    gathering.refresh_from_db(fields=["taken"])
    if state == State.BOOKED:
        tell(people, gathering, What.RESERVED)


def _line_up(choosing: Choosing, found: Shares) -> None:
    """Who has no place waits for what they wanted most of what can still come free."""
    waiting = []
    for person in found.without:
        for session in found.wishes[person]:
            gathering = found.sessions[session]
            if not gathering.is_cancelled and gathering.starts_at > timezone.now():
                waiting.append(
                    Place(gathering=gathering, person_id=person, state=State.WAITING,
                          booked_by_id=person, queued_at=found.asked_at[person],
                          key=_key(choosing, person))
                )  # fmt: skip
                break
    Place.objects.bulk_create(waiting)
    choosing_letters.say_no_place(choosing, list(found.without))
