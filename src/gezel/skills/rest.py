"""The part of `/api/v1/` that skills answers."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema

from gezel.connect.api import ApiRequest, Page, Scope, page
from gezel.skills import rules
from gezel.skills.models import Demand, Occupation, RoleProfile, Skill
from gezel.skills.queries import taxonomy

router = Router(tags=["skills"])

# The largest key that both databases hold.
LAST = 2**31 - 1
READ = Scope("skills:read")


class SkillOut(Schema):
    """A skill in both languages; `organisation` tells whether it is one's own."""

    id: int
    source: str
    uri: str
    kind: str
    is_knowledge: bool
    own: bool
    name_nl: str
    name_en: str
    about_nl: str
    about_en: str
    levels_nl: list[str]
    levels_en: list[str]
    retired: bool


def _skill(skill: Skill) -> SkillOut:
    """With the organisation's own names, as its people read them."""
    return SkillOut(
        id=skill.pk,
        source=skill.source,
        uri=skill.uri,
        kind=skill.kind,
        is_knowledge=skill.is_knowledge,
        own=skill.organisation_id is not None,
        name_nl=skill.own_nl or skill.name_nl,
        name_en=skill.own_en or skill.name_en,
        about_nl=skill.about_nl,
        about_en=skill.about_en,
        levels_nl=list(skill.levels_nl),
        levels_en=list(skill.levels_en),
        retired=skill.retired,
    )


@router.get("/skills", auth=READ, response=Page[SkillOut])
def skills(
    request: ApiRequest,
    after: int = Query(0, ge=0, le=LAST),
    limit: int = Query(50, ge=1, le=200),
    own: bool = False,
) -> dict[str, Any]:
    """Skills usable at the organisation; with `own`, only those it made itself."""
    here = Q(organisation=request.auth.organisation)
    found = Skill.objects.filter(here if own else here | Q(organisation=None))
    told = page(found.worded_by(request.auth.organisation), after=after, limit=limit)
    return told | {"items": [_skill(skill) for skill in told["items"]]}


@router.get("/skills/{pk}", auth=READ, response=SkillOut)
def skill(request: ApiRequest, pk: int) -> SkillOut:
    """One skill."""
    here = Q(organisation=None) | Q(organisation=request.auth.organisation)
    found = Skill.objects.filter(here).worded_by(request.auth.organisation)
    return _skill(get_object_or_404(found, pk=min(pk, LAST)))


class OccupationOut(Schema):
    """An occupation of a shared framework."""

    id: int
    source: str
    uri: str
    code: str
    name_nl: str
    name_en: str
    about_nl: str
    about_en: str
    retired: bool


class AskedOut(Schema):
    """A skill an occupation asks, with the level Gezel suggests to begin with."""

    skill: int
    name: str
    essential: bool
    suggested_level: int


class OccupationWithSkills(OccupationOut):
    """An occupation with what it asks."""

    asks: list[AskedOut]


@router.get("/occupations", auth=READ, response=Page[OccupationOut])
def occupations(
    request: ApiRequest,
    after: int = Query(0, ge=0, le=LAST),
    limit: int = Query(50, ge=1, le=200),
    q: str = Query("", max_length=200),
) -> dict[str, Any]:
    """Occupations in the order they came; with `q` those that answer to it, best first."""
    if q:
        hits = taxonomy.find_occupations(q, limit=limit)
        return {"items": [hit.occupation for hit in hits], "next": None}
    return page(Occupation.objects.all(), after=after, limit=limit)


@router.get("/occupations/{pk}", auth=READ, response=OccupationWithSkills)
def occupation(request: ApiRequest, pk: int) -> OccupationWithSkills:
    """One occupation, with the skills it asks."""
    found = get_object_or_404(Occupation, pk=min(pk, LAST))
    return OccupationWithSkills(
        **OccupationOut.from_orm(found).model_dump(),
        asks=[
            AskedOut(
                skill=each.skill.pk,
                name=each.skill.name,
                essential=each.essential,
                suggested_level=each.level,
            )
            for each in taxonomy.asked_by(found, request.auth.organisation)
        ],
    )


class DemandOut(Schema):
    """A level asked of a skill from a date on; 0: no longer asked from then."""

    skill: int
    level: int
    essential: bool
    from_on: date


class ProfileOut(Schema):
    """A role profile and its jobs."""

    id: int
    name_nl: str
    name_en: str
    version: int
    jobs: list[str]


class ProfileWithDemands(ProfileOut):
    """What a role asks on a date (`asks`), and every dated demand behind it (`demands`)."""

    on: date
    asks: list[DemandOut]
    demands: list[DemandOut]


def _profile(profile: RoleProfile) -> ProfileOut:
    return ProfileOut(
        id=profile.pk,
        name_nl=profile.name_nl,
        name_en=profile.name_en,
        version=profile.version,
        jobs=[held.job.name for held in profile.profile_jobs.all()],
    )


@router.get("/role-profiles", auth=READ, response=Page[ProfileOut])
def role_profiles(
    request: ApiRequest,
    after: int = Query(0, ge=0, le=LAST),
    limit: int = Query(50, ge=1, le=200),
) -> dict[str, Any]:
    """The role profiles of the organisation."""
    found = RoleProfile.objects.filter(organisation=request.auth.organisation)
    told = page(found.prefetch_related("profile_jobs__job"), after=after, limit=limit)
    return told | {"items": [_profile(profile) for profile in told["items"]]}


@router.get("/role-profiles/{pk}", auth=READ, response=ProfileWithDemands)
def role_profile(request: ApiRequest, pk: int, on: date | None = None) -> ProfileWithDemands:
    """One role profile: what it asks on a date (today without one), and what changes when."""
    profile = get_object_or_404(
        RoleProfile.objects.filter(organisation=request.auth.organisation).prefetch_related(
            "profile_jobs__job"
        ),
        pk=min(pk, LAST),
    )
    day = on or timezone.localdate()
    rows = list(Demand.objects.filter(profile=profile).order_by("from_on", "position", "pk"))
    dated = [rules.DatedDemand(d.skill_id, d.level, d.essential, d.from_on) for d in rows]
    began = {d.skill_id: d.from_on for d in rows if d.from_on <= day}
    return ProfileWithDemands(
        **_profile(profile).model_dump(),
        on=day,
        asks=[
            DemandOut(skill=r.skill, level=r.level, essential=r.essential, from_on=began[r.skill])
            for r in rules.demand_on(dated, day)
            if isinstance(r.skill, int)
        ],
        demands=[
            DemandOut(skill=d.skill_id, level=d.level, essential=d.essential, from_on=d.from_on)
            for d in rows
        ],
    )
