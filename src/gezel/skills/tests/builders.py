"""Short ways to skills, role profiles and evidence, through the actions the product uses."""

import uuid
from datetime import date

from django.utils import timezone

from gezel.people.api import Job, Organisation, Person
from gezel.skills.actions import add_evidence
from gezel.skills.models import Demand, Evidence, ProfileJob, RoleProfile, Skill


def a_skill(
    name: str = "High-voltage safety",
    *,
    organisation: Organisation | None = None,
    kind: str = "technical",
) -> Skill:
    return Skill.objects.create(
        name_en=name, name_nl=name, organisation=organisation, kind=kind, uri=f"test:{uuid.uuid4()}"
    )


def a_profile(
    organisation: Organisation,
    asks: dict[Skill, int],
    *,
    name: str = "Mechanic",
    job: str | None = "Mechanic",
    from_on: date = date(2020, 1, 1),
    essential: bool = False,
) -> RoleProfile:
    """A role profile, by default that of the job of the same name."""
    profile = RoleProfile.objects.create(organisation=organisation, name_en=name, name_nl=name)
    for place, (skill, level) in enumerate(asks.items()):
        Demand.objects.create(
            profile=profile, skill=skill, level=level, essential=essential,
            from_on=from_on, position=place,
        )  # fmt: skip
    if job:
        found, _ = Job.objects.get_or_create(organisation=organisation, name=job)
        ProfileJob.objects.create(profile=profile, job=found)
    return profile


def an_evidence(
    person: Person,
    skill: Skill,
    *,
    level: int = 3,
    kind: str = "lead",
    by: Person | None = None,
    on: date | None = None,
) -> Evidence:
    return add_evidence(
        person, skill, kind=kind, level=level, on=on or timezone.localdate(),
        by=by if by or kind != "self" else person,
    )  # fmt: skip
