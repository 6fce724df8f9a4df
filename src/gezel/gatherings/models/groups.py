"""Groups within a session, and what people wish: with whom, and to which sessions."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.models.readers import PLACES_OF_A_PERSON, TAKEAWAYS_OF_A_PERSON
from gezel.gatherings.models.sessions import Gathering
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, personal_data


class Group(models.Model):
    """A part of the people at a session who do something together."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    # How many it should be, where the trainer said so; else they are evened out.
    size = models.PositiveSmallIntegerField(null=True, blank=True)
    locked = models.BooleanField(default=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size=None) | Q(size__gte=1), name="group_is_of_someone"
            )
        ]

    def __str__(self) -> str:
        return self.name


@personal_data(
    what=_("Which group you are in at a session"),
    purpose=_("So that you and who gives it know with whom you work."),
    audience=PLACES_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Until two years after the session."),
    person="person",
    order=72,
)
class GroupMember(models.Model):
    """Someone is in a group; in one group a session. Goes two years after the session."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    # Beside the group, so that the database can keep one group a person.
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    # The trainer put them here: forming anew leaves them.
    fixed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gathering", "person"], name="one_group_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


@personal_data(
    what=_("With whom you would like to be in a group, or who should be apart"),
    purpose=_("So that groups can be formed that work."),
    audience=TAKEAWAYS_OF_A_PERSON,
    ground=CONSENT,
    term=_("Until two years after the session."),
    person=("person", "other"),
    order=73,
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


@personal_data(
    what=_("To which sessions you would like to go, in your order"),
    purpose=_("So that sessions are planned for who wants them, and places given fairly."),
    audience=PLACES_OF_A_PERSON,
    ground=CONSENT,
    term=_("Until two years after the session."),
    person="person",
    order=74,
)
class SessionWish(models.Model):
    """A session someone would like to come to; 1 is what they want most."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        verbose_name_plural = "session wishes"
        constraints = [
            models.UniqueConstraint(fields=["person", "gathering"], name="one_wish_a_session"),
            models.CheckConstraint(condition=Q(rank__range=(1, 5)), name="wish_has_a_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.gathering_id} ({self.rank})"
