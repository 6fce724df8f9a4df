"""What is done with credentials: keys made and put away, achievements named, issued, withdrawn."""

import secrets
import uuid
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from gezel.certificates.api import months_after
from gezel.kit.events import announce
from gezel.people.api import Organisation, Person
from gezel.profile import sealing
from gezel.profile.events import CredentialDecided
from gezel.profile.models import (
    LIST_SIZE,
    Achievement,
    Credential,
    PersonKey,
    SigningKey,
    SpentPlace,
)
from gezel.profile.queries import (
    did_of,
    list_address,
    method_of,
    named_key_of,
    opened,
    shown_by,
    signing_key,
    token_method_of,
)
from gezel.profile.rules import jwt, proofs, status
from gezel.profile.rules.badge import Alignment, Told, badge, record
from gezel.profile.rules.bundle import fingerprint
from gezel.profile.rules.earning import Shown
from gezel.profile.rules.keys import multikey
from gezel.trust.api import note_event

# Of a list no more than this is filled, so that a free place is found at the first try or two.
FULL_AT = 100_000
LONGEST_OPEN_DAYS = 366
_FRAMEWORKS = (("http://data.europa.eu/esco/", "ESCO"),)


# -- keys -----------------------------------------------------------------------------------------


@transaction.atomic
def make_key(organisation: Organisation) -> SigningKey:
    """A fresh key signs from now on; the one before is put away and still vouches for its own.

    Of two at once the first makes it, and the second gets that one.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    now = timezone.now()
    SigningKey.objects.filter(organisation=organisation, retired_at=None).update(retired_at=now)
    secret = Ed25519PrivateKey.generate()
    raw = secret.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    key = SigningKey.objects.create(
        organisation=organisation,
        public=multikey(secret.public_key()),
        sealed=sealing.seal(raw),
        sealed_with=sealing.current(),
        made_at=now,
    )
    # That the one before was put away is said by this too.
    note_event(organisation.pk, "key.made", subject=key.public)
    return key


@transaction.atomic
def mark_leaked(key: SigningKey, *, since: datetime) -> bool:
    """From a moment on others may have had it too: it signs no more, and a new one is made.

    What it signed before is in doubt to others, since whoever has it writes any day. So all of
    that is to be signed anew (`sign_again`). False where it was marked with an earlier moment.
    """
    found = SigningKey.objects.select_for_update().get(pk=key.pk)
    if found.leaked_from and found.leaked_from <= since:
        return False
    now = timezone.now()
    was_signing = found.retired_at is None
    found.leaked_from = min(since, now)
    found.retired_at = found.retired_at or now
    found.save(update_fields=["leaked_from", "retired_at"])
    note_event(
        found.organisation_id,
        "key.leaked",
        subject=found.public,
        since=found.leaked_from.isoformat(timespec="seconds"),
    )
    if was_signing:
        make_key(found.organisation)
    return True


def reseal() -> int:
    """Every secret key under the newest key of the environment; returns how many were not."""
    done = 0
    for model in (SigningKey, PersonKey):
        for key in model._base_manager.exclude(sealed_with=sealing.current()):
            fresh = sealing.seal(sealing.unseal(bytes(key.sealed)))
            done += model._base_manager.filter(pk=key.pk, sealed_with=key.sealed_with).update(
                sealed=fresh, sealed_with=sealing.current()
            )
    return done


# -- achievements ---------------------------------------------------------------------------------


def save_achievement(achievement: Achievement) -> Achievement:
    """HR says what is certified. What was issued before keeps its own words."""
    achievement.save()
    return achievement


# -- issuing --------------------------------------------------------------------------------------


@transaction.atomic
def issue(
    achievement: Achievement, person: Person, *, by: Person | None, shown: Shown | None = None
) -> Credential:
    """Certify someone for what they showed. Once for each ground: again gives what stands.

    Raises:
        ValidationError: nothing that was assessed bears it out, it is no longer given, or one
            would certify oneself.
    """
    if by is not None and by.pk == person.pk:
        raise ValidationError(_("Nobody certifies themselves. Ask a colleague of HR."))
    if achievement.archived:
        raise ValidationError(_("This is no longer given."))
    borne_out = shown_by(person, achievement)
    if not borne_out or (shown is not None and shown not in borne_out):
        raise ValidationError(
            _(
                "Nothing that was assessed bears this out: a level that a lead confirmed, "
                "practical work that someone looked at, a skill test, or a confirmed certificate. "
                "Having been there is not enough."
            )
        )
    ground = shown or borne_out[0]
    standing = {"person": person, "achievement": achievement, "ground": ground.ground}
    there = Credential.objects.filter(**standing, revoked_at=None).first()
    if there is not None:
        return there
    organisation = achievement.organisation
    key = signing_key(organisation) or make_key(organisation)
    now = timezone.now().replace(microsecond=0)
    credential = Credential(
        **standing,
        id=uuid.uuid4(),
        organisation=organisation,
        signed_with=key,
        signed_at=now,
        issued_at=now,
        issued_by=by,
        valid_until=_until(achievement, timezone.localdate(now)),
        place=_free_place(organisation),
        document={},
    )
    credential.document, *credential.editions = [
        proofs.prove(badge(told), opened(key), method=method_of(key), at=now)
        for told in _told(credential, ground)
    ]
    try:
        with transaction.atomic():
            credential.save(force_insert=True)
    except IntegrityError:
        # Another was faster with the same ground; or, once in a blue moon, with the same place.
        return Credential.objects.get(**standing, revoked_at=None)
    for document in credential.documents:
        _note(credential, "credential.issued", document, what=document["name"])
    return credential


def _note(credential: Credential, kind: str, document: dict[str, Any], **told: str) -> None:
    """Tell the log; of what is signed its fingerprint, so that no other can take its place."""
    note_event(
        credential.organisation_id,
        kind,
        subject=document["id"],
        about=credential.person_id,
        document=fingerprint(document),
        **told,
    )


def _until(achievement: Achievement, today: date) -> date | None:
    return months_after(today, achievement.months) if achievement.months else None


def _free_place(organisation: Organisation) -> int:
    """A place in the list that tells nothing: not how many there are, nor who came after whom."""
    taken = Credential.objects.filter(organisation=organisation)
    spent = SpentPlace.objects.filter(organisation=organisation)
    number = (taken.count() + spent.count()) // FULL_AT
    while True:
        place = number * LIST_SIZE + secrets.randbelow(LIST_SIZE)
        if not taken.filter(place=place).exists() and not spent.filter(place=place).exists():
            return place


def _told(credential: Credential, ground: Shown) -> list[Told]:
    """What the credential says, once in every language in which HR wrote it whole.

    Each is a credential by itself with an identifier of its own, since two documents of one name
    would each be taken for the other; one place in the list withdraws them all.
    """
    first, *others = credential.achievement.languages or [""]
    told = _in(first, credential, ground)
    editions = [
        replace(
            _in(code, credential, ground),
            id=uuid.uuid5(credential.pk, code).urn,
            achievement_id=uuid.uuid5(credential.achievement.key, code).urn,
        )
        for code in others
    ]
    every = [told, *editions]
    return [
        replace(one, editions=[(e.achievement_id, e.language) for e in every if e is not one])
        for one in every
    ]


def _in(language: str, credential: Credential, ground: Shown) -> Told:
    """Its words in one language; where that is none, what there is, as the house would read it."""
    organisation, achievement = credential.organisation, credential.achievement
    about = {"nl": achievement.about_nl, "en": achievement.about_en}
    with translation.override(language or organisation.language):
        until = None
        if credential.valid_until:
            ends = datetime.combine(credential.valid_until + timedelta(days=1), time())
            until = timezone.make_aware(ends) - timedelta(seconds=1)
        return Told(
            id=credential.pk.urn,
            issuer=did_of(organisation),
            issuer_name=organisation.name,
            achievement_id=achievement.key.urn,
            name=achievement.name,
            about=about.get(language, achievement.about),
            criteria=achievement.criteria,
            language=language,
            person_name=credential.person.name,
            person_email=credential.person.email,
            salt=secrets.token_hex(16),
            since=credential.issued_at,
            until=until,
            status_lists=_lists(credential),
            status_index=credential.place % LIST_SIZE,
            evidence=[_evidence(achievement, ground)],
            alignments=_alignments(achievement),
            subject=named_key_of(credential.person),
        )


def _lists(credential: Credential) -> dict[str, str]:
    """In which lists its status stands: of what was withdrawn, and where that was wanted when it
    was signed, of what is suspended."""
    organisation, number = credential.organisation, credential.place // LIST_SIZE
    purposes = [status.REVOCATION]
    if credential.achievement.can_be_suspended:
        purposes.append(status.SUSPENSION)
    return {one: list_address(organisation, number, one) for one in purposes}


def _evidence(achievement: Achievement, ground: Shown) -> tuple[str, str]:
    kinds = {
        "lead": _("Confirmed by a lead"),
        "test": _("Skill test"),
        "certificate": _("Certificate"),
        "practical": _("Practical work that someone looked at"),
    }
    day = formats.date_format(ground.on, "j F Y")
    if achievement.level:
        narrative = _("Level %(level)s of 5, on %(day)s.") % {"level": ground.level, "day": day}
    else:
        narrative = _("Issued on %(day)s.") % {"day": day}
    return kinds[ground.kind], narrative


def _alignments(achievement: Achievement) -> list[Alignment]:
    skill = achievement.skill
    if skill is None:
        return []
    return [
        Alignment(skill.name, skill.uri, framework)
        for start, framework in _FRAMEWORKS
        if skill.uri.startswith(start)
    ]


@transaction.atomic
def revoke(credential: Credential, *, reason: str, by: Person) -> bool:
    """HR withdraws what should not have been issued, with the reason. False where it was already.

    Raises:
        ValidationError: without a reason.
    """
    reason = _because(reason)
    done = Credential.objects.filter(pk=credential.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_by=by, reason=reason
    )
    _tell_and_note(credential, "credential.revoked", reason, done=done)
    return bool(done)


@transaction.atomic
def suspend(credential: Credential, *, reason: str, by: Person) -> bool:
    """For now it does not count, with the reason; False where that was so, or it was withdrawn.

    Raises:
        ValidationError: without a reason, one's own, or it was signed without a list for this.
    """
    reason = _because(reason)
    _not_ones_own(credential, by)
    if not credential.can_be_suspended:
        raise ValidationError(
            _("This one was signed without a list for that: it can only be withdrawn.")
        )
    done = Credential.objects.filter(pk=credential.pk, revoked_at=None, suspended_at=None).update(
        suspended_at=timezone.now(), suspended_by=by, suspended_because=reason
    )
    _tell_and_note(credential, "credential.suspended", reason, done=done)
    return bool(done)


@transaction.atomic
def lift(credential: Credential, *, reason: str, by: Person) -> bool:
    """It counts again, with the reason; False where it was not suspended.

    Raises:
        ValidationError: without a reason, or one's own.
    """
    reason = _because(reason)
    _not_ones_own(credential, by)
    done = Credential.objects.filter(pk=credential.pk, suspended_at__isnull=False).update(
        suspended_at=None, suspended_by=None, suspended_because=""
    )
    _tell_and_note(credential, "credential.lifted", reason, done=done)
    return bool(done)


def _because(reason: str) -> str:
    if not reason.strip():
        raise ValidationError(_("Say why. The person reads it."))
    return reason.strip()[:300]


def _not_ones_own(credential: Credential, by: Person) -> None:
    if by.pk == credential.person_id:
        raise ValidationError(_("Nobody decides on their own. Ask a colleague of HR."))


def _tell_and_note(credential: Credential, kind: str, reason: str, *, done: int) -> None:
    """The log, and whoever asks the lists, hear what was decided on it."""
    if done:
        note_event(
            credential.organisation_id,
            kind,
            subject=f"urn:uuid:{credential.pk}",
            about=credential.person_id,
            reason=reason,
        )
        announce(CredentialDecided(str(credential.pk), kind.rpartition(".")[2]))
    tell_list_anew(credential.organisation_id, credential.place)


def tell_list_anew(organisation: int, place: int) -> None:
    """The lists this place stands in are made again, once this is certain."""
    names = [
        f"profile:status:{organisation}:{place // LIST_SIZE}:{purpose}"
        for purpose in (status.REVOCATION, status.SUSPENSION)
    ]
    transaction.on_commit(lambda: caches["near"].delete_many(names))


def sign_again(key: SigningKey) -> int:
    """What a leaked key signed is signed anew, word for word, with the key of now.

    Each by itself, so that a stop half-way loses nothing; what was withdrawn stays as it was.
    """
    done = 0
    standing = Credential.objects.filter(signed_with=key, revoked_at=None)
    for pk in standing.values_list("pk", flat=True):
        with transaction.atomic():
            credential = standing.select_for_update().filter(pk=pk).first()
            fresh = signing_key(key.organisation)
            if credential is None or fresh is None or fresh.pk == key.pk:
                continue
            now = timezone.now().replace(microsecond=0)
            credential.document, *credential.editions = [
                proofs.prove(document, opened(fresh), method=method_of(fresh), at=now)
                for document in credential.documents
            ]
            credential.signed_with, credential.signed_at = fresh, now
            credential.save(update_fields=["document", "editions", "signed_with", "signed_at"])
            for document in credential.documents:
                _note(credential, "credential.signed_again", document)
            done += 1
    return done


def open_to_link(credential: Credential, *, until: date | None) -> None:
    """The person lets whoever has the link see it until a day, or closes it (None).

    Raises:
        ValidationError: a day that is over, or further than a year away.
    """
    today = timezone.localdate()
    if until is not None and not today <= until <= today + timedelta(days=LONGEST_OPEN_DAYS):
        raise ValidationError(_("Choose a day from today until a year from now."))
    Credential.objects.filter(pk=credential.pk).update(open_until=until)


def bundle(credentials: list[Credential]) -> dict[str, Any]:
    """One person's credentials of one organisation as a learner record, signed by it now; each in
    the reader's language where it was signed in that."""
    organisation = credentials[0].organisation
    key = signing_key(organisation) or make_key(organisation)
    now = timezone.now().replace(microsecond=0)
    unsigned = record(
        id_=f"urn:uuid:{uuid.uuid4()}",
        issuer=did_of(organisation),
        issuer_name=organisation.name,
        name=_("What %(name)s showed") % {"name": credentials[0].person.name},
        at=now,
        badges=[c.here for c in credentials],
    )
    return proofs.prove(unsigned, opened(key), method=method_of(key), at=now)


def as_token(credential: Credential, document: dict[str, Any]) -> str:
    """The same words as a token, signed now by the key of now (VC-JWT, decision 0036).

    It names the same place in the list, so that withdrawing one withdraws both. Of what was
    withdrawn none is asked: that is not signed anew.

    Raises:
        CannotOpen: the key it lies under is no longer in the environment.
    """
    organisation = credential.organisation
    key = signing_key(organisation) or make_key(organisation)
    return jwt.write(
        proofs.without_proof(document),
        opened(key),
        method=token_method_of(key),
        at=timezone.now(),
    )


__all__ = [
    "as_token",
    "bundle",
    "issue",
    "lift",
    "make_key",
    "mark_leaked",
    "open_to_link",
    "reseal",
    "revoke",
    "save_achievement",
    "sign_again",
    "suspend",
]
