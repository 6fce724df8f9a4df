"""The command `gezel`: serving, working, the demo, imports; each word is a small function."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

WORDS_OF_DJANGO = {"manage"}


@contextmanager
def reading_in() -> Iterator[None]:
    """Within, much is read in, nearly all of it for good.

    The collector would go over it again and again meanwhile, an eighth of the processor a start
    takes, and find next to nothing; and afterwards at each full round, also in every process that
    began as a copy and then gets pages of memory of its own. So it waits, and what is there at the
    end it leaves alone.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """Run one word of the command. Unknown words are management commands of a room."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gezel.site.settings")
    arguments = sys.argv[1:] or ["help"]
    if arguments[0] in WORDS_OF_DJANGO:
        arguments = arguments[1:]
    if arguments[0] == "serve":
        # The settings choose by it how pages name files; `serve` collects them before it answers.
        os.environ["GEZEL_STATIC_COLLECTED"] = "1"
    # What is wrong with the settings Django tells below, in its own way.
    with reading_in(), suppress(ImproperlyConfigured):
        django.setup()
    execute_from_command_line(["gezel", *arguments])
