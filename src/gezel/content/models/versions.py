"""How a module stood before, and what someone is writing and has not saved."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.models.modules import Block, Media, Module
from gezel.people.api import COLLEAGUES, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("Which versions of a module you saved, and when"),
    purpose=_("So that who makes it with you sees what changed, and can put it back."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("The last fifty versions of a module, as long as the module is kept."),
    person="by",
    order=64,
    stays=("whole",),
)
class Snapshot(models.Model):
    """A module as it stood at one version: all of it, so that it can be put back.

    `whole` is its title, goal, minutes, pass mark and blocks (`actions.versions` reads it).
    """

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="snapshots")
    version = models.PositiveIntegerField()
    whole = models.JSONField()
    # What was done, in a code that the page puts into words.
    done = models.CharField(max_length=10)
    by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="snapshots"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["module", "version"], name="one_snapshot_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.module_id} version {self.version}"


class SnapshotFile(models.Model):
    """That a version of a module shows a file: it stays as long as that version can come back.

    Holds no personal data; goes with its version.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="files")
    media = models.ForeignKey(Media, on_delete=models.PROTECT, related_name="snapshots")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "media"], name="one_file_a_snapshot")
        ]

    def __str__(self) -> str:
        return f"{self.media_id} in {self.snapshot_id}"


@personal_data(
    what=_("What you are writing in a module and have not saved"),
    purpose=_("So that nothing is lost when the page closes or the line drops."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Until you save or drop it; at most thirty days."),
    order=65,
)
class Writing(models.Model):
    """A form someone is in the middle of. Only they get it back, on any device."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="writings")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="writings")
    # The block being changed; empty: a new one of this kind.
    block = models.ForeignKey(Block, on_delete=models.CASCADE, null=True, related_name="writings")
    kind = models.CharField(max_length=10)
    fields = models.JSONField(default=dict)
    # The device's own count: a slow request never puts older words over newer ones.
    turn = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "block"],
                condition=Q(block__isnull=False),
                name="one_writing_a_block",
            ),
            models.UniqueConstraint(
                fields=["person", "module", "kind"],
                condition=Q(block=None),
                name="one_writing_a_new_block",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} writes in {self.module_id}"
