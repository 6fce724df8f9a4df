"""Modules that colleagues make, and the files shown in them."""

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gezel.content.rules import kinds, uploads
from gezel.kit.text import in_language


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
    # The version in which title, goal, time or skills last changed.
    told_in = models.PositiveIntegerField(default=1, db_default=1)

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
    """A file shown in a module, checked, made anew where it is a picture, named by its content.

    A film has a small one beside it for a phone, and a picture for before it plays, where the
    server could make them (`actions.films`).
    """

    class Film(models.TextChoices):
        WAITING = "", _("not looked at yet")
        MADE = "made", _("made small, or small already")
        FAILED = "failed", _("could not be made small")

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
    film = models.CharField(max_length=6, choices=Film.choices, default=Film.WAITING, blank=True)
    small = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="small_of")
    poster = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="poster_of"
    )

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
        AUDIO = "audio", _("sound recording")
        FILE = "file", _("file to take along")
        ORDER = "order", _("question: put in order")
        MATCH = "match", _("question: what belongs together")
        NUMBER = "number", _("question: a number")
        SHORT = "short", _("question: a few words")
        PRACTICAL = "practical", _("assignment at work, with a photo")
        EMBED = "embed", _("something from another site")

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    body = models.JSONField(default=dict)
    media = models.ForeignKey(
        Media, on_delete=models.PROTECT, null=True, blank=True, related_name="blocks"
    )
    since = models.PositiveIntegerField(default=1)
    retired_in = models.PositiveIntegerField(null=True, blank=True)
    # The version in which its words last changed: who saves an older picture of it is told.
    changed_in = models.PositiveIntegerField(default=1, db_default=1)

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
    def template(self) -> str:
        """How the kinds that came later are played; see `templates/content/kinds/`."""
        return f"content/kinds/{self.kind}.html"

    @property
    def content(self) -> kinds.Body:
        return kinds.body_of(self.kind, self.body)
