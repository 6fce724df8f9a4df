"""What the works council said, in one line; and a log with something in it."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from gezel.people.api import Organisation, Person
from gezel.trust import actions
from gezel.trust.models import CouncilDecision, Event, Log, ManyLooks


def sealed(organisation: Organisation) -> Log:
    """The log of an organisation, taken up and signed as it is now."""
    actions.take_up()
    log = Log.objects.get(organisation=organisation)
    actions.seal(log)
    log.refresh_from_db()
    return log


def an_event_about(person: Person, organisation: Organisation) -> Event:
    """Something that happened to someone, in a signed log."""
    actions.note_event(organisation.pk, "level", about=person.pk, skill="Welding", before=2, now=3)
    sealed(organisation)
    return Event.objects.filter(about=person).latest("pk")


def a_consent(organisation: Any, setting: str, *, step: str = "agreed") -> CouncilDecision:
    """The council's word on a setting, as if HR wrote it down today."""
    return actions.record_decision(
        organisation,
        setting,
        step=step,
        decided_on=timezone.localdate(),
        decided_by="Works council",
        document="OR-2026-01",
        by=None,
        key=uuid.uuid4(),
    )


def a_stop(person: Person, organisation: Organisation) -> ManyLooks:
    """Someone who opened the data of so many people, yesterday, that they were stopped."""
    now = timezone.now() - timedelta(days=1)
    return ManyLooks.objects.create(
        reader=person,
        organisation=organisation,
        on=timezone.localdate(now),
        people=5_001,
        reason="I check the end dates of all contracts.",
        given_at=now,
        stopped_at=now,
        told_at=now,
    )
