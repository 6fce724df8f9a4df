"""The command `gezel`: serving, working, the demo, imports; each word is a small function."""

import os
import sys

from django.core.management import execute_from_command_line

WORDS_OF_DJANGO = {"manage"}


def main() -> None:
    """Run one word of the command. Unknown words are management commands of a room."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezel.site.settings")
    arguments = sys.argv[1:] or ["help"]
    if arguments[0] in WORDS_OF_DJANGO:
        arguments = arguments[1:]
    execute_from_command_line(["gezel", *arguments])
