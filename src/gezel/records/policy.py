"""What may someone see of what was recorded, and of the systems that record?"""

from django.db.models import QuerySet

from gezel.people.api import Mandate, Visitor
from gezel.records.models import STATEMENTS_OF_A_PERSON, Forward, Key, Statement


def statements_to_read(visitor: Visitor) -> QuerySet[Statement]:
    """One's own, and nobody else's."""
    return Statement.objects.filter(person__in=STATEMENTS_OF_A_PERSON.people_for(visitor))


def may_connect_systems(visitor: Visitor) -> bool:
    """HR and administrators let other systems in and statements out."""
    return bool(visitor.mandates & {Mandate.Kind.HR, Mandate.Kind.ADMIN})


def may_see_systems(visitor: Visitor) -> bool:
    """The works council sees what is connected, since it widens who sees what."""
    return may_connect_systems(visitor) or Mandate.Kind.COUNCIL in visitor.mandates


def keys_to_see(visitor: Visitor) -> QuerySet[Key]:
    """The keys of systems of the organisation, whoever made them."""
    keys = Key.objects.of_systems().filter(organisation=visitor.organisation)
    return keys if may_see_systems(visitor) else keys.none()


def keys_to_close(visitor: Visitor) -> QuerySet[Key]:
    """Those of the organisation: who left must not keep one open."""
    keys = Key.objects.of_systems().filter(organisation=visitor.organisation)
    return keys if may_connect_systems(visitor) else keys.none()


def forwards_to_see(visitor: Visitor) -> QuerySet[Forward]:
    """Where statements of the organisation go on to."""
    forwards = Forward.objects.filter(organisation=visitor.organisation)
    return forwards if may_see_systems(visitor) else forwards.none()


def forwards_to_change(visitor: Visitor) -> QuerySet[Forward]:
    """The same, for who may stop them."""
    forwards = Forward.objects.filter(organisation=visitor.organisation)
    return forwards if may_connect_systems(visitor) else forwards.none()
