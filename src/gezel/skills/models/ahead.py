"""What is expected to be missing on days to come, and how far earlier looks were off."""

from django.db import models
from django.db.models import Q

from gezel.skills.models.asked import RoleProfile


class AheadCounting(models.Model):
    """When the look ahead of an organisation was worked out, and how many people tend to stay.

    `stays_two_years` is the share of everyone here that still works here after two years; None
    where the group is too small or too young to say. Never about one person. `wider` tells per
    number of months how many times the band is as wide, below and above, as reckoned.
    """

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    counted_at = models.DateTimeField()
    stays_two_years = models.FloatField(null=True)
    wider = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.counted_at}"


class AheadSaid(models.Model):
    """What was said of a unit some months ahead, as reckoned, and what was estimated when it came.

    Written down once a month and kept for five years, to learn how far a look ahead is off
    (`rules.widening`). Only of units with as many people as a group must have; names nobody.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    direct = models.BooleanField(default=False)
    months = models.PositiveSmallIntegerField()
    said_on = models.DateField()
    median = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    came = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "said_on"], name="ahead_said_on")]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.months} months, said on {self.said_on}: {self.median}"


class AheadFigure(models.Model):
    """What a unit with all below it, who sits at a unit itself, or a role profile falls short on
    a day ahead, in levels over all people and skills, with what makes the difference.

    Worked out every night (`actions.work_out_ahead`), because a large organisation cannot be
    counted while someone waits. Names nobody; that a figure is small enough to point at someone
    is the reader's side to prevent (`queries.places`).
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, null=True, related_name="+")
    direct = models.BooleanField(default=False)
    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, null=True, related_name="+")
    months = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField()
    now_median = models.FloatField()
    now_low = models.FloatField()
    now_high = models.FloatField()
    median = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    # What each driver adds, in levels, and about how many people that is.
    no_use = models.FloatField()
    no_use_people = models.PositiveIntegerField()
    demand = models.FloatField()
    demand_people = models.PositiveIntegerField()
    leavers = models.FloatField()
    leavers_people = models.PositiveIntegerField()
    learning = models.FloatField()
    learning_people = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=None, profile__isnull=False, direct=False)
                | Q(unit__isnull=False, profile=None),
                name="ahead_is_of_a_unit_or_a_role",
            )
        ]
        indexes = [models.Index(fields=["organisation", "months"], name="ahead_figure_of")]

    def __str__(self) -> str:
        return f"{self.unit_id or self.profile_id} in {self.months} months: {self.median}"
