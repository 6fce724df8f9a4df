"""Someone sees a piece about themselves differently, and a named person decides.

While it waits the piece stays readable, marked, and does not count. The decision, its reason and
who decided stand beside the piece for the person and for who gave it.
"""

import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.people.api import Person
from gezel.skills.actions.evidence import estimate_anew
from gezel.skills.models import Evidence, Objection


@transaction.atomic
def object_to(evidence: Evidence, *, reason: str, key: uuid.UUID | None = None) -> Objection:
    """The person says how they see it; from now the piece does not count until someone decides.

    Raises:
        ValidationError: there is no reason in it, it waits for a decision already, or it was
            decided before.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a few words how you see it.")})
    if key and (sent := Objection.objects.filter(key=key, evidence=evidence).first()):
        return sent
    earlier = set(evidence.objections.values_list("outcome", flat=True))
    if earlier & {Objection.Outcome.UPHELD, Objection.Outcome.REFUSED}:
        raise ValidationError(
            _("HR decided about this piece before. Ask them if something is new.")
        )
    try:
        # Sent twice at once: the database keeps one.
        with transaction.atomic():
            objection = Objection.objects.create(
                evidence=evidence, reason=reason.strip(), key=key or uuid.uuid4()
            )
    except IntegrityError as twice:
        raise ValidationError(_("Your objection to this piece stands already.")) from twice
    estimate_anew(evidence)
    return objection


@transaction.atomic
def withdraw_objection(objection: Objection) -> bool:
    """The person takes it back: the piece counts again. False where someone decided before."""
    if not _close(objection, Objection.Outcome.WITHDRAWN, by=None, answer=""):
        return False
    estimate_anew(objection.evidence)
    return True


@transaction.atomic
def decide_objection(objection: Objection, *, by: Person, uphold: bool, answer: str) -> bool:
    """A named person decides whether the piece counts, and says why.

    Of two who decide at once the first counts; returns False to the second.

    Raises:
        ValidationError: there is no reason in it, or one decides about oneself or one's own view.
    """
    evidence = objection.evidence
    if by.pk in {evidence.person_id, evidence.given_by_id}:
        raise ValidationError(
            _("Someone else decides: this piece is about you, or you gave it yourself.")
        )
    if not answer.strip():
        raise ValidationError({"answer": _("Say in a few words why; they both read it.")})
    outcome = Objection.Outcome.UPHELD if uphold else Objection.Outcome.REFUSED
    if not _close(objection, outcome, by=by, answer=answer.strip()):
        return False
    estimate_anew(evidence)
    return True


def _close(objection: Objection, outcome: str, *, by: Person | None, answer: str) -> bool:
    closed = Objection.objects.filter(pk=objection.pk, outcome=Objection.Outcome.OPEN).update(
        outcome=outcome, decided_by=by, decided_at=timezone.now(), answer=answer
    )
    return bool(closed)
