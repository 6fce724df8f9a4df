"""What may a visitor see and do about profiles and credentials?"""

from django.db.models import QuerySet

from gezel.people.api import HR, Audience, PersonQuerySet, Visitor
from gezel.profile.models import (
    Achievement,
    Arrival,
    Credential,
    PersonKey,
    Share,
    ShareQuerySet,
    SigningKey,
    Takeout,
)

_HR = Audience(HR)


def own_credentials(visitor: Visitor) -> QuerySet[Credential]:
    """Mine, from every employer, for life."""
    return Credential.objects.filter(person=visitor.person)


def own_shares(visitor: Visitor) -> ShareQuerySet:
    """My links, whoever I worked for when I made them. Nobody else comes here, not even HR."""
    return Share.objects.filter(person=visitor.person)


def own_keys(visitor: Visitor) -> QuerySet[PersonKey]:
    """My keys; no employer ever comes to them."""
    return PersonKey.objects.filter(person=visitor.person)


def own_takeouts(visitor: Visitor) -> QuerySet[Takeout]:
    """My archives, and nobody else's, from every employer and after."""
    return Takeout.objects.filter(person=visitor.person)


def own_arrivals(visitor: Visitor) -> QuerySet[Arrival]:
    """What I brought along is mine alone."""
    return Arrival.objects.filter(person=visitor.person)


def may_issue(visitor: Visitor) -> bool:
    """HR issues for the organisation."""
    return visitor.employment is not None and visitor.is_hr


def achievements_to_edit(visitor: Visitor) -> QuerySet[Achievement]:
    """HR says what the organisation certifies."""
    found = Achievement.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_hr else found.none()


def people_to_certify(visitor: Visitor) -> PersonQuerySet:
    """Everyone at work here but oneself."""
    return _HR.people_for(visitor).exclude(pk=visitor.person.pk)


def credentials_issued(visitor: Visitor) -> QuerySet[Credential]:
    """What the organisation issued, for HR; of who left only that it was (see `queries.issued`)."""
    found = Credential.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_hr else found.none()


def keys_to_keep(visitor: Visitor) -> QuerySet[SigningKey]:
    """HR makes keys and puts them away."""
    found = SigningKey.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_hr else found.none()
