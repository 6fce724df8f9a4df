"""What other systems keep here: states, and profiles of activities and agents."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("Where you are in learning material from elsewhere, as that material keeps it"),
    purpose=_("So that you go on where you were, also on another device."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Until the material removes it, or you erase your account."),
    order=47,
)
class Document(models.Model):
    """A piece of data that a system keeps under a name, about an activity, an agent or both.

    The bytes are the system's own; we look into them only to merge JSON, as the standard asks.
    """

    class Kind(models.TextChoices):
        STATE = "state", _("state")
        ACTIVITY = "activity", _("profile of an activity")
        AGENT = "agent", _("profile of an agent")

    # A digest of all that names it, so that one key finds it and keeps it single.
    key = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # A digest of activity and agent: what lies together, for lists.
    place = models.BigIntegerField()
    registration = models.UUIDField(null=True)
    name = models.TextField()
    content = models.BinaryField()
    content_type = models.CharField(max_length=200)
    etag = models.CharField(max_length=40)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "updated_at"], name="document_by_place")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"
