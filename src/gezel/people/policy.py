"""What may a visitor see and do about people?"""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from gezel.people.audience import COLLEAGUES, HR, LINE, SELF, Audience
from gezel.people.models import (
    Employment,
    EmploymentQuerySet,
    Intake,
    JoinRequest,
    Mandate,
    Organisation,
    Person,
    PersonQuerySet,
    Unit,
)
from gezel.people.visitor import Visitor

_COLLEAGUES = Audience(SELF, COLLEAGUES)
_TERMS = Audience(SELF, LINE, HR)


def colleagues(visitor: Visitor, on: date | None = None) -> PersonQuerySet:
    """Everyone at work here: name, job, unit, lead, place. That is what colleagues are for."""
    return _COLLEAGUES.people_for(visitor, on)


def people_whose_terms(visitor: Visitor) -> PersonQuerySet:
    """Dates, hours, staff number: one's own, those of one's line, and for HR of everyone."""
    return _TERMS.people_for(visitor)


def people_led_by(visitor: Visitor) -> PersonQuerySet:
    """Everyone in the visitor's line today, also through others; never oneself."""
    return Audience(LINE).people_for(visitor).exclude(pk=visitor.person.pk)


def employments(visitor: Visitor) -> EmploymentQuerySet:
    """Employments at the visitor's organisation, running or not; who sees more asks on."""
    return Employment.objects.filter(organisation=visitor.organisation)


def employments_to_keep(visitor: Visitor) -> EmploymentQuerySet:
    """HR keeps the books: everyone who ever worked here."""
    found = employments(visitor)
    return found if visitor.is_hr else found.none()


def history(visitor: Visitor, person: Person) -> EmploymentQuerySet:
    """Earlier and later employments here: for HR and the person."""
    found = Employment.objects.filter(person=person)
    if person.pk == visitor.person.pk:
        return found
    return found.filter(organisation=visitor.organisation) if visitor.is_hr else found.none()


def units(visitor: Visitor) -> QuerySet[Unit]:
    """The tree of the organisation, for all who work there."""
    found: QuerySet[Unit] = Unit.objects.filter(organisation=visitor.organisation)
    return found


def mandates(visitor: Visitor) -> QuerySet[Mandate]:
    """HR gives and ends tasks."""
    found = Mandate.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_hr else found.none()


def intakes(visitor: Visitor) -> QuerySet[Intake]:
    """Lists on their way in are HR's, whoever of them brought it."""
    found = Intake.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_hr else found.none()


def requests_to_answer(person: Person) -> QuerySet[JoinRequest]:
    """Only who is asked can answer."""
    return JoinRequest.objects.filter(person=person.pk)


def requests_waiting(visitor: Visitor) -> QuerySet[JoinRequest]:
    """HR sees whom it asked, as it wrote them down itself."""
    found = JoinRequest.objects.filter(organisation=visitor.organisation)
    return found if visitor.is_hr else found.none()


def organisations_of(person: Person) -> QuerySet[Organisation]:
    """Where someone works today: whose logo they may see."""
    here = Employment.objects.current().filter(person=person)
    return Organisation.objects.filter(pk__in=here.values("organisation_id"))


def why_reading(visitor: Visitor, about: Person) -> str:
    """The purpose under which a reading of someone's terms is noted."""
    led = Audience(LINE).people_for(visitor).filter(pk=about.pk).exists()
    return "lead" if led else "hr"


def people_to_look_up(visitor: Visitor) -> PersonQuerySet:
    """Whose card may be opened: colleagues; for HR also who begins later or left lately.

    Of who left, HR keeps the employment itself for two years, and reads nothing else.
    """
    found = colleagues(visitor)
    if not visitor.is_hr:
        return found
    kept = timezone.localdate() - timedelta(days=730)
    here = employments_to_keep(visitor).exclude(ends_on__lt=kept).values("person_id")
    return found | Person.objects.get_queryset().filter(pk__in=here)
