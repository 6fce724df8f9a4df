"""Small things that actions, queries and pages of paths share."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.kit.text import in_language
from gezel.paths import rules
from gezel.paths.rules import Kind, Node, Stand, State


def new_key() -> str:
    """A key for a step, that stays with it through all versions."""
    return f"s{uuid.uuid4().hex[:8]}"


def activities_in(*paths: Node) -> set[int]:
    """The activities that are steps."""
    return {n.activity for path in paths for n in path.walk() if n.activity is not None}


def activities_asked(*paths: Node) -> set[int]:
    """The activities that are steps, and those by which a step may be skipped."""
    skips = {
        s.activity for path in paths for n in path.walk() for s in n.skips if s.activity is not None
    }
    return activities_in(*paths) | skips


def skills_asked(*paths: Node) -> set[int]:
    """The skills by which a step may be skipped."""
    return {s.skill for path in paths for n in path.walk() for s in n.skips if s.skill is not None}


def read_activities(pks: Iterable[int]) -> dict[int, Activity]:
    """Activities with their module or package, in one question; also those no longer on offer."""
    wanted = set(pks)
    if not wanted:
        return {}
    found = Activity.objects.filter(pk__in=wanted).select_related("module", "package")
    return {activity.pk: activity for activity in found}


def played_here(node: Node, activities: Mapping[int, Activity]) -> bool:
    """Whether it is a module or package, which tells by itself when it is completed."""
    activity = activities.get(node.activity or 0)
    return activity is not None and (hasattr(activity, "module") or hasattr(activity, "package"))


def title(node: Node, activities: Mapping[int, Activity]) -> str:
    """What a step or block is called: its own words, else those of its activity; a choice without
    words is called by what there is to choose."""
    own = in_language(nl=node.nl, en=node.en)
    if not own and node.kind is Kind.CHOICE:
        return _(" or ").join(told for n in node.children if (told := title(n, activities)))
    if own or node.activity is None or node.activity not in activities:
        return own
    return activities[node.activity].title


@dataclass(frozen=True, slots=True)
class Cost:
    """What a step or a block asks of one person: hours, of which off the job, and money.

    `classroom` are the hours in a classroom, so that a habit shows.
    """

    hours: float = 0.0
    off_the_job: float = 0.0
    cents: int = 0
    classroom: float = 0.0

    @property
    def own(self) -> float:
        """Hours that cost no absence: in own or quiet time, or while doing the work."""
        return self.hours - self.off_the_job

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.hours + other.hours,
            self.off_the_job + other.off_the_job,
            self.cents + other.cents,
            self.classroom + other.classroom,
        )


def cost_of(activity: Activity) -> Cost:
    """What an activity costs one person."""
    hours = float(activity.hours)
    away = 0.0 if activity.form == Activity.Form.ON_THE_JOB else hours
    return Cost(
        hours,
        away * (100 - activity.own_percent) / 100,
        activity.price_cents + activity.travel_cents,
        hours if activity.form == Activity.Form.CLASSROOM else 0.0,
    )


def cost(node: Node, activities: Mapping[int, Activity]) -> Cost:
    """What it costs one person. Of a choice: what the first that are asked cost.

    Hours in one's own or a quiet hour are no hours off the job, and learning while doing the work
    itself is none either.
    """
    if not node.is_block:
        activity = activities.get(node.activity or 0)
        return Cost() if activity is None else cost_of(activity)
    parts = node.children[: node.pick] if node.kind is Kind.CHOICE else node.children
    total = Cost()
    for part in parts:
        total = total + cost(part, activities)
    return total


def cost_left(node: Node, activities: Mapping[int, Activity], stands: Mapping[str, Stand]) -> Cost:
    """What it still costs someone on the path: not what is done, skipped or optional, nor what a
    choice let fall. Of a choice that is not made: what they picked, then the first ones."""
    if node.optional or stands[node.key].state in {State.DONE, State.SKIPPED, State.LEFT}:
        return Cost()
    if not node.is_block:
        return cost(node, activities)
    parts = list(node.children)
    if node.kind is Kind.CHOICE:
        settled = [n for n in parts if stands[n.key].state in {State.DONE, State.SKIPPED}]
        open_ones = [n for n in parts if n not in settled and stands[n.key].state != State.LEFT]
        open_ones.sort(key=lambda n: not stands[n.key].picked)
        parts = open_ones[: max(0, node.pick - len(settled))]
    total = Cost()
    for part in parts:
        total = total + cost_left(part, activities, stands)
    return total


def off_the_job(
    root: Node, activities: Mapping[int, Activity], stands: Mapping[str, Stand]
) -> tuple[int, int]:
    """Minutes off the job: spent on what was done, and still to come."""
    done = (step for step in root.steps if stands[step.key].state is State.DONE)
    spent = sum(cost(step, activities).off_the_job for step in done)
    return round(60 * spent), round(60 * cost_left(root, activities, stands).off_the_job)


def renewed_keys(node: Node) -> Node:
    """The same steps with keys of their own, for a path that begins from a template."""
    key = node.key if node.key == rules.ROOT else new_key()
    return replace(node, key=key, children=tuple(renewed_keys(c) for c in node.children))
