"""The part of `/api/v1/` that skills answers."""

from datetime import date
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Header, Router, Schema

from gezel.connect.api import VISIBLE, ApiRequest, Day, Page, Scope, Strict, once, page
from gezel.people.api import Employment, Organisation, Person
from gezel.skills import actions, queries, rules
from gezel.skills.models import Evidence, Occupation, RoleProfile, Skill
from gezel.skills.queries import taxonomy
from gezel.skills.queries.profiles import dated_demands
from gezel.trust.api import note_reading

router = Router(tags=["skills"])

# The largest key that both databases hold.
LAST = 2**31 - 1
READ = Scope("skills:read")
After = Annotated[int, Field(ge=0, le=LAST)]
Limit = Annotated[int, Field(ge=1, le=200)]


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
    after: After = 0,
    limit: Limit = 50,
    own: bool = False,
    uri: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = "",
) -> dict[str, Any]:
    """Skills usable at the organisation; with `own`, only those it made itself; with `uri`, the one
    that ESCO, O*NET or who made it calls so.
    """
    here = Q(organisation=request.auth.organisation)
    found = Skill.objects.filter(here if own else here | Q(organisation=None))
    if uri:
        found = found.filter(uri=uri)
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
    after: After = 0,
    limit: Limit = 50,
    q: Annotated[str, Field(max_length=200)] = "",
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
    """A level asked of a skill from a date on; 0: no longer asked from then.

    `low` and `high` say between which levels it may turn out, where HR said so.
    """

    skill: int
    level: int
    essential: bool
    from_on: date
    low: int | None = None
    high: int | None = None


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
    after: After = 0,
    limit: Limit = 50,
) -> dict[str, Any]:
    """The role profiles of the organisation."""
    found = RoleProfile.objects.filter(organisation=request.auth.organisation)
    told = page(found.prefetch_related("profile_jobs__job"), after=after, limit=limit)
    return told | {"items": [_profile(profile) for profile in told["items"]]}


@router.get("/role-profiles/{pk}", auth=READ, response=ProfileWithDemands)
def role_profile(request: ApiRequest, pk: int, on: Day | None = None) -> ProfileWithDemands:
    """One role profile: what it asks on a date (today without one), and what changes when.

    What is asked of a skill that was merged into another is told of the one that stays.
    """
    profile = get_object_or_404(
        RoleProfile.objects.filter(organisation=request.auth.organisation).prefetch_related(
            "profile_jobs__job"
        ),
        pk=min(pk, LAST),
    )
    day = on or timezone.localdate()
    dated = sorted(dated_demands(profile), key=lambda d: d.from_on)
    began = {d.skill: d.from_on for d in dated if d.from_on <= day}
    return ProfileWithDemands(
        **_profile(profile).model_dump(),
        on=day,
        asks=[
            DemandOut(skill=r.skill, level=r.level, essential=r.essential, from_on=began[r.skill])
            for r in rules.demand_on(dated, day)
            if isinstance(r.skill, int)
        ],
        demands=[
            DemandOut(
                skill=d.skill,
                level=d.level,
                essential=d.essential,
                from_on=d.from_on,
                low=d.low,
                high=d.high,
            )
            for d in dated
            if isinstance(d.skill, int)
        ],
    )


NEEDS = Scope("needs:read")


def _noted(request: ApiRequest, about: list[int]) -> None:
    """Who made the key answers for what is read with it."""
    if request.auth.token.made_by_id:
        note_reading(
            reader_pk=request.auth.token.made_by_id, about=about, matter="skills", purpose="api"
        )


class NeedOut(Schema):
    """A skill someone's role asks, beside the level shown; `short` is 0 where it is reached."""

    skill: int
    name: str
    asked: int
    essential: bool
    level: float
    pieces: int
    newest_on: date | None
    short: float


class NeedsOut(Schema):
    """What one person's role asks on a date; `role_profile` is null where the job has none."""

    person: int
    role_profile: int | None
    asked: list[NeedOut]


class PageOfNeeds(Schema):
    """Some people, and the cursor that asks for the next ones (null: these were the last)."""

    on: date
    asked_on: date
    items: list[NeedsOut]
    next: int | None


