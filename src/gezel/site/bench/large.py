"""Where size is felt: HR's need map over 100,000 people, from estimates that are stored."""

from collections.abc import Iterator
from functools import partial
from time import perf_counter

from django.db import connection
from django.test.utils import override_settings
from django.urls import reverse

from gezel.people.api import Employment, Organisation
from gezel.site.bench import cost
from gezel.site.bench.data import scale_organisation, someone
from gezel.site.bench.figures import Figure, at_most, seconds
from gezel.site.bench.sessions import signed_in

PEOPLE = 100_000


def measure() -> Iterator[Figure]:
    """The pages HR opens in an organisation of 100,000."""
    new = not Organisation.objects.filter(slug=f"scale-{PEOPLE}").exists()
    began = perf_counter()
    organisation = scale_organisation(PEOPLE)
    where = f"{_people(organisation):,} people, {connection.vendor}"
    if new:
        yield Figure(
            f"demo of {PEOPLE:,} people, built",
            perf_counter() - began,
            "s",
            conditions=f"{connection.vendor}, once",
        )
    with connection.cursor() as cursor:
        # What autovacuum does on its own within the first minutes of a real life.
        cursor.execute("ANALYZE")
    client = signed_in(someone(organisation, mandate="hr"))
    with override_settings(ALLOWED_HOSTS=["*"]):
        for name, url in (
            ("need map of the organisation", reverse("skills:organisation")),
            ("the same by role profile", reverse("skills:organisation") + "?by=profile"),
            ("the same by location", reverse("skills:organisation") + "?by=location"),
            ("home (HR)", reverse("home")),
            ("the tree of units", reverse("people:tree")),
            ("table of people", reverse("people:list")),
            ("table of people, by unit", reverse("people:list") + "?sort=unit"),
            ("table of people, searched", reverse("people:list") + "?q=jansen"),
        ):
            asked, size = cost.queries(client, url)
            response = client.get(url)
            if response.status_code != 200:
                raise RuntimeError(f"{url} answered {response.status_code}")
            yield Figure(
                f"{name}, {PEOPLE:,} people, CPU",
                cost.cpu_ms(client, url, runs=9),
                "ms",
                conditions=f"{where}, ours and PostgreSQL's",
            )
            taken = seconds(partial(client.get, url), runs=9) * 1000
            yield at_most(
                f"{name}, {PEOPLE:,} people",
                taken,
                "ms",
                300,
                conditions=f"{where}, wall time, {asked} queries, {size / 1024:.0f} KB",
            )


def _people(organisation: Organisation) -> int:
    return Employment.objects.current().filter(organisation=organisation).count()
