"""The front door of people."""

from gezel.people.actions import apply as apply_staff_list
from gezel.people.actions import (
    choose_columns,
    employ,
    end_employment,
    found,
    give_mandate,
    import_people,
    open_doors,
    redraw_lines,
    root_of,
)
from gezel.people.actions import prepare as prepare_staff_list
from gezel.people.actions import receive as receive_staff_list
from gezel.people.audience import ADMIN, COLLEAGUES, HR, LINE, SELF, Audience, Relation
from gezel.people.device import mark_of
from gezel.people.middleware import visitor_of
from gezel.people.models import (
    Employment,
    Intake,
    Job,
    Location,
    Mandate,
    Organisation,
    Person,
    PersonQuerySet,
    Unit,
)
from gezel.people.units import unit_field, units_of
from gezel.people.visitor import Request, Visitor, stand_in
from gezel.people.web import at_work, require, signed_in

__all__ = [
    "ADMIN",
    "COLLEAGUES",
    "HR",
    "LINE",
    "SELF",
    "Audience",
    "Employment",
    "Intake",
    "Job",
    "Location",
    "Mandate",
    "Organisation",
    "Person",
    "PersonQuerySet",
    "Relation",
    "Request",
    "Unit",
    "Visitor",
    "apply_staff_list",
    "at_work",
    "choose_columns",
    "employ",
    "end_employment",
    "found",
    "give_mandate",
    "import_people",
    "mark_of",
    "open_doors",
    "prepare_staff_list",
    "receive_staff_list",
    "redraw_lines",
    "require",
    "root_of",
    "signed_in",
    "stand_in",
    "unit_field",
    "units_of",
    "visitor_of",
]
