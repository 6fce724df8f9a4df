"""HR says which certificates there are, until when they count, and who must have them."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.certificates import queries, rules
from gezel.certificates.everyone import changed
from gezel.certificates.models import (
    Brings,
    CertificateSkill,
    CertificateType,
    Duty,
    Exemption,
    PathBrings,
    TypeTerms,
    WorkTask,
)
from gezel.paths.api import Path
from gezel.people.api import Job, Organisation, Person
from gezel.skills.api import Skill

FROM_THE_BEGINNING = date(1900, 1, 1)
KEPT_AFTER_THE_END = timedelta(days=730)


class ChangedMeanwhileError(Exception):
    """Someone else changed it since this page was opened; nothing of theirs was overwritten."""


class AskFirst(Exception):  # noqa: N818 - reads as what it is where it is raised
    """The duty hits nobody, or everybody; `hit` says how many, and HR is to say it is meant."""

    def __init__(self, hit: queries.Hit) -> None:
        super().__init__(f"{hit.people} of {hit.here}")
        self.hit = hit


@transaction.atomic
def save_type(
    organisation: Organisation,
    fields: Mapping[str, Any],
    *,
    terms: Mapping[str, Any] | None = None,
    shows: Mapping[Skill, int] | None = None,
    duties: Iterable[tuple[Job, date]] | None = None,
    brings: Mapping[Activity, str] | None = None,
    paths: Iterable[Path] | None = None,
    certificate: CertificateType | None = None,
    seen: int = 0,
    key: uuid.UUID | None = None,
) -> CertificateType:
    """HR says what a certificate is, what it shows, what brings it, and which jobs need it.

    Args:
        terms: until when it counts, from the beginning; only for a new type. Later ones are dated
            and come by `change_terms`.
        shows: None leaves them as they are; so do `duties`, `brings` and `paths`.
        duties: the jobs that must have it and from when; other duties stay.

    Raises:
        ChangedMeanwhileError: the type is no longer as it was when the form was opened.
    """
    if certificate is None:
        certificate, new = CertificateType.objects.get_or_create(
            key=key or uuid.uuid4(), defaults={"organisation": organisation, **fields}
        )
        if not new:
            return certificate
        TypeTerms.objects.create(type=certificate, from_on=FROM_THE_BEGINNING, **(terms or {}))
    elif not CertificateType.objects.filter(pk=certificate.pk, version=seen).update(
        version=F("version") + 1, **fields
    ):
        raise ChangedMeanwhileError
    if shows is not None:
        CertificateSkill.objects.filter(type=certificate).exclude(skill__in=list(shows)).delete()
        for skill, level in shows.items():
            CertificateSkill.objects.update_or_create(
                type=certificate, skill=skill, defaults={"level": level}
            )
    if brings is not None:
        Brings.objects.filter(type=certificate).exclude(activity__in=list(brings)).delete()
        for activity, what in brings.items():
            Brings.objects.update_or_create(
                type=certificate, activity=activity, defaults={"what": what}
            )
    if paths is not None:
        there = list(paths)
        PathBrings.objects.filter(type=certificate).exclude(path__in=there).delete()
        for path in there:
            PathBrings.objects.get_or_create(type=certificate, path=path)
    if duties is not None:
        _duties_of_jobs(certificate, dict(duties))
    changed(organisation.pk)
    return certificate


def _duties_of_jobs(certificate: CertificateType, asked: Mapping[Job, date]) -> None:
    plain = Duty.objects.filter(
        type=certificate, job__isnull=False, unit=None, location=None, least_hours=None, person=None
    )
    plain.exclude(job__in=list(asked)).delete()
    for job, from_on in asked.items():
        if not plain.filter(job=job).update(from_on=from_on):
            Duty.objects.create(type=certificate, job=job, from_on=from_on)


@transaction.atomic
def change_terms(
    certificate: CertificateType,
    fields: Mapping[str, Any],
    *,
    from_on: date,
    also: Iterable[CertificateType] = (),
) -> TypeTerms:
    """From a day on a certificate says something else. What is held keeps its own terms.

    Terms of that very day that nobody holds yet are replaced; those somebody holds are not.

    Raises:
        ValidationError: someone holds one under terms of that day already.
    """
    CertificateType.objects.select_for_update().get(pk=certificate.pk)
    there = TypeTerms.objects.filter(type=certificate, from_on=from_on).first()
    if there is None:
        there = TypeTerms.objects.create(type=certificate, from_on=from_on, **fields)
    elif there.holdings.exists():
        raise ValidationError(
            {
                "from_on": _(
                    "Certificates came in under terms of this day. Choose a later day, so that "
                    "nothing of what is held changes."
                )
            }
        )
    else:
        for name, value in fields.items():
            setattr(there, name, value)
        there.save()
    there.also.set([one for one in also if one.pk != certificate.pk])
    changed(certificate.organisation_id)
    return there


@transaction.atomic
def take_back_terms(terms: TypeTerms) -> bool:
    """Terms nobody holds anything under, and that are not the only ones, go. False: they stay."""
    others = TypeTerms.objects.filter(type=terms.type_id).exclude(pk=terms.pk).exists()
    if not others or terms.holdings.exists():
        return False
    terms.delete()
    changed(terms.type.organisation_id)
    return True


@transaction.atomic
def ask(
    certificate: CertificateType,
    *,
    from_on: date,
    until_on: date | None = None,
    sure: bool = False,
    **who: Any,
) -> Duty:
    """HR says who must have it: everyone who fits all that is named, from a date until another.

    Args:
        sure: also when it hits nobody, or everybody.
        who: fields of `Duty` (job, unit, alone, location, least_hours, person).

    Raises:
        ValidationError: it ends before it begins.
        AskFirst: it hits nobody or everybody, and that was not said to be meant.
    """
    if until_on is not None and until_on < from_on:
        raise ValidationError({"until_on": _("It cannot end before it begins. Check both dates.")})
    same = Duty.objects.filter(
        type=certificate, from_on=from_on, until_on=until_on,
        **{name: who.get(name) for name in ("job", "unit", "location", "least_hours", "person")},
        alone=bool(who.get("alone")),
    ).first()  # fmt: skip
    if same is not None:
        return same
    duty = Duty(type=certificate, from_on=from_on, until_on=until_on, **who)
    if not sure:
        day = max(from_on, timezone.localdate())
        hit = queries.hit_by(duty.rule(), certificate.organisation, day)
        if hit.is_odd:
            raise AskFirst(hit)
    duty.save()
    changed(certificate.organisation_id)
    return duty


@transaction.atomic
def ask_no_more(duty: Duty) -> None:
    """HR takes a duty away: nobody must have it because of this one any more."""
    organisation = duty.type.organisation_id
    duty.delete()
    changed(organisation)


@transaction.atomic
def excuse(
    certificate: CertificateType,
    person: Person,
    *,
    reason: str,
    from_on: date,
    until_on: date | None,
    by: Person,
    key: uuid.UUID | None = None,
) -> Exemption:
    """Someone need not have it, for a reason; the same key again is the same exception.

    Raises:
        ValidationError: it ends before it begins.
    """
    if until_on is not None and until_on < from_on:
        raise ValidationError({"until_on": _("It cannot end before it begins. Check both dates.")})
    exemption, _new = Exemption.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "type": certificate,
            "person": person,
            "reason": reason,
            "from_on": from_on,
            "until_on": until_on,
            "made_by": by,
        },
    )
    changed(certificate.organisation_id, [person.pk])
    return exemption


@transaction.atomic
def excuse_no_more(exemption: Exemption) -> None:
    """The exception ends yesterday; that it was there stays to be read."""
    yesterday = timezone.localdate() - timedelta(days=1)
    if exemption.from_on > yesterday:
        exemption.delete()
    else:
        Exemption.objects.filter(pk=exemption.pk).update(until_on=yesterday)
    changed(exemption.type.organisation_id, [exemption.person_id])


@transaction.atomic
def save_task(
    organisation: Organisation,
    fields: Mapping[str, Any],
    *,
    needs: Iterable[CertificateType],
    jobs: Iterable[Job],
    task: WorkTask | None = None,
    seen: int = 0,
    key: uuid.UUID | None = None,
) -> WorkTask:
    """HR says which certificates a task needs, and which jobs do it.

    Raises:
        ChangedMeanwhileError: the task is no longer as it was when the form was opened.
    """
    if task is None:
        task, new = WorkTask.objects.get_or_create(
            key=key or uuid.uuid4(), defaults={"organisation": organisation, **fields}
        )
        if not new:
            return task
    elif not WorkTask.objects.filter(pk=task.pk, version=seen).update(
        version=F("version") + 1, **fields
    ):
        raise ChangedMeanwhileError
    task.needs.set(needs)
    task.jobs.set(jobs)
    changed(organisation.pk)
    return task


@transaction.atomic
def drop_task(task: WorkTask) -> None:
    """The task is not done any more; what it asked of its jobs goes with it."""
    organisation = task.organisation_id
    task.delete()
    changed(organisation)


def new_terms(certificate: CertificateType, fields: Mapping[str, Any], from_on: date) -> TypeTerms:
    """Terms as they would be, to look at before they are kept."""
    return TypeTerms(type=certificate, from_on=from_on, **fields)


def rule_of(certificate: CertificateType, from_on: date, **who: Any) -> rules.Rule:
    """A duty as it would be, to count whom it hits before it is kept."""
    return Duty(type=certificate, from_on=from_on, **who).rule()


def forget_old_exemptions(today: date) -> None:
    """Exceptions that ended two years ago go, as they said they would."""
    Exemption.objects.filter(until_on__lt=today - KEPT_AFTER_THE_END).delete()
