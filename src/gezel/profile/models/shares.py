"""What a person shares by link: what, with whom, until when; and how often it was opened."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.profile.models.profile import JUST_ONESELF, PROFILE_OF_A_PERSON
from gezel.profile.rules.sharing import is_open
from gezel.trust.api import CONSENT, personal_data


class ShareQuerySet(models.QuerySet["Share"]):
    def open(self, on: date) -> Self:
        """Those that lead somewhere on a day."""
        return self.filter(withdrawn_at=None, until__gte=on)


@personal_data(
    what=_("Parts of your profile that you share by link"),
    purpose=_("So that you show what you choose to whom you choose, until the day you choose."),
    audience=PROFILE_OF_A_PERSON,
    ground=CONSENT,
    term=_("A year after the link ended, so that you can see what you shared with whom."),
    order=37,
    stays=("digest",),
)
class Share(models.Model):
    """A link to chosen parts of someone's profile. It is the person's: no employer comes in it.

    Of the address only a digest is kept, so that who reads the database cannot open the page.
    Nothing opens a link again once it ended: not the clock, not another employment. `as_of`: the
    facts as they stood on that day; empty, as they stand when it is read.
    """

    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="profile_shares"
    )
    label = models.CharField(_("for whom"), max_length=80)
    note = models.CharField(_("a word to the reader"), max_length=500, blank=True)
    chosen = models.JSONField(default=list)
    as_of = models.DateField(null=True, blank=True)
    until = models.DateField(_("until and including"))
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Made by the client, so that a form sent twice is one link.
    key = models.UUIDField(default=uuid.uuid4)

    objects = ShareQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="one_share_a_form"),
            models.CheckConstraint(condition=~Q(label=""), name="share_says_for_whom"),
            models.CheckConstraint(condition=~Q(digest=""), name="share_has_an_address"),
        ]
        indexes = [models.Index(fields=["person", "-made_at"], name="share_newest")]

    def __str__(self) -> str:
        return f"share {self.pk} of {self.person_id}"

    @property
    def is_open(self) -> bool:
        return is_open(
            until=self.until,
            withdrawn=self.withdrawn_at is not None,
            today=timezone.localdate(),
        )


@personal_data(
    what=_("How often a link of yours was opened, by day"),
    purpose=_("So that you see whether it was read. Who it was without an account, nobody notes."),
    audience=JUST_ONESELF,
    ground=CONSENT,
    term=_("As long as the link it belongs to."),
    person="share__person",
    order=38,
)
class Opening(models.Model):
    """On one day a link was opened so many times. Nothing about who did: no address, no device."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="openings")
    on = models.DateField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-on"]
        constraints = [models.UniqueConstraint(fields=["share", "on"], name="one_opening_a_day")]

    def __str__(self) -> str:
        return f"{self.share_id} on {self.on}: {self.times}"
