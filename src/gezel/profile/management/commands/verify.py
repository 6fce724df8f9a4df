"""`gezel verify FILE`: is a credential genuine? Exit 0 valid, 1 invalid, 2 unknown."""

import io
import json
import sys
import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.kit.terminal import in_its_language
from gezel.profile import words
from gezel.profile.actions import NotTaken, check_archive
from gezel.profile.bundles import Checked, check_file, proof_in
from gezel.profile.queries import Asking, OurOwn
from gezel.profile.rules.bundle import Given
from gezel.profile.rules.did import Belief, Ground, KeyProblem, Nowhere, Sources
from gezel.profile.rules.text import Unreadable, read_json
from gezel.profile.rules.verdict import Verdict
from gezel.trust.api import Unproved, check_proof

CODES = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.UNKNOWN: 2}


class Command(BaseCommand):
    help = (
        "Check a credential (JSON, token, PNG, SVG or a bundle) or an archive (ZIP); without --ask "
        "no network is used. Exit 0: valid, 1: invalid, 2: not proved."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file; - reads what comes in")
        believed = parser.add_mutually_exclusive_group()
        believed.add_argument(
            "--strict",
            action="store_true",
            help="not proved (2) where nobody vouches for the key, whatever the file says of it",
        )
        believed.add_argument(
            "--key-as-written",
            action="store_true",
            help="believe all that the file says about keys, as validators of form do",
        )
        parser.add_argument(
            "--ask",
            action="store_true",
            help="ask issuers over the network (https) for their keys and what was withdrawn",
        )
        parser.add_argument(
            "--keys",
            action="append",
            default=[],
            type=Path,
            metavar="DID.JSON",
            help="the keys of an issuer, as you fetched them from its own address",
        )
        parser.add_argument(
            "--alone",
            action="store_true",
            help="ask not even this installation about issuers and what was withdrawn",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with in_its_language():
            self._check(options)

    def _check(self, options: dict[str, Any]) -> None:
        try:
            name = options["file"]
            data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as problem:
            raise CommandError(
                _("This file cannot be read: %(why)s.") % {"why": problem.strerror}
            ) from None
        sources: Sources = Asking() if options["ask"] else OurOwn()
        if options["alone"]:
            sources = Nowhere()
        if options["keys"]:
            sources = self._given(options["keys"], sources)
        if zipfile.is_zipfile(io.BytesIO(data)):
            self._archive(data, sources)
            return
        if (told := proof_in(data)) is not None:
            self._tell_proof(told)
            return
        belief = Belief.NOTHING if options["strict"] else Belief.STATED
        if options["key_as_written"]:
            belief = Belief.ANYTHING
        self._tell(check_file(data, now=timezone.now(), sources=sources, belief=belief))

    def _given(self, paths: list[Path], sources: Sources) -> Sources:
        """Keys that were fetched beforehand count as if the issuer was asked."""
        try:
            return Given([read_json(path.read_bytes()) for path in paths], sources)
        except OSError as problem:
            raise CommandError(
                _("This file cannot be read: %(why)s.") % {"why": problem.strerror}
            ) from None
        except (Unreadable, KeyProblem):
            raise CommandError(
                _("These are no keys of an issuer. Fetch its did.json again.")
            ) from None

    def _tell_proof(self, told: Any) -> None:
        """One event of a log, by itself."""
        try:
            proved = check_proof(told)
        except Unproved as problem:
            self.stdout.write(
                "invalid: " + _("this does not prove it (%(code)s).") % {"code": problem.code}
            )
            sys.exit(1)
        self.stdout.write("valid: " + _("written down in this log, and not changed since."))
        self.stdout.write(f"  {words.in_bundle(proved)}")
        self.stdout.write(
            "  "
            + _("NOT PROVEN: whose log it is. Compare its key with %(address)s")
            % {"address": f"https://{proved.log.name}/key"}
        )
        self.stdout.write(json.dumps(proved.event, ensure_ascii=False, indent=2))

    def _tell(self, checked: Checked) -> None:
        found = checked.finding
        self.stdout.write(f"{found.verdict}: {words.verdict(found)}")
        if found.name or found.issuer:
            self.stdout.write(f"  {found.name} · {words.issuer(found)}")
        if found.verdict is Verdict.VALID and found.ground is Ground.WRITTEN:
            self.stdout.write(
                "  "
                + _(
                    "NOT PROVEN: that this key belongs to %(issuer)s. "
                    "Ask them, or use --ask; --strict does not call this valid."
                )
                % {"issuer": found.issuer}
            )
        if found.status_as_of:
            self.stdout.write(f"  {words.not_withdrawn(found.status_as_of)}")
        if checked.proved is not None:
            self.stdout.write(f"  {words.in_bundle(checked.proved)}")
        for one in found.reasons:
            self.stdout.write(f"- {words.reason(one)}")
        if code := CODES[found.verdict]:
            sys.exit(code)

    def _archive(self, data: bytes, sources: Sources) -> None:
        """An archive of a person: its files, its signatures, and each credential in it."""
        try:
            found = check_archive(data, sources=sources)
        except NotTaken as problem:
            self.stdout.write(f"{Verdict.INVALID}: {problem}")
            sys.exit(CODES[Verdict.INVALID])
        self.stdout.write(f"{found.verdict}: {found.said}")
        for line in found.lines:
            self.stdout.write(line)
        if code := CODES[found.verdict]:
            sys.exit(code)
