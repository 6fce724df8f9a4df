"""Reads what a test, its makers and its results need."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, FloatField, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from gezel.assessment import policy
from gezel.assessment.models import Answer, Asked, Item, Sitting, Test
from gezel.assessment.rules import bodies, choosing, measuring
from gezel.assessment.rules.choosing import Card, Pool, Rules
from gezel.people.api import Mandate, Organisation, Person, Visitor
from gezel.skills.api import Demand, Skill, profile_of, requirements

# Someone who saw a question this lately would be answering from memory.
REMEMBERED = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was put: its number, its item, and how it was answered, if it was."""

    number: int
    item_pk: int
    right: bool | None
    key: Any = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class Course:
    """A sitting as it stands: what was asked, what is open, what is believed."""

    sitting: Sitting
    pool: Pool
    form: tuple[int, ...]
    rules: Rules
    turns: tuple[Turn, ...]

    @property
    def open_turn(self) -> Turn | None:
        return next((t for t in self.turns if t.right is None), None)

    @property
    def answered(self) -> list[Turn]:
        return [t for t in self.turns if t.right is not None]

    @property
    def start(self) -> tuple[float, float]:
        return self.sitting.start_mean, self.sitting.start_sd

    @property
    def counted(self) -> list[measuring.Answered]:
        """The answers that count, in order."""
        done = self.answered
        return choosing.answers_that_count(
            self.pool, [t.item_pk for t in done], [bool(t.right) for t in done]
        )

    @property
    def belief(self) -> measuring.Belief:
        return measuring.believed(measuring.starting_from(*self.start), self.counted)


def course(sitting: Sitting) -> Course:
    """A sitting with its turns, in one query."""
    rows = (
        Asked.objects.filter(sitting=sitting)
        .order_by("number")
        .values_list("number", "item_id", "answer__right", "answer__key", "answer__value")
    )
    return Course(
        sitting,
        Pool([Card(*card) for card in sitting.pool["cards"]]),
        tuple(sitting.pool["form"]),
        choosing.VERSIONS[sitting.rules],
        tuple(Turn(*row) for row in rows),
    )


def seen_before(person: Person, test: Test) -> set[uuid.UUID]:
    """The lineages of questions someone may still remember, of whatever version."""
    return set(
        Asked.objects.filter(
            sitting__person=person,
            sitting__test=test,
            asked_at__gte=timezone.now() - REMEMBERED,
        ).values_list("item__lineage", flat=True)
    )


def cards(test: Test, person: Person, rules: Rules) -> list[Card]:
    """The bank as it stands for this person, in one order."""
    remembered = seen_before(person, test)
    return [
        Card(
            pk,
            part,
            difficulty,
            slope,
            state == Item.State.TRIAL,
            lineage in remembered or choosing.is_exposed(shown, test.started - since, rules),
        )
        for pk, lineage, part, difficulty, slope, state, shown, since in test.items.in_use()
        .order_by("pk")
        .values_list(
            "pk", "lineage", "part_id", "difficulty", "slope", "state", "shown", "since_started"
        )
    ]


@dataclass(frozen=True, slots=True)
class Question:
    """What stands on the page: the words, and what there is to choose from, in its own order.

    Nothing in it tells what is right.
    """

    number: int
    item: Item
    body: bodies.Body
    lines: tuple[bodies.Line, ...]


def question(sitting: Sitting, turn: Turn) -> Question:
    """A question as this person sees it."""
    item = Item.objects.select_related("media").get(pk=turn.item_pk)
    return shown(item, sitting.seed, turn.number)


def shown(item: Item, seed: int, number: int = 1) -> Question:
    """An item laid out for one seed."""
    body = item.content
    order = bodies.places(body, seed, item.pk)
    return Question(number, item, body, bodies.lines(body, order))


def latest(person: Person, test: Test) -> Sitting | None:
    """The open sitting, else the last one that ended."""
    return Sitting.objects.filter(person=person, test=test).order_by("-started_at", "-pk").first()


def is_latest(sitting: Sitting) -> bool:
    """Whether no later test of the same skill was finished by this person."""
    return not Sitting.objects.filter(
        person=sitting.person_id, test=sitting.test_id, ended_at__gt=sitting.ended_at
    ).exists()


@dataclass(frozen=True, slots=True)
class Offered:
    """A test someone can take, with where they are in it and whether their role asks the skill."""

    test: Test
    scored: int
    asked_level: int
    open: Sitting | None
    last: Sitting | None


def offered(visitor: Visitor, tests: QuerySet[Test]) -> list[Offered]:
    """The tests one can take: under way first, then what one's role asks, then by name."""
    found = list(
        tests.select_related("skill").annotate(
            scored=Count("items", filter=Q(items__state=Item.State.LIVE))
        )
    )
    own = list(
        Sitting.objects.filter(person=visitor.person, test__in=[t.pk for t in found])
        .order_by("started_at", "pk")
        .defer("pool")
    )
    under_way = {s.test_id: s for s in own if s.ended_at is None}
    last = {s.test_id: s for s in own if s.ended_at is not None}
    profile = profile_of(visitor.person, timezone.localdate())
    asked = (
        {
            r.skill.pk: r.level
            for r in requirements(profile, timezone.localdate())
            if isinstance(r.skill, Skill)
        }
        if profile
        else {}
    )
    told = [
        Offered(t, getattr(t, "scored", 0), asked.get(t.skill_id, 0), under_way.get(t.pk),
                last.get(t.pk))
        for t in found
    ]  # fmt: skip
    return sorted(told, key=lambda o: (not o.open, not o.asked_level, o.test.skill.name.lower()))


