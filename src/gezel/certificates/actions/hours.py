"""Hours of training come in and count towards a duty; meeting it may renew the certificate."""

import uuid
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.certificates import queries, rules
from gezel.certificates.actions.holdings import register_without_asking
from gezel.certificates.models import Brings, CertificateType, Holding, HoursDone, PathBrings
from gezel.paths.api import rests_on_own_word
from gezel.people.api import Person

MOST_A_DAY = Decimal(24)


def register_hours(
    person: Person,
    certificate: CertificateType,
    *,
    course: str,
    on: date,
    hours: Decimal,
    practice: Decimal = Decimal(0),
    e_learning: Decimal = Decimal(0),
    by: Person,
    key: uuid.UUID | None = None,
) -> HoursDone:
    """A day of training comes in and waits for someone to confirm it; the same key is the same day.

    Raises:
        ValidationError: the day lies ahead, the hours cannot be, or this day stands here already.
    """
    known = HoursDone.objects.filter(key=key).first() if key else None
    if known is not None:
        if known.person_id != person.pk:
            raise ValidationError(_("This form was used before. Open the page again."))
        return known
    if on > timezone.localdate():
        raise ValidationError({"on": _("This date lies ahead. Choose today or earlier.")})
    if not 0 < hours <= MOST_A_DAY:
        raise ValidationError({"hours": _("Give the hours of one day: more than 0, at most 24.")})
    if practice < 0 or e_learning < 0 or practice + e_learning > hours:
        raise ValidationError(
            {"practice": _("Practice and e-learning together cannot be more than all hours.")}
        )
    same = HoursDone.objects.filter(
        person=person, type=certificate, on=on, course__iexact=course.strip()
    ).exclude(state=Holding.State.REFUSED)
    if same.exists():
        raise ValidationError(_("This course of this day stands here already."))
    return HoursDone.objects.create(
        type=certificate,
        person=person,
        course=course.strip(),
        on=on,
        hours=hours,
        practice=practice,
        e_learning=e_learning,
        registered_by=by,
        key=key or uuid.uuid4(),
    )


@transaction.atomic
def decide_hours(done: HoursDone, *, accept: bool, by: Person, reason: str = "") -> bool:
    """A lead or HR confirms or refuses a day of training; False: someone decided before.

    Raises:
        ValidationError: it is their own.
    """
    if by.pk == done.person_id:
        raise ValidationError(_("Nobody confirms their own certificate."))
    decided = HoursDone.objects.filter(pk=done.pk, state=Holding.State.WAITING).update(
        state=Holding.State.CONFIRMED if accept else Holding.State.REFUSED,
        decided_by=by,
        decided_at=timezone.now(),
        reason=reason,
    )
    if decided and accept:
        renew_by_hours(done.type, [done.person_id], on=timezone.localdate())
    return decided == 1


def renew_by_hours(certificate: CertificateType, people: Collection[int], *, on: date) -> int:
    """Who met the hours of a certificate that is renewed by them, and is in its window, has a new
    one from the day the hours were met; returns how many. Running twice renews once.
    """
    renewed = 0
    for person_pk in people:
        person = Person.objects.get(pk=person_pk)
        book = queries.book_of(person, certificate.organisation)
        one = rules.standing(book.of(person_pk, certificate.pk, None), must=False, on=on)
        if one is None or one.held is None or one.held.valid_until is None:
            continue
        terms = book.holdings[int(str(one.held.key))].terms
        rule = terms.hours_rule if terms is not None and terms.renews_by_hours else None
        if rule is None or one.held.renew_from is None or on < one.held.renew_from:
            continue
        done = [
            d.done
            for d in HoursDone.objects.filter(
                person=person, type=certificate, state=Holding.State.CONFIRMED
            )
        ]
        met = rules.met_on(rule, done, ends=one.held.valid_until)
        if met is None:
            continue
        # Met before the window opened, it counts from the day it opened: so no days are lost.
        register_without_asking(
            person_pk,
            certificate,
            issued_on=max(met, one.held.renew_from),
            origin=Holding.Origin.HOURS,
            key=uuid.uuid5(book.holdings[int(str(one.held.key))].key, "hours"),
        )
        renewed += 1
    return renewed


def completed(person_pk: int, activity_pk: int, on: date, *, to_confirm: bool = False) -> None:
    """Someone completed an activity: it may bring certificates, or hours, where they work.

    A new dated fact each time; the same completion again adds nothing.

    Args:
        to_confirm: nobody answers for it who may, so whoever leads them has a look first.
    """
    brings = list(
        Brings.objects.filter(
            activity=activity_pk, type__organisation__employments__person=person_pk
        )
        .select_related("type", "activity")
        .distinct()
    )
    for one in brings:
        key = uuid.uuid5(one.type.key, f"{person_pk}/{activity_pk}/{on.isoformat()}")
        if one.what in {Brings.What.CERTIFICATE, Brings.What.REFRESHER}:
            register_without_asking(
                person_pk,
                one.type,
                issued_on=on,
                origin=Holding.Origin.ACTIVITY,
                key=key,
                refresher=one.what == Brings.What.REFRESHER,
                to_confirm=to_confirm,
            )
        else:
            _hours_of_activity(person_pk, one, on, key, to_confirm=to_confirm)


def path_completed(enrolment_pk: int, path_pk: int, person_pk: int, on: date) -> None:
    """A learning path that was completed may end in a certificate; once, however often told.

    Where a step rests on the person's own word, whoever leads them has a look first: nobody gives
    themselves a certificate by marking steps.
    """
    brings = list(PathBrings.objects.filter(path=path_pk).select_related("type"))
    own_word = bool(brings) and rests_on_own_word(enrolment_pk)
    for one in brings:
        register_without_asking(
            person_pk,
            one.type,
            issued_on=on,
            origin=Holding.Origin.ACTIVITY,
            key=uuid.uuid5(one.type.key, f"path/{enrolment_pk}"),
            refresher=False,
            to_confirm=own_word,
        )


def _hours_of_activity(
    person_pk: int, one: Brings, on: date, key: uuid.UUID, *, to_confirm: bool
) -> None:
    activity: Activity = one.activity
    if not activity.hours:
        return
    done, new = HoursDone.objects.get_or_create(
        key=key,
        defaults={
            "type": one.type,
            "person_id": person_pk,
            "course": activity.title[:200],
            "activity": activity,
            "on": on,
            "hours": activity.hours,
            "practice": activity.hours if one.what == Brings.What.PRACTICE else Decimal(0),
            "e_learning": activity.hours if one.what == Brings.What.E_LEARNING else Decimal(0),
            "state": Holding.State.WAITING if to_confirm else Holding.State.CONFIRMED,
            "decided_at": None if to_confirm else timezone.now(),
        },
    )
    if new and not to_confirm:
        renew_by_hours(one.type, [done.person_id], on=timezone.localdate())
