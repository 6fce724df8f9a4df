"""What may a visitor see and do about skills?"""

from django.db.models import QuerySet

from gezel.people.api import LINE, Audience, Person, PersonQuerySet, Visitor
from gezel.skills.models import SKILLS_OF_A_PERSON, RoleProfile

_LED = Audience(LINE)


def people_whose_skills(visitor: Visitor) -> PersonQuerySet:
    """Oneself, the people one leads, and for HR everyone at work here."""
    return SKILLS_OF_A_PERSON.people_for(visitor)


def people_to_vouch_for(by: Visitor) -> PersonQuerySet:
    """A lead vouches for their own team; nobody vouches for themselves."""
    return _LED.people_for(by).exclude(pk=by.person.pk)


def profiles_to_read(visitor: Visitor) -> QuerySet[RoleProfile]:
    """What a role asks is no secret to anyone who works here."""
    return RoleProfile.objects.filter(organisation=visitor.organisation)


def profiles_to_edit(visitor: Visitor) -> QuerySet[RoleProfile]:
    """HR says what roles ask."""
    profiles = profiles_to_read(visitor)
    return profiles if visitor.is_hr else profiles.none()


def why_reading(visitor: Visitor, about: Person) -> str:
    """The purpose under which a reading of someone's skills is noted."""
    return (
        "hr"
        if visitor.is_hr and not people_to_vouch_for(visitor).filter(pk=about.pk).exists()
        else "lead"
    )
