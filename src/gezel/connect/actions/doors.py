"""Letting people and systems in: one function per sentence of the business."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.connect.actions.saying import Note, say_each, say_to
from gezel.connect.frame import digest
from gezel.connect.invitations import INVITATION
from gezel.connect.models import ApiToken, Invitation, Reply
from gezel.connect.queries import never_invited
from gezel.connect.widened import PERSONAL_KEYS
from gezel.kit.turns import one_step
from gezel.people.api import Employment, Organisation, Person, PersonQuerySet
from gezel.trust.api import note_setting, require_consent

AGAIN_AFTER = timedelta(minutes=10)


# An answer to a write of another system: it asks again within minutes, or a weekend at most.
REPLY_KEPT = timedelta(days=30)
# A key that opens nothing any more, as its declaration tells.
TOKEN_KEPT = timedelta(days=730)


def forget_old(now: datetime | None = None) -> dict[str, int]:
    """What was kept as long as was said goes; returns how much of what."""
    moment = now or timezone.now()
    ended = moment - TOKEN_KEPT
    with one_step():
        _all, told = Reply.objects.filter(created_at__lt=moment - REPLY_KEPT).delete()
        replies = told.get("connect.Reply", 0)
    with one_step():
        _all, told = ApiToken.objects.filter(
            Q(revoked_at__lt=ended) | Q(expires_on__lt=ended.date())
        ).delete()
        tokens = told.get("connect.ApiToken", 0)
    with one_step():
        sessions = Session.objects.filter(expire_date__lt=moment).delete()[0]
    return {"replies": replies, "tokens": tokens, "sessions": sessions}


def keys_of_leavers() -> QuerySet[ApiToken]:
    """Living keys whose maker no longer works for the organisation, and may still know them."""
    works = Employment.objects.current().filter(
        person=OuterRef("made_by"), organisation=OuterRef("organisation")
    )
    return ApiToken.objects.alive().filter(~Exists(works), made_by__isnull=False)


def close_keys_of_leavers() -> int:
    """Whoever made a key has seen its secret: it closes when they leave. Returns how many."""
    return keys_of_leavers().update(revoked_at=timezone.now())


@dataclass(frozen=True, slots=True)
class NewToken:
    """A key just made, and its secret, which nobody can look up again."""

    token: ApiToken
    secret: str


def make_token(
    organisation: Organisation,
    *,
    name: str,
    scopes: Collection[str],
    by: Person,
    expires_on: date | None = None,
) -> NewToken:
    """Make a key for another system.

    Raises:
        ValidationError: a living key of this name is there already; or it reads about people,
            and the works council has not agreed to that.
    """
    if ApiToken.PERSONAL & set(scopes):
        require_consent(organisation, PERSONAL_KEYS)
    secret = f"gezel_{secrets.token_urlsafe(32)}"
    try:
        with transaction.atomic():
            token = ApiToken.objects.create(
                organisation=organisation,
                made_by=by,
                name=name,
                scopes=sorted(ApiToken.Scope(scope).value for scope in scopes),
                prefix=secret[:12],
                digest=digest(secret),
                expires_on=expires_on,
            )
    except IntegrityError:
        raise ValidationError(_("There is a key with this name already.")) from None
    if ApiToken.PERSONAL & set(token.scopes):
        note_setting(organisation, PERSONAL_KEYS, before="", after=name, by=by)
    return NewToken(token, secret)


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Person | None = None) -> None:
    """Close the door for a system, at once. Doing it twice keeps the first moment."""
    closed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if closed and ApiToken.PERSONAL & set(token.scopes):
        note_setting(token.organisation, PERSONAL_KEYS, before=token.name, after="", by=by)


@transaction.atomic
def invite(person: Person, by: Person, organisation: Organisation) -> Invitation:
    """Send someone a link to set their first password, in the language they read.

    The link works once and for as long as any link to set a password does
    (`PASSWORD_RESET_TIMEOUT`). The mail goes out within a minute; should it not arrive, it stands
    among the mail that went wrong.

    Raises:
        ValidationError: they were invited only minutes ago, or have a password already.
    """
    # Locked first, so that two clicks at once are one mail.
    person = Person.objects.get_queryset().select_for_update().get(pk=person.pk)
    if person.has_usable_password():
        raise ValidationError(_("%s can sign in already.") % person.name)
    recent = Invitation.objects.filter(person=person, sent_at__gt=timezone.now() - AGAIN_AFTER)
    if recent.exists():
        raise ValidationError(_("%s was invited just now. Wait ten minutes.") % person.name)
    invitation = Invitation.objects.create(person=person, organisation=organisation, sent_by=by)
    say_to(
        [person.pk],
        INVITATION,
        organisation=organisation.pk,
        once=str(invitation.pk),
        about={"invitation": invitation.pk},
    )
    return invitation


@transaction.atomic
def invite_all(people: PersonQuerySet, by: Person, organisation: Organisation) -> int:
    """Invite everyone among `people` who cannot sign in and was never invited here.

    Set-wise: after a staff list there are thousands. Who was invited before hears nothing again;
    that is for HR to decide one by one. Returns how many are invited.
    """
    # The organisation's row is the lock: two clicks at once are one mail each.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    waiting = never_invited(people, organisation).order_by("pk").values_list("pk", flat=True)
    invitations = Invitation.objects.bulk_create(
        [Invitation(person_id=pk, organisation=organisation, sent_by=by) for pk in waiting],
        batch_size=1_000,
    )
    say_each(
        INVITATION,
        (Note(i.person_id, str(i.pk), {"invitation": i.pk}) for i in invitations),
        organisation=organisation.pk,
    )
    return len(invitations)
