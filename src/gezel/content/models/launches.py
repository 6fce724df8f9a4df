"""cmi5: someone's registration for a course, and each launch of one of its units."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.models.attempts import ATTEMPTS_OF_A_PERSON
from gezel.content.models.packages import Edition, PackageAttempt, new_key
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("Your registrations for cmi5 courses, and what counts as done in them"),
    purpose=_("So that a course knows what you did in it, and counts each thing once."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    order=50,
    stays=("key",),
)
class Registration(models.Model):
    """Someone taking a cmi5 course once, under the code that its statements bear.

    Of an attempt in our own player, or asked for by another system over the API; then `attempt`
    is empty, the learner may be someone of that system whom we know as an account only, and the
    row goes two years after its last launch. `standing` says per unit, by number, what happened
    in any session ("completed", "passed", "failed", "waived", "score"); `satisfied` lists blocks,
    and the course, of which that was recorded; `voided` the statements of ours that were taken
    back, by id, so that what is said again gets another.
    """

    code = models.UUIDField(unique=True, default=uuid.uuid4)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="registrations")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, related_name="+"
    )
    attempt = models.OneToOneField(
        PackageAttempt, on_delete=models.CASCADE, null=True, related_name="course"
    )
    actor = models.JSONField()
    key = models.CharField(max_length=32, unique=True, default=new_key)
    key_until = models.DateTimeField(default=timezone.now)
    standing = models.JSONField(default=dict)
    satisfied = models.JSONField(default=list)
    voided = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["last_at"], condition=Q(attempt=None), name="registration_from_outside"
            )
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_satisfied(self) -> bool:
        """Whether the course as a whole is done."""
        return "course" in self.satisfied


@personal_data(
    what=_("Each time you opened a part of a cmi5 course"),
    purpose=_("So that only what was opened can report, once, and until it is closed."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("As long as the registration it belongs to."),
    person="registration__person",
    order=51,
    stays=("fetch",),
)
class LaunchSession(models.Model):
    """One launch of a unit: from the address that was handed out until it is over.

    Its primary key is the session id in the statements. `fetch` is the digest of what is in the
    address from which the unit gets its password, once. `verbs` are the cmi5 defined statements
    so far, as words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    registration = models.ForeignKey(
        Registration, on_delete=models.CASCADE, related_name="sessions"
    )
    unit = models.PositiveIntegerField()
    mode = models.CharField(max_length=6)
    mastery_score = models.FloatField(null=True)
    fetch = models.CharField(max_length=64, unique=True)
    key = models.OneToOneField(
        "records.Key", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    verbs = models.JSONField(default=list)
    launched_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    fetched_at = models.DateTimeField(null=True)
    preferences_at = models.DateTimeField(null=True)
    terminated_at = models.DateTimeField(null=True)
    abandoned_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["last_at"],
                condition=Q(terminated_at=None, abandoned_at=None),
                name="launch_not_over",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be recorded in it."""
        return self.terminated_at is not None or self.abandoned_at is not None
