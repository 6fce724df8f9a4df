"""`gezel import esco|onet|people …`: what can be taken in from a file or folder."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gezel.kit.sheets import SheetError
from gezel.people.api import ImportRefused, Organisation, import_people
from gezel.skills.api import BadPackage, TakenIn, import_esco, import_onet

TAXONOMIES: dict[str, Callable[..., TakenIn]] = {"esco": import_esco, "onet": import_onet}


class Command(BaseCommand):
    help = "Take in a taxonomy (esco, onet) or the people of an organisation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        for name in TAXONOMIES:
            kind = kinds.add_parser(name, help=f"the {name} files in a folder")
            kind.add_argument("folder", type=Path)
            kind.add_argument(
                "--smaller", action="store_true", help="also when it holds much less than before"
            )
        people = kinds.add_parser("people", help="people from CSV or XLSX")
        people.add_argument("file", type=Path)
        people.add_argument("--organisation", required=True, help="its slug")
        people.add_argument(
            "--everyone", action="store_true", help="who is not in the list has left"
        )
        people.add_argument(
            "--many-leave", action="store_true", help="it is right that over 30 %% would leave"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = perf_counter()
        try:
            if options["kind"] in TAXONOMIES:
                self._taxonomy(options)
            else:
                self._people(options)
        except ImportRefused as refused:
            raise CommandError("Nothing was changed.\n" + "\n".join(refused.problems)) from refused
        except (BadPackage, SheetError) as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
        except Organisation.DoesNotExist as unknown:
            raise CommandError(f"There is no organisation {options['organisation']}.") from unknown
        self.stdout.write(f"{perf_counter() - began:.1f} s")

    def _taxonomy(self, options: dict[str, Any]) -> None:
        taken = TAXONOMIES[options["kind"]](
            options["folder"], progress=self._step, smaller=options["smaller"]
        )
        for name in ("skills", "occupations", "relations", "links"):
            tally = getattr(taken, name)
            self.stdout.write(
                f"{name}: {tally.total:,} ({tally.added:,} new, {tally.changed:,} changed, "
                f"{tally.gone:,} gone)"
            )
        for note in taken.notes:
            self.stdout.write(note)
        if not taken.changed:
            self.stdout.write("Nothing changed: this was taken in before.")

    def _step(self, step: str, done: int, of: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{step} {done:,}/{of:,}" if of else f"\r{step}", ending="")
        elif done == of:
            self.stdout.write(step)

    def _people(self, options: dict[str, Any]) -> None:
        counts = import_people(
            options["file"],
            organisation=options["organisation"],
            everyone=options["everyone"],
            brake_off=options["many_leave"],
            say=self.stdout.write,
        )
        self.stdout.write(", ".join(f"{what}: {number:,}" for what, number in counts.items()))
