"""Packages that others made (SCORM, cmi5, H5P, a bundle of pages), and someone playing one."""

import secrets
import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gezel.content.models.attempts import ATTEMPTS_OF_A_PERSON
from gezel.content.models.waivers import Waiver
from gezel.content.rules.waiving import name_of_part, parts_of
from gezel.people.api import COLLEAGUES, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


def new_key() -> str:
    """A name no one guesses, fit for a host's name: 32 letters and digits, 160 bits."""
    return secrets.token_hex(20)[:32]


class Package(models.Model):
    """Learning that came as one file; its place in the catalogue is `activity`.

    A new file is a new edition. Who is under way keeps the edition they began.
    """

    activity = models.OneToOneField(
        "catalogue.Activity", on_delete=models.CASCADE, related_name="package"
    )
    current = models.ForeignKey(
        "content.Edition", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.activity_id)


@personal_data(
    what=_("The learning packages you brought in"),
    purpose=_("So that colleagues know whom to ask when one does not work."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("As long as the package is kept."),
    person="brought_by",
    order=61,
    stays=("manifest",),
)
class Edition(models.Model):
    """One file as it came in, unpacked on disk under its content's hash.

    `manifest` is what its reader made of it: see `content.rules.packages`.
    """

    class Form(models.TextChoices):
        SCORM12 = "scorm12", "SCORM 1.2"
        SCORM2004 = "scorm2004", "SCORM 2004"
        CMI5 = "cmi5", "cmi5"
        H5P = "h5p", "H5P"
        PAGES = "pages", _("web pages")

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    form = models.CharField(max_length=10, choices=Form.choices)
    title = models.CharField(max_length=250)
    filename = models.CharField(max_length=250, blank=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    files = models.PositiveIntegerField()
    manifest = models.JSONField(default=dict)
    brought_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="one_edition_a_number")
        ]
        indexes = [models.Index(fields=["digest"], name="edition_by_content")]

    def __str__(self) -> str:
        return f"{self.package_id} edition {self.number}"

    @property
    def folder(self) -> Path:
        """Where its files are: the same content is one folder, whoever brought it."""
        return Path(settings.MEDIA_ROOT) / "packages" / self.digest[:2] / self.digest


@personal_data(
    what=_("The packages you started, how far you are, and the score they report"),
    purpose=_("To go on where you were, on any device."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer sees only that a module was completed."),
    order=48,
    stays=("key",),
)
class PackageAttempt(models.Model):
    """Someone playing a package, from opening it until it is done. Only they read it.

    `key` is the only thing the content's own origin knows about it: who has it may read this
    edition's files and nothing else, until `key_until`. `score` is what the package says of
    itself, from -1 to 1. `tree` is what the form's player keeps between visits.

    `session` is the page that plays it now: what an older page still sends is late. A `trial` is
    an author looking at what is not on offer: nothing of it is recorded or counts. `left_at` is
    when someone gave it up to begin anew.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="attempts")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="attempts")
    registration = models.UUIDField(unique=True, default=uuid.uuid4)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    key_until = models.DateTimeField(default=timezone.now)
    session = models.UUIDField(null=True, blank=True)
    unit = models.CharField(max_length=255, blank=True)
    trial = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    tree = models.JSONField(default=dict)
    effect = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "package"],
                condition=Q(completed_at__isnull=True, left_at__isnull=True),
                name="one_open_attempt_a_package",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=-1, score__lte=1), name="score_is_scaled"
            ),
        ]
        indexes = [models.Index(fields=["person", "-last_at"], name="package_under_way")]

    def __str__(self) -> str:
        return f"{self.person_id} plays package {self.package_id}"

    @cached_property
    def let_off(self) -> frozenset[str]:
        """The units, by identifier, of which someone said that this person need not do them."""
        units = self.edition.manifest["units"]
        if not parts_of(self.edition.form, units):
            return frozenset()
        told = set(
            Waiver.objects.filter(
                person=self.person_id, activity=self.package.activity_id, taken_back_at=None
            )
            .exclude(part="")
            .values_list("part", flat=True)
        )
        return frozenset(u["identifier"] for u in units if told and name_of_part(u) in told)


@personal_data(
    what=_("What a package keeps about your place in it"),
    purpose=_("To go on where you were, on any device."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    person="attempt__person",
    order=49,
)
class UnitState(models.Model):
    """What one unit of a package (a SCO) keeps between visits.

    `data` is its data model as the run time hands it over. `sequence` rises with every commit,
    so that an older one, sent late or twice, changes nothing. `ended` says that the unit was
    left; until then it may still change its mind about what it reports.
    """

    attempt = models.ForeignKey(PackageAttempt, on_delete=models.CASCADE, related_name="units")
    unit = models.CharField(max_length=255)
    data = models.JSONField(default=dict)
    sequence = models.PositiveBigIntegerField(default=0)
    ended = models.BooleanField(default=False)
    completed = models.BooleanField(default=False)
    passed = models.BooleanField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "unit"], name="one_state_a_unit")]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.unit}"


@personal_data(
    what=_("What packages share between them, over all your attempts"),
    purpose=_("So that what you showed in one package need not be shown again in another."),
    audience=ATTEMPTS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    order=50,
)
class PackageMemory(models.Model):
    """What one person keeps at one organisation beyond an attempt: objectives and data that
    packages call global to the system, by their names (SCORM 2004). Packages that name the same
    objective mean the same one; that is how a course in several packages works."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    objectives = models.JSONField(default=dict)
    stores = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation"], name="one_memory_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.organisation_id}"
