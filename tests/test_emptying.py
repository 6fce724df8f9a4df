"""What a test that committed leaves behind is gone before the next one (`tests/databases.py`)."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import Settings

from gezel.people.api import Organisation, Person
from tests.databases import Emptying
from tests.full_house import furnish

pytestmark = pytest.mark.django_db(transaction=True)


def full() -> list[str]:
    """The tables with something in them."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
            if cursor.fetchone():
                found.append(table)
    return found


def test_a_whole_house_goes_and_what_migrating_made_stays(
    *,
    van_dijk: Organisation,
    noor: Person,
    daan: Person,
    femke: Person,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    emptied = Emptying()
    permissions = set(Permission.objects.values_list("pk", flat=True))
    furnish(van_dijk, noor, daan, femke)
    assert len(full()) > 60

    assert emptied()

    assert set(full()) == {"django_content_type", "auth_permission"}
    assert set(Permission.objects.values_list("pk", flat=True)) == permissions


def test_who_takes_away_what_migrating_made_leaves_it_to_django() -> None:
    emptied = Emptying()
    there = ContentType.objects.count()
    ContentType.objects.filter(model="person").delete()

    assert not emptied()

    TransactionTestCase("__init__")._fixture_teardown()
    assert ContentType.objects.count() == there
