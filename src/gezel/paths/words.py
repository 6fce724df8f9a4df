"""What the rules say, in the reader's language: of steps, of what is wrong, of what changed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gezel.paths.rules import Change, Kind, Part, Problem, Readers, Stand, State

Titles = Callable[[str], str]
Text = str | Promise

KINDS: Mapping[Kind, Text] = {
    Kind.ACTIVITY: gettext_lazy("activity"),
    Kind.TASK: gettext_lazy("assignment"),
    Kind.FEEDBACK: gettext_lazy("question"),
    Kind.SEQUENCE: gettext_lazy("in order"),
    Kind.PARALLEL: gettext_lazy("in any order"),
    Kind.CHOICE: gettext_lazy("choice"),
    Kind.BLEND: gettext_lazy("blend"),
}
ICONS: Mapping[Kind, str] = {
    Kind.ACTIVITY: "book-open",
    Kind.TASK: "square-pen",
    Kind.FEEDBACK: "message-circle",
    Kind.SEQUENCE: "list-ordered",
    Kind.PARALLEL: "list-checks",
    Kind.CHOICE: "route",
    Kind.BLEND: "layers",
}
PARTS: Mapping[Part, Text] = {
    Part.THEORY: gettext_lazy("theory at home"),
    Part.PRACTICE: gettext_lazy("practice together"),
    Part.INTERVISIE: gettext_lazy("intervisie"),
    Part.APPLIED: gettext_lazy("applied at work"),
}
READERS: Mapping[Readers, Text] = {
    Readers.NOBODY: gettext_lazy("Nobody else reads your answer."),
    Readers.LEAD: gettext_lazy("Who leads you reads your answer."),
    Readers.HR: gettext_lazy("HR reads your answer."),
    Readers.BOTH: gettext_lazy("Who leads you and HR read your answer."),
}
READERS_TO_CHOOSE: Mapping[Readers, Text] = {
    Readers.LEAD: gettext_lazy("who leads them"),
    Readers.HR: gettext_lazy("HR"),
    Readers.BOTH: gettext_lazy("who leads them and HR"),
    Readers.NOBODY: gettext_lazy("nobody but they themselves"),
}
WRONG: Mapping[str, Text] = {
    "empty": gettext_lazy("There are no steps yet. Add the first one."),
    "nothing_asked": gettext_lazy("Everything is optional. Require at least one step."),
    "too_many": gettext_lazy("This is more than one path can hold. Make two paths of it."),
    "no_activity": gettext_lazy("Choose the activity."),
    "no_words": gettext_lazy("Say what is to be done, in at least one language."),
    "empty_block": gettext_lazy("There is nothing in this block. Put a step in it, or remove it."),
    "pick": gettext_lazy("More is asked than there is to choose from."),
    "optional_choice": gettext_lazy("Within a choice no single step can be optional."),
    "due_before_open": gettext_lazy("It is due before it opens. Check both days."),
    "needs_itself": gettext_lazy("It waits for itself. Remove that wait."),
    "needs_gone": gettext_lazy("It waits for a step that is no longer there. Remove that wait."),
    "too_deep": gettext_lazy("Blocks are nested too deep. Move this one up."),
}


def wrong(problem: Problem, title: Titles) -> str:
    """What is wrong and what to do."""
    if problem.what == "circle":
        return _("These wait for each other in a circle: %(way)s. Remove one of those waits.") % {
            "way": " → ".join(title(key) for key in problem.about)
        }
    return str(WRONG[problem.what])


def why(stand: Stand, title: Titles) -> str:
    """Why a step stands as it does, to who walks it; nothing where it says itself."""
    if stand.state is State.LATER:
        if stand.waits_for:
            return _("Opens after: %(what)s") % {
                "what": ", ".join(title(key) for key in stand.waits_for)
            }
        if stand.opens_on:
            return _("Opens on %(day)s") % {"day": date_format(stand.opens_on, "DATE_FORMAT")}
        return _("Opens with the part it belongs to")
    if stand.state is State.LEFT:
        return _("Not needed: something else was chosen")
    return ""


WAIVED: Mapping[str, Text] = {
    "Tested Out": gettext_lazy("Skipped: shown already"),
    "Equivalent AU": gettext_lazy("Skipped: done here in another form"),
    "Equivalent Outside Activity": gettext_lazy("Skipped: done somewhere else"),
}


def skipped_because(because: Mapping[str, Any], skills: Mapping[int, str], title: str) -> str:
    """Why a step was skipped."""
    if reason := because.get("waived"):
        return str(WAIVED.get(reason, _("Skipped: you need not do it")))
    if skill := because.get("skill"):
        return _("Skipped: level %(level)s in %(skill)s was shown already") % {
            "level": because.get("level", 0),
            "skill": skills.get(skill, _("this skill")),
        }
    return _("Skipped: done before (%(what)s)") % {"what": title}


def changed(change: Change, title: Titles) -> str:
    """One change of a version."""
    name = title(change.node.key)
    if change.what == "new":
        return _("New: %(step)s") % {"step": name}
    if change.what == "gone":
        return _("Gone: %(step)s") % {"step": name}
    if change.what == "moved":
        return _("Moved: %(step)s") % {"step": name}
    return _("Changed: %(step)s") % {"step": name}
