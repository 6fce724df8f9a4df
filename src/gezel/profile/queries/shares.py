"""A person's links, and how often they were opened."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from gezel.profile.models import Opening, Share


@dataclass(frozen=True, slots=True)
class Openings:
    """How often a link was opened, by day, the newest first."""

    days: tuple[Opening, ...]

    @property
    def times(self) -> int:
        return sum(day.times for day in self.days)

    @property
    def most(self) -> int:
        return max((day.times for day in self.days), default=0)

    @property
    def last_on(self) -> date | None:
        return self.days[0].on if self.days else None


def openings_of(share: Share) -> Openings:
    """Of one link."""
    return Openings(tuple(share.openings.all()))


def with_openings(shares: QuerySet[Share]) -> QuerySet[Share]:
    """Each with how often it was opened (`times`) and when last (`last_on`)."""
    return shares.annotate(times=Coalesce(Sum("openings__times"), 0), last_on=Max("openings__on"))
