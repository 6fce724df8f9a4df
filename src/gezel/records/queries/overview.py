"""How much there is in an organisation's record store, and all of it as lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from gezel.people.api import Organisation
from gezel.records.models import Document, Statement
from gezel.records.queries import finding
from gezel.records.queries.finding import Filters

A_CHUNK = 500
COUNTED = 1_000_000
"""Counting stops here: nobody waits for the exact number of millions."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was kept for other systems."""

    statements: int
    more: bool
    """There are more than were counted."""
    documents: int


def counts_of(organisation: int) -> Counts:
    """How many statements came from outside and how many documents there are, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM "
            "(SELECT 1 FROM records_statement WHERE shelf = %s LIMIT %s) AS counted",
            [organisation, COUNTED + 1],
        )
        statements = cursor.fetchone()[0]
    documents = Document.objects.filter(organisation=organisation).count()
    return Counts(min(statements, COUNTED), statements > COUNTED, documents)


def lines_of(organisation: Organisation, *, with_own: bool) -> Iterator[str]:
    """A whole store as lines of JSON, some at a time."""
    own = (-organisation.pk,) if with_own else ()
    return (told for told, _people in lines((organisation.pk, *own)))


def people_in(shelves: tuple[int, ...]) -> set[int]:
    """Everyone here whom statements on these shelves are about."""
    known = Statement.objects.filter(shelf__in=shelves, person__isnull=False)
    return set(known.order_by().values_list("person_id", flat=True).distinct())


def lines(shelves: tuple[int, ...]) -> Iterator[tuple[str, set[int]]]:
    """Every statement that is not voided, oldest first, as lines of JSON: some at a time, each time
    with the people here whom they are about."""
    beyond = None
    while True:
        asked = Filters(beyond=beyond, ascending=True, limit=A_CHUNK)
        found = finding.find(shelves, asked)
        if found.rows:
            places = [row.stored for row in found.rows]
            people = Statement.objects.filter(
                shelf__in=shelves, stored__in=places, person__isnull=False
            ).values_list("person_id", flat=True)
            yield "".join(f"{row.raw}\n" for row in found.rows), set(people)
        if found.beyond is None:
            return
        beyond = found.beyond
