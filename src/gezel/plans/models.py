"""Goals, plans and the agreement between a person and the organisation."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gezel.people.api import COLLEAGUES, LINE, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

SHARED_PLAN = Audience(SELF, LINE)


@personal_data(
    what=_("Your growth goals and the plan towards them"),
    purpose=_("To help you reach what you chose yourself, and to agree on it with your lead."),
    audience=SHARED_PLAN,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your lead reads only what you shared, until your last day."),
    order=42,
)
class Goal(models.Model):
    """What someone wants to grow into, by when. Private until they share it.

    Holds the person's own words; only they read a goal that is not shared.
    """

    class Kind(models.TextChoices):
        ROLE = "role", _("a role")
        SKILL = "skill", _("a skill")

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        REACHED = "reached", _("reached")
        STOPPED = "stopped", _("stopped")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="goals")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("goal"), max_length=5, choices=Kind.choices)
    profile = models.ForeignKey(
        "skills.RoleProfile", on_delete=models.SET_NULL, null=True, blank=True, related_name="goals"
    )
    skill = models.ForeignKey(
        "skills.Skill", on_delete=models.PROTECT, null=True, blank=True, related_name="goals"
    )
    level = models.PositiveSmallIntegerField(
        _("level"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )  # fmt: skip
    due_on = models.DateField(_("by when"))
    own_words = models.TextField(_("why you want this"), max_length=2_000, blank=True)
    shared = models.BooleanField(_("shared with your lead"), default=False)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="role", skill__isnull=True)
                | Q(kind="skill", skill__isnull=False, level__isnull=False, profile__isnull=True),
                name="goal_names_its_target",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"


@personal_data(
    what=_("What your organisation hopes you will learn, and what you both agreed"),
    purpose=_("To lay your own goal and the organisation's wish side by side."),
    audience=SHARED_PLAN,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your lead reads it until your last day."),
    person="goal__person",
    order=44,
)
class Agreement(models.Model):
    """The organisation's wish beside a goal, and who confirmed the two together.

    A change of the goal, the wish or the steps asks both to confirm anew.
    """

    goal = models.OneToOneField(Goal, on_delete=models.CASCADE, related_name="agreement")
    wish = models.TextField(_("what the organisation hopes for"), max_length=2_000, blank=True)
    wished_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    person_confirmed_at = models.DateTimeField(null=True, blank=True)
    lead_confirmed_at = models.DateTimeField(null=True, blank=True)
    lead_confirmed_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"agreement on {self.goal_id}"


@personal_data(
    what=_("The steps of your plan"),
    purpose=_("So that the next dated step is always in view."),
    audience=SHARED_PLAN,
    ground=LEGITIMATE_INTEREST,
    term=_("As the goal they belong to."),
    person="goal__person",
    order=42,
)
class Step(models.Model):
    """One dated step towards a goal: an activity from the catalogue, or one's own words."""

    class Who(models.TextChoices):
        PERSON = "person", _("you")
        LEAD = "lead", _("your lead")

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="steps")
    activity = models.ForeignKey(
        "catalogue.Activity", on_delete=models.SET_NULL, null=True, blank=True, related_name="steps"
    )
    title = models.CharField(_("step"), max_length=250, blank=True)
    due_on = models.DateField(_("by when"))
    who = models.CharField(_("who does it"), max_length=6, choices=Who.choices, default=Who.PERSON)
    done_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["due_on", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False) | ~Q(title=""), name="step_says_what"
            )
        ]

    def __str__(self) -> str:
        return self.title or f"activity {self.activity_id}"


@personal_data(
    what=_("The growth goals of your unit or organisation that carry your name as maker"),
    purpose=_("So that people know whom to ask about a shared goal."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("As long as the goal stands."),
    person="made_by",
    order=61,
)
class SharedGoal(models.Model):
    """A growth goal of a unit or the whole organisation: so many people at a level by a date.

    Progress counts people and stays dark below the smallest group.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="shared_goals"
    )
    unit = models.ForeignKey(
        "people.Unit", on_delete=models.CASCADE, null=True, blank=True, related_name="shared_goals"
    )
    skill = models.ForeignKey("skills.Skill", on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(
        _("level"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    people = models.PositiveIntegerField(_("how many people"))
    due_on = models.DateField(_("by when"))
    why = models.CharField(_("why"), max_length=500, blank=True)
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.people} × {self.skill_id} ≥ {self.level}"
