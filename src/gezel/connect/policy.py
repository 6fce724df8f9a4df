"""What may a visitor do with keys, invitations and mail?"""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import QuerySet

from gezel.connect.models import MAIL_OF_A_PERSON, ApiToken, Mail
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


def mail_that_went_wrong(visitor: Visitor) -> QuerySet[Mail]:
    """HR and administrators see to mail that did not reach who works here; not what is in it."""
    wrong = Mail.objects.filter(state__in=[Mail.State.FAILED, Mail.State.UNSURE])
    if not may_give_keys(visitor):
        return wrong.none()
    return wrong.filter(
        person__in=MAIL_OF_A_PERSON.people_for(visitor),
        messages__organisation=visitor.organisation,
    ).distinct()
