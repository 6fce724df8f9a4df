"""Making together, having it reviewed, and what players give back."""

import uuid
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.catalogue.api import Activity
from gezel.content.models import Asking, CoAuthor, Module, PeerReview, Remark, Thanks
from gezel.people.api import Person

MOST_CO_AUTHORS = 20
MOST_ASKED = 50


def invite(module: Module, person: Person) -> CoAuthor:
    """Someone makes it too from now on: they may change it.

    Raises:
        ValidationError: it is theirs already, or twenty make it.
    """
    if module.activity.shared_by_id == person.pk:
        raise ValidationError(_("This module is theirs already."))
    if module.co_authors.exclude(person=person).count() >= MOST_CO_AUTHORS:
        raise ValidationError(_("Twenty colleagues make this module; that is enough."))
    return CoAuthor.objects.get_or_create(module=module, person=person)[0]


def end_co_author(module: Module, person: Person) -> None:
    """Someone no longer makes it; what they wrote stays."""
    CoAuthor.objects.filter(module=module, person=person).delete()


# --- Review -----------------------------------------------------------------------------------


def ask_review(module: Module, *, by: Person, reviewer: Person) -> PeerReview:
    """Ask one other to look before it goes wide. Asking the same again gives what stands.

    Raises:
        ValidationError: there is nothing in it, the reviewer makes it too, or another was asked.
    """
    if not module.blocks.current().exists():
        raise ValidationError(_("Add at least one block before you send it for review."))
    if reviewer.pk == by.pk or _makes(module, reviewer):
        raise ValidationError(_("Nobody reviews what they made themselves. Choose another."))
    version = Module.objects.values_list("version", flat=True).get(pk=module.pk)
    try:
        with transaction.atomic():
            return PeerReview.objects.create(
                module=module, version=version, asked_by=by, reviewer=reviewer
            )
    except IntegrityError:
        standing = PeerReview.objects.get(module=module, state=PeerReview.State.ASKED)
        if standing.reviewer_id == reviewer.pk:
            return standing
        raise ValidationError(_("A review was asked for already. Take that back first.")) from None


def _makes(module: Module, person: Person) -> bool:
    owner = module.activity.shared_by_id == person.pk
    return owner or module.co_authors.filter(person=person).exists()


def take_review_back(module: Module) -> None:
    """No review is asked for any more."""
    module.reviews.filter(state=PeerReview.State.ASKED).update(state=PeerReview.State.WITHDRAWN)


@transaction.atomic
def give_review(
    review: PeerReview,
    *,
    by: Person,
    approve: bool,
    version: int,
    note: str = "",
    remarks: Mapping[int, str] | None = None,
) -> PeerReview:
    """The reviewer approves, and it goes on offer; or asks for changes, block by block.

    Args:
        version: the version they looked at; only that one can be approved.

    Raises:
        ValidationError: it was answered or taken back, it changed since it was asked for and is
            not looked at anew, the reviewer made it, or changes are asked without saying which.
    """
    locked = PeerReview.objects.select_for_update().get(pk=review.pk)
    module = Module.objects.select_for_update(of=("self",)).select_related("activity").get(
        pk=locked.module_id
    )  # fmt: skip
    if locked.state != PeerReview.State.ASKED:
        raise ValidationError(_("This review was answered already, or it was taken back."))
    if _makes(module, by):
        raise ValidationError(_("Nobody reviews what they made themselves."))
    if approve and module.version != version:
        raise ValidationError(
            _("The module changed while you were looking. Look at it once more, then decide.")
        )
    told = {pk: text for pk, text in (remarks or {}).items() if text}
    if not approve and not note and not told:
        raise ValidationError(_("Say what should change: in a note, or at a block."))
    PeerReview.objects.filter(pk=locked.pk).update(
        state=PeerReview.State.APPROVED if approve else PeerReview.State.CHANGES,
        version=module.version,
        reviewer=by,
        note=note,
        given_at=timezone.now(),
    )
    here = set(module.blocks.current().values_list("pk", flat=True))
    Remark.objects.bulk_create(
        [Remark(review=locked, block_id=pk, text=text) for pk, text in told.items() if pk in here]
    )
    if approve:
        Activity.objects.filter(pk=module.activity_id).update(state=Activity.State.OPEN)
    locked.refresh_from_db()
    return locked


# --- Thanks and questions ---------------------------------------------------------------------


def thank(module: Module, person: Person, *, line: str = "") -> Thanks:
    """Thank who made it; again, and only the line is another.

    Raises:
        ValidationError: one made it oneself.
    """
    if _makes(module, person):
        raise ValidationError(_("You made this module yourself."))
    given, _new = Thanks.objects.update_or_create(
        module=module, person=person, defaults={"line": line}
    )
    return given


def take_thanks_back(module: Module, person: Person) -> None:
    """As if it was never given."""
    Thanks.objects.filter(module=module, person=person).delete()


def ask(module: Module, person: Person, *, text: str, key: uuid.UUID) -> Asking:
    """Ask who made it something. The same `key` again is the same question.

    Raises:
        ValidationError: fifty questions of this person about this module, or another's key.
    """
    known = Asking.objects.filter(key=key).first()
    if known is not None:
        if (known.person_id, known.module_id) != (person.pk, module.pk):
            raise ValidationError(_("This question could not be sent. Reload the page."))
        return known
    if module.askings.filter(person=person).count() >= MOST_ASKED:
        raise ValidationError(_("You asked fifty questions here. Call or visit the maker."))
    return Asking.objects.create(module=module, person=person, text=text, key=key)


def answer_asking(asking: Asking, *, by: Person, text: str) -> None:
    """Whoever makes the module answers; a later answer takes the place of an earlier one."""
    Asking.objects.filter(pk=asking.pk).update(
        answer=text, answered_by=by, answered_at=timezone.now()
    )


def drop_asking(asking: Asking) -> None:
    """Who asked takes the question back, with its answer."""
    asking.delete()
