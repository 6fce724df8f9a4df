"""What may a visitor do with keys and invitations?"""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import QuerySet

from gezel.connect.models import ApiToken
from gezel.people.api import Mandate, Person, PersonQuerySet, Visitor


def may_give_keys(visitor: Visitor) -> bool:
    """HR and administrators let other systems in."""
    return bool(visitor.mandates & {Mandate.Kind.HR, Mandate.Kind.ADMIN})


def tokens_to_manage(visitor: Visitor) -> QuerySet[ApiToken]:
    """All keys of the organisation, whoever made them: who left must not keep one open."""
    tokens = ApiToken.objects.filter(organisation=visitor.organisation)
    return tokens if may_give_keys(visitor) else tokens.none()


def people_to_invite(visitor: Visitor) -> PersonQuerySet:
    """HR invites who works here and never set a password."""
    people = Person.objects.working_at(visitor.organisation).filter(is_active=True)
    if not visitor.is_hr:
        return people.none()
    return people.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
