"""Learning paths: their versions, who is on one and how far, and the rules that put them there."""

import uuid
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.kit.text import in_language
from gezel.paths import rules
from gezel.paths.rules import Node, conditions
from gezel.people.api import HR, LINE, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, Until, personal_data

PROGRESS_OF_A_PERSON = Audience(SELF, LINE, HR)


def _empty() -> dict[str, Any]:
    return rules.written(rules.new_path())


class Path(models.Model):
    """A learning path of an organisation. What is being written stands in `draft`.

    Nobody walks the draft: publishing makes a version, and people walk versions. `revision` rises
    with each change, so that who saves an older picture is told, not obeyed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being made")
        OPEN = "open", _("in use")
        CLOSED = "closed", _("no longer in use")

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="learning_paths"
    )
    name_nl = models.CharField(_("name in Dutch"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    about_nl = models.TextField(_("what it is for, in Dutch"), max_length=2_000, blank=True)
    about_en = models.TextField(_("what it is for, in English"), max_length=2_000, blank=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    draft = models.JSONField(default=_empty)
    revision = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name_nl="", name_en=""), name="path_has_a_name")
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="path_in_use")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)

    @property
    def about(self) -> str:
        return in_language(nl=self.about_nl, en=self.about_en)

    @property
    def structure(self) -> Node:
        """The draft, as the rules read it."""
        return rules.read(self.draft)


class Version(models.Model):
    """A path as it was published on a day; never changed afterwards."""

    path = models.ForeignKey(Path, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["path", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.path_id} v{self.number}"

    @cached_property
    def structure(self) -> Node:
        """As the rules read it."""
        return rules.read(self.content)


class Rule(models.Model):
    """Who is put on a path by itself: a tree of conditions, in use or being written.

    `condition` is what counts now; `draft` is what is being written and counts for nobody yet.
    """

    class Begins(models.TextChoices):
        MATCH = "match", _("the day they are put on it")
        FIRST_DAY = "first_day", _("their first day of work here")

    path = models.ForeignKey(Path, on_delete=models.CASCADE, related_name="rules")
    begins = models.CharField(
        _("deadlines count from"), max_length=9, choices=Begins.choices, default=Begins.MATCH
    )
    condition = models.JSONField(null=True, blank=True)
    draft = models.JSONField(default=dict)
    active = models.BooleanField(default=False)
    ran_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(active=False) | Q(condition__isnull=False),
                name="rule_in_use_says_whom",
            )
        ]

    def __str__(self) -> str:
        return f"rule {self.pk} of {self.path_id}"

    @property
    def tree(self) -> conditions.Condition:
        """What counts now."""
        return conditions.read(self.condition or {"any": []})

    @property
    def draft_tree(self) -> conditions.Condition:
        """What is being written."""
        return conditions.read(self.draft or {"all": []})


@personal_data(
    what=_("The learning paths you are on, and how far you are"),
    purpose=_("So that you know what comes next, and who leads you can help in time."),
    audience=PROGRESS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer reads it until your last day."),
    order=45,
)
class Enrolment(models.Model):
    """Someone on a path, in the version they began with or were moved to.

    `steps_asked`, `steps_settled`, `next_due_on` and `completed_on` follow from the version and
    the marks by `rules.walked`; they are kept so that a list of thousands is one question. So are
    the minutes off the job, spent and still to come; None until they were counted for the first
    time. What an activity asks may be written anew: of who is under way they are counted every
    night.
    `unmatched_on`: the rule that put them here no longer means them; somebody decides, and until
    then they stay.
    """

    class How(models.TextChoices):
        RULE = "rule", _("by a rule")
        HAND = "hand", _("by hand")
        LIST = "list", _("from a list")

    class State(models.TextChoices):
        OPEN = "open", _("under way")
        DONE = "done", _("completed")
        STOPPED = "stopped", _("stopped")
        EXEMPT = "exempt", _("need not")

    path = models.ForeignKey(Path, on_delete=models.CASCADE, related_name="enrolments")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="enrolments")
    begins_on = models.DateField(_("begins on"))
    how = models.CharField(max_length=4, choices=How.choices, default=How.HAND)
    rule = models.ForeignKey(
        Rule, on_delete=models.SET_NULL, null=True, blank=True, related_name="enrolments"
    )
    enrolled_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    unmatched_on = models.DateField(null=True, blank=True)
    # Somebody decided that they go on although the rule no longer means them.
    stays = models.BooleanField(default=False)
    completed_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    why_ended = models.CharField(_("why"), max_length=300, blank=True)
    steps_asked = models.PositiveSmallIntegerField(default=0)
    steps_settled = models.PositiveSmallIntegerField(default=0)
    next_due_on = models.DateField(null=True, blank=True)
    minutes_spent = models.PositiveIntegerField(null=True, blank=True)
    minutes_left = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path", "person"], condition=Q(state="open"), name="once_on_a_path"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(completed_on__isnull=False),
                name="completed_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state"], name="enrolment_of_a_person"),
            models.Index(fields=["path", "state", "person"], name="enrolment_on_a_path"),
            models.Index(fields=["rule", "state"], name="enrolment_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.path_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def percent(self) -> int:
        """How far, of what is asked."""
        return 100 * self.steps_settled // self.steps_asked if self.steps_asked else 0

    @property
    def late(self) -> bool:
        """Whether a step that was asked by a day is not done after it."""
        return (
            self.is_open
            and self.next_due_on is not None
            and self.next_due_on < timezone.localdate()
        )


@personal_data(
    what=_("Which steps of a path you did, skipped or chose, and when"),
    purpose=_("To show where you are, and why a step was skipped."),
    audience=PROGRESS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer reads it until your last day."),
    person="enrolment__person",
    order=45,
)
class Mark(models.Model):
    """Something that happened to a step on a day; only ever added.

    `because` says by what: the activity that was completed, or the level that was shown.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="marks")
    step = models.CharField(max_length=12)
    what = models.CharField(max_length=8, choices=[(w.value, w.value) for w in rules.What])
    on = models.DateField()
    because = models.JSONField(default=dict)
    by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["enrolment", "id"], name="mark_in_order")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.step}: {self.what}"

    @property
    def fact(self) -> rules.Mark:
        """As the rule reads it."""
        return rules.Mark(self.step, rules.What(self.what), self.on)


