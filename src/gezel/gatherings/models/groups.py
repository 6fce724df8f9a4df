"""Groups within a session, and what people wish: with whom, and to which sessions."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.models.readers import (
    GROUPS_OF_A_PERSON,
    PLACES_OF_A_PERSON,
    TAKEAWAYS_OF_A_PERSON,
)
from gezel.gatherings.models.sessions import Gathering
from gezel.people.api import COLLEAGUES, SELF, Audience
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, Until, personal_data


@personal_data(
    what=_("That you formed groups at a session, and when"),
    purpose=_("So that one can see how the groups came about, and go back to earlier ones."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the session."),
    until=Until("gathering__ends_at", days=730),
    person="made_by",
    order=71,
)
class Division(models.Model):
    """How the people of a session were divided, from a moment on.

    Forming anew, splitting, merging and evening out make another; those before stay as they were.
    The newest that was not taken back is how it stands. Holds who made it; goes two years after
    the session.
    """

    class Mode(models.TextChoices):
        RULE = "rule", _("by rule")
        WISH = "wish", _("by wish")
        CHANCE = "chance", _("at random")
        EVEN = "even", _("evened out")
        SPLIT = "split", _("a group split")
        MERGE = "merge", _("groups merged")

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="divisions")
    mode = models.CharField(max_length=6, choices=Mode.choices)
    # What was asked, as `rules.groups` has it: sizes, dials, the seed. Nothing about anyone.
    asked = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Rises with each move by hand, so that of two at once the second looks again.
    version = models.PositiveIntegerField(default=1)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.gathering_id}: {self.mode}"


class Group(models.Model):
    """A part of the people at a session who do something together."""

    division = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="groups")
    position = models.PositiveSmallIntegerField()
    # As who gives it called it; empty: by its number.
    called = models.CharField(max_length=40, blank=True)
    # Forming anew leaves it as it is.
    locked = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["division", "position"], name="one_group_a_position")
        ]

    def __str__(self) -> str:
        return f"{self.division_id}: {self.position}"

    @property
    def name(self) -> str:
        return self.called or gettext("Group %(n)s") % {"n": self.position + 1}


@personal_data(
    what=_("Which group you are in at a session"),
    purpose=_("So that you and the trainer know who you work with."),
    audience=GROUPS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the session."),
    until=Until("division__gathering__ends_at", days=730),
    person="person",
    order=72,
)
class GroupMember(models.Model):
    """Someone is in a group; in one group of a division. Goes two years after the session."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    # Beside the group, so that the database can keep one group a person.
    division = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    # Who gives it keeps them here: forming anew leaves them.
    fixed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division", "person"], name="one_group_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


@personal_data(
    what=_("That you were moved to another group by hand"),
    purpose=_("So that a move can be taken back."),
    audience=PLACES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the session."),
    until=Until("division__gathering__ends_at", days=730),
    person="person",
    order=72,
)
class GroupMove(models.Model):
    """Someone was moved by hand; two with one `step` changed places. Goes with the division."""

    division = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="moves")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    from_group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    to_group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    step = models.UUIDField()
    moved_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # A form sent twice moves once.
            models.UniqueConstraint(fields=["step", "person"], name="one_move_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.from_group_id} to {self.to_group_id}"


@personal_data(
    what=_("Who you would like to be in a group with, or who should be apart"),
    purpose=_("So that groups can be formed that work."),
    audience=TAKEAWAYS_OF_A_PERSON,
    ground=CONSENT,
    term=_("Until two years after the session."),
    until=Until("gathering__ends_at", days=730),
    person=("person", "other"),
    order=73,
    taken_by=("person",),
)
class GroupWish(models.Model):
    """Two people together, or apart: wished by one of them, or said by who gives the session."""

    class Kind(models.TextChoices):
        TOGETHER = "together", _("together")
        APART = "apart", _("apart")

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="group_wishes")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TOGETHER)
    # Said by who gives it: then it must hold; a wish of the person counts as far as it can.
    must = models.BooleanField(default=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        verbose_name_plural = "group wishes"
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "person", "other", "must"], name="one_wish_about_two"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("other")), name="wish_is_about_someone_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} and {self.other_id} {self.kind}"
