"""Who looked at whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.trust.declarations import LEGITIMATE_INTEREST, Readers, Until, personal_data


@dataclass(frozen=True, slots=True)
class _Relation:
    """The one relation that needs no organisation to be known."""

    because: str | Promise


@dataclass(frozen=True, slots=True)
class _OnlyOneself:
    """An audience of one. This room lies below `people`, which makes all others."""

    relations: tuple[_Relation, ...]

    def readers_of(self, person: Any) -> Sequence[Readers]:
        return [Readers(self.relations[0].because, [person.name])]


@personal_data(
    what=_("Who looked at your data"),
    purpose=_("So that you can see who opened what about you, and why."),
    audience=_OnlyOneself((_Relation(_("You yourself")),)),
    ground=LEGITIMATE_INTEREST,
    term=_("Two years."),
    until=Until("hour", days=730),
    person="about",
    order=80,
)
class Reading(models.Model):
    """Someone opened data about someone else; the person it is about can see this.

    One row for a reader, a person, a matter and an hour: enough to know who looked and why,
    without turning this list into a log of the reader's working day. Only the person it is
    about reads it: nobody can list what one reader opened. Kept two years.
    """

    # Who erased their account is no longer named; that someone looked, and why, stays.
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="readings"
    )
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="read_by"
    )
    matter = models.CharField(max_length=40)
    purpose = models.CharField(max_length=200)
    hour = models.DateTimeField()
    first_at = models.DateTimeField(auto_now_add=True)
    # Whether the log took it up; until then this row itself is what waits there (`actions.log`).
    logged = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["about", "reader", "matter", "hour"], name="one_reading_an_hour"
            )
        ]
        indexes = [
            models.Index(fields=["about", "-hour"], name="reading_about_hour"),
            models.Index(fields=["reader", "-first_at"], name="reading_by_reader"),
            models.Index(fields=["id"], condition=models.Q(logged=False), name="reading_to_log"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} → {self.about_id}: {self.matter}"
