"""Goals, plans and the agreement between a person and the organisation."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.people.api import COLLEAGUES, LINE, SELF, Audience
from gezel.skills.api import WAGE_CENTS
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

    Holds the person's own words; only they read a goal that is not shared. `version` rises with
    each change of the goal itself; `Agreement.version` with each change of the whole picture.
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
    # Where progress is counted from: the day it was set.
    set_on = models.DateField(_("set on"), default=timezone.localdate)
    # The first day on which the evidence showed it reached; closing it stays the person's choice.
    shown_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["person", "state", "due_on"], name="goal_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="role", skill__isnull=True)
                | Q(kind="skill", skill__isnull=False, level__isnull=False, profile__isnull=True),
                name="goal_names_its_target",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What it is called: the role, or the skill with its level."""
        if self.kind == self.Kind.ROLE:
            return self.profile.name if self.profile else gettext("A role that no longer exists")
        return gettext("%(skill)s, level %(level)s") % {"skill": self.skill, "level": self.level}

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


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
    # What both confirm: a confirmation names the version that was on the screen.
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"agreement on {self.goal_id}"


@personal_data(
    what=_("What changed in a shared plan, and who confirmed it when"),
    purpose=_("So that you and your lead can both see what you agreed, and since when."),
    audience=SHARED_PLAN,
    ground=LEGITIMATE_INTEREST,
    term=_("As the goal it belongs to; your lead reads it until your last day."),
    person="goal__person",
    order=44,
)
class Fact(models.Model):
    """Something that happened to a shared plan. Only ever added; a private goal leaves none.

    Holds who did it and, where that helps, the title it was about.
    """

    class Kind(models.TextChoices):
        SHARED = "shared", _("shared the goal")
        GOAL = "goal", _("changed the goal")
        WISH = "wish", _("changed the organisation's wish")
        STEP_ADDED = "step_added", _("added a step")
        STEP_CHANGED = "step_changed", _("changed a step")
        STEP_REMOVED = "step_removed", _("removed a step")
        PERSON_CONFIRMED = "person", _("confirmed")
        LEAD_CONFIRMED = "lead", _("confirmed for the organisation")
        REACHED = "reached", _("closed the goal as reached")
        STOPPED = "stopped", _("stopped the goal")
        REOPENED = "reopened", _("took the goal up again")

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    about = models.CharField(max_length=250, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["goal", "-at"], name="fact_newest")]

    def __str__(self) -> str:
        return f"{self.goal_id}: {self.kind}"


@personal_data(
    what=_("What your lead hopes you will learn, before there is a goal"),
    purpose=_("To open the conversation: you decide whether it becomes a goal."),
    audience=SHARED_PLAN,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your lead reads it until your last day."),
    order=44,
)
class Wish(models.Model):
    """The organisation's wish for someone who has no goal for it yet.

    Taken up, it moves into the agreement on a goal; put aside, it stays as a fact. An agreement
    hangs on a goal and a goal is the person's own, so a lead's wish cannot be one by itself.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting for an answer")
        TAKEN = "taken", _("taken up in a goal")
        ASIDE = "aside", _("put aside")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="wishes")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    text = models.TextField(_("what the organisation hopes for"), max_length=2_000)
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(max_length=5, choices=State.choices, default=State.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("your answer"), max_length=500, blank=True)
    goal = models.ForeignKey(
        Goal, on_delete=models.SET_NULL, null=True, blank=True, related_name="wishes"
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return f"a wish for {self.person_id}"


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
    # The first day of what is given on set days; `due_on` is the last.
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(_("by when"))
    who = models.CharField(_("who does it"), max_length=6, choices=Who.choices, default=Who.PERSON)
    done_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["due_on", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=False) | ~Q(title=""), name="step_says_what"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The activity's title, or one's own words."""
        return self.activity.title if self.activity else self.title


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
    version = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(people__gte=1), name="shared_goal_counts_someone")
        ]

    def __str__(self) -> str:
        return f"{self.people} × {self.skill_id} ≥ {self.level}"


class PlanningRules(models.Model):
    """How plans are made in an organisation: what an hour costs, and what limits one starts from.

    Without a row the defaults hold. Names nobody.
    """

    organisation = models.OneToOneField(
        "people.Organisation", on_delete=models.CASCADE, related_name="planning_rules"
    )
    # Loaded hourly wage; it begins with the average and each organisation sets its own.
    wage_cents = models.PositiveIntegerField(default=WAGE_CENTS)
    both_ways = models.BooleanField(default=True)
    money_cents = models.PositiveIntegerField(null=True, blank=True, default=150_000)
    minutes_a_week = models.PositiveIntegerField(
        default=120, validators=[MinValueValidator(15), MaxValueValidator(2_400)]
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_a_week__gte=15, minutes_a_week__lte=2_400),
                name="some_learning_time_a_week",
            )
        ]

    def __str__(self) -> str:
        return f"planning at {self.organisation_id}"
