"""The catalogue's part of `/api/v1/`."""

from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.shortcuts import get_object_or_404
from ninja import Header, Query, Router, Schema
from pydantic import Field, field_validator, model_validator

from gezel.catalogue import actions
from gezel.catalogue.models import Activity, ActivityQuerySet, ActivitySkill
from gezel.catalogue.queries import KIND
from gezel.connect.api import VISIBLE, ApiRequest, Page, Scope, Strict, once, page
from gezel.kit import search
from gezel.skills.api import Skill

router = Router(tags=["catalogue"])

LARGEST = 2**31 - 1


class TaughtOut(Schema):
    """A skill it teaches, from which level to which."""

    skill: int
    name: str
    from_level: int
    to_level: int


class ActivityOut(Schema):
    """Something to learn from."""

    id: int
    title_nl: str
    title_en: str
    summary_nl: str
    summary_en: str
    kind: str
    mix: str
    form: str
    hours: float
    price_cents: int
    in_dutch: bool
    in_english: bool
    evening: bool
    provider: str
    location: str
    link: str
    state: str
    teaches: list[TaughtOut]


def _told(activity: Activity) -> ActivityOut:
    provider = activity.provider
    return ActivityOut(
        **{
            name: getattr(activity, name)
            for name in ActivityOut.model_fields
            if name not in {"provider", "teaches"}
        },
        provider=provider.name if provider else "",
        teaches=[
            TaughtOut(
                skill=t.skill_id,
                name=t.skill.name,
                from_level=t.from_level,
                to_level=t.to_level,
            )
            for t in activity.teaches.all()
        ],
    )


class TaughtIn(Strict):
    """A skill it teaches: its number here, and the levels before and after."""

    skill: int = Field(ge=1, le=LARGEST)
    from_level: int = Field(ge=0, le=4)
    to_level: int = Field(ge=1, le=5)


class ActivityIn(Strict):
    """Something to put on offer."""

    title_nl: str = Field("", max_length=250)
    title_en: str = Field("", max_length=250)
    summary_nl: str = Field("", max_length=5_000)
    summary_en: str = Field("", max_length=5_000)
    kind: Activity.Kind
    mix: Activity.Mix
    form: Activity.Form
    hours: Decimal = Field(gt=0, le=5_000, max_digits=6, decimal_places=2)
    price_cents: int = Field(0, ge=0, le=100_000_000)
    in_dutch: bool = True
    in_english: bool = False
    evening: bool = False
    provider: str = Field("", max_length=200)
    location: str = Field("", max_length=200)
    link: str = Field("", max_length=500)
    draft: bool = False
    teaches: list[TaughtIn] = Field(default_factory=list, max_length=actions.MOST_SKILLS)

    @field_validator(
        "title_nl", "title_en", "summary_nl", "summary_en", "provider", "location", "link"
    )
    @classmethod
    def _plain(cls, value: str) -> str:
        if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("This text holds a character that cannot be kept.")
        return value.strip()

    @field_validator("link")
    @classmethod
    def _on_the_web(cls, value: str) -> str:
        if value:
            try:
                URLValidator(schemes=["http", "https"])(value)
            except ValidationError as error:
                raise ValueError("A link begins with http:// or https://.") from error
        return value

    @model_validator(mode="after")
    def _whole(self) -> "ActivityIn":
        if not self.title_nl and not self.title_en:
            raise ValueError("Give it a title, in Dutch or in English.")
        if self.kind == Activity.Kind.MODULE:
            raise ValueError("A module is written in Gezel; it cannot be put on offer here.")
        return self


def _of(request: ApiRequest) -> ActivityQuerySet:
    """What is on offer where the caller is from."""
    return (
        Activity.objects.filter(organisation=request.auth.organisation, state=Activity.State.OPEN)
        .select_related("provider")
        .prefetch_related("teaches__skill")
    )


@router.get("/activities", auth=Scope("catalogue:read"), response=Page[ActivityOut])
def activities(
    request: ApiRequest,
    *,
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    skill: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
    kind: Activity.Kind | None = None,
    mix: Activity.Mix | None = None,
) -> dict[str, Any]:
    """What is on offer, in the order it was made."""
    rows = _of(request)
    if skill is not None:
        rows = rows.filter(pk__in=ActivitySkill.objects.filter(skill=skill).values("activity"))
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if mix is not None:
        rows = rows.filter(mix=mix.value)
    found = page(rows, after=after, limit=limit)
    return found | {"items": [_told(a) for a in found["items"]]}


@router.get("/activities/search", auth=Scope("catalogue:read"), response=list[ActivityOut])
def find(
    request: ApiRequest,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    language: Annotated[str, Query(pattern="^(nl|en)?$")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[ActivityOut]:
    """What answers these words best, best first; one slip of the finger is understood."""
    hits = search.search(
        q,
        kinds=[KIND],
        organisation=request.auth.organisation.pk,
        language=language,
        limit=limit,
        among=Activity.objects.filter(
            organisation=request.auth.organisation, state=Activity.State.OPEN
        ),
    )
    rows = {a.pk: a for a in _of(request).filter(pk__in=[hit.object_id for hit in hits])}
    return [_told(rows[hit.object_id]) for hit in hits if hit.object_id in rows]


@router.get("/activities/{pk}", auth=Scope("catalogue:read"), response=ActivityOut)
def activity(request: ApiRequest, pk: int) -> ActivityOut:
    """One activity on offer."""
    return _told(get_object_or_404(_of(request), pk=pk if 0 < pk <= LARGEST else 0))


@router.post("/activities", auth=Scope("catalogue:write"), response=ActivityOut)
def offer(
    request: ApiRequest,
    body: ActivityIn,
    idempotency_key: Annotated[
        str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=VISIBLE)
    ],
) -> dict[str, Any]:
    """Put something on offer; the same key again answers the same and adds nothing."""
    organisation = request.auth.organisation

    def made() -> ActivityOut:
        wanted = {t.skill for t in body.teaches}
        usable = set(
            (
                Skill.objects.filter(pk__in=wanted, organisation=None)
                | Skill.objects.filter(pk__in=wanted, organisation=organisation)
            ).values_list("pk", flat=True)
        )
        if usable != wanted:
            raise ValidationError("One of these skills is not there.")
        told = body.dict(exclude={"teaches", "provider", "draft"})
        new = actions.offer(
            organisation,
            fields=told | {"state": Activity.State.DRAFT if body.draft else Activity.State.OPEN},
            teaches=[actions.Taught(t.skill, t.from_level, t.to_level) for t in body.teaches],
            provider=body.provider,
        )
        kept = Activity.objects.select_related("provider").prefetch_related("teaches__skill")
        return _told(kept.get(pk=new.pk))

    return once(request, idempotency_key, made)
