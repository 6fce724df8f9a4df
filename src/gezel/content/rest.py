"""The part of `/api/v1/` that content answers: packages, and cmi5 for other systems.

Another system brings in a course, asks for the address at which someone can open one of its
units, and hears how the course stands. What people do in our own player is not told here: that
is theirs. See README.md, "cmi5 for other systems".
"""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Header, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field, field_validator

from gezel.catalogue.api import Activity
from gezel.connect.api import VISIBLE, ApiRequest, Page, Problem, Scope, Strict, once, page
from gezel.content import actions, words
from gezel.content.actions import launches
from gezel.content.models import Edition, LaunchSession, Package, Registration
from gezel.content.rules import uploads
from gezel.content.rules.bodies import Words
from gezel.content.rules.packages import PackageRefused
from gezel.content.rules.packages.cmi5.addresses import is_whole_iri
from gezel.kit.archives import ArchiveRefused
from gezel.people.api import Employment, Person

router = Router(tags=["packages"])
LARGEST = 2**31 - 1
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=VISIBLE)]


# --- Packages -------------------------------------------------------------------------------------


class UnitOut(Schema):
    """One thing in a package that can be opened; what follows `title` is of cmi5 alone."""

    number: int
    title: str
    id: str = ""
    url: str = ""
    move_on: str = ""
    mastery_score: float | None = None
    launch_method: str = ""


class PackageOut(Schema):
    """A package as it is now."""

    id: int
    activity: int
    form: str
    title: str
    edition: int
    state: str
    warnings: list[str]
    course: str = ""
    units: list[UnitOut]


class Refusal(Problem):
    """Why a package is not taken in: a code for a program, a sentence for a person, the place.

    A value in the address that could not be accepted is told by the same status, without a code.
    """

    code: str = ""
    place: str = ""


def _refusal() -> dict[str, Any]:
    """How a refusal looks, for the description: what it is made of stands there already."""
    told = Refusal.model_json_schema(ref_template="#/components/schemas/{model}")
    return {name: value for name, value in told.items() if name != "$defs"}


def _told(package: Package) -> PackageOut:
    edition = package.current
    assert edition is not None  # noqa: S101 # `_packages` leaves out those without
    manifest = edition.manifest
    return PackageOut(
        id=package.pk,
        activity=package.activity_id,
        form=edition.form,
        title=edition.title,
        edition=edition.number,
        state=package.activity.state,
        warnings=[words.warning(one) for one in manifest["warnings"]],
        course=manifest["extra"]["course"]["id"] if edition.form == Edition.Form.CMI5 else "",
        units=[_unit(number, unit) for number, unit in enumerate(manifest["units"])],
    )


def _unit(number: int, unit: dict[str, Any]) -> UnitOut:
    extra = unit["extra"]
    if "move_on" not in extra:
        return UnitOut(number=number, title=unit["title"])
    told = {name: extra[name] for name in ("id", "move_on", "mastery_score", "launch_method")}
    return UnitOut(number=number, title=unit["title"], url=unit["path"], **told)


def _packages(request: ApiRequest) -> QuerySet[Package]:
    return (
        Package.objects.filter(activity__organisation=request.auth.organisation)
        .exclude(current=None)
        .select_related("activity", "current")
    )


def _package(request: ApiRequest, pk: int) -> Package:
    return get_object_or_404(_packages(request), pk=pk if 0 < pk <= LARGEST else 0)


