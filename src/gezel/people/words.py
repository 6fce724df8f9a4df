"""What the import says to people: its codes in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.people.rules import Remark

FIELD_WORDS = {
    "name": gettext_lazy("name"),
    "first_name": gettext_lazy("first name"),
    "infix": gettext_lazy("infix (de, van der)"),
    "last_name": gettext_lazy("last name"),
    "email": gettext_lazy("e-mail address"),
    "number": gettext_lazy("staff number"),
    "unit": gettext_lazy("unit"),
    "job": gettext_lazy("job"),
    "location": gettext_lazy("location"),
    "lead": gettext_lazy("lead"),
    "starts_on": gettext_lazy("start date"),
    "ends_on": gettext_lazy("last day"),
    "hours": gettext_lazy("contract hours a week"),
    "education": gettext_lazy("education level"),
    "shift": gettext_lazy("shift"),
}

KIND_WORDS = {
    "new": gettext_lazy("New"),
    "asked": gettext_lazy("Asked first"),
    "returns": gettext_lazy("Back again"),
    "changed": gettext_lazy("Changed"),
    "ended": gettext_lazy("Ended"),
    "problem": gettext_lazy("Problem"),
    "note": gettext_lazy("To know"),
}

_REMARKS = {
    "no_column": gettext_lazy(
        "No column was chosen for “%(field)s”. Choose it, or add it to your list."
    ),
    "no_name": gettext_lazy("There is no name. Fill it in."),
    "no_email": gettext_lazy("There is no e-mail address. Fill it in: it is how someone signs in."),
    "no_job": gettext_lazy("There is no job. Fill it in: it tells which role profile is meant."),
    "no_starts_on": gettext_lazy("There is no start date. Fill it in."),
    "long_name": gettext_lazy("This name is longer than 150 characters. Shorten it: “%(value)s”."),
    "too_long": gettext_lazy("“%(field)s” is too long. Shorten it: “%(value)s”."),
    "too_deep": gettext_lazy("This unit lies more than 12 levels deep: “%(value)s”."),
    "bad_email": gettext_lazy("“%(value)s” is no e-mail address. Correct it."),
    "bad_date": gettext_lazy("“%(value)s” is no date we know (%(field)s). Write it as 31-12-2026."),
    "far_date": gettext_lazy("The %(field)s %(value)s cannot be right. Check the year."),
    "bad_hours": gettext_lazy("“%(value)s” is no number of hours between 0 and 80."),
    "end_before_start": gettext_lazy("The last day %(value)s lies before the start date."),
    "start_taken": gettext_lazy(
        "An earlier employment of this person began on %(value)s too. Check the start date."
    ),
    "failed": gettext_lazy(
        "“%(value)s” (%(field)s) is a formula of your sheet without an outcome. Mend it there, or "
        "fill in what is meant."
    ),
    "spoiled": gettext_lazy(
        "“%(value)s” looks spoiled: letters like é were lost when the list was saved. Correct it "
        "in your list."
    ),
    "unknown_lead": gettext_lazy(
        "The lead “%(value)s” is neither in this list nor at work here. Give an e-mail address, "
        "a staff number or the exact name."
    ),
    "two_leads": gettext_lazy(
        "More than one person is called “%(value)s”. Give the lead's e-mail address or number."
    ),
    "own_lead": gettext_lazy("This person would lead themselves. Give another lead or none."),
    "loop": gettext_lazy("These people would lead each other in a circle: %(value)s."),
    "lead_not_yet": gettext_lazy(
        "The lead “%(value)s” has not said yes yet. Bring the list in again afterwards."
    ),
    "doubled": gettext_lazy(
        "This person stands in row %(value)s too, with other data. Keep one of the two."
    ),
    "doubled_same": gettext_lazy("The same as row %(value)s; taken once."),
    "number_of_other": gettext_lazy(
        "This staff number belongs to someone with another e-mail address (%(value)s). "
        "Correct one of the two."
    ),
    "number_taken": gettext_lazy(
        "This staff number is in use (%(value)s). Give another, or end that employment first."
    ),
    "email_kept": gettext_lazy(
        "Signs in with %(value)s, and that stays: an address belongs to the account, and only its "
        "owner changes it."
    ),
    "name_kept": gettext_lazy(
        "The account has another name than “%(value)s” and keeps it: it is also used elsewhere."
    ),
    "already_left": gettext_lazy("Left already and is not known here; not taken in."),
    "left_empty": gettext_lazy("“%(value)s” (%(field)s) is not known to us; left empty."),
    "you_are_missing": gettext_lazy(
        "You are not in this list yourself, and would lose your work here. Add yourself, or "
        "choose “only additions and changes”."
    ),
}


def field_words(name: str) -> str:
    """A field as people call it."""
    return str(FIELD_WORDS.get(name, name))


def told(remark: Remark) -> str:
    """What is the matter with a row and what to do about it."""
    return str(_REMARKS[remark.code]) % {
        "field": field_words(remark.field),
        "value": remark.value,
    }


def row_words(number: int) -> str:
    """Which row is meant."""
    return _("Row %(row)s") % {"row": number} if number else _("The list")
