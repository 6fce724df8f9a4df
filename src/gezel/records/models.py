"""What was done, in the field's own language: xAPI statements, only ever added."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("What you did while learning: started, answered, completed"),
    purpose=_("To go on where you were, and as the proof behind your evidence."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; others see only what follows from it, your evidence."),
    order=45,
)
class Statement(models.Model):
    """An xAPI 2.0 statement, whole in `raw`, with the columns that questions need beside it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, related_name="statements"
    )
    verb = models.CharField(max_length=200)
    object_id = models.CharField(max_length=500)
    registration = models.UUIDField(null=True)
    timestamp = models.DateTimeField()
    stored = models.DateTimeField()
    raw = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-stored"], name="statement_by_person"),
            models.Index(fields=["object_id", "-stored"], name="statement_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.verb} {self.object_id}"
