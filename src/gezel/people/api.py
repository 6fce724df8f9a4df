"""The front door of people."""

from gezel.people.actions import (
    ImportRefused,
    employ,
    end_employment,
    found,
    give_mandate,
    import_people,
    redraw_lines,
    root_of,
)
from gezel.people.audience import COLLEAGUES, HR, LINE, SELF, Audience
from gezel.people.middleware import visitor_of
from gezel.people.models import (
    Employment,
    Job,
    Location,
    Mandate,
    Organisation,
    Person,
    PersonQuerySet,
    Unit,
)
from gezel.people.visitor import Request, Visitor
from gezel.people.web import at_work, require, signed_in

__all__ = [
    "COLLEAGUES",
    "HR",
    "LINE",
    "SELF",
    "Audience",
    "Employment",
    "ImportRefused",
    "Job",
    "Location",
    "Mandate",
    "Organisation",
    "Person",
    "PersonQuerySet",
    "Request",
    "Unit",
    "Visitor",
    "at_work",
    "employ",
    "end_employment",
    "found",
    "give_mandate",
    "import_people",
    "redraw_lines",
    "require",
    "root_of",
    "signed_in",
    "visitor_of",
]
