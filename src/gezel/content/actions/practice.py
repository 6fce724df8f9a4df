"""Showing at work what was learned, and looking at what a colleague showed."""

import uuid
from datetime import date
from functools import partial

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import ActivitySkill
from gezel.content.models import Block, Media, Proof
from gezel.content.rules import scoring
from gezel.people.api import Organisation, Person
from gezel.skills.api import Evidence, add_evidence


def send_proof(
    person: Person,
    block: Block,
    *,
    organisation: Organisation,
    media: Media,
    line: str,
    looker: Person,
    key: uuid.UUID,
) -> Proof:
    """Someone shows that they did it, to the one they agreed on. The same `key` again is one.

    Raises:
        ValidationError: one waits for a look already, or the looker is the person.
    """
    known = Proof.objects.filter(key=key, person=person).first()
    if known is not None:
        return known
    if looker.pk == person.pk:
        raise ValidationError(_("Nobody looks at their own photo."))
    try:
        with transaction.atomic():
            return Proof.objects.create(
                key=key, organisation=organisation, person=person, block=block, media=media,
                line=line, looker=looker,
            )  # fmt: skip
    except IntegrityError:
        raise ValidationError(
            _("A photo of yours waits for a look already. Take that one back first.")
        ) from None


@transaction.atomic
def confirm_proof(proof: Proof, *, by: Person, remark: str = "") -> Proof:
    """Who was asked to look confirms what they saw: evidence for each skill the module teaches.

    By declared rule: a piece of practical work, looked at, at the level the module brings to. Once,
    however often asked; the same assignment again within a year adds none.
    """
    locked = Proof.objects.select_for_update().select_related("block__module").get(pk=proof.pk)
    if locked.state != Proof.State.SENT:
        return locked
    now = timezone.now()
    Proof.objects.filter(pk=locked.pk).update(
        state=Proof.State.CONFIRMED, remark=remark, looked_at=now
    )
    taught = ActivitySkill.objects.filter(activity=locked.block.module.activity_id)
    day = timezone.localdate(now)
    last = shown_with(locked.person, locked.block_id)
    for row in taught.select_related("skill"):
        if scoring.is_news(last.get(row.skill_id), day):
            add_evidence(
                locked.person,
                row.skill,
                kind="practical",
                level=row.to_level,
                on=day,
                by=by,
                organisation=locked.organisation,
                note=locked.line,
                rests_on=_ground(locked.block_id),
                key=uuid.uuid5(locked.key, f"skill {row.skill_id}"),
            )
    locked.refresh_from_db()
    return locked


def shown_with(person: Person, block_pk: int) -> dict[int, date]:
    """Per skill the last day on which this assignment gave someone evidence that stands."""
    found = Evidence.objects.filter(
        person=person, rests_on=_ground(block_pk), corrected_by=None, level__gt=0
    )
    return dict(found.order_by("observed_on").values_list("skill", "observed_on"))


def _ground(block_pk: int) -> str:
    return f"content:assignment:{block_pk}"


def return_proof(proof: Proof, *, remark: str) -> bool:
    """Send it back with what is still missing; False when it was looked at already."""
    return bool(
        Proof.objects.filter(pk=proof.pk, state=Proof.State.SENT).update(
            state=Proof.State.RETURNED, remark=remark, looked_at=timezone.now()
        )
    )


def take_back_proof(proof: Proof) -> None:
    """Whoever sent it takes it back: the photo and the line are gone; evidence stays."""
    drop_proofs([proof.pk])


@transaction.atomic
def drop_proofs(pks: list[int]) -> None:
    """Remove proofs, and their photos where nothing else shows them."""
    media = list(Proof.objects.filter(pk__in=pks).values_list("media", flat=True))
    Proof.objects.filter(pk__in=pks).delete()
    let_photos_go(media)


@transaction.atomic
def let_photos_go(media: list[int]) -> None:
    """Photos of proofs that are gone go too, where nothing else shows them."""
    for photo in Media.objects.filter(pk__in=media, blocks=None, proofs=None):
        storage, name = photo.file.storage, photo.file.name or ""
        try:
            with transaction.atomic():
                photo.delete()
        except ProtectedError:
            continue  # the same picture is shown elsewhere too, in a question of a test perhaps
        transaction.on_commit(partial(storage.delete, name))
