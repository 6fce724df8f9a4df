"""What the two import commands share: progress on one line, counts at the end."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from gezel.skills.actions import TakenIn, Tally
from gezel.skills.frameworks import BadPackage


class TakeIn(BaseCommand):
    """Reads a folder and tells how far it is; an unchanged package says so."""

    take_in: ClassVar[Callable[..., TakenIn]]
    _told = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of the unpacked download")
        parser.add_argument(
            "--smaller",
            action="store_true",
            help="take it in although it holds much less than what stands",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            outcome = type(self).take_in(
                options["folder"], progress=self._tell, smaller=options["smaller"]
            )
        except BadPackage as bad:
            self._end_line()
            raise CommandError(f"{bad} Nothing was changed.") from bad
        self._end_line()
        self._report(outcome, time.monotonic() - started)

    def _tell(self, step: str, done: int, of: int) -> None:
        if self.stderr.isatty():
            far = f" {done:,} of {of:,}" if of else " …"
            self.stderr.write(f"\r\033[K{step}{far}", ending="")
            self.stderr.flush()
        elif done == of and step != self._told:
            self._told = step
            self.stderr.write(f"{step}{f': {of:,}' if of else ' …'}")

    def _end_line(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")

    def _report(self, outcome: TakenIn, seconds: float) -> None:
        for name in ("skills", "occupations", "relations", "links"):
            tally: Tally = getattr(outcome, name)
            self.stdout.write(
                f"{name:<12}{tally.total:>9,}   {tally.added:,} new, {tally.changed:,} changed,"
                f" {tally.gone:,} gone"
            )
        for note in outcome.notes:
            self.stdout.write(note)
        if not outcome.changed:
            self.stdout.write("Nothing has changed since the last time.")
        self.stdout.write(f"Done in {seconds:.1f} s.")
