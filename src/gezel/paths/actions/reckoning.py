"""What is kept of how far people are on their paths, and of the hours off the job it takes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils import timezone

from gezel.content.api import completions, makes
from gezel.kit.events import announce
from gezel.paths import rules
from gezel.paths.common import activities_in, off_the_job, read_activities
from gezel.paths.events import PathCompleted
from gezel.paths.models import Enrolment, Mark
from gezel.paths.rules import What
from gezel.people.api import Organisation
from gezel.skills.api import Evidence, one_with

_KEPT = (
    "steps_asked", "steps_settled", "next_due_on", "minutes_spent", "minutes_left", "state",
)  # fmt: skip


def _kept(enrolment: Enrolment) -> tuple[object, ...]:
    """What is kept of how far someone is."""
    return tuple(getattr(enrolment, name) for name in _KEPT)


def _facts(enrolments: Iterable[Enrolment]) -> dict[int, list[rules.Mark]]:
    """What happened on each, in order, as the rule reads it; one question."""
    marks: dict[int, list[rules.Mark]] = defaultdict(list)
    for enrolment, step, what, day in (
        Mark.objects.filter(enrolment__in=[e.pk for e in enrolments])
        .order_by("pk")
        .values_list("enrolment_id", "step", "what", "on")
    ):
        marks[enrolment].append(rules.Mark(step, What(what), day))
    return marks


class _Hours:
    """Minutes off the job of people on paths; who stand alike on one version cost the same, so of
    thousands few are added up."""

    def __init__(self, enrolments: Iterable[Enrolment]) -> None:
        structures = {e.version_id: e.version.structure for e in enrolments}
        self.activities = read_activities(activities_in(*structures.values()))
        self.known: dict[tuple[object, ...], tuple[int, int]] = {}

    def of(self, enrolment: Enrolment, walk: rules.Walk) -> tuple[int, int]:
        alike = (enrolment.version_id, *((s.state, s.picked) for s in walk.stands.values()))
        if alike not in self.known:
            root = enrolment.version.structure
            self.known[alike] = off_the_job(root, self.activities, walk.stands)
        return self.known[alike]


def count_hours(organisation: Organisation, on: date) -> int:
    """The hours off the job of everyone under way, by what activities ask today, and of who was
    never counted. What was spent on a path that ended stays as it was counted then.

    Gives of how many it changed.
    """
    asked = Q(state=Enrolment.State.OPEN) | Q(minutes_spent=None)
    found = Enrolment.objects.filter(asked, path__organisation=organisation)
    pks = list(found.order_by("version", "pk").values_list("pk", flat=True))
    changed = 0
    for start in range(0, len(pks), 2_000):
        part = list(
            Enrolment.objects.filter(pk__in=pks[start : start + 2_000]).select_related("version")
        )
        marks, hours = _facts(part), _Hours(part)
        differ = []
        for one in part:
            before = (one.minutes_spent, one.minutes_left)
            walk = rules.walked(one.version.structure, marks[one.pk], one.begins_on, on)
            one.minutes_spent, left = hours.of(one, walk)
            one.minutes_left = left if one.is_open else 0
            if before != (one.minutes_spent, one.minutes_left):
                differ.append(one)
        Enrolment.objects.bulk_update(differ, ["minutes_spent", "minutes_left"])
        changed += len(differ)
    return changed


def reckon(enrolments: Iterable[Enrolment], on: date | None = None) -> list[Enrolment]:
    """What is kept of how far people are is worked out anew; who is through is told of.

    Gives those that were completed by this.
    """
    today = on or timezone.localdate()
    there = [e for e in enrolments if e.is_open]
    marks = _facts(there)
    hours = _Hours(there)
    changed, through = [], []
    for one in there:
        walk = rules.walked(one.version.structure, marks[one.pk], one.begins_on, today)
        before = _kept(one)
        one.steps_asked, one.steps_settled, one.next_due_on = (
            walk.asked, walk.settled, walk.due_on,
        )  # fmt: skip
        one.minutes_spent, one.minutes_left = hours.of(one, walk)
        if walk.complete:
            one.state = Enrolment.State.DONE
            one.completed_on = walk.stands[rules.ROOT].on or today
            through.append(one)
        if before != _kept(one):
            changed.append(one)
    Enrolment.objects.bulk_update(changed, [*_KEPT, "completed_on"], batch_size=2_000)
    for one in through:
        announce(PathCompleted(one.pk, one.path_id, one.person_id, one.completed_on or today))
    return through


def rests_on_own_word(enrolment_pk: int) -> bool:
    """Whether nobody but the person themselves says so of some step that settled it.

    Half a dozen questions, so asked where something hangs on it and not of every path walked.

    Finished here, at a session, marked by another, or let off by another: that is no own word,
    unless it is a module they made. An answer to a question is what was asked, whatever it says.
    """
    enrolment = Enrolment.objects.select_related("version").get(pk=enrolment_pk)
    nodes = {node.key: node for node in enrolment.version.structure.walk()}
    last = {mark.step: mark for mark in enrolment.marks.order_by("pk")}
    settled = [
        mark
        for step, mark in last.items()
        if mark.what in {What.DONE.value, What.SKIPPED.value}
        and step in nodes
        and nodes[step].kind is not rules.Kind.FEEDBACK
    ]
    skipped = {
        mark.because["activity"]
        for mark in settled
        if mark.what == What.SKIPPED.value and "activity" in mark.because
    }
    here = {
        activity
        for person, activity in completions([enrolment.person_id], skipped)
        if not makes(person, activity)
    }
    return any(_is_own_word(mark, enrolment.person_id, here) for mark in settled)


def _is_own_word(mark: Mark, person: int, here: set[int]) -> bool:
    because = mark.because
    if mark.what == What.SKIPPED.value and "skill" in because:
        return not _was_seen(person, because["skill"], because.get("level", 1))
    if mark.what == What.SKIPPED.value:
        return "waived" not in because and because.get("activity") not in here
    if "activity" in because:
        return bool(because.get("unseen"))
    return mark.by_id in {None, person}


def _was_seen(person: int, skill: int, level: int) -> bool:
    """Whether someone else, a test or a certificate bears out such a level."""
    others = Evidence.objects.filter(
        person=person, skill__in=one_with([skill]), corrected_by=None, level__gte=level
    ).exclude(kind=Evidence.Kind.SELF)
    return others.exclude(given_by=person).exists()
