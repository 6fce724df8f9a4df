"""Modules that colleagues make, and the attempts of who plays them."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.rules import bodies, uploads
from gezel.kit.text import in_language
from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

# What someone answered is theirs alone: the policy and "who sees what" both ask this object.
ATTEMPTS_OF_A_PERSON = Audience(SELF)


class Module(models.Model):
    """A small piece of learning made of blocks; its place in the catalogue is `activity`.

    `version` rises with every change. Someone who is in the middle keeps the version they began.
    """

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

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pass_percent__lte=100), name="pass_is_a_percentage")
        ]

    def __str__(self) -> str:
        return str(self.activity_id)

    @property
    def goal(self) -> str:
        return in_language(nl=self.goal_nl, en=self.goal_en)


class Media(models.Model):
    """A file shown in a module, checked, made anew where it is a picture, named by its content."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="media"
    )
    file = models.FileField(upload_to="media/%Y/%m/")
    kind = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, default="")
    size = models.PositiveBigIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "digest"],
                condition=~Q(digest=""),
                name="one_file_a_content",
            )
        ]

    def __str__(self) -> str:
        return self.file.name or ""

    @property
    def name(self) -> str:
        """How its address ends: other content is another address, so it may be kept for ever."""
        return f"{self.digest[:12]}.{uploads.ENDINGS.get(self.kind, 'bin')}"


class BlockQuerySet(models.QuerySet["Block"]):
    def as_of(self, version: int) -> Self:
        """The blocks of a module as they stood in that version, in order."""
        return self.filter(
            Q(retired_in=None) | Q(retired_in__gt=version), since__lte=version
        ).order_by("position", "pk")

    def current(self) -> Self:
        return self.filter(retired_in=None).order_by("position", "pk")


class Block(models.Model):
    """One thing on the page. `body` holds what its kind needs, per language; see README.

    Once anyone has begun the module a block is never changed: a new row takes its place from
    the next version on and this one is retired, so that no answer loses its question.
    """

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
    since = models.PositiveIntegerField(default=1)
    retired_in = models.PositiveIntegerField(null=True, blank=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "position"],
                condition=Q(retired_in=None),
                name="one_current_block_a_place",
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.kind}"

    @property
    def content(self) -> bodies.Body:
        return bodies.body_of(self.kind, self.body)


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
    `actions.finish`.
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
