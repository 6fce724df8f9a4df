"""What people do with certificates: one function per sentence of the business."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.certificates import files, rules
from gezel.certificates.counting import changed
from gezel.certificates.events import HoldingDecided, HoldingRegistered
from gezel.certificates.models import CertificateSkill, CertificateType, Duty, Holding
from gezel.kit.events import announce
from gezel.people.api import Job, Organisation, Person
from gezel.skills.api import Evidence, Skill, add_evidence


class ChangedMeanwhileError(Exception):
    """Someone else changed it since this page was opened; nothing of theirs was overwritten."""


def register(
    person: Person,
    certificate: CertificateType,
    *,
    issued_on: date,
    by: Person,
    number: str = "",
    printed_until: date | None = None,
    upload: UploadedFile[bytes] | None = None,
    key: uuid.UUID | None = None,
) -> Holding:
    """Someone's certificate comes in, of today or of years ago, and waits for confirmation.

    A renewal is registered just so: the older one stays as it was. Without a date printed on
    it, the last day follows from the type's term, and that term is kept beside it. The same
    `key` again gives back what stands.

    Raises:
        ValidationError: the dates cannot be, or the file is no proof.
    """
    if issued_on > timezone.localdate():
        raise ValidationError({"issued_on": _("This date lies ahead. Choose today or earlier.")})
    if printed_until and printed_until < issued_on:
        raise ValidationError(
            {"valid_until": _("It cannot end before it was issued. Check both dates.")}
        )
    known = Holding.objects.filter(key=key).first() if key else None
    if known:
        if known.person_id != person.pk:
            raise ValidationError(_("This form was used before. Open the page again."))
        return known
    try:
        proof = files.accept(upload) if upload else None
    except ValidationError as problem:
        raise ValidationError({"file": problem.messages[0]}) from problem
    # The file first, so that no row ever speaks of a proof that is not there.
    name = files.keep(proof, timezone.localdate().year) if proof else ""
    try:
        with transaction.atomic():
            holding, new = Holding.objects.get_or_create(
                key=key or uuid.uuid4(),
                defaults={
                    "type": certificate,
                    "person": person,
                    "number": number,
                    "issued_on": issued_on,
                    "valid_until": printed_until
                    or rules.valid_until(issued_on, certificate.valid_months),
                    "term_months": None if printed_until else certificate.valid_months,
                    "file": name,
                    "registered_by": by,
                },
            )
            if new:
                changed(certificate.organisation_id, [person.pk])
                announce(HoldingRegistered(holding.pk, person.pk))
    except BaseException:
        if name:
            files.drop(name)
        raise
    if not new and name:
        files.drop(name)  # the same form, sent twice at once: the first one's file stays
    return holding


@transaction.atomic
def confirm(holding: Holding, *, by: Person) -> bool:
    """A lead or HR has seen the certificate; what it shows becomes evidence.

    Of two who decide at once, the first counts; returns False to the second.
    """
    if not _decide(holding, Holding.State.CONFIRMED, by=by, reason=""):
        return False
    for shown in CertificateSkill.objects.filter(type=holding.type_id).select_related("skill"):
        add_evidence(
            holding.person,
            shown.skill,
            kind=Evidence.Kind.CERTIFICATE,
            level=shown.level,
            on=holding.issued_on,
            by=by,
            organisation=holding.type.organisation,
            note=holding.type.name[:500],
            rests_on=f"certificates:holding:{holding.pk}",
            key=uuid.uuid5(holding.key, str(shown.skill_id)),
        )
    announce(HoldingDecided(holding.pk, holding.person_id, confirmed=True))
    return True


@transaction.atomic
def refuse(holding: Holding, *, by: Person, reason: str) -> bool:
    """A lead or HR does not accept it and says why; returns False if someone decided before."""
    if not _decide(holding, Holding.State.REFUSED, by=by, reason=reason):
        return False
    announce(HoldingDecided(holding.pk, holding.person_id, confirmed=False))
    return True


def _decide(holding: Holding, state: str, *, by: Person, reason: str) -> bool:
    if by.pk == holding.person_id:
        raise ValidationError(_("Nobody confirms their own certificate."))
    decided = Holding.objects.filter(pk=holding.pk, state=Holding.State.WAITING).update(
        state=state, decided_by=by, decided_at=timezone.now(), reason=reason
    )
    changed(holding.type.organisation_id, [holding.person_id])
    return decided == 1


@transaction.atomic
def save_type(
    organisation: Organisation,
    fields: Mapping[str, Any],
    *,
    shows: Mapping[Skill, int],
    duties: Iterable[tuple[Job, date]],
    certificate: CertificateType | None = None,
    seen: int = 0,
    key: uuid.UUID | None = None,
) -> CertificateType:
    """HR says what a certificate is, until when it counts and why, what it shows, who needs it.

    What people hold already keeps the date and the term it came in with.

    Raises:
        ChangedMeanwhileError: the type is no longer as it was when the form was opened.
    """
    if certificate is None:
        certificate, new = CertificateType.objects.get_or_create(
            key=key or uuid.uuid4(), defaults={"organisation": organisation, **fields}
        )
        if not new:
            return certificate
    elif not CertificateType.objects.filter(pk=certificate.pk, version=seen).update(
        version=F("version") + 1, **fields
    ):
        raise ChangedMeanwhileError
    CertificateSkill.objects.filter(type=certificate).exclude(skill__in=list(shows)).delete()
    for skill, level in shows.items():
        CertificateSkill.objects.update_or_create(
            type=certificate, skill=skill, defaults={"level": level}
        )
    asked = dict(duties)
    Duty.objects.filter(type=certificate).exclude(job__in=list(asked)).delete()
    for job, from_on in asked.items():
        Duty.objects.update_or_create(type=certificate, job=job, defaults={"from_on": from_on})
    changed(organisation.pk)
    return certificate
