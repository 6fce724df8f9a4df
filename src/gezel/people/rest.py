"""People over `/api/v1/`: what another system of the organisation may read.

`site/api.py` mounts the router with the token's scope (`people:read`); `connect`, which knows
tokens, is a room above this one, so here the caller is only known by what it offers.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Protocol, cast

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from gezel.people.models import Employment, Organisation
from gezel.people.queries import at_work
from gezel.trust.api import note_reading

MOST = 200
LARGEST_KEY = 2**31 - 1
# A sign that PostgreSQL cannot hold.
NO_ZERO = r"^[^\x00]*$"

router = Router(tags=["people"])


class _Token(Protocol):
    made_by_id: int | None


class _Caller(Protocol):
    organisation: Organisation
    token: _Token


class PersonOut(Schema):
    """Someone at work at the organisation, as the organisation itself wrote it down."""

    id: int
    email: str
    first_name: str
    last_name: str
    number: str
    unit: str
    job: str
    location: str | None
    lead: int | None
    starts_on: date
    ends_on: date | None


class PeopleOut(Schema):
    """Some people, and the cursor that asks for the next ones (null: these were the last)."""

    items: list[PersonOut]
    next: int | None


def _caller(request: HttpRequest) -> _Caller:
    """Who asks. Mounted without a scope by mistake, this gives nothing away."""
    auth = getattr(request, "auth", None)
    if auth is None or not hasattr(auth, "organisation"):
        raise HttpError(401, "A token is needed.")
    return cast(_Caller, auth)


def _told(employment: Employment) -> Mapping[str, Any]:
    return {
        "id": employment.person_id,
        "email": employment.person.email,
        "first_name": employment.person.first_name,
        "last_name": employment.person.last_name,
        "number": employment.number,
        "unit": employment.unit.name,
        "job": employment.job.name,
        "location": employment.location.name if employment.location else None,
        "lead": employment.lead_id,
        "starts_on": employment.starts_on,
        "ends_on": employment.ends_on,
    }


def _noted(caller: _Caller, found: list[Employment]) -> None:
    if caller.token.made_by_id:
        note_reading(
            reader_pk=caller.token.made_by_id,
            about=[employment.person_id for employment in found],
            matter="employment",
            purpose="api",
        )


@router.get("/people", response=PeopleOut)
def people(
    request: HttpRequest,
    after: Annotated[int, Field(ge=0, le=LARGEST_KEY)] = 0,
    limit: Annotated[int, Field(ge=1, le=MOST)] = 50,
    email: Annotated[str, Field(max_length=254, pattern=NO_ZERO)] = "",
    number: Annotated[str, Field(max_length=60, pattern=NO_ZERO)] = "",
) -> Mapping[str, Any]:
    """Everyone at work today, in the order in which their accounts were made; with `email` or
    `number` (of staff), who has it, so that another system finds its own people here.
    """
    caller = _caller(request)
    here = at_work(caller.organisation).filter(person_id__gt=after)
    if email:
        here = here.filter(person__email=email.strip().lower())
    if number:
        here = here.filter(number=number)
    found = list(here.order_by("person_id")[: limit + 1])
    shown = found[:limit]
    _noted(caller, shown)
    return {
        "items": [_told(employment) for employment in shown],
        "next": shown[-1].person_id if len(found) > limit else None,
    }


@router.get("/people/{person}", response=PersonOut)
def person(
    request: HttpRequest, person: Annotated[int, Field(ge=1, le=LARGEST_KEY)]
) -> Mapping[str, Any]:
    """One person at work here; anyone else does not exist."""
    caller = _caller(request)
    found = at_work(caller.organisation).filter(person=person).first()
    if found is None:
        raise HttpError(404, "Not found.")
    _noted(caller, [found])
    return _told(found)
