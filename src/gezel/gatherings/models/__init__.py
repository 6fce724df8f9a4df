"""The tables of this room, each file along its meaning."""

from gezel.gatherings.models.attendance import Attendance, Takeaway
from gezel.gatherings.models.calendars import Feed, Invited
from gezel.gatherings.models.choosing import Choosing, ChoosingQuerySet, SessionWish
from gezel.gatherings.models.groups import (
    Division,
    Group,
    GroupMember,
    GroupMove,
    GroupWish,
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
from gezel.gatherings.models.timetables import (
    Giver,
    Proposed,
    ProposedPlace,
    Timetable,
    Wanted,
    Wisher,
)

__all__ = [
    "PLACES_OF_A_PERSON",
    "TAKEAWAYS_OF_A_PERSON",
    "TRAINER",
    "Attendance",
    "Choosing",
    "ChoosingQuerySet",
    "Division",
    "Feed",
    "Gathering",
    "GatheringQuerySet",
    "Giver",
    "Group",
    "GroupMember",
    "GroupMove",
    "GroupWish",
    "Invited",
    "Material",
    "News",
    "Place",
    "PlaceQuerySet",
    "Proposed",
    "ProposedPlace",
    "Resource",
    "Role",
    "Series",
    "SessionWish",
    "Takeaway",
    "Timetable",
    "Use",
    "Wanted",
    "Wisher",
]
