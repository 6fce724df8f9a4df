"""Files that become modules of our own: looked at first, then all of it, or nothing."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.rules import uploads
from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

INTAKES_OF_A_PERSON = Audience(SELF)


@personal_data(
    what=_("Files you brought in to make modules of"),
    purpose=_("So that you see what would come in before it does, and nothing comes in twice."),
    audience=INTAKES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_(
        "The file itself a day at most; that it was brought in, as long as your account exists."
    ),
    person="by",
    order=62,
    stays=("found",),
)
class ModuleIntake(models.Model):
    """One file as someone brought it: what was found in it, and what became of it.

    `found` is what the preview shows (see `actions.bringing`); `made` the modules that came of
    it. The file itself stays on disk until it was taken over or thrown away, a day at most.
    """

    class State(models.TextChoices):
        READ = "read", _("looked at")
        DONE = "done", _("brought in")
        DROPPED = "dropped", _("thrown away")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    by = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=10)
    language = models.CharField(max_length=2)
    digest = models.CharField(max_length=64)
    found = models.JSONField(default=dict)
    made = models.ManyToManyField("content.Module", related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.READ)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "digest"], name="intake_by_content"),
            models.Index(fields=["by", "-created_at"], name="intakes_of_someone"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the file waits."""
        return Path(settings.MEDIA_ROOT) / "intakes" / str(self.pk)

    @property
    def is_large(self) -> bool:
        """Whether making modules of it takes longer than anyone waits for a page."""
        return self.path.exists() and self.path.stat().st_size > uploads.WHILE_WAITING
