"""`gezel key xapi`: let another system into the record store."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from gezel.people.api import Organisation
from gezel.records.api import Key, NewKey, make_key


class Command(BaseCommand):
    help = "Make a key for another system: `gezel key xapi --name 'Course shop'`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["xapi"], help="what the key opens: the record store")
        parser.add_argument("--name", required=True, help="the system it is for")
        parser.add_argument(
            "--organisation", metavar="SLUG", help="whose store; the first one if not told"
        )
        parser.add_argument(
            "--scope",
            action="append",
            choices=Key.Scope.values,
            help="what it may do, more than once for more; all of it if not told",
        )
        parser.add_argument(
            "--with-own",
            action="store_true",
            help="let it also read what people learned in Gezel itself",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        made = self._make(options)
        told = self.stderr
        told.write(f"A key for {made.key.organisation} at {settings.BASE_URL}/xapi/")
        told.write(f"It may: {', '.join(made.key.scopes)}. We keep no copy of the password.")
        self.stdout.write(f"user: {made.key.user}")
        self.stdout.write(f"password: {made.password}")

    def _make(self, options: dict[str, Any]) -> NewKey:
        organisation = _organisation(options["organisation"])
        scopes = options["scope"] or [Key.Scope.ALL]
        name = options["name"].strip()[:90]
        if not name:
            raise CommandError("Tell for which system it is: --name 'Course shop'.")
        # Called again for the same system: a second key beside the first, which may be in use.
        for number in range(1, 100):
            try:
                return make_key(
                    organisation,
                    name=name if number == 1 else f"{name} ({number})",
                    scopes=scopes,
                    reads_house=options["with_own"],
                )
            except ValidationError as error:
                if any(one.code == "consent" for one in error.error_list):
                    raise CommandError(error.messages[0]) from None
                continue
        raise CommandError("There are a hundred keys of this name. Close some first.")


def _organisation(slug: str | None) -> Organisation:
    known = Organisation.objects.order_by("pk")
    found = known.filter(slug=slug).first() if slug else known.first()
    if found is None:
        there = ", ".join(known.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"No such organisation. There are: {there}.")
    return found
