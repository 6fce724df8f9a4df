"""Someone playing a module: where they are and what they answered."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.models.modules import Block, Module
from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

# What someone answered is theirs alone: the policy and "who sees what" both ask this object.
ATTEMPTS_OF_A_PERSON = Audience(SELF)
# A round, of a module or a package, that was completed and not failed; where nothing could be
# failed, completed is enough.
COMPLETED = Q(completed_at__isnull=False) & (Q(passed=True) | Q(passed=None))


@personal_data(
    what=_("The modules you started, and your answers in them"),
    purpose=_("To go on where you were, on any device, and to see what you understood."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer sees only that a module was completed."),
    order=46,
)
class Attempt(models.Model):
    """Someone playing a module, from opening it until the last block. Only they read it.

    `effect` is what completing it did to the estimates, as it stood that day; see
    `actions.finish`. `shown_before` are the blocks someone need not do, because they showed what
    is in them beforehand (see `TestOut`); they are never counted as seen.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="attempts")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="attempts")
    version = models.PositiveIntegerField(default=1)
    registration = models.UUIDField(unique=True, default=uuid.uuid4)
    started_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    share_right = models.FloatField(null=True, blank=True)
    effect = models.JSONField(default=list)
    shown_before = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module"],
                condition=Q(completed_at__isnull=True),
                name="one_open_attempt_a_module",
            )
        ]
        indexes = [models.Index(fields=["person", "-last_at"], name="attempt_under_way")]

    def __str__(self) -> str:
        return f"{self.person_id} plays {self.module_id}"


@personal_data(
    what=_("Each answer you gave in a module"),
    purpose=_("To go on where you were, and to see what you understood."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    person="attempt__person",
    order=47,
)
class Answer(models.Model):
    """One answer as it arrived, only ever added. The device makes the key, so that an answer
    sent twice is one. `answered_at` is the device's time, held between the start of the attempt
    and the moment it arrived."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="answers")
    key = models.UUIDField(unique=True)
    value = models.JSONField()
    right = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["attempt", "block", "-answered_at"], name="answer_newest")]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.block_id}"
