"""What someone did here, read for their own profile; and when and how, for them alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.utils import timezone

from gezel.content.models import Answer, Attempt, PackageAttempt, Proof, Review
from gezel.kit.text import in_language
from gezel.people.api import Person, Visitor


@dataclass(frozen=True, slots=True)
class Done:
    """Something someone completed: which, where, when."""

    kind: str
    key: int
    title_nl: str
    title_en: str
    organisation: str
    on: date

    @property
    def title(self) -> str:
        return in_language(nl=self.title_nl, en=self.title_en)


def done_by(person: Person, until: date) -> list[Done]:
    """Modules and packages completed, and work that someone looked at: one question.

    A module done three times is there once, with the last day.
    """
    rows = (
        _rows(
            Attempt.objects.filter(person=person, completed_at__isnull=False).exclude(passed=False),
            "module", "module__activity", "completed_at",
        )
        .union(
            _rows(
                PackageAttempt.objects.filter(
                    person=person, completed_at__isnull=False, trial=False
                ).exclude(passed=False),
                "package", "package__activity", "completed_at",
            ),
            _rows(
                Proof.objects.filter(person=person, state=Proof.State.CONFIRMED),
                "practice", "block__module__activity", "looked_at",
            ),
            all=True,
        )
    )  # fmt: skip
    found: dict[tuple[str, int], Done] = {}
    for kind, key, nl, en, where, at in rows:
        day = timezone.localtime(at).date()
        there = found.get((kind, key))
        if day <= until and (there is None or there.on < day):
            found[kind, key] = Done(kind, key, nl, en, where, day)
    return sorted(found.values(), key=lambda d: d.on, reverse=True)


def _rows(things: QuerySet[Any], kind: str, activity: str, at: str) -> QuerySet[Any, Any]:
    return things.order_by().values_list(
        Value(kind, output_field=CharField()),
        F(f"{activity}_id"),
        F(f"{activity}__title_nl"),
        F(f"{activity}__title_en"),
        F(f"{activity}__organisation__name"),
        F(at),
    )


class Moment(NamedTuple):
    """Someone was learning: when, how long if that was measured, and in what form."""

    at: datetime
    seconds: float
    form: str


class Recall(NamedTuple):
    """A card came back after some days, and was known or not."""

    at: datetime
    days: int
    known: bool
    title: str


def moments_of(visitor: Visitor, since: datetime) -> list[Moment]:
    """When the visitor was learning here. It takes a visitor: of another nobody can ask it."""
    me = visitor.person.pk
    answers = Answer.objects.filter(attempt__person=me, answered_at__gte=since)
    packages = PackageAttempt.objects.filter(
        person=me, trial=False, last_at__gte=since, seconds__gt=0
    )
    return [
        *(Moment(at, 0.0, "module") for at in answers.values_list("answered_at", flat=True)),
        *(
            Moment(at, float(seconds), "package")
            for at, seconds in packages.values_list("last_at", "seconds")
        ),
        *(
            Moment(at, ms / 1_000, "cards")
            for at, ms in _reviews(visitor).filter(at__gte=since).values_list("at", "took_ms")
        ),
    ]


def recalls_of(visitor: Visitor, since: datetime) -> list[Recall]:
    """How the visitor's cards came back, a day or more after the time before."""
    return list(_recalls(visitor, since))


def _recalls(visitor: Visitor, since: datetime) -> Iterator[Recall]:
    before: dict[int, date] = {}
    title = "deck_card__card__module__activity__title"
    rows = (
        _reviews(visitor)
        .order_by("deck_card", "at", "pk")
        .values_list(
            "deck_card_id", "at", "rating", "deck_card__added_at", f"{title}_nl", f"{title}_en"
        )
    )
    for card, at, rating, added_at, nl, en in rows:
        day = timezone.localtime(at).date()
        last = before.get(card) or timezone.localtime(added_at).date()
        before[card] = day
        if at >= since and day > last:
            yield Recall(at, (day - last).days, rating > 1, in_language(nl=nl, en=en))


def _reviews(visitor: Visitor) -> QuerySet[Review]:
    mine = Review.objects.filter(deck_card__person=visitor.person.pk)
    undone = mine.filter(undoes__isnull=False).values("undoes")
    return (
        mine.filter(rating__isnull=False)
        .exclude(key__in=undone)
        .exclude(at=F("deck_card__added_at"))
    )