@router.get("/packages", auth=Scope("packages:read"), response=Page[PackageOut])
def packages(
    request: ApiRequest,
    *,
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Packages of the organisation with their units, in the order they were brought in."""
    found = page(_packages(request), after=after, limit=limit)
    return found | {"items": [_told(package) for package in found["items"]]}


@router.get("/packages/{pk}", auth=Scope("packages:read"), response=PackageOut)
def package(request: ApiRequest, pk: int) -> PackageOut:
    """One package with its units."""
    return _told(_package(request, pk))


@router.post(
    "/packages",
    auth=Scope("packages:write"),
    response=PackageOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The package itself: a ZIP file, or a cmi5.xml.",
            "content": {
                name: {"schema": {"type": "string", "format": "binary"}}
                for name in ("application/zip", "text/xml", "application/octet-stream")
            },
        },
        "responses": {
            413: {"description": "It is larger than a package may be."},
            422: {
                "description": "The package is refused, or a value could not be accepted.",
                "content": {"application/problem+json": {"schema": _refusal()}},
            },
        },
    },
)
def bring_in(
    request: ApiRequest,
    *,
    title: Annotated[str, Query(max_length=250)] = "",
    minutes: Annotated[int, Query(ge=1, le=100_000)] = 30,
    offer: bool = True,
) -> Any:
    """Bring in a package, as the body of the request; it is on offer at once unless `offer` is no.

    The same file again gives the package that it became, and adds nothing. A package that cannot
    be played is refused whole with the reason (422): `code` for a program, `detail` for a person,
    `place` where it stands.
    """
    if "\0" in title:
        raise HttpError(422, "This title holds a character that cannot be kept.")
    with _body(request) as path:
        try:
            stored = actions.store(path)
        except (ArchiveRefused, PackageRefused) as refused:
            return _refused(refused)
    organisation = request.auth.organisation
    # The same content is the same key, also of two requests at once.
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"{organisation.pk} {stored.digest}")
    known = _packages(request).filter(activity__key=key).first()
    if known is not None:
        return _told(known)
    with transaction.atomic():
        brought = actions.bring_package(
            organisation,
            stored,
            by=None,
            title=Words(en=title.strip()) if title.strip() else Words(),
            goal=Words(),
            minutes=minutes,
            key=key,
            state=Activity.State.OPEN if offer else Activity.State.DRAFT,
        )
    return _told(_packages(request).get(pk=brought.pk))


@contextmanager
def _body(request: HttpRequest) -> Iterator[Path]:
    """What came, in a file: never more than fits in memory at once, nor than a package may be."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        raise HttpError(400, "Content-Length is no number.") from None
    if not 0 < length <= uploads.LARGEST_PACKAGE:
        raise HttpError(413 if length else 400, "Send one package, of at most 2 GB, as the body.")
    home = Path(settings.MEDIA_ROOT)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=home, prefix=".came-") as kept:
        came = 0
        while came < length and (part := request.read(min(1 << 20, length - came))):
            kept.write(part)
            came += len(part)
        if came < length:
            raise HttpError(400, "The body is shorter than Content-Length says.")
        kept.flush()
        yield Path(kept.name)


def _refused(refused: ArchiveRefused | PackageRefused) -> HttpResponse:
    package_itself = isinstance(refused, PackageRefused)
    told = Refusal(
        title="This package is not taken in.",
        status=422,
        detail=words.why(refused) if isinstance(refused, PackageRefused) else str(refused),
        code=refused.why if package_itself else f"zip_{refused.why}",
        place=refused.place if isinstance(refused, PackageRefused) else refused.name,
    )
    return HttpResponse(told.model_dump_json(), status=422, content_type="application/problem+json")


# --- cmi5 for other systems -----------------------------------------------------------------------


class Account(Strict):
    """Someone as another system knows them: its own address, and their name or number there."""

    homePage: str = Field(max_length=500)  # noqa: N815 # as xAPI writes it
    name: str = Field(min_length=1, max_length=200)

    @field_validator("homePage")
    @classmethod
    def _whole(cls, value: str) -> str:
        if not is_whole_iri(value):
            raise ValueError("homePage is a whole IRI.")
        return value

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("This name holds a character that cannot be kept.")
        return value


class Actor(Strict):
    """A person of the organisation by number, or an account elsewhere: one of the two. The whole
    actor of xAPI, with its `objectType` and `account`, is taken as well."""

    person: int | None = Field(None, ge=1, le=LARGEST)
    account: Account | None = None
    objectType: Literal["Agent"] = "Agent"  # noqa: N815 # as xAPI writes it


class RegistrationIn(Strict):
    """Whom to register."""

    actor: Actor


class StandingOut(Schema):
    """How one unit stands. Of a person with an account here only `satisfied` is told."""

    number: int
    satisfied: bool
    completed: bool | None = None
    passed: bool | None = None
    waived: str | None = None
    score: float | None = None


