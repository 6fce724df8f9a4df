"""`gezel export statements`: all of a record store as lines of JSON, on standard output."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gezel.people.api import Organisation
from gezel.records.queries.overview import lines


class Command(BaseCommand):
    help = "Write statements to standard output: `gezel export statements > file.jsonl`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["statements"], help="what to take along")
        parser.add_argument("--organisation", metavar="SLUG", required=True, help="whose")
        parser.add_argument(
            "--with-own", action="store_true", help="also what people learned in Gezel itself"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = Organisation.objects.filter(slug=options["organisation"]).first()
        if found is None:
            there = ", ".join(Organisation.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"No such organisation. There are: {there}.")
        own = (-found.pk,) if options["with_own"] else ()
        for told, _people in lines((found.pk, *own)):
            self.stdout.write(told, ending="")
