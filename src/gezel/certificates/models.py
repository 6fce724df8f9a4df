"""Certificates: which there are, who must have one, who has it and until when."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.people.api import HR, LINE, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

CERTIFICATES_OF_A_PERSON = Audience(SELF, LINE, HR)


class CertificateType(models.Model):
    """A certificate the organisation keeps track of, and where its term comes from."""

    class Basis(models.TextChoices):
        LAW = "law", _("law")
        NORM = "norm", _("norm of the sector")
        POLICY = "policy", _("our own policy")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="certificate_types"
    )
    name_nl = models.CharField(_("name in Dutch"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    valid_months = models.PositiveSmallIntegerField(_("valid for (months)"), null=True, blank=True)
    basis = models.CharField(
        _("the term comes from"), max_length=6, choices=Basis.choices, default=Basis.POLICY
    )
    source_nl = models.CharField(_("source in Dutch"), max_length=300, blank=True)
    source_en = models.CharField(_("source in English"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(name_nl="", name_en=""), name="certificate_has_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)

    @property
    def source(self) -> str:
        return in_language(nl=self.source_nl, en=self.source_en)


class CertificateSkill(models.Model):
    """The level of a skill that holding this certificate shows."""

    type = models.ForeignKey(CertificateType, on_delete=models.CASCADE, related_name="shows")
    skill = models.ForeignKey("skills.Skill", on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "skill"], name="one_level_a_shown_skill")
        ]

    def __str__(self) -> str:
        return f"{self.type_id} shows {self.skill_id}"


class Duty(models.Model):
    """Who must have it: everyone in a job, from a date."""

    type = models.ForeignKey(CertificateType, on_delete=models.CASCADE, related_name="duties")
    job = models.ForeignKey("people.Job", on_delete=models.CASCADE, related_name="duties")
    from_on = models.DateField()

    class Meta:
        verbose_name_plural = "duties"
        constraints = [models.UniqueConstraint(fields=["type", "job"], name="one_duty_a_job")]

    def __str__(self) -> str:
        return f"{self.job_id} must hold {self.type_id}"


@personal_data(
    what=_("Your certificates: number, dates, file, who confirmed them"),
    purpose=_("To know who may do which work, and to warn you before one lapses."),
    audience=CERTIFICATES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer reads it until your last day."),
    order=43,
)
class Holding(models.Model):
    """A certificate someone holds. A renewal is a new holding; the old one stays as it was.

    Holds number, dates, perhaps a scan; the person keeps it, the employer reads it until the
    last day of the employment.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("not accepted")

    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="holdings")
    number = models.CharField(_("number"), max_length=100, blank=True)
    issued_on = models.DateField(_("issued on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # The term from which that date follows, as it was on the day of registering; empty when the
    # date is the one printed on the certificate, or when it does not lapse.
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    file = models.FileField(_("file"), upload_to="certificates/%Y/", blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    registered_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("issued_on")),
                name="valid_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")),
                name="nobody_confirms_their_own",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "type", "-issued_on"], name="holding_newest"),
            models.Index(fields=["type", "state"], name="holding_by_type"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} holds {self.type_id}"


class CountedPart(models.Model):
    """A mark on one part of an organisation's people, new whenever something changed there.

    How many meet their duties is counted part by part and remembered with this mark and the day
    (`counting`), so that one confirmed certificate makes a small part counted anew. Names nobody.
    """

    PARTS = 64

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    # The person's number modulo PARTS.
    part = models.PositiveSmallIntegerField()
    mark = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "part"], name="one_mark_a_part")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}, part {self.part}"
