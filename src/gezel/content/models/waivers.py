"""Someone need not do some learning: who said so, and why."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gezel.people.api import COLLEAGUES, HR, LINE, SELF, Audience, Relation
from gezel.trust.api import LEGITIMATE_INTEREST, personal_data

if TYPE_CHECKING:
    from gezel.people.api import Person, Visitor


def _gave(visitor: "Visitor", on: date) -> Q:
    if visitor.employment is None:
        return Q(pk__in=[])
    here = visitor.employment.organisation_id
    given = Waiver.objects.filter(by=visitor.person.pk, activity__organisation=here)
    # Someone who left is out of sight, as everywhere.
    return Q(pk__in=given.values("person")) & COLLEAGUES.seen_by(visitor, on)


def _names_of_givers(person: "Person", on: date) -> Sequence[str]:
    here = person.employments.current(on).values("organisation")
    found = Waiver.objects.filter(person=person, activity__organisation__in=here)
    return sorted({one.by.name for one in found.select_related("by") if one.by})


GIVER = Relation(_("Whoever said that you need not do some learning"), _gave, _names_of_givers)
WAIVERS_OF_A_PERSON = Audience(SELF, LINE, HR, GIVER)


@personal_data(
    what=_("Learning that you need not do, who said so and why"),
    purpose=_("So that nobody has to learn again what they can already."),
    audience=WAIVERS_OF_A_PERSON,
    ground=LEGITIMATE_INTEREST,
    term=_("Yours for life; your employer reads it until your last day."),
    order=49,
)
class Waiver(models.Model):
    """Someone need not do a module or package, or one part of a package. It tells nothing of
    what they did in it.

    `part` is the part by its name (`rules.waiving.name_of_part`) and `part_title` how it was
    called on that day; both empty where it is about the whole.

    Said by a person, with why in their own words; or, without `by`, because of the tests that
    `rests_on` names, as the keys of pieces of evidence. Taken back, it stays to be read.
    """

    class Reason(models.TextChoices):
        """The four of cmi5 (9.5.5.2), in its own words."""

        TESTED_OUT = "Tested Out", _("They showed that they can do it")
        EQUIVALENT = "Equivalent AU", _("They did the same learning here, in another form")
        OUTSIDE = "Equivalent Outside Activity", _("They did the same somewhere else")
        ADMINISTRATIVE = "Administrative", _("For another reason")

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="waivers")
    activity = models.ForeignKey(
        "catalogue.Activity", on_delete=models.CASCADE, related_name="waivers"
    )
    part = models.CharField(max_length=255, blank=True, default="", db_default="")
    part_title = models.CharField(max_length=250, blank=True, default="", db_default="")
    reason = models.CharField(max_length=27, choices=Reason.choices)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, related_name="waivers_given"
    )
    rests_on = models.JSONField(default=list)
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "activity", "part"],
                condition=Q(taken_back_at=None),
                name="one_waiver_stands_a_part",
            ),
            models.CheckConstraint(
                condition=Q(by=None) | ~Q(by=models.F("person")), name="nobody_waives_their_own"
            ),
        ]
        indexes = [models.Index(fields=["activity", "-at"], name="waivers_of_an_activity")]

    def __str__(self) -> str:
        return f"{self.person_id} need not do {self.activity_id}: {self.reason}"
