"""Who types a command reads the answer in the language of their terminal, where we speak it."""

import os

from django.conf import settings
from django.utils import translation


def in_its_language() -> translation.override:
    """A block in which sentences are in the language that the terminal asks for."""
    asked = next((said for word in _ASKED if (said := os.environ.get(word))), "")
    spoken = {code for code, _name in settings.LANGUAGES}
    return translation.override(asked[:2] if asked[:2] in spoken else settings.LANGUAGE_CODE)


# In the order in which POSIX lets one overrule the other.
_ASKED = ("LC_ALL", "LC_MESSAGES", "LANG")
