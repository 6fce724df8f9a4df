"""What may a visitor see and do about paths?"""

from django.db.models import Q, QuerySet

from gezel.paths import rules
from gezel.paths.models import (
    PROGRESS_OF_A_PERSON,
    Enrolment,
    Exemption,
    Path,
    Reply,
    Rule,
)
from gezel.people.api import HR, LINE, Audience, PersonQuerySet, Visitor

_LINE = Audience(LINE)
_HR = Audience(HR)


def paths_to_build(visitor: Visitor) -> QuerySet[Path]:
    """Who makes learning material builds paths; HR may all that authors may."""
    found = Path.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_author else found.none()


def paths_to_assign(visitor: Visitor) -> QuerySet[Path]:
    """HR says who follows which path, and sees who is on it."""
    found = Path.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_hr else found.none()


def rules_to_edit(visitor: Visitor) -> QuerySet[Rule]:
    """Rules of paths one may assign."""
    return Rule.objects.filter(path__in=paths_to_assign(visitor))


def people_i_lead(visitor: Visitor) -> PersonQuerySet:
    """Everyone in the visitor's line today, never oneself."""
    return _LINE.people_for(visitor).exclude(pk=visitor.person.pk)


def people_to_assign(visitor: Visitor) -> PersonQuerySet:
    """For HR, everyone at work here."""
    return _HR.people_for(visitor)


def own_enrolments(visitor: Visitor) -> QuerySet[Enrolment]:
    """Mine, from every employer."""
    return Enrolment.objects.filter(person=visitor.person)


def enrolments_of_others(visitor: Visitor) -> QuerySet[Enrolment]:
    """Of one's line, and for HR of everyone here, on paths of this organisation."""
    if visitor.employment is None or not (visitor.leads or visitor.is_hr):
        return Enrolment.objects.none()
    return Enrolment.objects.filter(
        person__in=PROGRESS_OF_A_PERSON.people_for(visitor).exclude(pk=visitor.person.pk),
        path__organisation=visitor.organisation,
    )


def enrolments_of_my_line(visitor: Visitor) -> QuerySet[Enrolment]:
    """Of the people one leads."""
    if visitor.employment is None or not visitor.leads:
        return Enrolment.objects.none()
    return Enrolment.objects.filter(
        person__in=people_i_lead(visitor), path__organisation=visitor.organisation
    )


def enrolments_to_decide(visitor: Visitor) -> QuerySet[Enrolment]:
    """HR decides who goes on, stops or need not; never for themselves."""
    return Enrolment.objects.filter(
        path__in=paths_to_assign(visitor), person__in=people_to_assign(visitor)
    ).exclude(person=visitor.person)


def exemptions_to_edit(visitor: Visitor) -> QuerySet[Exemption]:
    """HR lets exceptions stand, and ends them."""
    return Exemption.objects.filter(path__in=paths_to_assign(visitor))


def replies_to_read(visitor: Visitor, enrolment: Enrolment) -> QuerySet[Reply]:
    """One's own answers; of another's, those that were given for one's eyes."""
    found = Reply.objects.filter(enrolment=enrolment)
    if enrolment.person_id == visitor.person.pk:
        return found
    allowed = Q(pk__in=[])
    if people_i_lead(visitor).filter(pk=enrolment.person_id).exists():
        allowed |= Q(readers__in=[rules.Readers.LEAD, rules.Readers.BOTH])
    if visitor.is_hr:
        allowed |= Q(readers__in=[rules.Readers.HR, rules.Readers.BOTH])
    return found.filter(allowed)


def why_reading(visitor: Visitor, person_pk: int) -> str:
    """The purpose under which a reading of someone's progress is noted."""
    if visitor.is_hr and not people_i_lead(visitor).filter(pk=person_pk).exists():
        return "hr"
    return "lead"
