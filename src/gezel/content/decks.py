"""Reads what the pages of repetition cards need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from gezel.catalogue.api import Activity
from gezel.content import queries
from gezel.content.models import Card, CardWishes, DeckCard, Review
from gezel.content.rules import cards as rules
from gezel.content.rules.bodies import Question, Words
from gezel.content.rules.kinds import ASKED, Asked
from gezel.people.api import Person, Visitor

# A kept deck holds what comes within a week: who is away from any connection for two days, or for
# a holiday, goes on.
AHEAD = timedelta(days=7)
MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Face:
    """A card as it is shown: a question of a module, or a front and a back.

    `question` has options to choose from; `asked` is a question of another kind.
    """

    row: DeckCard
    question: Question | None
    asked: Asked | None
    front: Words
    back: Words

    @property
    def title(self) -> str:
        """The module it comes from."""
        return self.row.card.module.activity.title


def words_of(card: Card, side: str) -> Words:
    """One side of a card an author wrote."""
    said = card.body.get(side, {})
    return Words(nl=said.get("nl", ""), en=said.get("en", ""))


def face_of(row: DeckCard) -> Face:
    """How a card of a deck is shown."""
    card = row.card
    body = card.block.content if card.block is not None else None
    if not isinstance(body, ASKED):
        return Face(row, None, None, words_of(card, "front"), words_of(card, "back"))
    if isinstance(body, Question):
        return Face(row, body, None, body.prompt, Words())
    return Face(row, None, body, body.prompt, Words())


def _in_use() -> Q:
    """Cards that have not gone: their module is on offer, and they were not taken off."""
    return Q(
        card__retired_at=None,
        card__module__activity__state=Activity.State.OPEN,
    ) & (Q(card__block=None) | Q(card__block__retired_in=None))


def deck_here(visitor: Visitor) -> QuerySet[DeckCard]:
    """The cards of someone that belong to where they work now."""
    return DeckCard.objects.filter(
        person=visitor.person, card__module__activity__organisation=visitor.organisation
    )


def due(visitor: Visitor, today: date, *, ahead: timedelta = timedelta()) -> QuerySet[DeckCard]:
    """What is due on a day, or within some days after it, and is not at rest."""
    return deck_here(visitor).filter(
        _in_use(),
        Q(buried_until=None) | Q(buried_until__lte=today + ahead),
        suspended=False,
        due_on__lte=today + ahead,
    )


def _reviews_of(person: Person) -> QuerySet[Review]:
    """What someone did with cards by themselves, not what counted along with a module."""
    undone = Review.objects.filter(deck_card__person=person, undoes__isnull=False)
    return (
        Review.objects.filter(deck_card__person=person, rating__isnull=False)
        .exclude(key__in=undone.values("undoes"))
        .exclude(at=F("deck_card__added_at"))
    )


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))


@dataclass(frozen=True, slots=True)
class Today:
    """The cards of today, how many more are due, about how long it takes, and this week."""

    faces: tuple[Face, ...]
    more: int
    seconds: float
    done: int
    week: tuple[rules.Day, ...]
    wishes: CardWishes
    paused: bool

    @property
    def minutes(self) -> int:
        """About how long the cards of today take; at least one minute."""
        return max(1, round(len(self.faces) * self.seconds / 60))

    @property
    def days(self) -> int:
        """On how many days of this week someone did their cards."""
        return sum(day.done for day in self.week)


def today_of(visitor: Visitor, today: date, *, more: bool = False, kept: bool = False) -> Today:
    """What comes today: those nearest to being forgotten, as many as fit in the minutes someone
    gives them.

    Args:
        more: all that is due, because they asked for more.
        kept: what comes within a week as well, for a phone that will be without connection.
    """
    wishes = CardWishes.of(visitor.person)
    paused = wishes.paused_until is not None and wishes.paused_until > today
    week = _week(visitor.person, today)
    seconds = seconds_of(visitor.person)
    done = _done_on(visitor.person, today)
    if paused:
        return Today((), 0, seconds, done, week, wishes, paused)
    rows = {
        row.pk: row
        for row in due(visitor, today, ahead=AHEAD if kept else timedelta()).select_related(
            "card__block", "card__module__activity"
        )
    }
    chances = {pk: rules.chance(row.stability, row.last_on, today) for pk, row in rows.items()}
    room = rules.room_today(wishes.minutes, seconds, done)
    chosen = rules.first(chances, MOST_KEPT if kept or more else room)
    faces = tuple(face_of(rows[pk]) for pk in chosen)
    return Today(faces, len(rows) - len(faces), seconds, done, week, wishes, paused)


def seconds_of(person: Person) -> float:
    """How long someone takes for a card."""
    newest = (
        Review.objects.filter(deck_card__person=person, took_ms__gt=0)
        .order_by("-at")
        .values_list("took_ms", flat=True)[: rules.TAKEN_FROM]
    )
    return rules.seconds_a_card([ms / 1000 for ms in newest])


def _done_on(person: Person, on: date) -> int:
    today = _reviews_of(person).filter(at__gte=_midnight(on), at__lt=_midnight(on + timedelta(1)))
    return today.values("deck_card").distinct().count()


def _week(person: Person, today: date) -> tuple[rules.Day, ...]:
    monday = today - timedelta(days=today.weekday())
    moments = _reviews_of(person).filter(at__gte=_midnight(monday)).values_list("at", flat=True)
    return rules.week({timezone.localdate(at) for at in moments}, today)


def waiting(visitor: Visitor, today: date) -> int:
    """How many cards come today, for a calm line on the home page; mostly one query."""
    there = due(visitor, today).count()
    if not there:
        return 0
    wishes = CardWishes.of(visitor.person)
    if wishes.paused_until is not None and wishes.paused_until > today:
        return 0
    room = rules.room_today(
        wishes.minutes, seconds_of(visitor.person), _done_on(visitor.person, today)
    )
    return min(there, room)


@dataclass(frozen=True, slots=True)
class Held:
    """A card in the list of all of someone's cards."""

    face: Face
    gone: bool


def all_of(visitor: Visitor) -> QuerySet[DeckCard]:
    """Every card of someone that is in use, the first to come back first."""
    return (
        deck_here(visitor)
        .filter(_in_use())
        .select_related("card__block", "card__module__activity")
        .order_by("suspended", "due_on", "pk")
    )


def faded(visitor: Visitor) -> int:
    """How many cards are gone because their module or question is; their reviews stay."""
    return (
        DeckCard.objects.filter(person=visitor.person)
        .exclude(pk__in=all_of(visitor).order_by().values("pk"))
        .count()
    )


def stamp_of(visitor: Visitor, today: date) -> str:
    """What a kept deck was made from: it changes with every review and every day."""
    told = deck_here(visitor).aggregate(n=Count("pk"), sum=Count("pk", filter=Q(due_on__lte=today)))
    newest = (
        Review.objects.filter(deck_card__person=visitor.person)
        .order_by("-received_at")
        .values_list("received_at", flat=True)
        .first()
    )
    last = newest.timestamp() if newest else 0
    return f"{queries.house_stamp()}.{told['n']}.{told['sum']}.{today.isoformat()}.{last:.3f}"


def written_cards(module_pk: int) -> list[tuple[Card, Mapping[str, Words]]]:
    """The cards an author wrote for a module, and their sides."""
    rows: Iterable[Any] = Card.objects.filter(
        module=module_pk, block=None, retired_at=None
    ).order_by("pk")
    return [(card, {side: words_of(card, side) for side in ("front", "back")}) for card in rows]