class SessionOut(Schema):
    """One launch."""

    id: uuid.UUID
    unit: int
    mode: str
    state: Literal["launched", "running", "terminated", "abandoned"]


class RegistrationOut(Schema):
    """How a course stands for someone."""

    registration: uuid.UUID
    package: int
    actor: dict[str, Any]
    satisfied: bool
    units: list[StandingOut]
    sessions: list[SessionOut]


class LaunchIn(Strict):
    """What to open, for whom. Without a registration, or with one that the caller chose and that
    is not known yet, a new one is made for the actor."""

    actor: Actor | None = None
    registration: uuid.UUID | None = None
    mode: Literal["Normal", "Browse", "Review"] = "Normal"
    return_url: str = Field("", max_length=2_000)

    @field_validator("return_url")
    @classmethod
    def _on_the_web(cls, value: str) -> str:
        if value and (not is_whole_iri(value) or not value.startswith(("http://", "https://"))):
            raise ValueError("return_url is a whole address on the web.")
        return value


class LaunchOut(Schema):
    """The address to open: once, within a day."""

    session: uuid.UUID
    registration: uuid.UUID
    url: str
    launch_method: str
    activity_id: str


class WaiverIn(Strict):
    """Why someone need not do a unit."""

    reason: Literal["Tested Out", "Equivalent AU", "Equivalent Outside Activity", "Administrative"]


def _course(request: ApiRequest, pk: int) -> Package:
    found = _package(request, pk)
    if found.current is None or found.current.form != Edition.Form.CMI5:
        raise HttpError(422, "This package is no cmi5 course.")
    return found


def _registrations(request: ApiRequest) -> QuerySet[Registration]:
    """Those that systems of this organisation made; never what someone plays in Gezel itself."""
    return Registration.objects.filter(
        organisation=request.auth.organisation, attempt=None
    ).select_related("edition", "organisation", "person", "attempt")


def _registration(request: ApiRequest, code: uuid.UUID) -> Registration:
    return get_object_or_404(_registrations(request), code=code)


def _whom(request: ApiRequest, actor: Actor) -> tuple[Person | None, dict[str, Any] | None]:
    """The person here, or the actor that names someone elsewhere."""
    account = actor.account
    if (actor.person is None) == (account is None):
        raise HttpError(
            422, "An actor is a person of the organisation, or an account: one of them."
        )
    number = actor.person
    if account is not None:
        if account.homePage.rstrip("/") != settings.BASE_URL:
            told = {"homePage": account.homePage, "name": account.name}
            return None, {"objectType": "Agent", "account": told}
        number = int(account.name) if account.name.isdecimal() and len(account.name) < 10 else 0
    here = (
        Employment.objects.current()
        .filter(organisation=request.auth.organisation, person=number)
        .select_related("person")
        .first()
    )
    if here is None:
        raise HttpError(422, "This person does not work at the organisation.")
    return here.person, None


def _register(
    request: ApiRequest, found: Package, actor: Actor, code: uuid.UUID | None = None
) -> Registration:
    person, elsewhere = _whom(request, actor)
    assert found.current is not None  # noqa: S101 # `_course` has seen to it
    try:
        return launches.register(
            found.current,
            organisation=request.auth.organisation,
            person=person,
            actor=elsewhere,
            code=code,
        )
    except launches.NotNow as refused:
        raise HttpError(409, str(refused)) from None


def _stands(registration: Registration) -> RegistrationOut:
    met = launches.met(registration)
    own = registration.person_id is not None
    units = []
    for number in range(len(registration.edition.manifest["units"])):
        standing = registration.standing.get(str(number), {})
        told: dict[str, Any] = {} if own else {
            "completed": bool(standing.get("completed")),
            "passed": True if standing.get("passed") else False if standing.get("failed") else None,
            "waived": standing.get("waived"),
            "score": standing.get("score"),
        }  # fmt: skip
        units.append(StandingOut(number=number, satisfied=number in met, **told))
    return RegistrationOut(
        registration=registration.code,
        package=registration.edition.package_id,
        actor=registration.actor,
        satisfied=registration.is_satisfied,
        units=units,
        sessions=[_session(one) for one in registration.sessions.order_by("launched_at")],
    )


