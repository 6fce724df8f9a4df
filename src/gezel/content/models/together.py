"""What happens around a module: who makes it, who reviews it, who thanks and asks."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.content.models.modules import Block, Module
from gezel.people.api import COLLEAGUES, SELF, Audience
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

_EVERYONE_HERE = Audience(SELF, COLLEAGUES)


@personal_data(
    what=_("Modules you make together with others"),
    purpose=_("So that you can change them, and colleagues know whom to thank and ask."),
    audience=_EVERYONE_HERE,
    ground=LEGITIMATE_INTEREST,
    term=_("Until you or the owner ends it, or the module goes."),
    order=66,
)
class CoAuthor(models.Model):
    """Someone who makes a module with its owner: may change it, not take it off."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="co_authors")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="makes_too")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["module", "person"], name="one_row_a_co_author")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} makes {self.module_id} too"


@personal_data(
    what=_("Reviews you asked for or gave, with your remarks"),
    purpose=_("So that a module is looked at by another before colleagues play it."),
    audience=_EVERYONE_HERE,
    ground=LEGITIMATE_INTEREST,
    term=_("As long as the module is kept."),
    person=("asked_by", "reviewer"),
    order=67,
)
class PeerReview(models.Model):
    """A look by one other before a module goes wide: asked for, then approved or sent back."""

    class State(models.TextChoices):
        ASKED = "asked", _("waits for a review")
        APPROVED = "approved", _("approved")
        CHANGES = "changes", _("asks for changes")
        WITHDRAWN = "withdrawn", _("taken back")

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="reviews")
    version = models.PositiveIntegerField()
    asked_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="reviews_asked"
    )
    reviewer = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="reviews_to_give"
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    note = models.CharField(max_length=1_000, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["module"], condition=Q(state="asked"), name="one_open_review_a_module"
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(reviewer=None) | ~Q(asked_by=models.F("reviewer")),
                name="nobody_reviews_their_own",
            ),
        ]
        indexes = [models.Index(fields=["reviewer", "state"], name="review_to_give")]

    def __str__(self) -> str:
        return f"{self.module_id}: {self.state}"


class Remark(models.Model):
    """What a reviewer says of one block."""

    review = models.ForeignKey(PeerReview, on_delete=models.CASCADE, related_name="remarks")
    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="remarks")
    text = models.CharField(max_length=1_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "block"], name="one_remark_a_block")
        ]

    def __str__(self) -> str:
        return self.text


@personal_data(
    what=_("Thanks you gave for a module"),
    purpose=_("So that who made it knows that it helped."),
    audience=_EVERYONE_HERE,
    ground=LEGITIMATE_INTEREST,
    term=_("Until you take it back, or the module goes."),
    order=68,
)
class Thanks(models.Model):
    """One colleague's thanks for a module, with a line if they like. Everyone here sees it."""

    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="thanks")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="thanked")
    line = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["module", "person"], name="one_thanks_a_module")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} thanks for {self.module_id}"


@personal_data(
    what=_("Questions you asked about a module, and answers you gave"),
    purpose=_("So that who made it can answer, and others find the answer."),
    audience=_EVERYONE_HERE,
    ground=LEGITIMATE_INTEREST,
    term=_("Until you take it back, or the module goes."),
    person=("person", "answered_by"),
    order=69,
)
class Asking(models.Model):
    """A question of a player to who makes the module. Colleagues see it, with its answer."""

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="askings")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="asked")
    text = models.CharField(max_length=1_000)
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=2_000, blank=True)
    answered_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return self.text
