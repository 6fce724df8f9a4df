"""What follows from the evidence of a person: the level of each skill."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gezel.skills.models.readers import SKILLS_OF_A_PERSON
from gezel.skills.models.taxonomy import Skill
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data


@personal_data(
    what=_("Your level per skill as we estimate it from the evidence"),
    purpose=_("To answer quickly where learning needs are; it can always be computed again."),
    audience=SKILLS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Computed anew from the evidence; gone with it."),
    order=41,
)
class Standing(models.Model):
    """The estimate of one skill of one person as of `computed_on`, over all their evidence.

    For the person. An employer reckons with it where `all_from` says that all of it was made
    there, and with `StandingAt` where not. Derived: `rules.estimate` over `Evidence` gives the
    same figure again.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="standings")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="standings")
    level = models.FloatField()
    sd = models.FloatField()
    pieces = models.PositiveSmallIntegerField()
    newest_on = models.DateField(null=True)
    computed_on = models.DateField()
    # Which parameters of the rule made it: `rules.PARAMETERS` keeps every version.
    version = models.PositiveSmallIntegerField(default=1)
    # The one employer where everything behind it was made; empty: from several, or from nowhere.
    all_from = models.ForeignKey(
        "people.Organisation",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "skill"], name="one_standing_a_skill")
        ]
        indexes = [models.Index(fields=["skill", "level"], name="standing_by_skill")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id}: {self.level:.1f}"


@personal_data(
    what=_("Your level per skill as one employer may reckon it, where you have evidence elsewhere"),
    purpose=_("So that an employer reckons with what was made there and what you let it count."),
    audience=SKILLS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Computed anew from the evidence; gone when you no longer work there."),
    order=41,
)
class StandingAt(models.Model):
    """The estimate of a skill as one employer may reckon it, where that differs from `Standing`.

    Only of people with evidence from elsewhere in that skill: who has worked at one place has none.
    """

    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="standings_apart"
    )
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    level = models.FloatField()
    sd = models.FloatField()
    pieces = models.PositiveSmallIntegerField()
    newest_on = models.DateField(null=True)
    computed_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "skill"], name="one_standing_an_employer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id} at {self.organisation_id}: {self.level:.1f}"
