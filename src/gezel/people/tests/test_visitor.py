"""Who a visitor is: where they work, and which tasks they carry there today."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gezel.people.actions import end_mandate, give_mandate
from gezel.people.middleware import visitor_of
from gezel.people.models import Mandate, Organisation, Person
from gezel.people.tests.builders import a_colleague

pytestmark = pytest.mark.django_db


def test_all_tasks_of_today_count_and_those_that_ended_do_not(
    van_dijk: Organisation, femke: Person
) -> None:
    give_mandate(femke, van_dijk, "author")
    council = give_mandate(femke, van_dijk, "council")
    end_mandate(council, last_day=timezone.localdate() - timedelta(days=1))
    tomorrow = timezone.localdate() + timedelta(days=1)
    give_mandate(femke, van_dijk, "admin", from_on=tomorrow)

    assert visitor_of(femke).mandates == {"hr", "author"}


def test_a_task_counts_until_its_last_day(van_dijk: Organisation, femke: Person) -> None:
    Mandate.objects.filter(person=femke).update(until_on=timezone.localdate())

    assert visitor_of(femke).is_hr


def test_a_task_opens_nothing_at_another_employer(
    van_dijk: Organisation, de_linde: Organisation, sam: Person
) -> None:
    give_mandate(sam, van_dijk, "hr")

    assert visitor_of(sam).organisation == de_linde
    assert not visitor_of(sam).is_hr


def test_a_visitor_is_one_query(
    van_dijk: Organisation, daan: Person, django_assert_num_queries: object
) -> None:
    a_colleague(van_dijk, "Noor Jansen", lead=daan)
    with django_assert_num_queries(1):  # type: ignore[operator] # a fixture without types
        assert visitor_of(daan).leads
