"""What devices do by themselves: begin a round without connection, and tell where someone is."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone

from gezel.content.actions.playing import start
from gezel.content.models import Attempt, Begun, Block, Module, Place
from gezel.content.rules import places, scoring
from gezel.people.api import Organisation, Person

# A kept module that the server has not agreed to for so long begins no round any more.
PASS_LASTS = timedelta(days=60)
_SALT = "gezel.content.pass"


@dataclass(frozen=True, slots=True)
class Pass:
    """That we handed this version of a module to a device of this person, and when."""

    module: int
    version: int
    given_at: datetime


def pass_for(person: Person, module: Module, *, at: datetime | None = None) -> str:
    """The pass that goes along with a kept module; only we can write one."""
    moment = int((at or timezone.now()).timestamp())
    return signing.dumps([person.pk, module.pk, module.version, moment], salt=_SALT)


def read_pass(person: Person, text: str, *, at: datetime | None = None) -> Pass | None:
    """What a pass says, if we wrote it, for this person, and not too long ago."""
    try:
        owner, module, version, moment = signing.loads(text, salt=_SALT)
        given_at = datetime.fromtimestamp(moment, UTC)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if owner != person.pk or (at or timezone.now()) - given_at > PASS_LASTS:
        return None
    return Pass(module, version, given_at)


@transaction.atomic
def begin_on_device(
    person: Person,
    module: Module,
    given: Pass,
    *,
    registration: uuid.UUID,
    began: datetime,
    organisation: Organisation | None,
    at: datetime | None = None,
) -> Attempt | None:
    """A round that was begun on a device, the first time its answers arrive.

    The device made the registration, so the same call again gives the same round. Where a round
    of this module is open already (begun on another device), this one becomes part of it. None
    if the registration is somebody else's.
    """
    known = Attempt.objects.filter(registration=registration).first()
    if known is None:
        joined = Begun.objects.filter(registration=registration).select_related("attempt").first()
        known = joined.attempt if joined else None
    if known is not None:
        return known if (known.person_id, known.module_id) == (person.pk, module.pk) else None
    now = at or timezone.now()
    attempt = start(
        person,
        module,
        organisation=organisation,
        at=scoring.held_between(began, given.given_at, now),
        registration=registration,
        version=given.version,
    )
    if attempt.registration != registration:
        Begun.objects.get_or_create(registration=registration, defaults={"attempt": attempt})
    return attempt


def keep_place(
    attempt: Attempt,
    raw: Mapping[str, Any],
    *,
    at: datetime,
    arrived: datetime | None = None,
) -> Place | None:
    """Where someone is in a round: the step, and how far in its films. The newest counts.

    Args:
        raw: `block`, a number or None for the page after the last step; `seconds`, per film.
        at: the device's time.

    Nothing is kept (None) of a round that is finished, of a step that is not in it, and of a
    place older than what is known.
    """
    if attempt.completed_at is not None:
        return None
    moment = scoring.held_between(at, attempt.started_at, arrived or timezone.now())
    blocks = dict(
        Block.objects.filter(module=attempt.module_id)
        .as_of(attempt.version)
        .values_list("pk", "kind")
    )
    block = raw.get("block")
    if block is not None and block not in blocks:
        return None
    films = {str(pk) for pk, kind in blocks.items() if kind == Block.Kind.VIDEO}
    with transaction.atomic():
        place, _made = Place.objects.select_for_update().get_or_create(
            attempt=attempt, defaults={"at": attempt.started_at}
        )
        if place.at > moment:
            return None
        place.block_id = block
        place.seconds = place.seconds | places.seconds_of(raw.get("seconds"), films)
        place.at = moment
        place.save()
    return place
