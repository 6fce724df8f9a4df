"""`gezel worker`: do the work that waits, until stopped."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from gezel.kit.jobs import work_until_stopped


class Command(BaseCommand):
    """Beside a server with its own worker thread, or on machines of its own."""

    help = "Does the work in the background until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=2, help="how many jobs at once")

    def handle(self, *args: object, workers: int, **options: object) -> None:
        self.stdout.write(f"Working, {workers} at once. Stop with Ctrl-C.")
        work_until_stopped(workers)
