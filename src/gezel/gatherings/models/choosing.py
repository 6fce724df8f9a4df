"""A choice among sessions: people say what they would like, then places are shared out."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.gatherings.models.readers import CHOSEN
from gezel.gatherings.models.sessions import Gathering
from gezel.people.api import COLLEAGUES, SELF, Audience
from gezel.trust.api import CONSENT, LEGITIMATE_INTEREST, personal_data


class ChoosingQuerySet(models.QuerySet["Choosing"]):
    def open_on(self, day: object) -> Self:
        """Those in which one can still say what one would like."""
        return self.filter(placed_at=None, until_on__gte=day)


@personal_data(
    what=_("That you let people choose from sessions, and shared out the places"),
    purpose=_("So that people know whom to ask about it."),
    audience=Audience(SELF, COLLEAGUES),
    ground=LEGITIMATE_INTEREST,
    term=_("As long as your account exists; the choice stays without your name."),
    person="made_by",
    order=74,
)
class Choosing(models.Model):
    """Sessions among which people choose until a day; then all places are shared out at once.

    Names who made it; the name goes with an account.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="+"
    )
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("what it is about"), max_length=2_000, blank=True)
    until_on = models.DateField(_("choose until"))
    # For whom: these units and what is below them; none: everyone who works here.
    units = models.ManyToManyField("people.Unit", related_name="+", blank=True)
    sessions = models.ManyToManyField(Gathering, related_name="choosings")
    made_by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    placed_at = models.DateTimeField(null=True, blank=True)
    # How it came out, in numbers: by rank, without a place.
    outcome = models.JSONField(default=dict)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    objects = ChoosingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title


@personal_data(
    what=_("To which sessions you would like to go, in your order"),
    purpose=_("So that places are shared out by what people want, and by nothing else."),
    audience=CHOSEN,
    ground=CONSENT,
    term=_("Until two years after the session."),
    person="person",
    order=74,
)
class SessionWish(models.Model):
    """A session someone would like to come to; 1 is what they want most. Goes after two years."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    choosing = models.ForeignKey(
        Choosing, on_delete=models.CASCADE, related_name="wishes", null=True
    )
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    # Among equals who asked first goes first; a change of mind keeps that moment.
    asked_at = models.DateTimeField(default=timezone.now)
    key = models.UUIDField(unique=True, default=uuid.uuid4)

    class Meta:
        verbose_name_plural = "session wishes"
        constraints = [
            models.UniqueConstraint(
                fields=["choosing", "person", "gathering"], name="one_wish_a_session"
            ),
            models.CheckConstraint(condition=Q(rank__range=(1, 5)), name="wish_has_a_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.gathering_id} ({self.rank})"
