"""Who may read where someone goes: they, who leads them, HR, and who gives the session."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gezel.people.api import COLLEAGUES, HR, LINE, SELF, Audience, Relation

if TYPE_CHECKING:
    from gezel.people.api import Person, Visitor


def _comes_to_mine(visitor: "Visitor", on: date) -> Q:
    from gezel.gatherings.models import Place, Role  # noqa: PLC0415 - they stand on this

    if visitor.employment is None:
        return Q(pk__in=[])
    here = visitor.employment.organisation_id
    given = Role.objects.giving().filter(person=visitor.person.pk, gathering__organisation=here)
    coming = Place.objects.living().filter(
        Q(gathering__in=given.values("gathering"))
        | Q(gathering__made_by=visitor.person.pk, gathering__organisation=here)
    )
    # Someone who left is out of sight, as everywhere.
    return Q(pk__in=coming.values("person")) & COLLEAGUES.seen_by(visitor, on)


def _names_of_trainers(person: "Person", on: date) -> Sequence[str]:
    from gezel.gatherings.models import Place, Role  # noqa: PLC0415 - they stand on this

    here = person.employments.current(on).values("organisation")
    coming = Place.objects.living().filter(person=person, gathering__organisation__in=here)
    roles = Role.objects.giving().filter(
        gathering__in=coming.values("gathering"), person__isnull=False
    )
    names = {r.person.name for r in roles.select_related("person") if r.person}
    made = coming.filter(gathering__made_by__isnull=False).select_related("gathering__made_by")
    names |= {p.gathering.made_by.name for p in made if p.gathering.made_by}
    return sorted(names - {person.name})


TRAINER = Relation(
    _("Whoever gives or set up a session you go to"), _comes_to_mine, _names_of_trainers
)
PLACES_OF_A_PERSON = Audience(SELF, LINE, HR, TRAINER)
TAKEAWAYS_OF_A_PERSON = Audience(SELF, TRAINER)


def _in_my_group(visitor: "Visitor", on: date) -> Q:
    from gezel.gatherings.models import GroupMember  # noqa: PLC0415 - they stand on this

    if visitor.employment is None:
        return Q(pk__in=[])
    mine = GroupMember.objects.filter(person=visitor.person.pk, division__withdrawn_at=None)
    there = GroupMember.objects.filter(group__in=mine.values("group"))
    return Q(pk__in=there.values("person")) & COLLEAGUES.seen_by(visitor, on)


def _names_in_group(person: "Person", on: date) -> Sequence[str]:
    from gezel.gatherings.models import GroupMember  # noqa: PLC0415 - they stand on this

    mine = GroupMember.objects.filter(
        person=person,
        division__withdrawn_at=None,
        division__gathering__ends_at__date__gte=on,
        division__gathering__organisation__in=person.employments.current(on).values("organisation"),
    )
    there = GroupMember.objects.filter(group__in=mine.values("group")).exclude(person=person)
    return sorted({m.person.name for m in there.select_related("person")})


IN_MY_GROUP = Relation(_("Who is in your group at a session"), _in_my_group, _names_in_group)
GROUPS_OF_A_PERSON = Audience(SELF, LINE, HR, TRAINER, IN_MY_GROUP)


def _planned_by_me(visitor: "Visitor", on: date) -> Q:
    from gezel.gatherings.models import Giver, Wisher  # noqa: PLC0415 - they stand on this

    if visitor.employment is None:
        return Q(pk__in=[])
    mine = {
        "timetable__made_by": visitor.person.pk,
        "timetable__organisation": visitor.employment.organisation_id,
    }
    among = Q(pk__in=Wisher.objects.filter(**mine).values("person")) | Q(
        pk__in=Giver.objects.filter(**mine).values("person")
    )
    return among & COLLEAGUES.seen_by(visitor, on)


def _names_of_planners(person: "Person", on: date) -> Sequence[str]:
    from gezel.gatherings.models import Timetable  # noqa: PLC0415 - they stand on this

    among = Q(wishers__person=person) | Q(givers__person=person)
    # Who left is read about by nobody there any more: the page must say what the door does.
    here = person.employments.current(on).values("organisation")
    found = Timetable.objects.filter(
        among, made_by__isnull=False, organisation__in=here
    ).select_related("made_by")
    return sorted({t.made_by.name for t in found if t.made_by} - {person.name})


PLANNER = Relation(_("Who makes a timetable you are in"), _planned_by_me, _names_of_planners)
PLANNED = Audience(SELF, HR, PLANNER)


def _chooses_in_mine(visitor: "Visitor", on: date) -> Q:
    from gezel.gatherings.models import SessionWish  # noqa: PLC0415 - they stand on this

    if visitor.employment is None:
        return Q(pk__in=[])
    mine = SessionWish.objects.filter(
        choosing__made_by=visitor.person.pk,
        choosing__organisation=visitor.employment.organisation_id,
    )
    return Q(pk__in=mine.values("person")) & COLLEAGUES.seen_by(visitor, on)


def _names_of_organisers(person: "Person", on: date) -> Sequence[str]:
    from gezel.gatherings.models import Choosing  # noqa: PLC0415 - they stand on this

    here = person.employments.current(on).values("organisation")
    found = Choosing.objects.filter(
        wishes__person=person, made_by__isnull=False, organisation__in=here
    ).select_related("made_by")
    return sorted({c.made_by.name for c in found if c.made_by} - {person.name})


ORGANISER = Relation(
    _("Who shares out the places you choose from"), _chooses_in_mine, _names_of_organisers
)
CHOSEN = Audience(SELF, HR, ORGANISER)
