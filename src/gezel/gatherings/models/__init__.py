"""The tables of this room, each file along its meaning."""

from gezel.gatherings.models.attendance import Attendance, Takeaway
from gezel.gatherings.models.calendars import Feed, Invited
from gezel.gatherings.models.groups import (
    Division,
    Group,
    GroupMember,
    GroupMove,
    GroupWish,
    SessionWish,
)
from gezel.gatherings.models.places import News, Place, PlaceQuerySet
from gezel.gatherings.models.readers import PLACES_OF_A_PERSON, TAKEAWAYS_OF_A_PERSON, TRAINER
from gezel.gatherings.models.sessions import (
    Gathering,
    GatheringQuerySet,
    Material,
    Resource,
    Role,
    Series,
    Use,
)

__all__ = [
    "PLACES_OF_A_PERSON",
    "TAKEAWAYS_OF_A_PERSON",
    "TRAINER",
    "Attendance",
    "Division",
    "Feed",
    "Gathering",
    "GatheringQuerySet",
    "Group",
    "GroupMember",
    "GroupMove",
    "GroupWish",
    "Invited",
    "Material",
    "News",
    "Place",
    "PlaceQuerySet",
    "Resource",
    "Role",
    "Series",
    "SessionWish",
    "Takeaway",
    "Use",
]
