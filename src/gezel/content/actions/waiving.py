"""Saying that someone need not do some learning, and taking that back."""

import uuid
from collections.abc import Collection
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.content import queries
from gezel.content.actions import launches
from gezel.content.events import ActivityWaived, WaiverTakenBack
from gezel.content.models import Module, Package, Registration, Waiver
from gezel.content.rules.cmi5 import saying
from gezel.content.rules.waiving import name_of_part
from gezel.kit.events import announce
from gezel.people.api import Person
from gezel.records.api import actor_of, say, void
from gezel.skills.events import EvidenceAdded


@transaction.atomic
def waive(
    person: Person,
    activity: Activity,
    *,
    part: str = "",
    reason: str,
    words: str = "",
    by: Person | None,
    key: uuid.UUID,
    rests_on: Collection[str] = (),
    at: datetime | None = None,
) -> Waiver:
    """Someone need not do a module or package, or one part of it. The same `key` again is one.

    It is recorded as the statement "waived"; of a cmi5 course they are in the middle of, the unit,
    or each that is not done, is waived too, and of one they only begin later, the unit is waived
    then. They may do all of it as before. Other rooms hear of the whole only.

    Args:
        part: the part by its name, see `queries.parts_to_let_off`; empty for all of it.
        reason: one of `Waiver.Reason`.
        words: why, as they will read it.
        rests_on: keys of the evidence, where tests are the reason.

    Raises:
        ValidationError: they need not do it already, there is no such part, or it is about
            oneself.
    """
    known = Waiver.objects.filter(key=key, activity=activity).first()
    if known is not None:
        return known
    if by is not None and by.pk == person.pk:
        raise ValidationError(_("Nobody lets themselves off. Ask whoever leads you."))
    parts = queries.parts_to_let_off(activity.pk) if part else {}
    if part and part not in parts:
        raise ValidationError(_("This package has no such part any more."))
    now = at or timezone.now()
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(
                person=person, activity=activity, part=part, part_title=parts.get(part, ""),
                reason=reason, words=words, by=by, key=key, rests_on=list(rests_on), at=now,
            )  # fmt: skip
    except IntegrityError:
        raise ValidationError(
            _("This colleague need not do it already: see the list below.")
        ) from None
    course = _course(waiver)
    if course is not None and not part:
        launches.waive_all(course, reason=reason, at=now)
    elif course is not None and (unit := launches.unit_named(course, part)) is not None:
        launches.waive(course, unit, reason=reason, at=now)
    say(activity.organisation, _statement(waiver, now), person=person)
    if not part:
        announce(ActivityWaived(person.pk, activity.pk, reason, timezone.localdate(now)))
    return waiver


@transaction.atomic
def take_waiver_back(waiver: Waiver, *, at: datetime | None = None) -> None:
    """They are asked to do it after all: what was recorded of it is voided, once.

    What they did or finished meanwhile stays as it is.
    """
    now = at or timezone.now()
    course = _course(waiver)
    changed = Waiver.objects.filter(pk=waiver.pk, taken_back_at=None).update(taken_back_at=now)
    if not changed:
        return
    if course is not None:
        launches.waive_no_more(course, _asked_again(waiver, course), at=now)
    void(waiver.activity.organisation, _statement_id(waiver), at=now)
    if waiver.part:
        return
    since = timezone.localdate(waiver.at)
    announce(WaiverTakenBack(waiver.person_id, waiver.activity_id, since, timezone.localdate(now)))


def let_off_by_tests(
    person_pks: Collection[int], activity_pks: Collection[int], *, at: datetime | None = None
) -> list[Waiver]:
    """Who of these people showed in tests all that one of these activities brings to, need not do
    it: "Tested Out", with the tests as ground.

    What someone took back is not waived again by a test, nor is anything where the organisation
    wants it otherwise. A handful of questions, and one waiver for each that is new.
    """
    now = at or timezone.now()
    return [
        waive(
            one.person,
            one.activity,
            reason=Waiver.Reason.TESTED_OUT,
            by=None,
            key=uuid.uuid5(one.tests[0], f"waived {one.activity.pk} {one.person.pk}"),
            rests_on=[str(key) for key in one.tests],
            at=now,
        )
        for one in queries.let_off_by_tests(person_pks, activity_pks, timezone.localdate(now))
    ]


def on_evidence_added(event: EvidenceAdded) -> None:
    """A test may show all that something someone is in the middle of brings to."""
    person = event.person_pk
    begun = queries.begun_that_teach(person, event.skill_pk)
    if begun:
        let_off_by_tests([person], begun)


def _asked_again(waiver: Waiver, course: Registration) -> list[int]:
    """The units that are asked again, now that this no longer stands: not those that something
    else still lets off."""
    standing = set(
        Waiver.objects.filter(
            person=waiver.person_id, activity=waiver.activity_id, taken_back_at=None
        ).values_list("part", flat=True)
    )
    if "" in standing:
        return []
    units = course.edition.manifest["units"]
    return [
        number
        for number, name in enumerate(map(name_of_part, units))
        if name not in standing and waiver.part in ("", name)
    ]


def _course(waiver: Waiver) -> Registration | None:
    """The registration of the cmi5 course someone is in the middle of, if this is about one."""
    return (
        Registration.objects.filter(
            attempt__person=waiver.person_id,
            attempt__package__activity=waiver.activity_id,
            attempt__completed_at=None,
            attempt__left_at=None,
            attempt__trial=False,
        )
        .select_related("attempt", "organisation")
        .first()
    )


def _statement_id(waiver: Waiver) -> uuid.UUID:
    return uuid.uuid5(waiver.key, "waived")


def _statement(waiver: Waiver, at: datetime) -> dict[str, object]:
    activity = waiver.activity
    name = {"nl": activity.title_nl, "en": activity.title_en}
    package = Package.objects.filter(activity=activity).first()
    if package is not None:
        about = reverse("content:package", args=[package.pk])
    else:
        about = reverse("content:play", args=[Module.objects.get(activity=activity).pk])
    if waiver.part:
        about, name = f"{about}#{quote(waiver.part, safe='')}", {"und": waiver.part_title}
    return saying.waived_here(
        statement_id=_statement_id(waiver),
        actor=actor_of(waiver.person),
        object_id=settings.BASE_URL + about,
        name=name,
        reason=waiver.reason,
        at=at,
    )
