"""Data to measure on: an organisation of any size, made once per database."""

from django.core.management import call_command
from django.db import connection
from django.db.models import Count

from gezel.people.api import Employment, Organisation, Person


def scale_organisation(people: int) -> Organisation:
    """The organisation of this size that `gezel demo --people N` makes; made if it is absent."""
    slug = f"scale-{people}"
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        call_command("demo", people=people, verbosity=0)
        found = Organisation.objects.get(slug=slug)
        if connection.vendor == "postgresql":
            # As it does by itself within a minute or two; before that it plans for empty tables.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
    return found


def someone(organisation: Organisation, *, mandate: str = "") -> Person:
    """An employee with a lead and nobody below them, or the one with a mandate."""
    people = Person.objects.working_at(organisation)
    if mandate:
        return people.filter(mandates__kind=mandate).order_by("pk")[0]
    return people.filter(direct_reports=None, standings__isnull=False).order_by("-pk").distinct()[0]


def busiest_lead(organisation: Organisation, most: int = 60) -> Person:
    """The lead with the most direct reports up to `most`, who is no HR besides."""
    lead = (
        Employment.objects.current()
        .filter(organisation=organisation, lead__isnull=False, lead__mandates=None)
        .values("lead")
        .annotate(team=Count("pk"))
        .filter(team__lte=most)
        .order_by("-team")[0]["lead"]
    )
    return Person.objects.get(pk=lead)
