"""`gezel organisation NAME --hr EMAIL`: a real house begins, with the first who may come in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.text import slugify

from gezel.connect.api import first_password_path
from gezel.people.api import open_doors
from gezel.site.house import bring_up_to_date


class Command(BaseCommand):
    help = "Begin an organisation, and print the link by which its first person (HR) comes in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="as people know it")
        parser.add_argument("--hr", metavar="EMAIL", required=True, help="who will look after it")
        parser.add_argument("--first-name", default="", help="of who will look after it")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--job", default="HR", help="what they are called at work")
        parser.add_argument("--language", choices=list(dict(settings.LANGUAGES)), default="nl")
        parser.add_argument("--slug", default="", help="short name for addresses and commands")

    def handle(self, *args: Any, **options: Any) -> None:
        bring_up_to_date()
        email = options["hr"]
        try:
            with translation.override("en"):
                organisation, person = open_doors(
                    options["name"],
                    slug=options["slug"] or slugify(options["name"])[:50],
                    language=options["language"],
                    job=options["job"],
                    email=email,
                    first_name=options["first_name"] or email.partition("@")[0],
                    last_name=options["last_name"],
                )
        except ValidationError as problem:
            raise CommandError("Nothing was made. " + " ".join(problem.messages)) from problem
        self.stdout.write(f"{organisation.name} is there, as “{organisation.slug}”.")
        if person.has_usable_password():
            self.stdout.write(f"{person.name} signs in as before: {settings.BASE_URL}")
            return
        days = settings.PASSWORD_RESET_TIMEOUT // 86_400
        self.stdout.write(
            f"{person.name} chooses a password here, once, within {days} days; "
            "the page that follows tells the first steps:\n"
            f"{settings.BASE_URL}{first_password_path(person)}"
        )
