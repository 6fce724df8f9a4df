"""What may a visitor see and do about sessions?"""

from django.db.models import Q, QuerySet

from gezel.gatherings.models import (
    Attendance,
    Choosing,
    ChoosingQuerySet,
    Gathering,
    GatheringQuerySet,
    Place,
    PlaceQuerySet,
    Resource,
    Role,
    Timetable,
)
from gezel.people.api import HR, LINE, Audience, Person, PersonQuerySet, Visitor

_LINE = Audience(LINE)
_LINE_AND_HR = Audience(LINE, HR)


def sessions_to_read(visitor: Visitor) -> GatheringQuerySet:
    """What is given where one works is no secret to who works there."""
    return Gathering.objects.filter(organisation=visitor.organisation)


def sessions_to_run(visitor: Visitor) -> GatheringQuerySet:
    """Who set it up, who gives it, and HR run a session."""
    here = sessions_to_read(visitor)
    return here if visitor.is_hr else sessions_given(visitor)


def sessions_given(visitor: Visitor) -> GatheringQuerySet:
    """What the visitor set up or gives: only they read what people write afterwards."""
    given = Role.objects.giving().filter(person=visitor.person).values("gathering")
    return sessions_to_read(visitor).filter(Q(made_by=visitor.person) | Q(pk__in=given))


def sessions_given_as_trainer(visitor: Visitor) -> GatheringQuerySet:
    """What the visitor gives as trainer: only they say what they saw, no assistant and no guest."""
    given = Role.objects.filter(person=visitor.person, role=Role.Kind.TRAINER)
    return sessions_to_read(visitor).filter(pk__in=given.values("gathering"))


def gives_as_trainer(person: Person, gathering: Gathering) -> bool:
    """Whether this person gives this one as trainer, and works where it is given."""
    return (
        Role.objects.filter(gathering=gathering, person=person, role=Role.Kind.TRAINER).exists()
        and Person.objects.working_at(gathering.organisation).filter(pk=person.pk).exists()
    )


def may_run(visitor: Visitor, gathering: Gathering) -> bool:
    """Whether this one is theirs to run."""
    return sessions_to_run(visitor).filter(pk=gathering.pk).exists()


def may_read_files(visitor: Visitor, gathering: Gathering) -> bool:
    """Files of a session are for who takes part or did, who gives it or is a guest, who runs it."""
    me = {"gathering": gathering, "person": visitor.person}
    return (
        Place.objects.seated().filter(**me).exists()
        or Role.objects.filter(**me).exists()
        or Attendance.objects.filter(**me).exists()
        or may_run(visitor, gathering)
    )


def may_set_up(visitor: Visitor) -> bool:
    """Sharing what one knows is for everyone who works here."""
    return visitor.employment is not None


def own_places(visitor: Visitor) -> PlaceQuerySet:
    """Where I go and wait, wherever I worked."""
    return Place.objects.filter(person=visitor.person)


def people_to_reserve_for(visitor: Visitor) -> PersonQuerySet:
    """A lead keeps places for their own line; HR for everyone here; each for others only."""
    return _LINE_AND_HR.people_for(visitor).exclude(pk=visitor.person.pk)


def people_i_lead(visitor: Visitor) -> PersonQuerySet:
    """Everyone in the visitor's line today, never oneself."""
    return _LINE.people_for(visitor).exclude(pk=visitor.person.pk)


def places_of_my_line(visitor: Visitor) -> PlaceQuerySet:
    """Where one's people go and wait, here; one's own is not among them."""
    return Place.objects.living().filter(
        gathering__organisation=visitor.organisation, person__in=people_i_lead(visitor)
    )


def places_to_approve(visitor: Visitor) -> QuerySet[Place]:
    """Places of one's line that wait for a yes; nobody approves their own."""
    return Place.objects.filter(
        state=Place.State.ASKED,
        gathering__organisation=visitor.organisation,
        person__in=people_to_reserve_for(visitor),
    )


def places_to_decide(visitor: Visitor) -> QuerySet[Place]:
    """The same, also when somebody decided in the meantime: then it is told."""
    return Place.objects.filter(
        gathering__organisation=visitor.organisation,
        gathering__approval=True,
        person__in=people_to_reserve_for(visitor),
    )


def resources_to_read(visitor: Visitor) -> QuerySet[Resource]:
    """Which rooms and things there are is no secret to who works there."""
    return Resource.objects.filter(organisation=visitor.organisation)


def resources_to_edit(visitor: Visitor) -> QuerySet[Resource]:
    """HR and authors say which rooms and things can be booked."""
    found = resources_to_read(visitor)
    return found if visitor.is_author else found.none()


def timetables_to_make(visitor: Visitor) -> QuerySet[Timetable]:
    """HR sees every timetable here, an author those they made; to others there are none."""
    here = Timetable.objects.filter(organisation=visitor.organisation)
    if visitor.is_hr:
        return here
    return here.filter(made_by=visitor.person) if visitor.is_author else here.none()


def timetables_to_wish_in(visitor: Visitor) -> QuerySet[Timetable]:
    """Where people may say what they would like, and where someone said so or was put in."""
    here = Timetable.objects.filter(organisation=visitor.organisation)
    return here.filter(Q(wish_until__isnull=False) | Q(wishers__person=visitor.person)).distinct()


def choosings_to_run(visitor: Visitor) -> QuerySet[Choosing]:
    """HR runs every choice here, an author those they made."""
    here = Choosing.objects.filter(organisation=visitor.organisation)
    if visitor.is_hr:
        return here
    return here.filter(made_by=visitor.person) if visitor.is_author else here.none()


def choosings_of(visitor: Visitor) -> ChoosingQuerySet:
    """Where one may choose: for everyone here, or for one's unit and those above it."""
    if visitor.employment is None:
        return Choosing.objects.none()
    unit = visitor.employment.unit
    way = [unit.path[:end] for end in range(unit.steplen, len(unit.path) + 1, unit.steplen)]
    here = Choosing.objects.filter(organisation=visitor.organisation)
    return here.filter(Q(units=None) | Q(units__path__in=way)).distinct()
