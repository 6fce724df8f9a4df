"""What may a visitor see and do about skills?"""

from datetime import date

from django.db.models import Q, QuerySet

from gezel.people.api import COLLEAGUES, LINE, Audience, Person, PersonQuerySet, Unit, Visitor
from gezel.skills.models import (
    SKILLS_OF_A_PERSON,
    Evidence,
    EvidenceRequest,
    Objection,
    RoleProfile,
    Skill,
)

_LED = Audience(LINE)
_EVERYONE_HERE = Audience(COLLEAGUES)


def people_whose_skills(visitor: Visitor) -> PersonQuerySet:
    """Oneself, the people one leads, and for HR everyone at work here."""
    return SKILLS_OF_A_PERSON.people_for(visitor)


def reads_as(visitor: Visitor, about: Person) -> int | None:
    """As which employer someone is read: None for oneself, who reads everything."""
    return None if about.pk == visitor.person.pk else visitor.organisation.pk


def people_to_vouch_for(by: Visitor, on: date | None = None) -> PersonQuerySet:
    """A lead vouches for their own team (today, or on a date); nobody vouches for themselves."""
    return _LED.people_for(by, on).exclude(pk=by.person.pk)


def profiles_to_read(visitor: Visitor) -> QuerySet[RoleProfile]:
    """What a role asks is no secret to anyone who works here."""
    return RoleProfile.objects.filter(organisation=visitor.organisation.pk)


def profiles_to_edit(visitor: Visitor) -> QuerySet[RoleProfile]:
    """HR says what roles ask."""
    profiles = profiles_to_read(visitor)
    return profiles if visitor.is_hr else profiles.none()


def skills_to_edit(visitor: Visitor) -> QuerySet[Skill]:
    """HR says what the organisation's own skills are; shared ones are nobody's to change."""
    own = Skill.objects.filter(organisation=visitor.organisation)
    return own if visitor.is_hr else own.none()


def why_reading(visitor: Visitor, about: Person) -> str:
    """The purpose under which a reading of someone's skills is noted."""
    return (
        "hr"
        if visitor.is_hr and not people_to_vouch_for(visitor).filter(pk=about.pk).exists()
        else "lead"
    )


def skills_to_read(visitor: Visitor) -> QuerySet[Skill]:
    """Shared skills, those of where one works, and any one has evidence of oneself."""
    shown = Evidence.objects.filter(person=visitor.person)
    allowed = Q(organisation=None) | Q(pk__in=shown.values("skill"))
    # What one's evidence is read as, where that skill was merged.
    allowed |= Q(pk__in=shown.filter(skill__merged_into__gt=0).values("skill__merged_into"))
    if visitor.employment is not None:
        allowed |= Q(organisation=visitor.employment.organisation_id)
    return Skill.objects.filter(allowed)


def evidence_to_correct(by: Visitor) -> QuerySet[Evidence]:
    """Who gave a piece may correct it, as long as they may still say something about the person."""
    colleagues = Q(person=by.person)
    if by.employment is not None:
        colleagues |= Q(person__in=Person.objects.working_at(by.organisation))
    return Evidence.objects.filter(
        colleagues, given_by=by.person, corrected_by=None, level__gt=0
    ).exclude(kind__in=[Evidence.Kind.MODULE, Evidence.Kind.TEST, Evidence.Kind.EVC])


def evidence_to_object_to(visitor: Visitor) -> QuerySet[Evidence]:
    """What others said about oneself, as long as it was not corrected."""
    return Evidence.objects.filter(person=visitor.person, corrected_by=None, level__gt=0).exclude(
        given_by=visitor.person
    )


def objections_to_withdraw(visitor: Visitor) -> QuerySet[Objection]:
    """One's own, as long as nobody decided."""
    return Objection.objects.filter(evidence__person=visitor.person, outcome=Objection.Outcome.OPEN)


def objections_to_read(visitor: Visitor, on: date | None = None) -> QuerySet[Objection]:
    """HR reads what people who work here (today, or on a date) object to in what was said here;
    nobody reads those about themselves here."""
    everyone = Objection.objects.exclude(outcome=Objection.Outcome.WITHDRAWN)
    if not visitor.is_hr:
        return everyone.none()
    return everyone.filter(
        evidence__person__in=Person.objects.working_at(visitor.organisation, on),
        evidence__organisation=visitor.organisation.pk,
    ).exclude(evidence__person=visitor.person.pk)


def objections_to_decide(visitor: Visitor, on: date | None = None) -> QuerySet[Objection]:
    """HR decides, but never who gave the piece or whom it is about."""
    return (
        objections_to_read(visitor, on)
        .filter(outcome=Objection.Outcome.OPEN)
        .exclude(evidence__given_by=visitor.person.pk)
    )


def people_to_ask(visitor: Visitor) -> PersonQuerySet:
    """Anyone one works with may be asked for their view."""
    return _EVERYONE_HERE.people_for(visitor).exclude(pk=visitor.person.pk)


def requests_to_answer(visitor: Visitor, on: date | None = None) -> QuerySet[EvidenceRequest]:
    """Questions to oneself from people who still work here (today, or on a date)."""
    return EvidenceRequest.objects.filter(
        asked_of=visitor.person.pk,
        organisation=visitor.organisation.pk,
        person__in=Person.objects.working_at(visitor.organisation, on),
    )


def requests_to_withdraw(visitor: Visitor) -> QuerySet[EvidenceRequest]:
    """One's own open questions."""
    return EvidenceRequest.objects.filter(person=visitor.person, closed_at=None)


def units_to_read(visitor: Visitor) -> QuerySet[Unit]:
    """Where the needs of the organisation are is everyone's to see; people are not."""
    units: QuerySet[Unit] = Unit.objects.filter(organisation=visitor.organisation)
    return units


def sees_everyone(visitor: Visitor) -> bool:
    """HR reads people's skills by mandate, so for HR nothing of a group is kept dark."""
    return visitor.is_hr
