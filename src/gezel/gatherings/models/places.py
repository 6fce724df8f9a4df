"""Places: who comes, who waits, who was asked for; and what people were told about it."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.models.readers import PLACES_OF_A_PERSON
from gezel.gatherings.models.sessions import Gathering
from gezel.people.api import SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, Until, personal_data


class PlaceQuerySet(models.QuerySet["Place"]):
    def living(self) -> Self:
        """Those that still mean something: held, asked for, or waiting."""
        return self.filter(state__in=Place.LIVING)

    def seated(self) -> Self:
        """Those that take a seat."""
        return self.filter(state__in=Place.SEATED)

    def in_line(self) -> Self:
        """Those who wait, who came first first."""
        return self.filter(state=Place.State.WAITING).order_by("queued_at", "pk")


@personal_data(
    what=_("Sessions you have or had a place at, or wait for"),
    purpose=_("So that there is a place for you, and the trainer knows who is coming."),
    audience=PLACES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the session; that you were there stands with your attendance."),
    until=Until("gathering__ends_at", days=730),
    person="person",
    order=66,
)
class Place(models.Model):
    """Someone's place at a session, or their turn in the line for one.

    A place that was given up stays as a fact with its day and reason; who books again has a new
    one. Goes two years after the session.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("waits for the lead")
        BOOKED = "booked", _("has a place")
        WAITING = "waiting", _("on the waiting list")
        CANCELLED = "cancelled", _("gave it up")
        REFUSED = "refused", _("not approved")
        DROPPED = "dropped", _("the session was cancelled")

    LIVING = (State.ASKED, State.BOOKED, State.WAITING)
    SEATED = (State.ASKED, State.BOOKED)

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="places")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices)
    # Who booked it: the person, or who leads them.
    booked_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    queued_at = models.DateTimeField(default=timezone.now)
    moved_up_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    # After the last moment at which one could cancel.
    late = models.BooleanField(default=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "person"],
                condition=Q(state__in=["asked", "booked", "waiting"]),
                name="one_living_place_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["gathering", "state", "queued_at"], name="place_in_line"),
            models.Index(fields=["person", "state"], name="place_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.gathering_id}: {self.state}"

    def said_to_its_owner(self) -> str:
        """The state as whoever has the place reads it: `get_state_display` speaks of another."""
        own = {
            self.State.ASKED: _("waits for your lead"),
            self.State.BOOKED: _("you have a place"),
            self.State.WAITING: _("you are on the waiting list"),
        }
        return str(own.get(self.State(self.state), self.get_state_display()))


@personal_data(
    what=_("What you were told about sessions: moved up, moved, cancelled"),
    purpose=_("So that you know, and are told once."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the day you were told."),
    until=Until("told_at", days=730),
    person="person",
    order=67,
)
class News(models.Model):
    """Something happened to someone's session: told on their page until they have seen it.

    Holds the day; goes after two years.
    """

    class What(models.TextChoices):
        MOVED_UP = "moved_up", _("You moved up from the waiting list: you have a place.")
        CHANGED = "changed", _("The time or place has changed.")
        CANCELLED = "cancelled", _("The session is cancelled.")
        GOES_ON = "goes_on", _("It is certain now: the session goes ahead.")
        APPROVED = "approved", _("Your lead approved: you have a place.")
        REFUSED = "refused", _("Your lead did not approve.")
        RESERVED = "reserved", _("A place was reserved for you.")
        TAKEN_OFF = "taken_off", _("You were taken off the list.")
        ELSEWHERE = "elsewhere", _("Your session was planned again: you come at this time now.")
        ROOM = "room", _("It is in another room.")
        GIVES = "gives", _("You give this session.")
        GIVES_NOT = "gives_not", _("You no longer give this session.")
        GIVES_NOW = "gives_now", _("You give this session now, and the other no longer.")
        SAW = "saw", _("Who gave it wrote down what they saw you show.")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=9, choices=What.choices)
    note = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "news"
        ordering = ["-told_at", "-pk"]
        indexes = [models.Index(fields=["person", "seen_at"], name="session_news_unseen")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.what}"
