"""Certificates come in, are confirmed or refused; what follows from them is worked out again."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.certificates import files, letters, rules
from gezel.certificates.events import HoldingDecided, HoldingRegistered
from gezel.certificates.everyone import changed
from gezel.certificates.models import CertificateSkill, CertificateType, Holding, TypeTerms
from gezel.kit.events import announce
from gezel.people.api import Person
from gezel.skills.api import Evidence, add_evidence


def terms_on(certificate: CertificateType, day: date) -> TypeTerms | None:
    """The terms a certificate issued on this day falls under; before the first, the first."""
    versions = list(TypeTerms.objects.filter(type=certificate).order_by("from_on"))
    begun = [one for one in versions if one.from_on <= day]
    return begun[-1] if begun else versions[0] if versions else None


def reckon_again(person_pk: int, type_pk: int) -> None:
    """Write down until when each certificate of this person and type is valid, by the rule.

    One that came in late may be the one before another, so the whole chain is worked out.
    """
    chain = list(
        Holding.objects.filter(person=person_pk, type=type_pk)
        .exclude(state=Holding.State.REFUSED)
        .select_related("terms")
    )
    until = {held.key: held.valid_until for held in rules.reckoned(one.given for one in chain)}
    for one in chain:
        if one.valid_until != until[one.pk]:
            Holding.objects.filter(pk=one.pk).update(valid_until=until[one.pk])


def register(
    person: Person,
    certificate: CertificateType,
    *,
    issued_on: date,
    by: Person,
    number: str = "",
    printed_until: date | None = None,
    refresher: bool = False,
    upload: UploadedFile[bytes] | None = None,
    key: uuid.UUID | None = None,
) -> Holding:
    """Someone's certificate comes in, of today or of years ago, and waits for confirmation.

    A renewal is registered just so: the older one stays as it was. Without a date printed on
    it, the last day follows from the terms of the day of issue, which are kept beside it. The
    same `key` again gives back what stands.

    Raises:
        ValidationError: the dates cannot be, the number looks otherwise, it stands here already,
            or the file is no proof.
    """
    known = Holding.objects.filter(key=key).first() if key else None
    if known:
        if known.person_id != person.pk:
            raise ValidationError(_("This form was used before. Open the page again."))
        return known
    terms = terms_on(certificate, issued_on)
    check(
        person, certificate, terms,
        issued_on=issued_on, printed_until=printed_until, number=number,
    )  # fmt: skip
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
                    "number": number.strip(),
                    "issued_on": issued_on,
                    "printed_until": printed_until,
                    "terms": terms,
                    "refresher": refresher,
                    "file": name,
                    "registered_by": by,
                },
            )
            if new:
                reckon_again(person.pk, certificate.pk)
                changed(certificate.organisation_id, [person.pk])
                letters.say_it_waits(holding, but=[by.pk])
                announce(HoldingRegistered(holding.pk, person.pk))
    except BaseException:
        if name:
            files.drop(name)
        raise
    if not new and name:
        files.drop(name)  # the same form, sent twice at once: the first one's file stays
    holding.refresh_from_db(fields=["valid_until"])
    return holding


def check(
    person: Person,
    certificate: CertificateType,
    terms: TypeTerms | None,
    *,
    issued_on: date,
    printed_until: date | None,
    number: str,
) -> None:
    """Whether a certificate can be and is not here yet.

    Raises:
        ValidationError: with what is wrong at the field.
    """
    if issued_on > timezone.localdate():
        raise ValidationError({"issued_on": _("This date lies ahead. Choose today or earlier.")})
    if printed_until and printed_until < issued_on:
        raise ValidationError(
            {"valid_until": _("It cannot end before it was issued. Check both dates.")}
        )
    given = rules.Given("", issued_on, terms.rule if terms else rules.Terms(), True, printed_until)
    if not rules.possible(given):
        raise ValidationError(
            {
                "issued_on": _(
                    "Every certificate of this kind had ended by then. Check the date of issue."
                )
            }
        )
    if number and not rules.fits(number, certificate.number_form):
        raise ValidationError(
            {
                "number": _("The number of this certificate looks like %(form)s.")
                % {"form": looks_like(certificate.number_form)}
            }
        )
    _check_doubles(person, certificate, issued_on, printed_until, number)


def looks_like(form: str) -> str:
    """A form as an example: 9 becomes figures, A letters."""
    figures, letters = iter("1234567890" * 6), iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 3)
    return "".join(
        next(figures) if sign == "9" else next(letters) if sign == "A" else sign for sign in form
    )


def _check_doubles(
    person: Person,
    certificate: CertificateType,
    issued_on: date,
    printed_until: date | None,
    number: str,
) -> None:
    there = Holding.objects.filter(type=certificate).exclude(state=Holding.State.REFUSED)
    for same in there.filter(person=person, issued_on=issued_on, printed_until=printed_until):
        if rules.compared(same.number) == rules.compared(number):
            raise ValidationError(
                _("This certificate stands here already: the same number and the same dates.")
            )
    if number.strip() and there.filter(number__iexact=number.strip()).exclude(person=person):
        raise ValidationError(
            {"number": _("Someone else has this number. Check it again, or ask HR to help.")}
        )


def register_without_asking(
    person_pk: int,
    certificate: CertificateType,
    *,
    issued_on: date,
    origin: str,
    key: uuid.UUID,
    refresher: bool = False,
    number: str = "",
    printed_until: date | None = None,
    to_confirm: bool = False,
) -> Holding:
    """A certificate that comes by itself: an activity was completed, or hours were met.

    A new dated fact like every other; the same key again gives back what stands.

    Args:
        to_confirm: someone has to look at it all the same, as if it had been sent in.
    """
    state = Holding.State.WAITING if to_confirm else Holding.State.CONFIRMED
    with transaction.atomic():
        holding, new = Holding.objects.get_or_create(
            key=key,
            defaults={
                "type": certificate,
                "person_id": person_pk,
                "number": number,
                "issued_on": issued_on,
                "printed_until": printed_until,
                "terms": terms_on(certificate, issued_on),
                "refresher": refresher,
                "origin": origin,
                "state": state,
                "decided_at": None if to_confirm else timezone.now(),
            },
        )
        if new:
            reckon_again(person_pk, certificate.pk)
            changed(certificate.organisation_id, [person_pk])
            announce(HoldingRegistered(holding.pk, person_pk))
        if new and to_confirm:
            letters.say_it_waits(holding, but=[person_pk])
        elif new:
            show_evidence([holding], by=None)
            announce(HoldingDecided(holding.pk, person_pk, confirmed=True))
    return holding


@transaction.atomic
def confirm(holding: Holding, *, by: Person) -> bool:
    """A lead or HR has seen the certificate; what it shows becomes evidence.

    Of two who decide at once, the first counts; returns False to the second.
    """
    if not _decide(holding, Holding.State.CONFIRMED, by=by, reason=""):
        return False
    reckon_again(holding.person_id, holding.type_id)
    show_evidence([holding], by=by)
    letters.say_it_is_decided(holding)
    announce(HoldingDecided(holding.pk, holding.person_id, confirmed=True))
    return True


@transaction.atomic
def refuse(holding: Holding, *, by: Person, reason: str) -> bool:
    """A lead or HR does not accept it and says why; returns False if someone decided before."""
    if not _decide(holding, Holding.State.REFUSED, by=by, reason=reason):
        return False
    reckon_again(holding.person_id, holding.type_id)
    letters.say_it_is_decided(holding)
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


def show_evidence(holdings: Iterable[Holding], *, by: Person | None) -> None:
    """What these certificates show becomes evidence of the day of issue, once."""
    for holding in holdings:
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
