"""`gezel backup FILE`: all of this installation in one file, while it runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezel.kit.terminal import in_its_language
from gezel.site.backup.databases import NoTools
from gezel.site.backup.form import Backup, BadBackup
from gezel.site.backup.making import make


class Command(BaseCommand):
    help = (
        "Copy database and files into one file, while Gezel runs, and read it back. The key is "
        "not in it: keep the secret-key file of the data folder apart."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="a file that is not there yet, or a folder to put it in"
        )
        parser.add_argument(
            "--check", action="store_true", help="only say whether that backup is whole"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with in_its_language():
            try:
                self._check(options["file"]) if options["check"] else self._make(options["file"])
            except (BadBackup, NoTools) as problem:
                raise CommandError(str(problem)) from problem
            except OSError as problem:
                raise CommandError(
                    _("Nothing was written: %(why)s.") % {"why": problem.strerror}
                    if not options["check"]
                    else _("This file cannot be read: %(why)s.") % {"why": problem.strerror}
                ) from problem

    def _check(self, file: Path) -> None:
        with Backup(file) as backup:
            backup.check()
            told = {"when": backup.manifest.made_at, "where": backup.manifest.made_by}
        self.stdout.write(_("Whole: made on %(when)s at %(where)s.") % told)

    def _make(self, file: Path) -> None:
        made = make(file)
        self.stdout.write(
            ngettext(
                "%(path)s: the database and %(n)s file, %(size)s. It was read back, and is whole.",
                "%(path)s: the database and %(n)s files, %(size)s. It was read back, and is whole.",
                made.files,
            )
            % {"path": made.path, "n": made.files, "size": filesizeformat(made.size)}
        )
        if made.gone:
            self.stdout.write(_("Files that were thrown away meanwhile: %(n)s.") % {"n": made.gone})
        self.stdout.write(
            _("The key is not in it. Keep the secret-key file of the data folder apart.")
        )
