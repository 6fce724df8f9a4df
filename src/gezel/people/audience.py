"""Who may read what about whom: said once, used by the policy and by "who sees what".

A policy that is one piece of code and an explanation that is another will part company. Here
an audience is a set of relations; the same object gives the people a visitor may read about
and, the other way round, the people who may read about someone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.trust.api import Readers

if TYPE_CHECKING:
    from gezel.people.models import Organisation, Person, PersonQuerySet
    from gezel.people.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Relation:
    """One way in which people stand to each other.

    Args:
        because: how it reads to the person ("they lead you").
        seen_by: a condition on Person: the people this visitor stands so to.
        readers: names of the people who stand so to this person on that date.
        count: how many people of an organisation stand so to anyone today, where that is a
            number of the whole house ("4 people of HR").
    """

    because: str | Promise
    seen_by: "Callable[[Visitor, date], Q]"
    readers: "Callable[[Person, date], Sequence[str]]"
    count: "Callable[[Organisation], int] | None" = None


def _employed_here(visitor: "Visitor", on: date) -> Q:
    """Someone who left is out of sight of the employer from that day on."""
    from gezel.people.models import Employment

    if visitor.employment is None:
        return Q(pk__in=[])
    return Q(
        pk__in=Employment.objects.current(on)
        .filter(organisation_id=visitor.employment.organisation_id)
        .values("person_id")
    )


def _led(visitor: "Visitor", on: date) -> Q:
    from gezel.people.models import Employment, LeadLine

    if not visitor.leads or visitor.employment is None:
        return Q(pk__in=[])
    here = visitor.employment.organisation_id
    line = LeadLine.objects.filter(lead_id=visitor.person.pk, organisation_id=here)
    # Asked of each in the line: SQLite would first list all who work here, for a team of ten.
    at_work = Employment.objects.current(on).filter(organisation_id=here, person=OuterRef("pk"))
    return Q(pk__in=line.values("member_id")) & Q(Exists(at_work))


def _mandated(kind: str) -> "Callable[[Visitor, date], Q]":
    def seen_by(visitor: "Visitor", on: date) -> Q:
        return _employed_here(visitor, on) if kind in visitor.mandates else Q(pk__in=[])

    return seen_by


def _names_of_leads(person: "Person", on: date) -> Sequence[str]:
    from gezel.people.models import Person

    return [
        p.name
        for p in Person.objects.filter(
            lines_as_lead__member=person,
            lines_as_lead__organisation__employments__in=person.employments.current(on),
            employments__in=_current_colleagues(person, on),
        )
        .order_by("lines_as_lead__depth", "last_name")
        .distinct()
    ]


def _current_colleagues(person: "Person", on: date) -> object:
    from gezel.people.models import Employment

    here = person.employments.current(on).values("organisation_id")
    return Employment.objects.current(on).filter(organisation_id__in=here).values("pk")


def _names_with(kind: str) -> "Callable[[Person, date], Sequence[str]]":
    def readers(person: "Person", on: date) -> Sequence[str]:
        from gezel.people.models import Mandate

        here = person.employments.current(on).values("organisation_id")
        return [
            m.person.name
            for m in Mandate.objects.current(on)
            .filter(kind=kind, organisation_id__in=here)
            .exclude(person=person)
            .select_related("person")
            .order_by("person__last_name")
        ]

    return readers


def _colleague_count(person: "Person", on: date) -> Sequence[str]:
    return [str(e.organisation) for e in person.employments.current(on)]


def _asked(visitor: "Visitor", on: date) -> Q:
    if "hr" not in visitor.mandates or visitor.employment is None:
        return Q(pk__in=[])
    return Q(join_requests__organisation=visitor.employment.organisation_id)


def _names_of_askers(person: "Person", on: date) -> Sequence[str]:
    from gezel.people.models import Mandate

    return [
        f"{m.person.name} ({m.organisation})"
        for m in Mandate.objects.current(on)
        .filter(kind="hr", organisation__join_requests__person=person)
        .select_related("person", "organisation")
        .order_by("person__last_name")
    ]


def _how_many_with(kind: str) -> "Callable[[Organisation], int]":
    def count(organisation: "Organisation") -> int:
        from gezel.people.models import Mandate

        held = Mandate.objects.current().filter(kind=kind, organisation=organisation)
        return held.values("person").distinct().count()

    return count


def _how_many_lead(organisation: "Organisation") -> int:
    from gezel.people.models import LeadLine

    return LeadLine.objects.filter(organisation=organisation).values("lead").distinct().count()


def _how_many_work(organisation: "Organisation") -> int:
    from gezel.people.models import Employment

    here = Employment.objects.current().filter(organisation=organisation)
    return here.values("person").distinct().count()


SELF = Relation(
    _("You yourself"),
    lambda visitor, on: Q(pk=visitor.person.pk),
    lambda person, on: [person.name],
)
LINE = Relation(_("The people who lead you"), _led, _names_of_leads, _how_many_lead)
ASKING_HR = Relation(_("HR of an organisation that asks you"), _asked, _names_of_askers)
HR = Relation(
    _("HR of your organisation"), _mandated("hr"), _names_with("hr"), _how_many_with("hr")
)
ADMIN = Relation(
    _("Administrators of your organisation"),
    _mandated("admin"),
    _names_with("admin"),
    _how_many_with("admin"),
)
COUNCIL = Relation(
    _("The works council of your organisation"),
    _mandated("council"),
    _names_with("council"),
    _how_many_with("council"),
)
COLLEAGUES = Relation(
    _("Everyone who works at your organisation"), _employed_here, _colleague_count, _how_many_work
)


@dataclass(frozen=True)
class Audience:
    """The relations that may read one matter. `Audience(SELF)` is private."""

    relations: tuple[Relation, ...]

    def __init__(self, *relations: Relation) -> None:
        object.__setattr__(self, "relations", relations)

    def people_for(self, visitor: "Visitor", on: date | None = None) -> "PersonQuerySet":
        """The people this visitor may read this matter about (on today, or a given date)."""
        from gezel.people.models import Person

        day = on or timezone.localdate()
        allowed = Q(pk__in=[])
        for relation in self.relations:
            allowed |= relation.seen_by(visitor, day)
        return Person.objects.get_queryset().filter(allowed)

    def readers_of(self, person: "Person", on: date | None = None) -> list[Readers]:
        """Who may read this matter about this person, by relation; empty relations fall away."""
        day = on or timezone.localdate()
        told = [Readers(r.because, r.readers(person, day)) for r in self.relations]
        return [readers for readers in told if readers.names]
