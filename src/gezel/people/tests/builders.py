"""Short ways to people and places, through the actions the product uses."""

from collections.abc import Iterable
from datetime import date
from itertools import count

from gezel.people.actions import employ, found, give_mandate, root_of
from gezel.people.models import Job, Organisation, Person, Unit

_next = count(1)


def an_organisation(
    name: str = "Van Dijk", *, slug: str = "", language: str = "nl"
) -> Organisation:
    return found(name, slug=slug or f"organisation-{next(_next)}", language=language)


def a_unit(organisation: Organisation, name: str, *, below: Unit | None = None) -> Unit:
    parent = below or root_of(organisation)
    unit: Unit = Unit.objects.add_child(parent, {"organisation": organisation, "name": name})
    return unit


def a_person(name: str = "Noor Jansen", *, email: str = "") -> Person:
    first, _, last = name.partition(" ")
    return Person.objects.create_user(
        email or f"{first.lower()}.{next(_next)}@example.test", first_name=first, last_name=last
    )


def a_colleague(
    organisation: Organisation,
    name: str = "Noor Jansen",
    *,
    job: str = "Mechanic",
    unit: Unit | None = None,
    lead: Person | None = None,
    starts_on: date = date(2024, 1, 1),
    mandates: Iterable[str] = (),
) -> Person:
    """Someone who works here."""
    person = a_person(name)
    employ(
        person,
        organisation,
        unit=unit or root_of(organisation),
        job=Job.objects.get_or_create(organisation=organisation, name=job)[0],
        lead=lead,
        starts_on=starts_on,
    )
    for kind in mandates:
        give_mandate(person, organisation, kind, from_on=starts_on)
    return person