def skills_without_test(organisation: Organisation) -> QuerySet[Skill]:
    """The skills an organisation works with and has no test for."""
    asked = Demand.objects.filter(profile__organisation=organisation).values("skill")
    return (
        Skill.objects.filter(Q(organisation=organisation) | Q(pk__in=asked))
        .exclude(pk__in=Test.objects.filter(organisation=organisation).values("skill"))
        .filter(retired=False, merged_into=None)
        .order_by("name_nl" if (get_language() or "en").startswith("nl") else "name_en", "pk")
    )


def banks(tests: QuerySet[Test]) -> QuerySet[Test]:
    """Tests with how large their banks are and how much the most shown item is shown."""
    state = Item.State
    rate = Cast(F("items__shown"), FloatField()) / NullIf(
        Cast(F("started") - F("items__since_started"), FloatField()), 0.0
    )
    return (
        tests.select_related("skill")
        .annotate(
            live=Count("items", filter=Q(items__state=state.LIVE)),
            on_trial=Count("items", filter=Q(items__state=state.TRIAL)),
            in_making=Count("items", filter=Q(items__state__in=[state.DRAFT, state.REVIEWED])),
            top_exposure=Max(rate, filter=Q(items__state=state.LIVE)),
        )
        .order_by("skill__name_en", "pk")
    )


def people_who_took(test: Test) -> int:
    """How many different people finished it."""
    return (
        Sitting.objects.filter(test=test, ended_at__isnull=False)
        .values("person")
        .distinct()
        .count()
    )


MOST_SITTINGS = 20_000


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the statistics need it, without whose it is."""

    sitting_pk: int
    item_pk: int
    right: bool
    chosen: tuple[str, ...]


def answers_for_figures(test: Test) -> tuple[list[tuple[int, float, float, str, int]], list[Given]]:
    """The finished sittings (key, start mean, start sd, language, a number for the person), the
    oldest first, and every answer in them. At most the newest 20,000 sittings."""
    newest = list(
        Sitting.objects.filter(test=test, ended_at__isnull=False)
        .order_by("-ended_at", "-pk")
        .values_list("pk", "start_mean", "start_sd", "language", "person_id")[:MOST_SITTINGS]
    )
    newest.reverse()
    answers = (
        Answer.objects.filter(asked__sitting__test=test, asked__sitting__ended_at__isnull=False)
        .order_by("asked__sitting__ended_at", "asked__sitting", "asked__number")
        .values_list("asked__sitting", "asked__item", "right", "value")
    )
    known = {row[0] for row in newest}
    return newest, [
        Given(sitting, item, right, tuple(value.get("chosen", ())))
        for sitting, item, right, value in answers
        if sitting in known
    ]


def tests_with_news() -> QuerySet[Test]:
    """Tests in which someone finished since their figures were made."""
    fresh = Sitting.objects.filter(test=OuterRef("pk"), ended_at__isnull=False)
    return Test.objects.filter(
        Exists(fresh.filter(ended_at__gt=OuterRef("figured_at")))
        | Q(figured_at=None) & Exists(fresh)
    )


def history(item: Item) -> Sequence[Item]:
    """All versions of a question, the newest first."""
    return list(
        Item.objects.filter(lineage=item.lineage)
        .select_related("written_by", "reviewed_by")
        .order_by("-version")
    )


def knows_the_answers(person_pk: int, test: Test) -> bool:
    """Whether someone wrote or checked a question of a test in whatever version, or makes tests
    where it stands, and so may read them all."""
    items = Item.objects.filter(test=OuterRef("pk"))
    makes = Mandate.objects.current().filter(
        person=person_pk,
        organisation=OuterRef("organisation"),
        kind__in=[Mandate.Kind.HR, Mandate.Kind.AUTHOR],
    )
    wrote = items.filter(Q(written_by=person_pk) | Q(reviewed_by=person_pk))
    return Test.objects.filter(Exists(wrote) | Exists(makes), pk=test.pk).exists()


def test_to_take(visitor: Visitor, skill_pk: int) -> Test | None:
    """The test of a skill that is open to the visitor and has questions in use."""
    asks = Item.objects.filter(test=OuterRef("pk"), state=Item.State.LIVE)
    return policy.tests_to_take(visitor).filter(Exists(asks), skill=skill_pk).first()


def tests_of(visitor: Visitor, skill_pks: Collection[int]) -> dict[int, str]:
    """Skill → where the visitor tests themselves in it, for those that have a test: one query."""
    if visitor.employment is None or not skill_pks:
        return {}
    asks = Item.objects.filter(test=OuterRef("pk"), state=Item.State.LIVE)
    found = policy.tests_to_take(visitor).filter(Exists(asks), skill__in=skill_pks)
    return {
        skill: reverse("assessment:about", args=[pk])
        for pk, skill in found.order_by("-pk").values_list("pk", "skill")
    }
