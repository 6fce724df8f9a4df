"""What an EVC dossier is held against: standards, and how an organisation goes about EVC."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.people.api import COLLEAGUES, HR, SELF, Audience
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, personal_data


class Standard(models.Model):
    """One version of a standard. In use it never changes: a change is a new version.

    `lineage` ties versions together. A dossier points at the version it began with and keeps it,
    also when the standard is replaced or withdrawn.
    """

    class Source(models.TextChoices):
        OWN = "own", _("made here")
        OCCUPATION = "occupation", _("from an occupation")
        FILE = "file", _("from a qualification file")

    class State(models.TextChoices):
        DRAFT = "draft", _("being made")
        LIVE = "live", _("in use")
        REPLACED = "replaced", _("replaced by a newer version")
        WITHDRAWN = "withdrawn", _("withdrawn")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="evc_standards"
    )
    lineage = models.UUIDField(default=uuid.uuid4)
    version = models.PositiveIntegerField(default=1)
    name_nl = models.CharField(_("name in Dutch"), max_length=250, blank=True)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    code = models.CharField(_("code"), max_length=40, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.OWN)
    # The address of the occupation it was made from.
    origin = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    in_use_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    why_withdrawn = models.CharField(max_length=300, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_nl="", name_en=""), name="evc_standard_has_a_name"
            ),
            models.UniqueConstraint(fields=["lineage", "version"], name="one_standard_a_version"),
            models.UniqueConstraint(
                fields=["lineage"], condition=Q(state="live"), name="one_standard_in_use"
            ),
            models.UniqueConstraint(
                fields=["lineage"], condition=Q(state="draft"), name="one_standard_being_made"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_on__isnull=False),
                name="withdrawn_standard_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


class StandardPart(models.Model):
    """A part of a standard: what is to be shown, with the criteria that tell."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(_("code"), max_length=40, blank=True)
    name_nl = models.CharField(_("name in Dutch"), max_length=250, blank=True)
    name_en = models.CharField(_("name in English"), max_length=250, blank=True)
    criteria_nl = models.TextField(_("criteria in Dutch, one on each line"), blank=True)
    criteria_en = models.TextField(_("criteria in English, one on each line"), blank=True)
    # What a shown part says in the profile, if the candidate wants it there.
    skill = models.ForeignKey(
        "skills.Skill", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_nl="", name_en=""), name="standard_part_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5), name="standard_part_on_the_scale"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)

    @property
    def criteria(self) -> list[str]:
        text = in_language(nl=self.criteria_nl, en=self.criteria_en)
        return [line.strip() for line in text.splitlines() if line.strip()]


@personal_data(
    what=_("That objections about EVC go to you"),
    purpose=_("So that a candidate knows by name who looks at an objection."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("Until you change it; it goes with your account."),
    person=["objections_to", "deputy"],
    order=68,
)
class EvcSetup(models.Model):
    """How an organisation goes about EVC: hours, how many assessors, who decides on objections.

    `deputy` decides where the first one has a part in the dossier.
    """

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="evc"
    )
    candidate_hours = models.PositiveSmallIntegerField(default=40)
    guide_hours = models.PositiveSmallIntegerField(default=12)
    assessors = models.PositiveSmallIntegerField(default=2)
    objections_to = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    deputy = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(assessors__in=[1, 2]), name="evc_one_or_two_assessors"
            ),
            models.CheckConstraint(
                condition=Q(deputy=None) | Q(objections_to=None) | ~Q(deputy=F("objections_to")),
                name="evc_deputy_is_someone_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}"


@personal_data(
    what=_("That an organisation asked you to guide or assess EVC candidates"),
    purpose=_("So that candidates can choose you, if you said yes."),
    audience=Audience(SELF, HR),
    ground=CONSENT,
    term=_("As long as your account exists; you can stop at any moment."),
    order=69,
)
class EvcPerson(models.Model):
    """Someone who may guide or assess here, from inside or from elsewhere in this installation.

    Asked by e-mail address, so that asking tells nobody whether there is such an account.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        YES = "yes", _("said yes")
        NO = "no", _("said no")
        ENDED = "ended", _("stopped")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="evc_people"
    )
    email = models.EmailField(_("e-mail address"))
    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, null=True, blank=True, related_name="evc_tasks"
    )
    may_guide = models.BooleanField(_("guides candidates"), default=False)
    may_assess = models.BooleanField(_("assesses dossiers"), default=False)
    state = models.CharField(max_length=5, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "email"], name="one_evc_task_a_person"),
            models.CheckConstraint(
                condition=Q(may_guide=True) | Q(may_assess=True), name="evc_task_is_something"
            ),
            models.CheckConstraint(
                condition=~Q(state="yes") | Q(person__isnull=False), name="evc_yes_is_of_someone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.state}"
