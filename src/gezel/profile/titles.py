"""The parts of a profile, and the figures of learning patterns, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PARTS: dict[str, str | Promise] = {
    "about": _("About me"),
    "can": _("What I can do"),
    "did": _("What I have done"),
    "hold": _("What I hold"),
    "goals": _("Where I want to go"),
}
ICONS = {"about": "user", "can": "compass", "did": "history", "hold": "award", "goals": "sprout"}
ASKS: dict[str, str | Promise] = {
    "about": _("Who you are at work, in a few sentences. What do you like to be asked for?"),
    "can": _("What are you good at, and where did that show?"),
    "did": _("What did it bring you? What do you do differently since?"),
    "hold": _("What did it take to get these?"),
    "goals": _("Why this, and what would help?"),
}
EMPTY: dict[str, str | Promise] = {
    "about": _("Nothing written yet."),
    "can": _("No skill has evidence yet."),
    "did": _("Nothing completed yet."),
    "hold": _("No certificate or credential yet."),
    "goals": _("No goal at the moment."),
}
DONE: dict[str, str | Promise] = {
    "module": _("module completed"),
    "package": _("course completed"),
    "practice": _("work that a colleague looked at and confirmed"),
}
FORMS: dict[str, str | Promise] = {
    "module": _("Modules"),
    "package": _("Courses of others"),
    "cards": _("Cards"),
    "session": _("Sessions"),
}
PARTS_OF_DAY: dict[str, str | Promise] = {
    "night": _("at night (until 6)"),
    "morning": _("in the morning (6 to 12)"),
    "afternoon": _("in the afternoon (12 to 18)"),
    "evening": _("in the evening (from 18)"),
}
