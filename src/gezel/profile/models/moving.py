"""What someone takes along when they leave, and brings in when they arrive."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience
from gezel.trust.api import CONSENT, personal_data


@personal_data(
    what=_("Archives that you had made to take along"),
    purpose=_("So that you can fetch the file; after that it is yours alone."),
    audience=Audience(SELF),
    ground=CONSENT,
    term=_("Seven days, or until you throw it away."),
    order=46,
    taken_by=(),
)
class Takeout(models.Model):
    """An archive of one person, made for that person. The file goes after seven days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    file = models.FileField(upload_to="takeouts/", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    # Keys of the person by name, each locked with a passphrase that nobody here knows.
    keys = models.JSONField(default=dict)
    task = models.UUIDField(null=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.asked_at}"


@personal_data(
    what=_("What you brought along from elsewhere: archives, badges, a Europass profile"),
    purpose=_("So that what you showed before counts here, and goes along again when you leave."),
    audience=Audience(SELF),
    ground=CONSENT,
    term=_(
        "Yours for life, until you throw it away; what you looked at and did not take over, thirty "
        "days."
    ),
    order=47,
    taken_by=(),
)
class Arrival(models.Model):
    """A file that someone brought, as it was looked through; taken over once or thrown away.

    Holds the file word for word: it goes along again with the next archive. Only its owner sees
    it; what follows from it, evidence, is read as all evidence is.
    """

    class Form(models.TextChoices):
        ARCHIVE = "archive", _("archive from Gezel")
        CREDENTIAL = "credential", _("credential")
        EUROPASS = "europass", _("Europass profile")

    class State(models.TextChoices):
        SHOWN = "shown", _("to look through")
        TAKEN = "taken", _("taken over")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="arrivals")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    form = models.CharField(max_length=10, choices=Form.choices)
    file = models.FileField(upload_to="arrivals/")
    size = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=5, choices=State.choices, default=State.SHOWN)
    # From which installation, when made, and by whom signed as far as that could be checked.
    told = models.JSONField(default=dict)
    facts = models.PositiveIntegerField(default=0)
    statements = models.PositiveIntegerField(default=0)
    brought_at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-brought_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "digest"], name="one_arrival_a_file"),
            models.CheckConstraint(
                condition=Q(state="taken", taken_at__isnull=False)
                | Q(state="shown", taken_at__isnull=True),
                name="arrival_taken_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.name}"


@personal_data(
    what=_("Credentials and skills in what you brought along, and how far each was proved"),
    purpose=_("To show you what is proved and what you state yourself, and never mix the two."),
    audience=Audience(SELF),
    ground=CONSENT,
    term=_("As long as the file they came in."),
    order=48,
    taken_by=(),
)
class Brought(models.Model):
    """One credential or skill in what someone brought, with what checking it came to."""

    class Kind(models.TextChoices):
        CREDENTIAL = "credential", _("credential")
        SKILL = "skill", _("skill")

    class Proof(models.TextChoices):
        # Signed by its issuer, not withdrawn, and about this very person.
        VERIFIED = "verified", _("verified")
        STATED = "stated", _("stated by yourself")
        REFUSED = "refused", _("not genuine")

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="items")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    proof = models.CharField(max_length=8, choices=Proof.choices)
    issuer = models.CharField(max_length=300, blank=True)
    # Codes and their words (`words.py`), why it is or is not proved.
    reasons = models.JSONField(default=list)
    as_of = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(null=True)
    shown_on = models.DateField(null=True)
    # Other names and addresses the skill goes by, to find it here.
    known_as = models.JSONField(default=list)
    document = models.JSONField(null=True)
    # Skills here that it may be, the surest first: [{"skill": 12, "how": "address"}].
    guesses = models.JSONField(default=list)
    # Of this very installation and account: it counts here without being brought.
    already_here = models.BooleanField(default=False)
    skill = models.ForeignKey(
        "skills.Skill", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    counted = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["arrival", "kind", "key"], name="one_item_a_key")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.proof})"
