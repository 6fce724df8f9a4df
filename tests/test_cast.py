"""The cast is what the actions of the product would have made, in whatever order it comes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from gezel.people.models import Employment, LeadLine, Mandate, Organisation, Person
from gezel.people.tests.builders import a_colleague
from tests.cast import MAKE, Cast, Named

ORDERS = (
    ("van_dijk", "daan", "noor", "femke", "de_linde", "sam"),
    ("de_linde", "sam", "van_dijk", "femke", "daan", "noor"),
    ("van_dijk", "daan", "femke", "noor"),
    ("van_dijk", "femke"),
    ("de_linde", "van_dijk"),
    ("van_dijk", "femke", "de_linde", "daan", "sam", "noor"),
)


def there() -> list[object]:
    """What stands in the house, without the numbers and addresses that differ each time."""
    return [
        list(Organisation.objects.order_by("name").values_list("name", "slug", "language")),
        list(Person.objects.order_by("first_name").values_list("first_name", "last_name")),
        list(
            Employment.objects.order_by("person__first_name").values_list(
                "person__first_name", "organisation__name", "unit__path", "job__name",
                "lead__first_name", "starts_on", "ends_on",
            )
        ),
        list(LeadLine.objects.values_list("lead__first_name", "member__first_name", "depth")),
        list(Mandate.objects.values_list("person__first_name", "kind", "from_on")),
    ]  # fmt: skip


def counted() -> dict[str, int]:
    """How many rows stand in each table."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(
            f"SELECT '{name}', COUNT(*) FROM {quoted(name)}" for name in sorted(names)
        ))  # fmt: skip
        return {str(name): int(many) for name, many in cursor.fetchall()}


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_the_cast_is_as_the_actions_make_it(
    the_cast: Cast, order: tuple[str, ...], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(12 * len(order)):  # the actions ask thirty each
        for name in order:
            the_cast(name)
    given = [there(), counted()]
    people = list(Person.objects.all())
    for model in (LeadLine, Mandate, Employment, Organisation, Person):
        model.objects.all().delete()
    # ... and once more by the actions, where nothing of it is left.
    with connection.cursor() as cursor:
        for table, many in counted().items():
            if many and table not in {"django_content_type", "auth_permission"}:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
    made: Named = {}
    for name in order:
        made[name] = MAKE[name](made)

    assert given == [there(), counted()]
    assert all(timezone.now() - p.created_at < timedelta(minutes=1) for p in people)


def test_beside_somebody_else_the_actions_make_them(the_cast: Cast, van_dijk: Organisation) -> None:
    other = a_colleague(van_dijk, "Piet Mulder", job="Mechanic")

    noor = [the_cast(name) for name in ("daan", "noor")][1]

    assert noor.employments.get().job == other.employments.get().job
    assert Person.objects.count() == 3
