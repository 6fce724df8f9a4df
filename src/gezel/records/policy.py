"""What may someone see of what was recorded?"""

from django.db.models import QuerySet

from gezel.people.api import Visitor
from gezel.records.models import STATEMENTS_OF_A_PERSON, Statement


def statements_to_read(visitor: Visitor) -> QuerySet[Statement]:
    """One's own, and nobody else's."""
    return Statement.objects.filter(person__in=STATEMENTS_OF_A_PERSON.people_for(visitor))
