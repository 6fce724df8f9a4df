"""Reads what players, editors and panels need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from gezel.content.models import Answer, Attempt, Block, Module
from gezel.content.rules import scoring
from gezel.content.rules.bodies import Body, Question
from gezel.content.rules.scoring import Said
from gezel.kit.prepared import prepared
from gezel.people.api import Organisation, Person, Visitor
from gezel.skills.api import Demand, RoleProfile, Skill, estimates, profile_of, requirements

# A demand that begins within this time is worth learning for now.
AHEAD = timedelta(days=730)


def completed_activities(person: Person) -> QuerySet[Attempt, Any]:
    """The activities whose module someone completed and did not fail, as a subquery."""
    return (
        Attempt.objects.filter(person=person, completed_at__isnull=False)
        .exclude(passed=False)
        .values("module__activity")
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A block on the page: its row, its body, and the answer that counts, if there is one."""

    number: int
    block: Block
    body: Body
    said: Said | None

    @property
    def value(self) -> Mapping[str, Any]:
        """What was said, or nothing yet."""
        return self.said.value if self.said else {}

    @property
    def grade(self) -> scoring.Grade | None:
        """How the answer to a question stands to what is right."""
        if isinstance(self.body, Question) and self.said:
            return scoring.grade(self.body, self.said.value["chosen"])
        return None


@dataclass(frozen=True, slots=True)
class Play:
    """An attempt with its steps in order, and where it stands."""

    attempt: Attempt
    steps: tuple[Step, ...]
    state: scoring.State

    @property
    def next_number(self) -> int:
        """The number of the first open step, from 1; one past the last when all are done."""
        return next(
            (n for n, step in enumerate(self.steps, 1) if step.said is None), len(self.steps) + 1
        )

    @property
    def to_look_at(self) -> list[Step]:
        """The questions that were not answered rightly."""
        return [step for step in self.steps if step.grade is not None and not step.grade.right]


def preview(module: Module) -> Play:
    """A module as whoever begins it now would see it, with nothing answered or kept."""
    blocks = module.blocks.current().select_related("media")
    steps = tuple(Step(n, block, block.content, None) for n, block in enumerate(blocks, 1))
    attempt = Attempt(module=module, version=module.version)
    return Play(attempt, steps, scoring.state([(s.block.pk, s.body) for s in steps], []))


def play(attempt: Attempt) -> Play:
    """An attempt with its blocks as they were when it began, in two queries."""
    blocks = list(
        Block.objects.filter(module=attempt.module_id)
        .as_of(attempt.version)
        .select_related("media")
    )
    said = answers_of(attempt)
    counted = scoring.counting(said)
    steps = tuple(
        Step(number, block, block.content, counted.get(block.pk))
        for number, block in enumerate(blocks, 1)
    )
    return Play(attempt, steps, scoring.state([(s.block.pk, s.body) for s in steps], said))


def answers_of(attempt: Attempt) -> list[Said]:
    """The answers that may count: those given before the attempt was completed."""
    found = Answer.objects.filter(attempt=attempt)
    if attempt.completed_at is not None:
        found = found.filter(received_at__lte=attempt.completed_at)
    return [
        Said(str(key), block, at, value)
        for key, block, at, value in found.values_list("key", "block_id", "answered_at", "value")
    ]


@prepared
def _under_way(person: int, organisation: int, *, most: int) -> QuerySet[Attempt]:
    version = OuterRef("version")
    blocks = (
        Block.objects.filter(module=OuterRef("module"), since__lte=version)
        .filter(Q(retired_in=None) | Q(retired_in__gt=version))
        .order_by()
        .values("module")
    )
    return (
        Attempt.objects.filter(
            person=person,
            completed_at=None,
            module__activity__organisation=organisation,
        )
        .select_related("module__activity")
        .annotate(
            done=Count("answers__block", distinct=True),
            whole=Coalesce(Subquery(blocks.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("-last_at", "-pk")[:most]
    )


def under_way_here(visitor: Visitor, *, most: int) -> list[Attempt]:
    """Modules of this organisation someone is in the middle of, the last touched first.

    `done` and `whole` are counted in the same query.
    """
    return _under_way(visitor.person.pk, visitor.organisation.pk, most=most)


def latest_attempt(person: Person, module: Module) -> Attempt | None:
    """The open attempt, else the last completed one."""
    return (
        Attempt.objects.filter(person=person, module=module).order_by("-started_at", "-pk").first()
    )


def last_shown(attempt: Attempt) -> dict[int, date]:
    """Per skill the last day on which finishing this same module gave someone evidence."""
    earlier = (
        Attempt.objects.filter(
            person=attempt.person_id,
            module=attempt.module_id,
            completed_at__lte=attempt.completed_at,
        )
        .exclude(pk=attempt.pk)
        .order_by("completed_at")
    )
    return {
        row["skill"]: timezone.localdate(done)
        for done, effect in earlier.values_list("completed_at", "effect")
        for row in effect
        if row["new"]
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """What someone's role asks of a skill: now, and the highest that is coming."""

    now: int
    coming: int


def asked_of(person: Person, skill_pks: Iterable[int], on: date) -> dict[int, Asked]:
    """What someone's role asks of these skills on a date and in the two years after it."""
    profile = profile_of(person, on)
    if profile is None:
        return {}
    wanted = set(skill_pks)
    now = _levels_asked(profile, wanted, on)
    later = _levels_asked(profile, wanted, on + AHEAD)
    return {pk: Asked(now.get(pk, 0), later.get(pk, 0)) for pk in now.keys() | later.keys()}


def _levels_asked(profile: RoleProfile, wanted: set[int], on: date) -> dict[int, int]:
    return {
        r.skill.pk: r.level
        for r in requirements(profile, on)
        if isinstance(r.skill, Skill) and r.skill.pk in wanted
    }


def levels_of(person: Person, skill_pks: Iterable[int], on: date) -> dict[int, float]:
    """The estimate of each of these skills on a date, from the evidence; without any, 0."""
    wanted = set(skill_pks)
    found = estimates([person.pk], on, skill_pks=wanted)
    return {pk: found[person.pk, pk].level if (person.pk, pk) in found else 0.0 for pk in wanted}


def teachable_skills(organisation: Organisation) -> QuerySet[Skill]:
    """The skills an organisation works with: its own, and those its roles ask."""
    asked = Demand.objects.filter(profile__organisation=organisation).values("skill")
    return Skill.objects.filter(Q(organisation=organisation) | Q(pk__in=asked)).order_by(
        "name_nl" if (get_language() or "en").startswith("nl") else "name_en", "pk"
    )
