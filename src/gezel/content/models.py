"""Modules that colleagues make, and the attempts of who plays them."""

import uuid

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


class Module(models.Model):
    """A small piece of learning made of blocks; its place in the catalogue is `activity`."""

    activity = models.OneToOneField(
        "catalogue.Activity", on_delete=models.CASCADE, related_name="module"
    )
    goal_nl = models.CharField(_("goal in Dutch"), max_length=500, blank=True)
    goal_en = models.CharField(_("goal in English"), max_length=500, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)
    pass_percent = models.PositiveSmallIntegerField(
        _("right answers needed (%)"), default=0, validators=[MaxValueValidator(100)]
    )
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.activity_id)


class Media(models.Model):
    """A file shown in a module, checked and renamed when it came in."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="media"
    )
    file = models.FileField(upload_to="media/%Y/%m/")
    kind = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.file.name or ""


class Block(models.Model):
    """One thing on the page. `body` holds what its kind needs, per language; see README."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        IMAGE = "image", _("image")
        VIDEO = "video", _("video")
        QUESTION = "question", _("question")
        REFLECTION = "reflection", _("reflection")
        CHECKLIST = "checklist", _("checklist")

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    body = models.JSONField(default=dict)
    media = models.ForeignKey(
        Media, on_delete=models.PROTECT, null=True, blank=True, related_name="blocks"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "position"], name="one_block_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.kind}"


@personal_data(
    what=_("The modules you started, and your answers in them"),
    purpose=_("To go on where you were, on any device, and to see what you understood."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer sees only that a module was completed."),
    order=46,
)
class Attempt(models.Model):
    """Someone playing a module, from opening it until the last block. Only they read it."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="attempts")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="attempts")
    registration = models.UUIDField(unique=True, default=uuid.uuid4)
    started_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(auto_now=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    share_right = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module"],
                condition=Q(completed_at__isnull=True),
                name="one_open_attempt_a_module",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} plays {self.module_id}"


@personal_data(
    what=_("Each answer you gave in a module"),
    purpose=_("To go on where you were, and to see what you understood."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    person="attempt__person",
    order=47,
)
class Answer(models.Model):
    """One answer as it arrived. The device makes the key, so an answer sent twice is one."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="answers")
    key = models.UUIDField(unique=True)
    value = models.JSONField()
    right = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["attempt", "block", "-answered_at"], name="answer_newest")]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.block_id}"
