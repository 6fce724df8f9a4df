"""Who was there: dated facts, only added; and what people say they will do with it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.models.readers import PLACES_OF_A_PERSON, TAKEAWAYS_OF_A_PERSON
from gezel.gatherings.models.sessions import Gathering
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("Sessions you were at: which, when, how long, how that was noted"),
    purpose=_("So that it counts towards your plan, your hours and your certificates."),
    audience=PLACES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer reads it until your last day."),
    person="person",
    order=68,
)
class Attendance(models.Model):
    """Someone was at a session, or was not: a fact of its day, with the times as they were then.

    A correction is another fact; the newest is how it stands. A session that is moved or changed
    afterwards leaves these as they are. The person keeps it.
    """

    class Kind(models.TextChoices):
        PRESENT = "present", _("was there")
        LATE = "late", _("came late")
        PARTLY = "partly", _("was there partly")
        ABSENT = "absent", _("was not there")
        EXCUSED = "excused", _("could not come")

    class How(models.TextChoices):
        QR = "qr", _("by the picture on the screen")
        CODE = "code", _("by the short code")
        LIST = "list", _("by the trainer's list")
        AFTER = "after", _("afterwards, with a reason")

    gathering = models.ForeignKey(Gathering, on_delete=models.RESTRICT, related_name="attendance")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # How long they were there, and how long it lasted when this was noted.
    minutes = models.PositiveIntegerField()
    of_minutes = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    title = models.CharField(max_length=250)
    how = models.CharField(max_length=5, choices=How.choices)
    noted_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When it was seen, which on a phone without connection is before it was kept.
    seen_at = models.DateTimeField()
    noted_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=300, blank=True)
    # Counted towards plan, hours and certificates: once, and never taken back by a later fact.
    counted_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        verbose_name_plural = "attendance"
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__lte=F("of_minutes")), name="not_longer_than_it_lasted"
            ),
            models.CheckConstraint(
                condition=~Q(how="after") | ~Q(reason=""), name="afterwards_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["gathering", "person", "noted_at"], name="attendance_newest"),
            models.Index(fields=["person", "starts_at"], name="attendance_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.gathering_id}: {self.kind}"


@personal_data(
    what=_("What you wrote after a session that you will use"),
    purpose=_(
        "To remind you, and to show the trainer what it brought. How many people wrote "
        "something counts in what is known of an activity: a number, no name and no "
        "word."
    ),
    audience=TAKEAWAYS_OF_A_PERSON,
    ground=CONSENT,
    term=_("Until you change it; it goes with your account."),
    person="person",
    order=69,
)
class Takeaway(models.Model):
    """What someone says they will use of a session; read by them and by who gave it."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="takeaways")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    text = models.CharField(_("your answer"), max_length=500)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gathering", "person"], name="one_takeaway_a_session")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.gathering_id}"
