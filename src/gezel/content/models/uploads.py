"""Files on their way in, and what an organisation sets about learning material."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

UPLOADS_OF_A_PERSON = Audience(SELF)
KEPT_HALF = timedelta(hours=24)


def _a_day_later() -> datetime:
    return timezone.now() + KEPT_HALF


@personal_data(
    what=_("Files you are uploading, until they have a place"),
    purpose=_("So that an upload that was cut off goes on where it was."),
    audience=UPLOADS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("A day after the last part arrived; sooner when you use or cancel it."),
    order=48,
)
class Upload(models.Model):
    """A file that arrives in parts; only who began it can go on with it or use it.

    The first `offset` bytes are on disk, flushed before we said so. What else the file may hold
    after a crash does not count and is written over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="uploads")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="uploads"
    )
    # One of `rules.uploads.PURPOSES`: what it may be used for, and so how large it may be.
    purpose = models.CharField(max_length=10)
    name = models.CharField(max_length=200, blank=True)
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(default=_a_day_later, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__lte=F("length")), name="not_more_arrived_than_there_is"
            )
        ]

    def __str__(self) -> str:
        return f"{self.offset} of {self.length}"

    @property
    def path(self) -> Path:
        """Where its bytes are; beside the kept files, so that taking it over is no copying."""
        return arriving() / str(self.pk)

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length


def arriving() -> Path:
    """The folder of files on their way in. No address leads there."""
    return Path(settings.MEDIA_ROOT) / "arriving"


class ContentSettings(models.Model):
    """What an organisation sets about learning material; without a row, the defaults hold."""

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="content_settings"
    )
    review_first = models.BooleanField(
        _("Another colleague looks before a module goes wide"), default=False
    )
    tests_waive = models.BooleanField(
        _("Who shows in a test what a module teaches, need not do it"), default=True
    )
    makers_waive = models.BooleanField(
        _("Who makes a module may let colleagues off from it"), default=False, db_default=False
    )
    # Host names, lower case, one list; empty: nothing from elsewhere is shown inside a page.
    embed_hosts = models.JSONField(default=list, blank=True)
    quota_gb = models.PositiveIntegerField(
        _("Room for files (GB)"),
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )

    def __str__(self) -> str:
        return str(self.organisation_id)

    @classmethod
    def of(cls, organisation_pk: int) -> "ContentSettings":
        """The settings of an organisation, or the defaults where nothing was set."""
        found = cls.objects.filter(organisation=organisation_pk).first()
        return found or cls(organisation_id=organisation_pk)
