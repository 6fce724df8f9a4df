"""Tests of a skill, the bank of items behind each, and the sittings of who takes them."""

import uuid
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gezel.assessment.rules import bodies
from gezel.assessment.rules.choosing import VERSION
from gezel.assessment.rules.measuring import logit_of
from gezel.kit.text import in_language
from gezel.people.api import HR, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

# What someone answered and what came of it is theirs alone, until they put it in their profile.
SITTINGS_OF_A_PERSON = Audience(SELF)


class Test(models.Model):
    """What an organisation asks to see how far someone is in one skill.

    `started` counts sittings, so that the share of tests in which an item was shown is known.
    """

    __test__ = False  # pytest takes it for one of its own

    class State(models.TextChoices):
        DRAFT = "draft", _("being made")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="tests"
    )
    skill = models.ForeignKey("skills.Skill", on_delete=models.PROTECT, related_name="tests")
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    started = models.PositiveIntegerField(default=0)
    figured_at = models.DateTimeField(null=True, blank=True)
    # Made by the client, so that a form sent twice is one test.
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "skill"], name="one_test_a_skill")
        ]

    def __str__(self) -> str:
        return str(self.skill)


class Part(models.Model):
    """A part of the skill that a test sees to in its own share."""

    test = models.ForeignKey(Test, on_delete=models.CASCADE, related_name="parts")
    name_nl = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_nl="", name_en=""), name="part_has_a_name"),
            models.UniqueConstraint(fields=["test", "position"], name="one_part_a_place"),
        ]

    def __str__(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


class ItemQuerySet(models.QuerySet["Item"]):
    def in_use(self) -> "ItemQuerySet":
        """What may be put to someone now."""
        return self.filter(state__in=[Item.State.LIVE, Item.State.TRIAL])


@personal_data(
    what=_("Test questions that you wrote or checked"),
    purpose=_("So that nobody checks their own question, and questions about it find you."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("The question is kept for who answered it; your name goes with your account."),
    person=["written_by", "reviewed_by"],
    order=66,
    stays=("body", "figures"),
)
class Item(models.Model):
    """One version of a question. What is in use never changes: a change is a new version.

    `lineage` ties the versions of one question together. `hardness` is the expert's word: which
    level gets it right half the time, in halves of a level. `difficulty` and `slope` are what the
    test counts with (logits); they start from that word and follow the answers.
    """

    class Kind(models.TextChoices):
        ONE = "one", _("one right answer")
        SEVERAL = "several", _("several right answers")
        ORDER = "order", _("put in order")
        NUMBER = "number", _("a number")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEWED = "reviewed", _("checked")
        TRIAL = "trial", _("on trial")
        LIVE = "live", _("in use")
        RETIRED = "retired", _("retired")

    test = models.ForeignKey(Test, on_delete=models.CASCADE, related_name="items")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="items")
    lineage = models.UUIDField(default=uuid.uuid4)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    body = models.JSONField(default=dict)
    media = models.ForeignKey(
        "content.Media", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    hardness = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(2), MaxValueValidator(10)]
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    written_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    remark = models.CharField(max_length=500, blank=True)
    # Rises with every change of a draft, so that who saves an older picture is told, not obeyed.
    edition = models.PositiveIntegerField(default=1)
    difficulty = models.FloatField(default=0.0)
    slope = models.FloatField(default=1.0)
    # How often it was put to someone, and how many tests had been started when it came into use.
    shown = models.PositiveIntegerField(default=0)
    since_started = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict, blank=True)
    # What it came from in a file, so that the same file again brings nothing twice.
    digest = models.CharField(max_length=64, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["lineage", "version"], name="one_item_a_version"),
            models.UniqueConstraint(
                fields=["lineage"],
                condition=Q(state__in=["live", "trial"]),
                name="one_version_in_use",
            ),
            models.UniqueConstraint(
                fields=["lineage"],
                condition=Q(state__in=["draft", "reviewed"]),
                name="one_version_being_made",
            ),
            models.UniqueConstraint(
                fields=["test", "digest"], condition=~Q(digest=""), name="nothing_imported_twice"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None)
                | Q(written_by=None)
                | ~Q(reviewed_by=F("written_by")),
                name="nobody_checks_their_own_item",
            ),
            models.CheckConstraint(
                condition=Q(hardness=None) | Q(hardness__gte=2, hardness__lte=10),
                name="hardness_on_the_scale",
            ),
            models.CheckConstraint(condition=Q(slope__gt=0), name="slope_above_nothing"),
        ]
        indexes = [models.Index(fields=["test", "state"], name="items_of_a_bank")]

    def __str__(self) -> str:
        return self.first_words[:80]

    @cached_property
    def content(self) -> bodies.Body:
        return bodies.body_of(self.kind, self.body)

    @property
    def first_words(self) -> str:
        """What it is known by in lists."""
        prompt = self.body.get("prompt", {})
        said = in_language(nl=prompt.get("nl", ""), en=prompt.get("en", ""))
        return said.split("\n")[0][:160]

    @property
    def expected(self) -> float:
        """The difficulty the expert's word stands for, in logits; the middle without one."""
        return logit_of(self.hardness / 2) if self.hardness else 0.0

    @property
    def is_in_use(self) -> bool:
        return self.state in {self.State.LIVE, self.State.TRIAL}

    @property
    def is_being_made(self) -> bool:
        return self.state in {self.State.DRAFT, self.State.REVIEWED}


