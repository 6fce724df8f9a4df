"""What the roles of an organisation ask, and from when."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.skills.models.taxonomy import Occupation, Skill


class RoleProfile(models.Model):
    """What a role asks of who holds it, now and from dates ahead.

    `version` rises with every change, so that who saves an older picture is told, not obeyed.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="role_profiles"
    )
    name_nl = models.CharField(_("name in Dutch"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    occupation = models.ForeignKey(
        Occupation, on_delete=models.SET_NULL, null=True, blank=True, related_name="profiles"
    )
    jobs = models.ManyToManyField("people.Job", through="ProfileJob", related_name="profiles")
    version = models.PositiveIntegerField(default=1)
    # Made by the client, so that a form sent twice is one profile.
    key = models.UUIDField(unique=True, null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name_nl="", name_en=""), name="profile_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


class ProfileJob(models.Model):
    """A job has one role profile; a profile may serve several jobs."""

    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, related_name="profile_jobs")
    job = models.OneToOneField("people.Job", on_delete=models.CASCADE, related_name="profile_job")

    def __str__(self) -> str:
        return f"{self.job_id}: {self.profile_id}"


class Demand(models.Model):
    """A level a role profile asks of a skill, from a date on. 0: no longer asked from then."""

    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, related_name="demands")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="demands")
    level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    # How far it may turn out otherwise: what is asked at the least and at the most, if said.
    low = models.PositiveSmallIntegerField(null=True, blank=True)
    high = models.PositiveSmallIntegerField(null=True, blank=True)
    essential = models.BooleanField(default=False)
    from_on = models.DateField(default=date(2020, 1, 1))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "skill", "from_on"], name="one_demand_a_skill_a_date"
            ),
            models.CheckConstraint(condition=Q(level__lte=5), name="demand_on_the_scale"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(low__lte=F("level")), name="demand_low_below"
            ),
            models.CheckConstraint(
                condition=Q(high=None) | Q(high__gte=F("level"), high__lte=5),
                name="demand_high_above",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.level} from {self.from_on}"
