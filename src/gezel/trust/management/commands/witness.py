"""`gezel witness`: a key of one's own, and signing that a log only grew since one last looked.

For the works council, on a computer that is not the employer's: it needs no database and no
network. Beside the key lies a note of what was signed last, so that a log that was rolled back or
forked since is not signed.
"""

import base64
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from gezel.trust.rules import checkpoint, merkle

REFUSED = "NOT SIGNED"


class Command(BaseCommand):
    help = "Witness a log: make a key (new FILE --name NAME), or sign what was taken along (sign)."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        new = words.add_parser("new", help="make a key; shows the public line")
        new.add_argument("key", help="the file to keep the secret key in")
        new.add_argument("--name", required=True, help="your name as a witness, without spaces")
        sign = words.add_parser("sign", help="sign a checkpoint, if the log only grew")
        sign.add_argument("key", help="the file with your key")
        sign.add_argument("log", help="the file that the page “Watch over the log” gives")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["word"] == "new":
            self._new(Path(options["key"]), options["name"])
        else:
            self._sign(Path(options["key"]), Path(options["log"]))

    def _new(self, file: Path, name: str) -> None:
        secret = Ed25519PrivateKey.generate()
        key = checkpoint.key_of(name, secret, checkpoint.WITNESS)
        try:
            checkpoint.read_key(key.written())
        except checkpoint.BadNote:
            raise CommandError("A name has no spaces and no plus sign.") from None
        try:
            file.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            raise CommandError("This file is there already. A key is not written over.") from None
        file.write_text(checkpoint.write_secret(name, secret))
        self.stdout.write(key.written())

    def _sign(self, file: Path, log: Path) -> None:
        try:
            key, secret = checkpoint.read_secret(file.read_text())
            told = json.loads(log.read_text())
            whose, note = checkpoint.read_key(told["log"]), str(told["checkpoint"])
            now = checkpoint.read(note, whose)
        except OSError as problem:
            raise CommandError(f"This file cannot be read: {problem.strerror}.") from None
        except checkpoint.BadNote as problem:
            raise CommandError(f"{REFUSED}: the {problem.code} is not right.") from None
        except (ValueError, KeyError, TypeError):
            raise CommandError(f"{REFUSED}: this is not the file of a log.") from None
        kept = file.with_name(f"{file.name}.{whose.id.hex()}.seen")
        if kept.exists():
            before = checkpoint.read(kept.read_text(), whose)
            try:
                self._grew(before, now, told)
            except (merkle.NotProved, ValueError, KeyError, TypeError, AttributeError):
                raise CommandError(
                    f"{REFUSED}: it is not shown that this log of {now.size} entries begins with "
                    f"the {before.size} you signed before. Keep {kept.name}: it is your proof."
                ) from None
        kept.write_text(note)
        self.stdout.write(checkpoint.cosign(note, key, secret, at=timezone.now()), ending="")

    def _grew(
        self, before: checkpoint.Checkpoint, now: checkpoint.Checkpoint, told: dict[str, Any]
    ) -> None:
        steps = [] if before.size == now.size else told["from"][str(before.size)]
        merkle.check_consistency(
            old=before.size,
            new=now.size,
            old_root=before.root,
            new_root=now.root,
            proof=[base64.b64decode(step, validate=True) for step in steps],
        )
