"""What people do in this room: one function per sentence of the business."""

from gezel.people.actions.importing import (
    apply,
    choose_columns,
    forget_old,
    import_people,
    prepare,
    receive,
)
from gezel.people.actions.joining import accept, decline
from gezel.people.actions.keeping import (
    employ,
    end_employment,
    end_mandate,
    found,
    give_mandate,
    open_doors,
    redraw_lines,
    root_of,
)
from gezel.people.actions.settings import LogoRefused, change_settings, set_logo

__all__ = [
    "LogoRefused",
    "accept",
    "apply",
    "change_settings",
    "choose_columns",
    "decline",
    "employ",
    "end_employment",
    "end_mandate",
    "forget_old",
    "found",
    "give_mandate",
    "import_people",
    "open_doors",
    "prepare",
    "receive",
    "redraw_lines",
    "root_of",
    "set_logo",
]
