"""How a person arranges their profile, what they write in it, and whether patterns are shown."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.people.api import SELF, Audience, Relation
from gezel.profile.rules.arranging import PARTS, Placed
from gezel.trust.api import CONSENT, personal_data

if TYPE_CHECKING:
    from gezel.people.api import Person, Visitor


def nobody(visitor: "Visitor", on: date) -> Q:
    """To have a link is no relation: what one sees by it, one sees without being anybody."""
    return Q(pk__in=[])


def _labels(person: "Person", on: date) -> Sequence[str]:
    from gezel.profile.models.shares import Share  # noqa: PLC0415 - it stands on this

    return [f"“{share.label}”" for share in Share.objects.open(on).filter(person=person)]


HAS_A_LINK = Relation(_("Whoever has a link that you made, until its day"), nobody, _labels)
PROFILE_OF_A_PERSON = Audience(SELF, HAS_A_LINK)
JUST_ONESELF = Audience(SELF)


@personal_data(
    what=_("How you arranged your profile, and what you wrote in it"),
    purpose=_("To show what you can in your own words and order; nobody sees it but by your link."),
    audience=PROFILE_OF_A_PERSON,
    ground=CONSENT,
    term=_("Yours for life; empty it whenever you like."),
    order=36,
)
class Part(models.Model):
    """One part of someone's profile as they placed it. Without a row it stands as usual.

    Holds their own words. No employer is in it: it is of the person, at work or between jobs.
    """

    person = models.ForeignKey(
        "people.Person", on_delete=models.CASCADE, related_name="profile_parts"
    )
    code = models.CharField(max_length=8)
    place = models.PositiveSmallIntegerField()
    shown = models.BooleanField(_("show this part"), default=True)
    story = models.TextField(_("your story"), max_length=4_000, blank=True)
    # The keys of what stands first ("skill:12"), in the person's order.
    pins = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "code"], name="one_part_of_a_kind"),
            models.CheckConstraint(condition=Q(code__in=PARTS), name="part_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.person_id}"

    @property
    def placed(self) -> Placed:
        """As the rules read it."""
        return Placed(self.code, self.shown, self.story, tuple(self.pins), self.version)


@personal_data(
    what=_("That you wanted to see your own learning patterns"),
    purpose=_(
        "So that they are worked out when you open that page. The patterns themselves are not kept."
    ),
    audience=JUST_ONESELF,
    ground=CONSENT,
    term=_("Until you switch them off; it goes with your account."),
    order=52,
)
class PatternsSwitch(models.Model):
    """Someone switched their learning patterns on. Off is no row: nothing of it is left."""

    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, related_name="patterns_switch"
    )
    suggests = models.BooleanField(_("suggest what might help"), default=True)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"patterns of {self.person_id}"
