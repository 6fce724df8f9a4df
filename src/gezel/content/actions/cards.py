"""Repetition cards: into someone's deck, looked at, put to rest; and what authors add."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Literal

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from gezel.content.models import (
    COMPLETED,
    Answer,
    Attempt,
    Block,
    Card,
    CardPace,
    CardWishes,
    DeckCard,
    Module,
    Review,
)
from gezel.content.rules import cards as rules
from gezel.content.rules import pace as fitting
from gezel.content.rules import scoring
from gezel.content.rules.kinds import ASKED_KINDS
from gezel.people.api import Person

MOST_REVIEWS_AT_ONCE = 200


def make_cards(attempt: Attempt) -> int:
    """The questions of a round that was completed become cards of the person; how many are new.

    How each was answered in the round counts as the first look at it. Runs twice without harm.
    """
    if attempt.completed_at is None or attempt.passed is False:
        return 0
    wishes = CardWishes.of(attempt.person)
    if wishes.off:
        return 0
    blocks = list(
        Block.objects.filter(module=attempt.module_id, kind__in=ASKED_KINDS).as_of(attempt.version)
    )
    with transaction.atomic():
        Card.objects.bulk_create(
            [Card(module_id=attempt.module_id, block=block) for block in blocks],
            ignore_conflicts=True,
        )
        new = _into_deck(attempt.person_id, attempt.module_id, blocks, at=attempt.completed_at)
        right = dict(
            Answer.objects.filter(attempt=attempt, right__isnull=False)
            .order_by("answered_at", "key")
            .values_list("block_id", "right")
        )
        held = DeckCard.objects.filter(
            person=attempt.person_id, card__block__in=list(right)
        ).select_related("card")
        looks = [
            Review(
                deck_card=row,
                key=uuid.uuid5(attempt.registration, f"card {row.card_id}"),
                rating=rules.GOOD if right[row.card.block_id] else rules.FORGOT,
                at=attempt.completed_at,
                received_at=attempt.completed_at,
            )
            for row in held
            if row.card.block_id is not None
        ]
        Review.objects.bulk_create(looks, ignore_conflicts=True)
        reckon([look.deck_card_id for look in looks], wishes)
    return new


def _into_deck(person: int, module: int, blocks: Sequence[Block], *, at: datetime) -> int:
    """All cards of a module that may be in a deck, into this one."""
    fitting = Card.objects.filter(module=module, retired_at=None).filter(
        Q(block=None) | Q(block__in=blocks)
    )
    fresh = fitting.exclude(in_decks__person=person)
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    rows = [DeckCard(person_id=person, card=card, added_at=at, due_on=tomorrow) for card in fresh]
    DeckCard.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def gather(person: Person, *, at: datetime | None = None) -> int:
    """Bring a deck up to date: cards an author added, questions that were put in other words,
    rounds from before there were cards. Returns how many came or changed."""
    now = at or timezone.now()
    wishes = CardWishes.of(person)
    changed = _follow(person)
    if wishes.off:
        return changed
    done = Attempt.objects.filter(COMPLETED, person=person)
    held = DeckCard.objects.filter(person=person, card__block=OuterRef("pk"))
    unheld = Block.objects.filter(
        ~Exists(held),
        module=OuterRef("module"),
        kind__in=ASKED_KINDS,
        retired_in=None,
        since__lte=OuterRef("version"),
    )
    for attempt in done.filter(Exists(unheld)).order_by("completed_at", "pk"):
        changed += make_cards(attempt)
    extra = Card.objects.filter(
        block=None,
        retired_at=None,
        module__in=done.values("module"),
    ).exclude(in_decks__person=person)
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    rows = [DeckCard(person=person, card=card, added_at=now, due_on=tomorrow) for card in extra]
    DeckCard.objects.bulk_create(rows, ignore_conflicts=True)
    return changed + len(rows)


def _follow(person: Person) -> int:
    """A question that was put in other words takes the place of the old one, with its reviews."""
    changed = 0
    old = DeckCard.objects.filter(
        person=person, card__block__retired_in__isnull=False
    ).select_related("card__block")
    for row in old:
        before = row.card.block
        after = (
            Block.objects.filter(
                module=row.card.module_id,
                kind__in=ASKED_KINDS,
                position=before.position,
                since=before.retired_in,
            ).first()
            if before is not None and before.retired_in is not None
            else None
        )
        if after is None:
            continue
        card, _made = Card.objects.get_or_create(
            block=after, defaults={"module_id": row.card.module_id}
        )
        if not DeckCard.objects.filter(person=person, card=card).exists():
            DeckCard.objects.filter(pk=row.pk).update(card=card)
            changed += 1
    return changed


def reckon(deck_cards: Iterable[int], wishes: CardWishes) -> None:
    """Work out anew how these cards of one person stand, from their reviews."""
    looks: dict[int, list[rules.Look]] = defaultdict(list)
    pks = list(deck_cards)
    fitted = CardPace.objects.filter(person=wishes.person_id).first() if wishes.fitted else None
    pace = fitted.pace if fitted else 1.0
    for look in Review.objects.filter(deck_card__in=pks):
        looks[look.deck_card_id].append(_look(look.key, look.at, look.rating, look.undoes))
    rows = list(DeckCard.objects.filter(pk__in=pks))
    for row in rows:
        stands = rules.standing(
            looks[row.pk],
            added_on=timezone.localdate(row.added_at),
            likely=wishes.likely,
            pace=pace,
        )
        row.due_on, row.last_on = stands.due_on, stands.last_on
        row.stability, row.difficulty = stands.stability, stands.difficulty
    DeckCard.objects.bulk_update(
        rows, ["due_on", "last_on", "stability", "difficulty"], batch_size=200
    )


def _look(key: uuid.UUID, at: datetime, rating: int | None, undoes: uuid.UUID | None) -> rules.Look:
    return rules.Look(str(key), at, timezone.localdate(at), rating, str(undoes) if undoes else None)


def fit_paces(at: datetime) -> int:
    """Work out the pace of everyone who lets it be worked out; of how many.

    All reviews in one question, and twice is as once. The dates of cards stay: each follows when
    it is next looked at, so that no deck jumps overnight. Someone is counted with the
    organisation most of their reviews are of.
    """
    # Few columns, since there are millions: the words of a card would be read with each review.
    reviews = (
        Review.objects.exclude(deck_card__person__card_wishes__fitted=False)
        .order_by("deck_card__person_id", "deck_card_id", "pk")
        .values_list(
            "deck_card__person_id",
            "deck_card_id",
            "deck_card__card__module__activity__organisation_id",
            "key",
            "at",
            "rating",
            "undoes",
        )
    )
    whose: list[int] = []
    recalls: list[rules.Recall] = []
    at_work: dict[int, Counter[int]] = defaultdict(Counter)
    for (person, _card, home), rows_of_card in groupby(
        reviews.iterator(chunk_size=2000), lambda row: row[:3]
    ):
        known = list(rules.recalls(_look(*row[3:]) for row in rows_of_card))
        recalls += known
        whose += [person] * len(known)
        at_work[person][home] += len(known)
    people, numbers = np.unique(np.array(whose, dtype=np.int64), return_inverse=True)
    homes = [max(sorted(at_work[pk]), key=at_work[pk].__getitem__) for pk in people.tolist()]
    found = fitting.paces(
        np.array([one.days for one in recalls], dtype=np.float64),
        np.array([one.stability for one in recalls], dtype=np.float64),
        np.array([one.knew for one in recalls], dtype=np.bool_),
        numbers,
        np.unique(np.array(homes, dtype=np.int64), return_inverse=True)[1],
    )
    rows = [
        CardPace(
            person_id=pk,
            pace=float(found.person[n]),
            reviews=int(found.reviews[n]),
            knew=int(found.knew[n]),
            expected=float(found.expected[n]),
            version=fitting.VERSION,
            worked_out_on=timezone.localdate(at),
        )
        for n, pk in enumerate(people.tolist())
    ]
    with transaction.atomic():
        CardPace.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=["pace", "reviews", "knew", "expected", "version", "worked_out_on"],
        )
        # Who switched it off meanwhile, or took every review back.
        CardPace.objects.filter(
            Q(person__card_wishes__fitted=False) | ~Q(worked_out_on=timezone.localdate(at))
        ).delete()
    return len(rows)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a device hands in about a card: a rating, a review taken back, or a rest."""

    key: uuid.UUID
    card: int
    at: datetime
    rating: int | None = None
    undoes: uuid.UUID | None = None
    took_ms: int = 0
    rest: Literal["", "today", "always", "back"] = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one: "kept", "conflict" (the key says something else) or "refused"."""

    key: uuid.UUID
    state: Literal["kept", "conflict", "refused"]


def look_at_cards(
    person: Person, given: Sequence[Looked], *, at: datetime | None = None
) -> list[Told]:
    """Keep what a device hands in; the same batch again, in any order, changes nothing."""
    arrived = at or timezone.now()
    with transaction.atomic():
        deck = {
            row.pk: row
            for row in DeckCard.objects.select_for_update().filter(
                person=person, pk__in={g.card for g in given}
            )
        }
        standing = {r.key: r for r in Review.objects.filter(key__in=[g.key for g in given])}
        told: list[Told] = []
        fresh: dict[uuid.UUID, Review] = {}
        for one in given:
            row = deck.get(one.card)
            if row is None or not _sound(one):
                told.append(Told(one.key, "refused"))
                continue
            known = standing.get(one.key) or fresh.get(one.key)
            moment = scoring.held_between(
                one.at, row.added_at, known.received_at if known else arrived
            )
            if one.rest:
                _put_to_rest(row, one.rest, moment)
                told.append(Told(one.key, "kept"))
                continue
            said = (row.pk, one.rating, one.undoes, moment)
            if known is not None:
                same = (known.deck_card_id, known.rating, known.undoes, known.at) == said
                told.append(Told(one.key, "kept" if same else "conflict"))
                continue
            fresh[one.key] = Review(
                deck_card=row, key=one.key, rating=one.rating, undoes=one.undoes,
                took_ms=one.took_ms, at=moment, received_at=arrived,
            )  # fmt: skip
            told.append(Told(one.key, "kept"))
        Review.objects.bulk_create(fresh.values())
        if fresh:
            reckon({r.deck_card_id for r in fresh.values()}, CardWishes.of(person))
    return told


def _sound(one: Looked) -> bool:
    """Whether it says one thing, and a possible one."""
    says = [one.rating is not None, one.undoes is not None, bool(one.rest)]
    return says.count(True) == 1 and (one.rating is None or 1 <= one.rating <= 4)


def _put_to_rest(row: DeckCard, how: str, at: datetime) -> None:
    if row.rest_at is not None and row.rest_at >= at:
        return
    row.rest_at = at
    if how == "today":
        row.buried_until = timezone.localdate(at) + timedelta(days=1)
    row.suspended = {"always": True, "back": False}.get(how, row.suspended)
    if how == "back":
        row.buried_until = None
    row.save(update_fields=["rest_at", "buried_until", "suspended"])


@transaction.atomic
def wish(
    person: Person,
    *,
    minutes: int,
    likely: int,
    off: bool,
    paused_until: date | None,
    fitted: bool = True,
) -> CardWishes:
    """Someone says how they want their cards.

    How sure they want to be moves every date. So does letting them be fitted or not: switched
    off, their pace is gone and every card comes by the published schedule.
    """
    wishes, _made = CardWishes.objects.select_for_update().get_or_create(person=person)
    moved = (wishes.likely, wishes.fitted) != (likely, fitted)
    wishes.minutes, wishes.likely, wishes.fitted = minutes, likely, fitted
    wishes.off, wishes.paused_until = off, paused_until
    wishes.full_clean(exclude=["person"])
    wishes.save()
    if not fitted:
        CardPace.objects.filter(person=person).delete()
    if moved:
        reckon(DeckCard.objects.filter(person=person).values_list("pk", flat=True), wishes)
    return wishes


def add_card(module: Module, *, front: Mapping[str, str], back: Mapping[str, str]) -> Card:
    """An author adds a card; who completed the module finds it in their deck from then on.

    Args:
        front, back: text per language, at least one language each.
    """
    kept: dict[str, Any] = {
        side: {code: text for code, text in words.items() if text}
        for side, words in (("front", front), ("back", back))
    }
    return Card.objects.create(module=module, body=kept)


def retire_card(card: Card, *, at: datetime | None = None) -> None:
    """An author takes a card off; it leaves every deck's days, and the reviews stay."""
    Card.objects.filter(pk=card.pk, block=None).update(retired_at=at or timezone.now())