@personal_data(
    what=_("The skill tests you took, and their results"),
    purpose=_("To go on where you were on any device, and to see how far you are in a skill."),
    audience=SITTINGS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; others read a result only once you put it in your profile."),
    order=48,
    stays=("pool", "seed"),
)
class Sitting(models.Model):
    """Someone taking a test, from the first question to the result. Only they read it.

    All that decides is kept with it: the pool as it was, the seed, what was believed before (in
    logits), the version of the rules. So it can be played again and gives the same figure.
    `in_profile`: whether its result went into the profile, and when.
    """

    class Form(models.TextChoices):
        ADAPTIVE = "adaptive", _("adaptive")
        FIXED = "fixed", _("the same questions for everyone")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="sittings")
    test = models.ForeignKey(Test, on_delete=models.PROTECT, related_name="sittings")
    registration = models.UUIDField(unique=True, default=uuid.uuid4)
    form = models.CharField(max_length=8, choices=Form.choices)
    language = models.CharField(max_length=2)
    seed = models.BigIntegerField()
    pool = models.JSONField()
    start_mean = models.FloatField()
    start_sd = models.FloatField()
    rules = models.PositiveSmallIntegerField(default=VERSION)
    started_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    result: Any = models.JSONField(null=True, blank=True)
    in_profile_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "test"],
                condition=Q(ended_at__isnull=True),
                name="one_open_sitting_a_test",
            ),
            models.CheckConstraint(
                condition=Q(in_profile_at__isnull=True) | Q(ended_at__isnull=False),
                name="only_results_go_into_a_profile",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-last_at"], name="sitting_of_a_person"),
            models.Index(fields=["test", "-ended_at"], name="sitting_of_a_test"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} takes {self.test_id}"


class Asked(models.Model):
    """A question put to someone: the item, and its place in the test. Says nothing about them."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="asked")
    number = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="asked")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "number"], name="one_question_a_turn"),
            models.UniqueConstraint(fields=["sitting", "item"], name="no_item_twice_a_sitting"),
        ]
        indexes = [models.Index(fields=["item"], name="asked_of_an_item")]

    def __str__(self) -> str:
        return f"{self.sitting_id}/{self.number}"


@personal_data(
    what=_("Each answer you gave in a skill test"),
    purpose=_("To see how far you are. Without your name they also show which questions are good."),
    audience=SITTINGS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; nobody else reads it."),
    person="asked__sitting__person",
    order=49,
)
class Answer(models.Model):
    """The one answer to a question that was put, as it arrived; the first to arrive stands.

    The device makes the key, so that an answer sent twice is one.
    """

    asked = models.OneToOneField(Asked, on_delete=models.CASCADE, related_name="answer")
    key = models.UUIDField(unique=True)
    value: Any = models.JSONField()
    right = models.BooleanField()
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.asked_id}"


@personal_data(
    what=_("Files with test questions that you brought in"),
    purpose=_("To show what a file holds before anything is taken over."),
    audience=Audience(SELF, HR),
    ground=LEGITIMATE_INTEREST,
    term=_("The file goes once it is taken over or thrown away; its name stays in the list."),
    person="by",
    order=67,
    stays=("content",),
)
class Intake(models.Model):
    """A file of questions someone chose, kept while they look at what it would bring."""

    class State(models.TextChoices):
        READ = "read", _("to look at")
        DONE = "done", _("taken over")
        DROPPED = "dropped", _("thrown away")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    test = models.ForeignKey(Test, on_delete=models.CASCADE, related_name="intakes")
    by = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    content = models.BinaryField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.READ)
    brought = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
