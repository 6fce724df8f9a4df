"""What people do with skills: one function per sentence of the business."""

import uuid
from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.events import announce
from gezel.people.api import Organisation, Person
from gezel.skills import queries
from gezel.skills.events import EvidenceAdded
from gezel.skills.models import Evidence, Skill, Standing


@transaction.atomic
def add_evidence(
    person: Person,
    skill: Skill,
    *,
    kind: str,
    level: int,
    on: date,
    by: Person | None,
    organisation: Organisation | None = None,
    note: str = "",
    rests_on: str = "",
    key: uuid.UUID | None = None,
) -> Evidence:
    """A dated fact about what someone showed; the estimate of that skill is made anew.

    Adds to the ledger and leaves what was there: an earlier, other opinion stays a fact of its
    own day. The same `key` again gives back the fact that stands, so a form sent twice is one.

    Raises:
        ValidationError: the date lies ahead, or the level is off the scale.
    """
    if on > timezone.localdate():
        raise ValidationError({"observed_on": _("This date lies ahead. Choose today or earlier.")})
    if not 1 <= level <= 5:
        raise ValidationError({"level": _("Choose a level from 1 to 5.")})
    evidence, new = Evidence.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "person": person,
            "skill": skill,
            "organisation": organisation,
            "kind": kind,
            "level": level,
            "given_by": by,
            "observed_on": on,
            "note": note,
            "rests_on": rests_on,
        },
    )
    if new:
        recompute([person.pk], skill_pks=[skill.pk])
        announce(EvidenceAdded(person.pk, skill.pk, on))
    return evidence


def rate_oneself(
    person: Person,
    skill: Skill,
    *,
    level: int,
    on: date,
    organisation: Organisation | None = None,
    note: str = "",
    key: uuid.UUID | None = None,
) -> Evidence:
    """Someone says what they think they can."""
    return add_evidence(
        person,
        skill,
        kind=Evidence.Kind.SELF,
        level=level,
        on=on,
        by=person,
        organisation=organisation,
        note=note,
        key=key,
    )


def vouch(
    person: Person,
    skill: Skill,
    *,
    level: int,
    by: Person,
    on: date,
    organisation: Organisation | None = None,
    note: str = "",
    key: uuid.UUID | None = None,
) -> Evidence:
    """Someone who knows the work vouches for a level."""
    return add_evidence(
        person,
        skill,
        kind=Evidence.Kind.LEAD,
        level=level,
        on=on,
        by=by,
        organisation=organisation,
        note=note,
        key=key,
    )


@transaction.atomic
def recompute(
    person_pks: Collection[int],
    *,
    skill_pks: Collection[int] | None = None,
    on: date | None = None,
) -> int:
    """Make the stored estimates anew from the evidence; returns how many were written."""
    day = on or timezone.localdate()
    rows = [
        Standing(
            person_id=person,
            skill_id=skill,
            level=e.level,
            sd=e.sd,
            pieces=len(e.parts),
            newest_on=e.newest_on,
            computed_on=day,
        )
        for (person, skill), e in queries.estimates(person_pks, day, skill_pks=skill_pks).items()
    ]
    Standing.objects.bulk_create(
        rows,
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["person", "skill"],
        update_fields=["level", "sd", "pieces", "newest_on", "computed_on"],
    )
    return len(rows)
