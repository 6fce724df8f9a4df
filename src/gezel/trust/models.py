"""Who looked at whom."""

from django.conf import settings
from django.db import models


class Reading(models.Model):
    """Someone opened data about someone else; the person it is about can see this.

    One row for a reader, a person, a matter and an hour: enough to know who looked and why,
    without turning this list into a log of the reader's working day. Kept two years.
    """

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="readings"
    )
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="read_by"
    )
    matter = models.CharField(max_length=40)
    purpose = models.CharField(max_length=200)
    hour = models.DateTimeField()
    first_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["about", "reader", "matter", "hour"], name="one_reading_an_hour"
            )
        ]
        indexes = [models.Index(fields=["about", "-hour"], name="reading_about_hour")]

    def __str__(self) -> str:
        return f"{self.reader_id} → {self.about_id}: {self.matter}"
