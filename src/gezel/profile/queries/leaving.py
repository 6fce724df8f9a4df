"""How someone stands before they leave, and what employers they left still keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Max, Q
from django.utils import timezone

from gezel.connect.api import own_address_of
from gezel.people.api import Employment, Organisation, Person
from gezel.profile.models import Arrival, PersonKey, Takeout
from gezel.trust.api import Declaration, declarations

# From this long before the last day we remind, gently, on the page and by mail.
REMIND_BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Ready:
    """What is arranged for the day the mailbox at work closes, and what is not."""

    own_address: str
    passkeys: int
    last_day: date | None
    last_at: str
    takeouts: Sequence[Takeout]
    has_key: bool = False


def ready_to_leave(person: Person) -> Ready:
    """In a handful of questions."""
    ending = (
        Employment.objects.current()
        .filter(person=person, ends_on__isnull=False)
        .select_related("organisation")
        .order_by("ends_on")
        .first()
    )
    return Ready(
        own_address=own_address_of(person) or (person.email if _left(person) else ""),
        passkeys=Authenticator.objects.filter(
            user=person, type=Authenticator.Type.WEBAUTHN
        ).count(),
        last_day=ending.ends_on if ending else None,
        last_at=ending.organisation.name if ending else "",
        takeouts=list(Takeout.objects.filter(person=person)[:5]),
        has_key=PersonKey.objects.filter(person=person).exists(),
    )


def _left(person: Person) -> bool:
    return not Employment.objects.current().filter(person=person).exists()


@dataclass(frozen=True, slots=True)
class StillKept:
    """One kind of record a former employer can still read of someone, and why."""

    declaration: Declaration
    rows: int


@dataclass(frozen=True, slots=True)
class Former:
    """An organisation where someone worked, and what it keeps."""

    organisation: Organisation
    until: date
    kept: Sequence[StillKept]


def former_employers(person: Person) -> list[Former]:
    """Where someone worked and works no more, the last one first."""
    today = timezone.localdate()
    now = Employment.objects.current().filter(person=person).values("organisation_id")
    ended = (
        Employment.objects.filter(person=person, ends_on__lt=today)
        .exclude(organisation__in=now)
        .values("organisation_id")
        .annotate(until=Max("ends_on"))
        .order_by("-until", "organisation_id")
    )
    until = {row["organisation_id"]: row["until"] for row in ended}
    places = Organisation.objects.in_bulk(until)
    told = [d for d in declarations() if d.former]
    rows = {d: _rows_by_organisation(d, person) for d in told}
    return [
        Former(
            places[pk],
            day,
            [StillKept(d, n) for d in told if (n := rows[d].get(pk, 0))],
        )
        for pk, day in until.items()
    ]


def _rows_by_organisation(declaration: Declaration, person: Person) -> dict[int, int]:
    """How many rows about someone each organisation has, of one table: one question."""
    mine = Q()
    for field in declaration.person:
        mine |= Q(**{field: person.pk})
    path = _way_to_organisation(declaration)
    found: dict[int, int] = {}
    rows = declaration.model._base_manager.filter(mine)
    for _key, pk in rows.values_list("pk", path).distinct():
        if pk is not None:
            found[pk] = found.get(pk, 0) + 1
    return found


def _way_to_organisation(declaration: Declaration) -> str:
    """The path from a row to the organisation it stands in."""
    if declaration.model is Person:
        return "employments__organisation_id"
    fields: dict[str, Any] = {f.name: f for f in declaration.model._meta.concrete_fields}
    if "organisation" in fields:
        return "organisation_id"
    for name, field in fields.items():
        related = field.related_model if field.is_relation else None
        if related and any(f.name == "organisation" for f in related._meta.concrete_fields):
            return f"{name}__organisation_id"
    raise LookupError(f"{declaration.model._meta.label} leads to no organisation")


def arrivals_of(person: Person) -> Sequence[Arrival]:
    """What someone brought, the newest first."""
    return list(Arrival.objects.filter(person=person)[:50])
