"""`gezel export statements|archive …`: what goes out as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gezel.kit.terminal import in_its_language
from gezel.people.api import Organisation
from gezel.profile.api import write_archive
from gezel.records.api import lines_of


class Command(BaseCommand):
    help = (
        "Write statements to standard output (`gezel export statements --organisation SLUG > "
        "file.jsonl`), or the archive of one person to a new file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True)
        statements = kinds.add_parser("statements", help="all of a record store, a line each")
        statements.add_argument("--organisation", metavar="SLUG", required=True, help="whose")
        statements.add_argument(
            "--with-own", action="store_true", help="also what people learned in Gezel itself"
        )
        archive = kinds.add_parser(
            "archive", help="everything of one person, as they take it along"
        )
        archive.add_argument("--person", metavar="EMAIL", required=True, help="whose")
        archive.add_argument("file", type=Path, help="where it is written; must not exist")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "archive":
            with in_its_language():
                self._archive(options["person"], options["file"])
            return
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            there = ", ".join(Organisation.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"No such organisation. There are: {there}.")
        for told in lines_of(organisation, with_own=options["with_own"]):
            self.stdout.write(told, ending="")

    def _archive(self, email: str, file: Path) -> None:
        try:
            found = write_archive(email, file)
        except OSError as problem:
            raise CommandError(
                _("Nothing was written: %(why)s.") % {"why": problem.strerror}
            ) from problem
        if not found:
            raise CommandError(_("Nothing was written. Nobody here has this address."))
