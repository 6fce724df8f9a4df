"""Showing at work what was learned: a photo, a line, and who was asked to look."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.models.modules import Block, Media
from gezel.people.api import COLLEAGUES, SELF, Audience, Relation
from gezel.trust.api import CONSENT, personal_data

if TYPE_CHECKING:
    from gezel.people.api import Person, Visitor


def _asked_to_look(visitor: "Visitor", on: date) -> Q:
    if visitor.employment is None:
        return Q(pk__in=[])
    here = visitor.employment.organisation_id
    sent = Proof.objects.filter(looker=visitor.person.pk, organisation=here).values("person")
    # Someone who left is out of sight, as everywhere.
    return Q(pk__in=sent) & COLLEAGUES.seen_by(visitor, on)


def _names_of_lookers(person: "Person", on: date) -> Sequence[str]:
    # Who left is read about by nobody there any more: the page must say what the door does.
    here = person.employments.current(on).values("organisation")
    proofs = Proof.objects.filter(person=person, organisation__in=here).select_related("looker")
    return sorted({proof.looker.name for proof in proofs if proof.looker})


LOOKER = Relation(
    _("Whoever you chose to look at a photo of your work"), _asked_to_look, _names_of_lookers
)
PROOFS_OF_A_PERSON = Audience(SELF, LOOKER)


@personal_data(
    what=_("Photos of your work that you sent with an assignment, and what was said of them"),
    purpose=_("So that someone who knows the work can confirm what you can."),
    audience=PROOFS_OF_A_PERSON,
    ground=CONSENT,
    term=_("A year after it was looked at; until then you can take it back any moment."),
    order=49,
)
class Proof(models.Model):
    """A photo and a line by someone who did an assignment, for the one they chose to look.

    Only those two see it. What is confirmed becomes evidence; the photo goes after a year.
    """

    class State(models.TextChoices):
        SENT = "sent", _("waits for a look")
        CONFIRMED = "confirmed", _("confirmed")
        RETURNED = "returned", _("sent back")

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="proofs")
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="proofs")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="proofs")
    line = models.CharField(max_length=500)
    # Empty when whoever was asked had their account erased: the photo is the sender's.
    looker = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="proofs_to_look_at"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.SENT)
    remark = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=models.F("looker")), name="nobody_looks_at_their_own"
            ),
            models.UniqueConstraint(
                fields=["person", "block"],
                condition=Q(state="sent"),
                name="one_proof_waits_a_block",
            ),
        ]
        indexes = [models.Index(fields=["looker", "state"], name="proof_to_look_at")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.state}"
