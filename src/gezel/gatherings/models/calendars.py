"""Calendars: the secret address of someone's own, and what their mail program was told."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.models.sessions import Gathering
from gezel.people.api import SELF, Audience
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, Until, personal_data


@personal_data(
    what=_("That you made a secret address for your calendar, and when"),
    purpose=_("So that your own calendar shows your sessions and the days your paths ask for."),
    audience=Audience(SELF),
    ground=CONSENT,
    term=_("Until you take the address back; it goes with your account."),
    person="person",
    order=70,
    stays=("digest",),
)
class Feed(models.Model):
    """The secret address under which someone's own calendar program reads their sessions, and by
    when steps of their paths have to be done.

    Only a digest of the secret is kept; taken back, the row goes and the address is a 404.
    """

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.person_id} since {self.made_at}"


@personal_data(
    what=_("Which calendar invitations were sent to you"),
    purpose=_("So that a later one updates or cancels the right one in your calendar."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the session."),
    until=Until("gathering__ends_at", days=730),
    person="person",
    order=71,
)
class Invited(models.Model):
    """What someone's calendar was last told of a session: to come, or that it is off.

    Without a row nothing was ever sent, so there is nothing to cancel. Whoever goes on to another
    session takes their event along: then `event` is the one it was made for, and its own elsewhere.
    Goes with the session's places, two years after it.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="+")
    # What their calendar knows it by; none: by the session's own key.
    event = models.UUIDField(null=True, blank=True)
    sequence = models.PositiveIntegerField()
    cancelled = models.BooleanField(default=False)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "invited"
        constraints = [
            models.UniqueConstraint(fields=["person", "gathering"], name="one_invitation_a_session")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.gathering_id} #{self.sequence}"

    @property
    def known_by(self) -> uuid.UUID:
        """By which key their calendar knows it."""
        return self.event or self.gathering.key
