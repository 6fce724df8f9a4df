"""Reads what players, editors and panels need."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gezel.content.models import Answer, Attempt, Block, Module
from gezel.content.rules import scoring
from gezel.content.rules.bodies import Body, Question
from gezel.content.rules.scoring import Said
from gezel.people.api import Person
from gezel.skills.api import estimates, profile_of, requirements

# A demand that begins within this time is worth learning for now.
AHEAD = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Step:
    """A block on the page: its row, its body, and the answer that counts, if there is one."""

    block: Block
    body: Body
    said: Said | None

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


def play(attempt: Attempt) -> Play:
    """An attempt with its blocks as they were when it began, in two queries."""
    blocks = list(
        Block.objects.filter(module=attempt.module_id)
        .as_of(attempt.version)
        .select_related("media")
    )
    said = answers_of(attempt)
    counted = scoring.counting(said)
    steps = tuple(Step(block, block.content, counted.get(block.pk)) for block in blocks)
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


def under_way(person: Person) -> QuerySet[Attempt]:
    """Modules someone is in the middle of, the last touched first."""
    return (
        Attempt.objects.filter(person=person, completed_at=None)
        .select_related("module__activity")
        .order_by("-last_at", "-pk")
    )


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
    now = {r.skill.pk: r.level for r in requirements(profile, on) if _is_of(r.skill, wanted)}
    later = {
        r.skill.pk: r.level for r in requirements(profile, on + AHEAD) if _is_of(r.skill, wanted)
    }
    return {pk: Asked(now.get(pk, 0), later.get(pk, 0)) for pk in now.keys() | later.keys()}


def _is_of(skill: Any, wanted: set[int]) -> bool:
    return getattr(skill, "pk", None) in wanted


def levels_of(person: Person, skill_pks: Iterable[int], on: date) -> dict[int, float]:
    """The estimate of each of these skills on a date, from the evidence; without any, 0."""
    wanted = set(skill_pks)
    found = estimates([person.pk], on, skill_pks=wanted)
    return {pk: found[person.pk, pk].level if (person.pk, pk) in found else 0.0 for pk in wanted}
