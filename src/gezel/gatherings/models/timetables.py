"""A timetable in the making: what is to be planned, with whom, where; and what is proposed."""

import uuid
from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.models.readers import PLANNED
from gezel.gatherings.models.sessions import Gathering, Resource
from gezel.people.api import COLLEAGUES, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

TERM = _("Until three months after the last day of the timetable.")


@personal_data(
    what=_("That you made a timetable of sessions"),
    purpose=_("So that the person who is asked knows whom to turn to."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=TERM,
    person="made_by",
    order=75,
)
class Timetable(models.Model):
    """Sessions to be planned between two days. Nobody hears of it before it is accepted.

    Names who made it. Goes three months after its last day; the sessions made of it stay.
    """

    class State(models.TextChoices):
        OPEN = "open", _("in the making")
        ACCEPTED = "accepted", _("accepted")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    title = models.CharField(_("title"), max_length=200)
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    weekdays = models.JSONField(default=list)  # 0 is Monday
    # By part of the day its clock: {"morning": ["09:00", "12:00"]}.
    parts = models.JSONField(default=dict)
    away_most = models.PositiveSmallIntegerField(
        _("at most this many of one team away at once"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    rooms = models.ManyToManyField(Resource, related_name="+")
    wish_until = models.DateField(_("people may wish until"), null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    # The task that works on it, and whether somebody said it is enough.
    task = models.UUIDField(null=True, blank=True)
    stop_asked = models.BooleanField(default=False)
    # What came of it, in numbers; nothing about anyone.
    outcome = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # What it became: filled when it is opened again, to be planned from.
    stands = models.ManyToManyField(Gathering, related_name="+")
    # Rises with each change, so that of two at once the second looks again.
    version = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="timetable_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_again(self) -> bool:
        """Whether people were told of it before, and it is being planned again."""
        return self.is_open and self.accepted_at is not None

    def takes_wishes(self, on: date) -> bool:
        """Whether people may say what they would like."""
        return self.is_open and self.wish_until is not None and self.wish_until >= on


class Wanted(models.Model):
    """An activity to plan: at most so many sessions of it."""

    timetable = models.ForeignKey(Timetable, on_delete=models.CASCADE, related_name="wanted")
    activity = models.ForeignKey("catalogue.Activity", on_delete=models.CASCADE, related_name="+")
    sessions = models.PositiveSmallIntegerField(
        _("at most this many sessions"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    least = models.PositiveSmallIntegerField(
        _("from this many people"), default=4, validators=[MinValueValidator(1)]
    )
    most = models.PositiveSmallIntegerField(
        _("for at most this many people"), default=12, validators=[MinValueValidator(1)]
    )
    length = models.PositiveSmallIntegerField(
        _("parts of a day it takes"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(3)],
    )
    needs = models.CharField(_("what must be in the room"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["timetable", "activity"], name="one_wanted_an_activity"
            ),
            models.CheckConstraint(condition=Q(most__gte=F("least")), name="wanted_has_a_size"),
        ]

    def __str__(self) -> str:
        return self.activity.title


class _When(models.Model):
    """When someone cannot: parts of weekdays ("0/morning"), and between two days."""

    person: models.ForeignKey[Any, Any]
    person_id: int
    off = models.JSONField(default=list)
    away_from = models.DateField(_("not there from"), null=True, blank=True)
    away_until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True

    def is_there(self, on: date, part: str) -> bool:
        if f"{on.weekday()}/{part}" in self.off:
            return False
        if self.away_from is None and self.away_until is None:
            return True
        return not (self.away_from or date.min) <= on <= (self.away_until or date.max)


@personal_data(
    what=_("What you can give in a timetable, and when you cannot"),
    purpose=_("So that sessions are planned when you can give them."),
    audience=PLANNED,
    ground=LEGITIMATE_INTEREST,
    term=TERM,
    person="person",
    order=75,
)
class Giver(_When):
    """Someone who gives sessions of a timetable. Goes with it."""

    timetable = models.ForeignKey(Timetable, on_delete=models.CASCADE, related_name="givers")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    gives = models.ManyToManyField(Wanted, related_name="givers")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["timetable", "person"], name="one_giver_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} gives"


@personal_data(
    what=_("What you would like to follow in a timetable, and when you cannot"),
    purpose=_("So that sessions are planned when most people who want them can come."),
    audience=PLANNED,
    ground=LEGITIMATE_INTEREST,
    term=TERM,
    person="person",
    order=75,
)
class Wisher(_When):
    """Someone who is to come, or would like to; `own`: they said it themselves. Goes with it."""

    timetable = models.ForeignKey(Timetable, on_delete=models.CASCADE, related_name="wishers")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    wishes = models.ManyToManyField(Wanted, related_name="wishers")
    own = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["timetable", "person"], name="one_wisher_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} wishes"


@personal_data(
    what=_("A session proposed for you to give"),
    purpose=_("So that it can be looked at and changed before anyone is asked."),
    audience=PLANNED,
    ground=LEGITIMATE_INTEREST,
    term=TERM,
    person="trainer",
    order=75,
)
class Proposed(models.Model):
    """A session as it is proposed; `gathering` once it was accepted. Goes with the timetable."""

    timetable = models.ForeignKey(Timetable, on_delete=models.CASCADE, related_name="proposed")
    wanted = models.ForeignKey(Wanted, on_delete=models.CASCADE, related_name="proposed")
    on = models.DateField()
    part = models.CharField(max_length=9)
    room = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    trainer = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    locked = models.BooleanField(default=False)
    gathering = models.ForeignKey(
        Gathering, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["timetable", "on", "part", "room"], name="one_proposed_a_room"
            ),
            models.UniqueConstraint(
                fields=["timetable", "on", "part", "trainer"], name="one_proposed_a_trainer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wanted_id} on {self.on}"


@personal_data(
    what=_("A place proposed for you at a session"),
    purpose=_("So that it can be looked at and changed before anyone is asked."),
    audience=PLANNED,
    ground=LEGITIMATE_INTEREST,
    term=TERM,
    person="person",
    order=75,
)
class ProposedPlace(models.Model):
    """Someone is to come to a session that is proposed. Goes with the timetable."""

    proposed = models.ForeignKey(Proposed, on_delete=models.CASCADE, related_name="places")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposed", "person"], name="one_proposed_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.proposed_id}"