def _session(session: LaunchSession) -> SessionOut:
    state: Literal["launched", "running", "terminated", "abandoned"] = "launched"
    if session.abandoned_at:
        state = "abandoned"
    elif session.terminated_at:
        state = "terminated"
    elif "initialized" in session.verbs:
        state = "running"
    return SessionOut(id=session.pk, unit=session.unit, mode=session.mode, state=state)


@router.post("/packages/{pk}/registrations", auth=Scope("packages:write"), response=RegistrationOut)
def register(
    request: ApiRequest, pk: int, body: RegistrationIn, idempotency_key: Key
) -> dict[str, Any]:
    """Register someone for a cmi5 course, apart from what they may do in Gezel itself."""
    found = _course(request, pk)
    return once(request, idempotency_key, lambda: _stands(_register(request, found, body.actor)))


@router.get("/registrations/{code}", auth=Scope("packages:read"), response=RegistrationOut)
def registration(request: ApiRequest, code: uuid.UUID) -> RegistrationOut:
    """How a course stands. Of a person with an account here: what is satisfied, nothing more."""
    return _stands(_registration(request, code))


@router.post(
    "/packages/{pk}/units/{number}/launch", auth=Scope("packages:write"), response=LaunchOut
)
def launch(
    request: ApiRequest, pk: int, number: int, body: LaunchIn, idempotency_key: Key
) -> dict[str, Any]:
    """The address at which someone can open a unit of a cmi5 course.

    It holds what the unit needs to report to `/xapi/`, and works once, within a day. A session of
    the same unit that is still open is abandoned.
    """
    found = _course(request, pk)

    def act() -> LaunchOut:
        held = _held(request, found, body)
        back = body.return_url or settings.BASE_URL + reverse("content:cmi5_returned")
        try:
            made = launches.launch(held, number, mode=body.mode, return_url=back)
        except KeyError:
            raise HttpError(404, "There is no such unit.") from None
        return LaunchOut(
            session=made.session.pk,
            registration=held.code,
            url=made.address,
            launch_method=made.method,
            activity_id=made.activity,
        )

    return once(request, idempotency_key, act)


def _held(request: ApiRequest, found: Package, body: LaunchIn) -> Registration:
    """The registration that is launched: the one named, of this course and this actor."""
    if body.registration is None and body.actor is None:
        raise HttpError(422, "Name a registration or an actor.")
    known = _registrations(request)
    held = known.filter(code=body.registration).first() if body.registration else None
    if held is None:
        if body.actor is None:
            raise HttpError(404, "Not found.")
        return _register(request, found, body.actor, body.registration)
    if held.edition.package_id != found.pk:
        raise HttpError(422, "This registration is of another course.")
    if body.actor is not None:
        person, elsewhere = _whom(request, body.actor)
        same = person.pk == held.person_id if person else elsewhere == held.actor
        if not same:
            raise HttpError(422, "This registration is of another actor.")
    return held


@router.post(
    "/registrations/{code}/units/{number}/waive",
    auth=Scope("packages:write"),
    response=RegistrationOut,
)
def waive(request: ApiRequest, code: uuid.UUID, number: int, body: WaiverIn) -> RegistrationOut:
    """Someone need not do a unit; waived before, nothing changes."""
    try:
        return _stands(launches.waive(_registration(request, code), number, reason=body.reason))
    except KeyError:
        raise HttpError(404, "There is no such unit.") from None


@router.post("/sessions/{pk}/abandon", auth=Scope("packages:write"), response=SessionOut)
def abandon(request: ApiRequest, pk: uuid.UUID) -> SessionOut:
    """A session ended without a word; abandoned before, nothing changes."""
    session = get_object_or_404(
        LaunchSession.objects.filter(registration__in=_registrations(request)).select_related(
            "registration__organisation", "key"
        ),
        pk=pk,
    )
    try:
        return _session(launches.abandon(session))
    except launches.NotNow as refused:
        raise HttpError(409, str(refused)) from None
