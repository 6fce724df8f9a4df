"""What completing something shows: evidence for each skill it teaches, and what that did."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from gezel.catalogue.api import ActivitySkill
from gezel.content import queries
from gezel.content.rules import scoring
from gezel.people.api import Organisation, Person
from gezel.skills.api import add_evidence


def show_taught(
    person: Person,
    activity_pk: int,
    *,
    at: datetime,
    registration: uuid.UUID,
    last: Mapping[int, date],
    organisation: Organisation | None,
    proof: uuid.UUID,
) -> list[dict[str, Any]]:
    """Evidence for each skill an activity teaches; returns what it did to the estimates.

    Args:
        last: per skill the last day on which this same activity gave someone evidence.
        proof: the statement it rests on.
    """
    on = timezone.localdate(at)
    taught = list(
        ActivitySkill.objects.filter(activity=activity_pk)
        .select_related("skill")
        .order_by("-to_level", "pk")
    )
    pks = [row.skill_id for row in taught]
    before = queries.levels_of(person, pks, on)
    for row in taught:
        if scoring.is_news(last.get(row.skill_id), on):
            add_evidence(
                person,
                row.skill,
                kind="module",
                level=row.to_level,
                on=on,
                by=None,
                organisation=organisation,
                rests_on=f"records:statement:{proof}",
                key=uuid.uuid5(registration, f"skill {row.skill_id}"),
            )
    after = queries.levels_of(person, pks, on)
    asked = queries.asked_of(person, pks, on)
    nothing = queries.Asked(0, 0)
    return [
        {
            "skill": pk,
            "shown": row.to_level,
            "new": scoring.is_news(last.get(pk), on),
            "before": round(before[pk], 2),
            "after": round(after[pk], 2),
            "asked": asked.get(pk, nothing).now,
            "coming": asked.get(pk, nothing).coming,
        }
        for pk, row in zip(pks, taught, strict=True)
    ]
