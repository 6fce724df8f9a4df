"""The days by which steps of someone's paths have to be done, for their own calendar.

Each is an event of its own, known by the enrolment and the step, so that it moves when a newer
version gives another day, and goes when the step asks nothing any more: done, skipped, dropped by a
choice or a newer version, or the path was ended. What goes while its day is still ahead is told as
cancelled, since a calendar program may keep what is only not there any more.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from gezel.catalogue.api import Activity
from gezel.paths import rules, words
from gezel.paths.common import activities_in, read_activities, title
from gezel.paths.models import Enrolment, Mark, Version
from gezel.paths.rules import Node
from gezel.people.api import Employment, Person

_DEADLINES = uuid.UUID("5a1f1d0c-53b5-4d0e-9a5e-0f0c6c7f5d30")
# A path that ended longer ago has no day ahead that somebody still looks at.
_LOOK_BACK = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A step (or a choice) to be done by a day; or no more.

    Attributes:
        key: by which a calendar knows it, for ever.
        sequence: rises with whatever may have changed it.
        enrolment: the path as they walk it.
    """

    key: uuid.UUID
    title: str
    path: str
    by: date
    sequence: int
    changed_at: datetime
    cancelled: bool
    enrolment: int


def deadlines_of(person: Person, on: date) -> list[Deadline]:
    """Those of all paths someone walks where they work today, soonest first; four questions."""
    here = Employment.objects.current(on).filter(person=person).values("organisation")
    enrolments = list(
        Enrolment.objects.filter(
            Q(state=Enrolment.State.OPEN)
            | Q(ended_on__gt=on - _LOOK_BACK)
            | Q(completed_on__gt=on - _LOOK_BACK),
            person=person,
            path__organisation__in=here,
        ).select_related("path", "version")
    )
    marks: dict[int, list[Mark]] = defaultdict(list)
    for mark in Mark.objects.filter(enrolment__in=enrolments).order_by("pk"):
        marks[mark.enrolment_id].append(mark)
    before: dict[int, list[Version]] = defaultdict(list)
    for version in Version.objects.filter(path__in={e.path_id for e in enrolments}):
        before[version.path_id].append(version)
    structures = [v.structure for versions in before.values() for v in versions]
    activities = read_activities(activities_in(*structures))
    found = [
        deadline
        for one in enrolments
        for deadline in _of_one(one, marks[one.pk], before[one.path_id], activities, on)
    ]
    return sorted(found, key=lambda d: (d.by, d.path, d.title, d.key))


def _of_one(
    enrolment: Enrolment,
    marks: Sequence[Mark],
    versions: Sequence[Version],
    activities: Mapping[int, Activity],
    on: date,
) -> Iterator[Deadline]:
    facts = [mark.fact for mark in marks]
    walk = rules.walked(enrolment.version.structure, facts, enrolment.begins_on, on)
    asked = walk.dues if enrolment.is_open else {}
    changed_at = max(
        [enrolment.created_at, enrolment.version.published_at, *(m.created_at for m in marks)]
    )
    # Marks are only added, versions only rise, and an end is the last there is.
    sequence = enrolment.version.number + len(marks) + (not enrolment.is_open)
    for key, (node, day) in _ever_asked(enrolment, facts, versions, on).items():
        by = asked.get(key)
        if by is None and day < on:
            continue
        yield Deadline(
            uuid.uuid5(_DEADLINES, f"{enrolment.pk}/{key}"),
            title(node, activities) or str(words.KINDS[node.kind]),
            enrolment.path.name,
            by or day,
            sequence,
            changed_at,
            cancelled=by is None,
            enrolment=enrolment.pk,
        )


def _ever_asked(
    enrolment: Enrolment, facts: Sequence[rules.Mark], versions: Sequence[Version], on: date
) -> dict[str, tuple[Node, date]]:
    """What a calendar may know: each step or choice that was asked by a day at some moment, in a
    version they walked, with that day. Of who walks a path that is little: it is walked again."""
    numbers = [v.number for v in versions if v.published_at <= enrolment.created_at]
    first = max(numbers, default=enrolment.version.number)
    found: dict[str, tuple[Node, date]] = {}
    for version in sorted(versions, key=lambda v: v.number):
        if first <= version.number <= enrolment.version.number:
            nodes = {node.key: node for node in version.structure.walk()}
            for length in range(len(facts) + 1):
                walk = rules.walked(version.structure, facts[:length], enrolment.begins_on, on)
                found |= {key: (nodes[key], day) for key, day in walk.dues.items()}
    return found
