"""Recording what someone did."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from gezel.people.api import Organisation, Person
from gezel.records import rules
from gezel.records.models import Statement


class Conflict(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A statement of this id stands already and says something else."""


def record(
    person: Person,
    *,
    verb: rules.Verb,
    object_id: str,
    object_name: Mapping[str, str],
    object_type: str = "module",
    organisation: Organisation | None = None,
    result: rules.Result | None = None,
    registration: uuid.UUID | None = None,
    timestamp: datetime | None = None,
    statement_id: uuid.UUID | None = None,
) -> Statement:
    """Record that someone did something, as an xAPI statement, in the caller's transaction.

    The same `statement_id` with the same content gives back what stands, so a caller may run
    twice; with other content it is refused.

    Args:
        verb: "initialized", "completed", "passed" or "failed".
        object_id: the address of what it is about.
        object_name: its name per language: {"nl": …, "en": …}.
        organisation: where the person worked at it, if it was at work.
        timestamp: when it happened; now if not given.

    Raises:
        Conflict: a statement of this id says something else.
    """
    now = timezone.now()
    said = rules.statement(
        statement_id=statement_id or uuid.uuid4(),
        home_page=settings.BASE_URL,
        account=str(person.pk),
        verb=verb,
        object_id=object_id,
        object_type=object_type,
        object_name=object_name,
        result=result,
        registration=registration,
        language=get_language() or settings.LANGUAGE_CODE,
        at=timestamp or now,
    )
    with transaction.atomic():
        # One statement that the database settles: of two callers at once, one adds.
        Statement.objects.bulk_create(
            [
                Statement(
                    id=said["id"],
                    organisation=organisation,
                    person=person,
                    verb=said["verb"]["id"],
                    object_id=object_id,
                    registration=registration,
                    timestamp=timestamp or now,
                    stored=now,
                    raw=said | {"stored": rules.moment(now)},
                )
            ],
            ignore_conflicts=True,
        )
        stands = Statement.objects.get(pk=said["id"])
    if stands.person_id != person.pk or not rules.is_same(
        stands.raw, said, except_time=timestamp is None
    ):
        raise Conflict(f"Statement {said['id']} stands already and says something else.")
    return stands
