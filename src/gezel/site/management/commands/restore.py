"""`gezel restore FILE`: an installation as it was, without who was erased since."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gezel.kit.terminal import in_its_language
from gezel.site.backup.databases import NoTools
from gezel.site.backup.form import BadBackup
from gezel.site.backup.restoring import restore


class Command(BaseCommand):
    help = (
        "Put a backup back in an empty data folder: checked whole beforehand, brought up to date, "
        "and who was erased since is erased again."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="also where something is; it is put aside in the data folder (on PostgreSQL the "
            "database that was there goes: make a backup of it first)",
        )
        parser.add_argument(
            "--other-key",
            action="store_true",
            help="also without the key that opens what is sealed in it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with in_its_language():
            try:
                done = restore(
                    options["file"], replace=options["replace"], other_key=options["other_key"]
                )
            except (BadBackup, NoTools) as problem:
                raise CommandError(
                    _("Nothing was put back. %(why)s") % {"why": problem}
                ) from problem
            except OSError as problem:
                raise CommandError(
                    _("Nothing was put back: %(why)s.") % {"why": problem.strerror}
                ) from problem
            told = {"when": done.manifest.made_at, "where": done.manifest.made_by}
            self.stdout.write(_("Put back as of %(when)s, made at %(where)s.") % told)
            if done.erased:
                self.stdout.write(
                    _("Erased again, since they were erased later: %(n)s.") % {"n": done.erased}
                )
            if done.aside:
                self.stdout.write(_("What was here lies in %(folder)s.") % {"folder": done.aside})
            self.stdout.write(_("Everyone signs in again."))
