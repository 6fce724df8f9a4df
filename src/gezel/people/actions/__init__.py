"""What people do in this room: one function per sentence of the business."""

from gezel.people.actions.importing import (
    AT_ONCE,
    ImportRefused,
    PlanChanged,
    apply,
    begin_applying,
    begin_preparing,
    choose_columns,
    discard,
    first_rows,
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
    "AT_ONCE",
    "ImportRefused",
    "LogoRefused",
    "PlanChanged",
    "accept",
    "apply",
    "begin_applying",
    "begin_preparing",
    "change_settings",
    "choose_columns",
    "decline",
    "discard",
    "employ",
    "end_employment",
    "end_mandate",
    "first_rows",
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
