"""Being asked to join, and answering."""

from django.db import transaction

from gezel.kit.events import announce
from gezel.people.actions.keeping import redraw_lines
from gezel.people.events import EmploymentChanged
from gezel.people.models import Employment, JoinRequest


@transaction.atomic
def accept(request: JoinRequest) -> Employment:
    """Someone says yes: the employment begins, and from now on their name is the account's.

    Raises:
        ValidationError: the lead it names is led by this person.
    """
    employment = Employment.objects.create(
        organisation=request.organisation,
        person=request.person,
        unit=request.unit,
        job=request.job,
        location=request.location,
        lead=request.lead if request.lead_id != request.person_id else None,
        number=request.number,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        contract_hours=request.contract_hours,
        education=request.education,
        shift=request.shift,
    )
    request.delete()
    redraw_lines(employment.organisation)
    announce(EmploymentChanged(employment.organisation_id, (employment.person_id,)))
    return employment


def decline(request: JoinRequest) -> None:
    """Someone says no; nothing of what was written stays."""
    request.delete()
