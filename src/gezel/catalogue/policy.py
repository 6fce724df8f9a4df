"""What may a visitor see and do in the catalogue?"""

from django.db.models import Q

from gezel.catalogue.models import Activity, ActivityQuerySet
from gezel.people.api import Visitor


def activities_to_read(visitor: Visitor) -> ActivityQuerySet:
    """What is on offer where one works; also what is not, to who may change it."""
    allowed = Q(state=Activity.State.OPEN) | Q(pk__in=activities_to_edit(visitor).values("pk"))
    return Activity.objects.filter(allowed, organisation=visitor.organisation)


def activities_to_edit(visitor: Visitor) -> ActivityQuerySet:
    """Authors and HR keep the catalogue; who shared something keeps that.

    A module is written in its own workshop (`content`), which keeps its entry here right.
    """
    here = Activity.objects.filter(organisation=visitor.organisation).exclude(
        kind=Activity.Kind.MODULE
    )
    return here if visitor.is_author else here.filter(shared_by=visitor.person)


def may_offer(visitor: Visitor) -> bool:
    """Authors and HR put courses and the like on offer; sharing something is for everyone."""
    return visitor.employment is not None and visitor.is_author