@personal_data(
    what=_("Your answers to questions in a path, and what you told of applying it"),
    purpose=_("To look back together; the question says who reads it before you answer."),
    audience=PROGRESS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer reads what you let it until your last day."),
    person="enrolment__person",
    order=46,
)
class Reply(models.Model):
    """What someone answered to a question on the way, or told of applying it at work; a later
    answer stands beside the first.

    `readers` is what the question said when it was answered: it stays so.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="replies")
    step = models.CharField(max_length=12)
    text = models.TextField(_("your answer"), max_length=4_000)
    readers = models.CharField(max_length=6, choices=[(r.value, r.value) for r in rules.Readers])
    at = models.DateTimeField(default=timezone.now)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        verbose_name_plural = "replies"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.step}"


@personal_data(
    what=_("That you need not follow a path others must, and why"),
    purpose=_("To let an exception stand with its reason, so that no rule puts you on it again."),
    audience=PROGRESS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the exception ends."),
    until=Until("until_on", days=730),
    person="person",
    order=46,
)
class Exemption(models.Model):
    """Someone need not follow a path, from a day until, perhaps, another, for a reason."""

    path = models.ForeignKey(Path, on_delete=models.CASCADE, related_name="exemptions")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="path_exemption_ends_after_it_begins",
            )
        ]
        indexes = [models.Index(fields=["path", "person"], name="exempt_from_a_path")]

    def __str__(self) -> str:
        return f"{self.person_id} need not follow {self.path_id}"
