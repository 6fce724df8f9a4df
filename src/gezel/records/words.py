"""What was recorded, told to the person it is about."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.records.rules import ADL

_NEWER = "https://w3id.org/xapi/adl/verbs/"
DONE: dict[str, Promise] = {
    f"{ADL}launched": _("You opened “%(name)s”"),
    f"{ADL}initialized": _("You began “%(name)s”"),
    f"{ADL}answered": _("You answered “%(name)s”"),
    f"{ADL}attended": _("You were at “%(name)s”"),
    f"{ADL}completed": _("You completed “%(name)s”"),
    f"{ADL}passed": _("You passed “%(name)s”"),
    f"{ADL}failed": _("You did not pass “%(name)s” this time"),
    f"{ADL}terminated": _("You closed “%(name)s”"),
    f"{_NEWER}abandoned": _("“%(name)s” was left open without a word, and closed later"),
    f"{_NEWER}waived": _("You need not do “%(name)s”"),
    f"{_NEWER}satisfied": _("All that is asked in “%(name)s” is done"),
}


def told(verb: str, verb_name: str, name: str) -> str:
    """What was done, in a sentence; a verb of others as who wrote it calls it."""
    sentence = DONE.get(verb)
    return f"{verb_name}: “{name}”" if sentence is None else str(sentence) % {"name": name}
