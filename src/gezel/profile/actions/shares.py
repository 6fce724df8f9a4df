"""What a person does with links to parts of their profile."""

import hashlib
import secrets
import uuid
from collections.abc import Collection
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.turns import one_step
from gezel.people.api import Person
from gezel.profile.models import Opening, Share
from gezel.profile.rules import sharing

# As long as an ended link is told of: the term that its declaration tells.
KEPT = timedelta(days=365)
A_STEP = 2_000
# 256 bits by chance: nobody comes upon one by trying.
SECRET_BYTES = 32


def digest_of(secret: str) -> str:
    """What is kept of an address: who reads the database cannot open the page with it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_until(until: date) -> None:
    if not sharing.may_be_until(until, timezone.localdate()):
        raise ValidationError({"until": _("Choose a day from today until a year from now.")})


@transaction.atomic
def share_profile(
    person: Person,
    *,
    label: str,
    chosen: Collection[str],
    until: date,
    note: str = "",
    as_of: date | None = None,
    key: uuid.UUID,
) -> tuple[Share, str]:
    """Make a link to what was chosen; the secret of its address is told once, here.

    The same key again is the same link, and then the secret is empty: it was told.

    Raises:
        ValidationError: nothing chosen, no label, a day that cannot be, or too many open.
    """
    there = Share.objects.filter(key=key, person=person).first()
    if there is not None:
        return there, ""
    if not chosen:
        raise ValidationError({"chosen": _("Choose at least one thing to show.")})
    if not label.strip():
        raise ValidationError({"label": _("Say for whom this is. Only you read it.")})
    _check_until(until)
    # One after the other, so that two at once do not both find the last place free.
    Person.objects.select_for_update().get(pk=person.pk)
    today = timezone.localdate()
    if Share.objects.open(today).filter(person=person).count() >= sharing.MOST_OPEN:
        raise ValidationError(
            _("You have %(n)s open links. Withdraw one first.") % {"n": sharing.MOST_OPEN}
        )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made, new = Share.objects.get_or_create(
        key=key,
        person=person,
        defaults={
            "label": sharing.plain_text(label)[:80],
            "note": sharing.plain_text(note)[:500],
            "chosen": sorted(chosen),
            "as_of": as_of,
            "until": until,
            "digest": digest_of(secret),
        },
    )
    return made, secret if new else ""


def withdraw_share(share: Share) -> bool:
    """The link leads nowhere any more, from the next request on. False where it had ended."""
    return bool(
        Share.objects.open(timezone.localdate())
        .filter(pk=share.pk)
        .update(withdrawn_at=timezone.now())
    )


def move_share(share: Share, *, until: date) -> bool:
    """Another last day for a link that is open. False where it ended: nothing opens it again.

    Raises:
        ValidationError: a day that cannot be.
    """
    _check_until(until)
    return bool(Share.objects.open(timezone.localdate()).filter(pk=share.pk).update(until=until))


def renew_address(share: Share) -> str:
    """A new secret for an open link, told once; the address of before stops at once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    found = Share.objects.open(timezone.localdate()).filter(pk=share.pk)
    return secret if found.update(digest=digest_of(secret)) else ""


@transaction.atomic
def note_opening(share: Share) -> None:
    """A link was opened: one more on this day, and nothing about who did."""
    today = timezone.localdate()
    Opening.objects.bulk_create([Opening(share=share, on=today)], ignore_conflicts=True)
    Opening.objects.filter(share=share, on=today).update(times=F("times") + 1)


def forget_shares(today: date | None = None) -> int:
    """Links that ended a year ago go, with how often they were opened; returns how many."""
    before = (today or timezone.localdate()) - KEPT
    ended = Share.objects.filter(until__lt=before) | Share.objects.filter(
        withdrawn_at__date__lt=before
    )
    gone = 0
    while pks := list(ended.order_by("pk").values_list("pk", flat=True)[:A_STEP]):
        with one_step():
            Share.objects.filter(pk__in=pks).delete()
        gone += len(pks)
    return gone
