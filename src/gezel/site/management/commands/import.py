"""`gezel import esco|onet|people|certificates|package|archive|course …`: what files bring in."""

from argparse import ArgumentParser
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gezel.certificates.api import load_certificates
from gezel.content.api import CourseRefused, FileRefused, import_course, import_file
from gezel.kit.incoming.actions import ListRefused
from gezel.kit.sheets import SheetError
from gezel.kit.terminal import in_its_language
from gezel.people.api import Organisation, import_people
from gezel.profile.api import NotTaken, import_archive
from gezel.site.house import bring_up_to_date

# The room that reads a taxonomy has a command for it; this is the word people type.
TAXONOMIES = {"esco": "import_esco", "onet": "import_onet"}


class Command(BaseCommand):
    help = "Take in a taxonomy (esco, onet), people or certificates, or learning material."

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
        held = kinds.add_parser("certificates", help="certificates people hold, from CSV or XLSX")
        held.add_argument("file", type=Path)
        held.add_argument("--organisation", required=True, help="its slug")
        held.add_argument(
            "--leave-out", action="store_true", help="leave out the rows that have a problem"
        )
        package = kinds.add_parser(
            "package",
            help="SCORM, cmi5, H5P or web pages as a package; Common Cartridge, GIFT or Moodle XML "
            "as modules; always as a draft",
        )
        package.add_argument("file", type=Path)
        package.add_argument("--organisation", required=True, help="its slug")
        package.add_argument("--by", required=True, help="the e-mail address of whose draft it is")
        package.add_argument(
            "--language", choices=["nl", "en"], default="en", help="what it is written in"
        )
        package.add_argument(
            "--look", action="store_true", help="only say what would come in and what would not"
        )

        archive = kinds.add_parser(
            "archive", help="an archive, badge or Europass profile of one person, as they bring it"
        )
        archive.add_argument("file", type=Path)
        archive.add_argument("--person", required=True, help="the e-mail address of whose it is")
        archive.add_argument(
            "--look",
            action="store_true",
            help="only say what would come in and how far it is proved",
        )

        course = kinds.add_parser(
            "course", help="a folder of lessons in Markdown (lessons.jsonl.gz), as modules"
        )
        course.add_argument("folder", type=Path)
        course.add_argument("--organisation", required=True, help="its slug")
        course.add_argument("--by", required=True, help="the e-mail address of whose they are")
        course.add_argument("--only", default="", help="courses with these letters in their name")
        course.add_argument("--offer", action="store_true", help="on offer at once, no drafts")

    def handle(self, *args: Any, **options: Any) -> None:
        # Also the first thing that someone does with a new database.
        bring_up_to_date()
        if command := TAXONOMIES.get(options["kind"]):
            call_command(command, options["folder"], smaller=options["smaller"], stdout=self.stdout)
        elif options["kind"] == "package":
            self._package(options)
        elif options["kind"] == "archive":
            self._archive(options)
        elif options["kind"] == "course":
            self._course(options)
        else:
            self._list(options)

    def _package(self, options: dict[str, Any]) -> None:
        try:
            for line in import_file(
                options["file"],
                organisation=options["organisation"],
                by=options["by"],
                language=options["language"],
                look=options["look"],
            ):
                self.stdout.write(line)
        except (FileRefused, OSError) as refused:
            raise CommandError(f"Nothing came in. {refused}") from refused

    def _archive(self, options: dict[str, Any]) -> None:
        with in_its_language():
            try:
                for line in import_archive(
                    options["file"], person=options["person"], look=options["look"]
                ):
                    self.stdout.write(line)
            except NotTaken as refused:
                raise CommandError(_("Nothing came in. %(why)s") % {"why": refused}) from refused
            except OSError as problem:
                raise CommandError(
                    _("This file cannot be read: %(why)s.") % {"why": problem.strerror}
                ) from problem

    def _course(self, options: dict[str, Any]) -> None:
        try:
            for line in import_course(
                options["folder"],
                organisation=options["organisation"],
                by=options["by"],
                only=options["only"],
                offer=options["offer"],
            ):
                self.stdout.write(line)
        except (CourseRefused, OSError) as refused:
            raise CommandError(f"Nothing more came in. {refused}") from refused

    def _list(self, options: dict[str, Any]) -> None:
        began = perf_counter()
        try:
            if options["kind"] == "certificates":
                counts = load_certificates(
                    options["file"],
                    organisation=options["organisation"],
                    leave_out=options["leave_out"],
                    say=self.stdout.write,
                )
            else:
                counts = import_people(
                    options["file"],
                    organisation=options["organisation"],
                    everyone=options["everyone"],
                    brake_off=options["many_leave"],
                    say=self.stdout.write,
                )
        except ListRefused as refused:
            raise CommandError("Nothing was changed.\n" + "\n".join(refused.problems)) from refused
        except SheetError as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
        except (OSError, Organisation.DoesNotExist) as problem:
            raise CommandError(f"Nothing was changed: {problem}") from problem
        self.stdout.write(", ".join(f"{what}: {number:,}" for what, number in counts.items()))
        self.stdout.write(f"Done in {perf_counter() - began:.1f} s.")