@router.get("/needs", auth=NEEDS, response=PageOfNeeds)
def needs(
    request: ApiRequest,
    *,
    after: After = 0,
    limit: Limit = 50,
    person: Annotated[int, Field(ge=1, le=LAST)] | None = None,
    on: Day | None = None,
    asked_on: Day | None = None,
) -> PageOfNeeds:
    """Per person at work: what the role asks (`asked_on`) beside what evidence shows (`on`)."""
    people = Person.objects.working_at(request.auth.organisation).filter(pk__gt=after)
    if person is not None:
        people = people.filter(pk=person)
    keys = list(people.order_by("pk").values_list("pk", flat=True)[: limit + 1])
    shown = keys[:limit]
    seats = queries.seats_of(request.auth.organisation.pk, Person.objects.get_queryset()).filter(
        person__in=shown
    )
    told = queries.team_map(queries.seated(seats), on=on, asked_on=asked_on)
    _noted(request, shown)
    today = timezone.localdate()
    rows = {row.seat.person_id: row for row in told.rows}
    return PageOfNeeds(
        on=on or today,
        asked_on=asked_on or on or today,
        items=[_needs(rows[pk], told.skills) for pk in shown if pk in rows],
        next=shown[-1] if len(keys) > limit else None,
    )


def _needs(row: queries.TeamRow, skills: list[Skill]) -> NeedsOut:
    return NeedsOut(
        person=row.seat.person_id,
        role_profile=row.profile.pk if row.profile else None,
        asked=[
            NeedOut(
                skill=skill.pk,
                name=skill.name,
                asked=cell.asked,
                essential=cell.essential,
                level=round(cell.level, 3),
                pieces=cell.held[2],
                newest_on=cell.held[3],
                short=cell.gap if cell.short else 0.0,
            )
            for skill in skills
            if (cell := row.cells.get(skill.pk))
        ],
    )


class EvidenceOut(Schema):
    """One piece of evidence; `corrects` names the piece it takes the place of."""

    id: int
    person: int
    skill: int
    kind: str
    level: int
    given_by: int | None
    observed_on: date
    note: str
    rests_on: str
    corrects: int | None
    counts: bool


class EvidenceIn(Strict):
    """A certificate or completed module, as another system registers it.

    Views of people are not taken in: those are given by the people themselves.
    """

    person: int
    skill: int
    kind: Literal["certificate", "module"]
    level: int
    observed_on: Day
    note: str = Field("", max_length=500)
    rests_on: str = Field("", max_length=200)


def _evidence(piece: Evidence, organisation: Organisation) -> EvidenceOut:
    """Of what was made elsewhere not who gave it, nor their words."""
    here = piece.organisation_id == organisation.pk
    return EvidenceOut(
        id=piece.pk,
        person=piece.person_id,
        skill=piece.skill_id,
        kind=piece.kind,
        level=piece.level,
        given_by=piece.given_by_id if here else None,
        observed_on=piece.observed_on,
        note=piece.note if here or piece.is_brought else "",
        rests_on=piece.rests_on if here else "",
        corrects=piece.corrects_id,
        counts=piece.level > 0 and not hasattr(piece, "corrected_by"),
    )


@router.get("/evidence", auth=NEEDS, response=Page[EvidenceOut])
def evidence(
    request: ApiRequest,
    after: After = 0,
    limit: Limit = 50,
    person: Annotated[int, Field(ge=1, le=LAST)] | None = None,
) -> dict[str, Any]:
    """Evidence of people at work here, corrected pieces too, in the order it came.

    What was made here, and what people let the organisation count.
    """
    organisation = request.auth.organisation
    here = Employment.objects.current().filter(organisation=organisation)
    found = Evidence.objects.filter(
        queries.may_count(organisation.pk), person__in=here.values("person_id")
    )
    if person is not None:
        found = found.filter(person=person)
    told = page(found.select_related("corrected_by"), after=after, limit=limit)
    _noted(request, [piece.person_id for piece in told["items"]])
    return told | {"items": [_evidence(piece, organisation) for piece in told["items"]]}


@router.post("/evidence", auth=Scope("evidence:write"), response=EvidenceOut)
def add_evidence(
    request: ApiRequest,
    body: EvidenceIn,
    idempotency_key: Annotated[
        str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=VISIBLE)
    ],
) -> dict[str, Any]:
    """Add a piece; the same key again answers the same and adds nothing."""
    organisation = request.auth.organisation
    person = get_object_or_404(
        Person.objects.working_at(organisation), pk=max(0, min(body.person, LAST))
    )
    usable = Q(organisation=None) | Q(organisation=organisation)
    skill = get_object_or_404(Skill.objects.filter(usable), pk=max(0, min(body.skill, LAST)))

    def added() -> EvidenceOut:
        return _evidence(
            actions.add_evidence(
                person,
                skill,
                kind=body.kind,
                level=body.level,
                on=body.observed_on,
                by=None,
                organisation=organisation,
                note=body.note,
                rests_on=body.rests_on,
            ),
            organisation,
        )

    return once(request, idempotency_key, added)
