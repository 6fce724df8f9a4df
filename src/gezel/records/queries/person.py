"""What was recorded about one person."""

from django.db.models import QuerySet

from gezel.people.api import Person
from gezel.records.models import Statement


def statements_of(person: Person) -> QuerySet[Statement]:
    """Everything recorded about someone, newest first. Who may ask is up to the policy."""
    return Statement.objects.filter(person=person).order_by("-timestamp", "-stored", "pk")
