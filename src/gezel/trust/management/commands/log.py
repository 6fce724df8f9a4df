"""`gezel log`: is the log of an organisation what was signed? Names the first entry that is not."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gezel.trust import actions, queries, words
from gezel.trust.models import Log


class Command(BaseCommand):
    help = (
        "Check every entry of the logs against what was promised and signed (check), or take up "
        "what waits and sign (seal). Exit 0: as signed, 1: changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("word", choices=["check", "seal"])
        parser.add_argument("--organisation", help="only of this one (its short name)")
        parser.add_argument(
            "--kept",
            action="append",
            default=[],
            help="a checkpoint that you kept outside; may be given more than once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        logs = Log.objects.select_related("organisation").order_by("origin")
        if options["organisation"]:
            logs = logs.filter(organisation__slug=options["organisation"])
        if options["word"] == "seal":
            self._seal()
            return
        if not logs:
            raise CommandError("There is no such log.")
        try:
            kept = [Path(name).read_text() for name in options["kept"]]
        except OSError as problem:
            raise CommandError(f"This file cannot be read: {problem.strerror}.") from None
        wrong = False
        if strangers := [n for n in kept if n.partition("\n")[0] not in {g.origin for g in logs}]:
            raise CommandError(f"A checkpoint is of no log here: {strangers[0][:80]!r}")
        for log in logs:
            mine = [note for note in kept if note.startswith(f"{log.origin}\n")]
            found = queries.audited(log, mine)
            wrong |= found.found is not None
            if found.found is not None:
                self.stdout.write(f"CHANGED {log.origin}: {words.fault(found.found)}")
            else:
                since = f", unchanged since {found.since:%Y-%m-%d %H:%M} UTC" if found.since else ""
                self.stdout.write(
                    f"as signed {log.origin}: {found.size} entries, "
                    f"{found.sealed} checkpoints{since}"
                )
        if wrong:
            sys.exit(1)

    def _seal(self) -> None:
        try:
            self.stdout.write(f"signed {actions.seal_all()} logs")
        except actions.Tampered as problem:
            raise CommandError(f"Not signed. The log was changed: {problem}") from None
