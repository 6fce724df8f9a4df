"""What may a visitor see and do about certificates?"""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from gezel.certificates.models import (
    CERTIFICATES_OF_A_PERSON,
    CertificateType,
    Duty,
    Exemption,
    Holding,
    HoursDone,
    Load,
    Reminder,
    TypeTerms,
    WorkTask,
)
from gezel.people.api import HR, LINE, Audience, Person, PersonQuerySet, Visitor

_LINE_AND_HR = Audience(LINE, HR)
_LINE = Audience(LINE)


def people_to_answer_for(visitor: Visitor) -> PersonQuerySet:
    """Whose certificates one confirms: of one's line, for HR of everyone here; never one's own."""
    return _LINE_AND_HR.people_for(visitor).exclude(pk=visitor.person.pk)


def people_i_lead(visitor: Visitor) -> PersonQuerySet:
    """Everyone in the visitor's line today, never oneself."""
    return _LINE.people_for(visitor).exclude(pk=visitor.person.pk)


def people_to_read(visitor: Visitor) -> PersonQuerySet:
    """Oneself, one's line, and for HR everyone at work here."""
    return CERTIFICATES_OF_A_PERSON.people_for(visitor)


def may_overlook(visitor: Visitor) -> bool:
    """The overview is for who leads and for HR."""
    return visitor.employment is not None and (visitor.is_hr or visitor.leads)


def types_to_read(visitor: Visitor) -> QuerySet[CertificateType]:
    """What the organisation keeps track of is no secret to who works there."""
    return CertificateType.objects.filter(organisation=visitor.organisation)


def types_to_edit(visitor: Visitor) -> QuerySet[CertificateType]:
    """HR says which certificates there are and who must have them."""
    types = types_to_read(visitor)
    return types if visitor.is_hr else types.none()


def own_holdings(visitor: Visitor) -> QuerySet[Holding]:
    """Mine, from every employer."""
    return Holding.objects.filter(person=visitor.person)


def holdings_to_read(visitor: Visitor) -> QuerySet[Holding]:
    """My own; and of people I answer for, those the organisation keeps track of."""
    if not may_overlook(visitor):
        return own_holdings(visitor)
    return Holding.objects.filter(
        Q(person=visitor.person)
        | Q(
            person__in=people_to_answer_for(visitor),
            type__organisation=visitor.organisation,
        )
    )


def holdings_to_confirm(visitor: Visitor, line: Collection[int]) -> QuerySet[Holding]:
    """What people of one's line (`people_i_lead`) sent in, of what the organisation keeps track
    of, and waits."""
    return Holding.objects.filter(
        person__in=line, type__organisation=visitor.organisation, state=Holding.State.WAITING
    )


def hours_to_confirm(visitor: Visitor, line: Collection[int]) -> QuerySet[HoursDone]:
    """The same of hours."""
    return HoursDone.objects.filter(
        person__in=line, type__organisation=visitor.organisation, state=Holding.State.WAITING
    )


def hours_to_decide(visitor: Visitor) -> QuerySet[HoursDone]:
    """Hours of people one answers for, of what the organisation keeps track of."""
    return HoursDone.objects.filter(
        person__in=people_to_answer_for(visitor), type__organisation=visitor.organisation
    )


def terms_to_edit(visitor: Visitor) -> QuerySet[TypeTerms]:
    """HR changes until when certificates count."""
    return TypeTerms.objects.filter(type__in=types_to_edit(visitor))


def duties_to_edit(visitor: Visitor) -> QuerySet[Duty]:
    """HR says who must have what."""
    return Duty.objects.filter(type__in=types_to_edit(visitor))


def exemptions_to_edit(visitor: Visitor) -> QuerySet[Exemption]:
    """HR lets exceptions stand, and ends them."""
    return Exemption.objects.filter(type__in=types_to_edit(visitor))


def tasks_to_read(visitor: Visitor) -> QuerySet[WorkTask]:
    """Which certificates a task needs is no secret to who works there."""
    return WorkTask.objects.filter(organisation=visitor.organisation)


def tasks_to_edit(visitor: Visitor) -> QuerySet[WorkTask]:
    """HR says what tasks need."""
    tasks = tasks_to_read(visitor)
    return tasks if visitor.is_hr else tasks.none()


def loads(visitor: Visitor) -> QuerySet[Load]:
    """Lists that were brought in here, for HR."""
    found = Load.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_hr else found.none()


def own_reminders(visitor: Visitor) -> QuerySet[Reminder]:
    """What I was reminded of; nobody else reads that."""
    return Reminder.objects.filter(person=visitor.person)


def why_reading(visitor: Visitor, about: Person) -> str:
    """The purpose under which a reading of someone's certificates is noted."""
    if visitor.is_hr and not people_i_lead(visitor).filter(pk=about.pk).exists():
        return "hr"
    return "lead"
