"""What an estimate starts from and is corrected by, fitted or set, each from a day on."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gezel.people.api import HR, SELF, Audience
from gezel.skills.models.asked import RoleProfile
from gezel.skills.models.evidence import Evidence
from gezel.skills.models.taxonomy import Skill
from gezel.skills.rules import EIGHTY_PERCENT
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("How strict your ratings of others are, compared with those of others"),
    purpose=_("To correct a level for who gave it, so that it does not hang on whom one asked."),
    audience=Audience(SELF),
    ground=LEGITIMATE_INTEREST,
    term=_("Two years after a newer figure; computed anew every night from the ratings you gave."),
    person="rater",
    order=44,
)
class RaterFit(models.Model):
    """How many levels above others someone rates, as fitted on a day; the newest row holds.

    Rows are added when the figure changes and stay for two years, so that a level of last month
    can be computed again. Says something about the rater: only they read it as such; who was rated
    reads the correction in their own ledger.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    rater = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="rater_fits")
    kind = models.CharField(max_length=11, choices=Evidence.Kind.choices)
    # Levels by which they rate above (+) or below (-) what others see, and its sd.
    leniency = models.FloatField()
    sd = models.FloatField()
    ratees = models.PositiveIntegerField()
    fitted_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "rater", "kind", "fitted_on"], name="one_fit_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rater_id} ({self.kind}): {self.leniency:+.2f}"

    @property
    def low(self) -> float:
        return self.leniency - EIGHTY_PERCENT * self.sd

    @property
    def high(self) -> float:
        return self.leniency + EIGHTY_PERCENT * self.sd


class SourceFit(models.Model):
    """How ratings of one kind lie beside each other here, as fitted on a day; the newest holds.

    From how far ratings of the same skill of the same person lie apart. Names nobody.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=11, choices=Evidence.Kind.choices)
    # Levels by which the kind lies too high; spreads (sd) of a rating and between raters.
    bias = models.FloatField()
    noise = models.FloatField()
    leniency = models.FloatField()
    fitted_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "fitted_on"], name="one_source_fit_a_day"
            ),
            models.CheckConstraint(
                condition=Q(noise__gt=0, leniency__gt=0), name="source_fit_spreads"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.bias:+.2f}"


class GroupPrior(models.Model):
    """What people with one role tend to show of a skill, as fitted on a day; the newest holds.

    The start of an estimate before someone's own evidence. Only of groups large enough to name
    nobody (`people` counts whom it rests on).
    """

    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, related_name="+")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    mean = models.FloatField()
    sd = models.FloatField()
    people = models.PositiveIntegerField()
    fitted_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "skill", "fitted_on"], name="one_prior_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.skill_id}: {self.mean:.1f}"


@personal_data(
    what=_("Settings of how fast skills fade that you changed"),
    purpose=_("So that it is known who decided how estimates age, and why."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_(
        "For good, so that estimates of earlier days stay the same; your name until your account "
        "goes."
    ),
    person="set_by",
    order=65,
)
class FadingRule(models.Model):
    """How fast an organisation says a kind of skill fades without use, from a day on.

    Only ever added: an estimate of last month keeps the rule of last month. Without a row the
    published defaults hold (`rules.ageing`). Names who set it.
    """

    class Of(models.TextChoices):
        KNOWLEDGE = "knowledge", _("knowledge")
        TECHNICAL = "technical", _("technical")
        DIGITAL = "digital", _("digital")
        DATA = "data", _("data literacy")
        INTERPERSONAL = "interpersonal", _("interpersonal")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="fading_rules"
    )
    of = models.CharField(max_length=13, choices=Of.choices)
    # Months without use after which half of what was gained is gone.
    half_life_months = models.FloatField(validators=[MinValueValidator(1), MaxValueValidator(240)])
    reason = models.CharField(_("why"), max_length=300, blank=True)
    from_on = models.DateField()
    set_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(half_life_months__gte=1, half_life_months__lte=240),
                name="half_life_within_reason",
            )
        ]
        indexes = [models.Index(fields=["organisation", "of", "-from_on"], name="fading_rule_of")]

    def __str__(self) -> str:
        return f"{self.of}: {self.half_life_months} months from {self.from_on}"
