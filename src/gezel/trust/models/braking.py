"""Who opened the data of a great many people in one day, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.trust.declarations import LEGITIMATE_INTEREST, Readers, Until, personal_data


@dataclass(frozen=True, slots=True)
class _Relation:
    because: str | Promise


@dataclass(frozen=True, slots=True)
class _WhoWasOpened:
    """Oneself, and whoever was opened that day; this room lies below `people`, which makes
    audiences out of relations at work.
    """

    relations: tuple[_Relation, ...]

    def readers_of(self, person: Any) -> Sequence[Readers]:
        return [Readers(self.relations[0].because, [person.name])]


@personal_data(
    what=_("Why you opened the data of many people in one day"),
    purpose=_(
        "So that a stolen account cannot carry a whole staff away unseen. HR, administrators and "
        "works council hear that it happened and about how many people, not why."
    ),
    audience=_WhoWasOpened(
        (_Relation(_("You yourself")), _Relation(_("Everyone whose data you opened that day")))
    ),
    ground=LEGITIMATE_INTEREST,
    term=_("Two years."),
    until=Until("on", days=730),
    person="reader",
    order=81,
)
class ManyLooks(models.Model):
    """Someone came to the limit of how many people one opens in a day: asked why, what they said.

    One row for a reader and a day. Holds no list of whom they opened. Kept two years.
    """

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="many_looks"
    )
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    on = models.DateField()
    people = models.PositiveIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    # When colleagues heard of it: once for a reader and a day.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "on"], name="many_looks_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} on {self.on}: {self.people}"


@dataclass(frozen=True, slots=True)
class _WhoWatches:
    """Oneself, and those who watch over it: by name they are told on the page itself."""

    relations: tuple[_Relation, ...]

    def readers_of(self, person: Any) -> Sequence[Readers]:
        return [Readers(self.relations[0].because, [person.name])]


@personal_data(
    what=_("That someone who had opened very many people's data was let go on"),
    purpose=_("So that it is a human who decided that, by name and with a reason."),
    audience=_WhoWatches(
        (
            _Relation(_("You yourself")),
            _Relation(_("HR, administrators and works council of the organisation")),
        )
    ),
    ground=LEGITIMATE_INTEREST,
    term=_("Two years, as why someone opened the data of many people."),
    person=["by", "looks__reader"],
    taken_by=["by"],
    order=82,
)
class LetGoOn(models.Model):
    """A colleague let someone who was stopped go on, for that day and once more as many people."""

    looks = models.ForeignKey(ManyLooks, on_delete=models.CASCADE, related_name="lifts")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=200)
    # The how-many-eth time that day, so that two at once are one.
    time = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["looks", "time"], name="let_go_on_once_a_stop"),
            models.CheckConstraint(condition=~Q(reason=""), name="let_go_on_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.looks_id}: {self.time}"
