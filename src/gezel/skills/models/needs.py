"""What is missing, counted ahead so that a large organisation need not wait."""

from django.db import models
from django.db.models import F, Q

from gezel.skills.models.asked import RoleProfile
from gezel.skills.models.taxonomy import Skill


class NeedCount(models.Model):
    """How many people of one unit, role profile and location reach what is asked of a skill.

    Counted from standings and demands, so that the need map of a large organisation need not
    look at every person; `actions.count_needs` counts anew. Names nobody; that a count is
    small enough to point at someone is the reader's side to prevent (`queries.places`).

    The row holds from `from_on` until the day before `until_on`, as the demand does.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, related_name="+")
    location = models.ForeignKey(
        "people.Location", on_delete=models.CASCADE, null=True, related_name="+"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    people = models.PositiveIntegerField()
    short = models.PositiveIntegerField()
    short_essential = models.PositiveIntegerField()
    # Levels that are missing, over all who fall short, in tenths: whole, so that sums are exact.
    gap_tenths = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(short__lte=F("people"), short_essential__lte=F("short")),
                name="no_more_short_than_people",
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "from_on"], name="need_count_of"),
            models.Index(fields=["unit", "profile", "skill"], name="need_count_place"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.skill_id}: {self.short} of {self.people}"


class NeedSum(models.Model):
    """The counts of all units below one unit, added up per skill: what a need map reads.

    Whoever reads adds up the rows of a key. A recount adds a row with the difference, so that
    figures may be negative and two who count never wait for each other at the root; now and
    then the rows of a key are made one again (`actions.sums`). At any moment the rows of a unit
    sum to the `NeedCount`s strictly below it, but for what `settle` has yet to see.

    For each unit that has units below it by skill, for the root also by skill and profile or
    location. Names nobody.
    """

    class By(models.TextChoices):
        UNIT = "unit"
        PROFILE = "profile"
        LOCATION = "location"

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("people.Unit", on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=8, choices=By.choices)
    profile = models.ForeignKey(RoleProfile, on_delete=models.CASCADE, null=True, related_name="+")
    location = models.ForeignKey(
        "people.Location", on_delete=models.CASCADE, null=True, related_name="+"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    people = models.IntegerField()
    short = models.IntegerField()
    short_essential = models.IntegerField()
    gap_tenths = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["unit", "by", "skill"], name="need_sum_place")]

    def __str__(self) -> str:
        return f"below {self.unit_id}, {self.skill_id}: {self.short} of {self.people}"


class NeedCounting(models.Model):
    """When the needs of an organisation were counted, and whether something changed since."""

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    counted_at = models.DateTimeField(null=True)
    stale_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.counted_at}"
