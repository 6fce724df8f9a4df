"""A question put into SQL once answers as if it had been asked anew."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from gezel.kit.models import Task
from gezel.kit.prepared import Prepared, prepared
from gezel.people.models import Employment, Organisation, Person
from gezel.people.tests.builders import a_colleague

pytestmark = pytest.mark.django_db


@pytest.fixture
def working() -> Prepared[..., Employment]:
    @prepared
    def working(
        people: Collection[int], on: date, *, most: int = 10, first: str = "pk"
    ) -> QuerySet[Employment]:
        return (
            Employment.objects.current(on)
            .filter(person__in=people)
            .select_related("person", "unit")
            .prefetch_related("organisation__jobs")
            .order_by(first)[:most]
        )

    return working


def test_each_call_answers_for_its_own_values(
    working: Prepared[..., Employment], daan: Person, noor: Person, sam: Person
) -> None:
    today = timezone.localdate()

    assert [e.person for e in working([noor.pk], today)] == [noor]
    assert [e.person for e in working([daan.pk], today)] == [daan]
    assert {e.person for e in working([daan.pk, noor.pk, sam.pk], today)} == {daan, noor, sam}
    assert working([noor.pk], date(2020, 1, 1)) == []


def test_rows_come_whole(working: Prepared[..., Employment], noor: Person) -> None:
    working([noor.pk], timezone.localdate())
    with CaptureQueriesContext(connection) as asked:
        (seat,) = working([noor.pk], timezone.localdate())
        assert seat.person.name == "Noor Jansen"
        assert seat.unit.name
        assert {job.name for job in seat.organisation.jobs.all()} >= {"Mechanic"}

    assert len(asked) == 3  # the question itself, and two for what was fetched beside it


def test_sql_is_made_once_a_shape(
    working: Prepared[..., Employment], daan: Person, noor: Person
) -> None:
    today = timezone.localdate()
    working([noor.pk, daan.pk, 3], today)
    working([noor.pk], today, most=1)
    asked = dict(working._kept)
    working([noor.pk, daan.pk, 3, 4], today - timedelta(days=1))  # four: the length three became
    working([daan.pk], today, most=1)

    assert working._kept == asked
    working([noor.pk], today, most=2)
    with translation.override("nl"):
        working([noor.pk], today, most=2)
    assert len(working._kept) == len(asked) + 2


def test_an_empty_list_asks_nothing(
    working: Prepared[..., Employment], django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined] # a fixture without types
        assert working([], timezone.localdate()) == []


def test_what_nothing_can_answer_is_nothing() -> None:
    @prepared
    def nobody(pk: int) -> QuerySet[Person]:
        return Person.objects.filter(Q(pk=pk) & Q(pk__in=[]))

    assert nobody(1) == []


def test_plain_values_and_literals_with_signs(van_dijk: Organisation, noor: Person) -> None:
    @prepared
    def addresses(name: str, *, like: str) -> QuerySet[Person, tuple[str, str]]:
        return Person.objects.filter(first_name=name, email__contains=like).values_list(
            "first_name", "email"
        )

    Person.objects.filter(pk=noor.pk).update(email="no%or's@example.test")

    assert addresses("Noor", like="o%or's") == [("Noor", "no%or's@example.test")]
    assert addresses("Noor", like="o%%r") == []
    assert addresses("N%r", like="@") == []


def test_a_day_cannot_stay_for_ever() -> None:
    @prepared
    def working_today(person: int) -> QuerySet[Employment]:
        return Employment.objects.current().filter(person=person)

    with pytest.raises(TypeError, match="as a value"):
        working_today(1)


def test_a_day_by_name_is_put_into_sql_once_a_day(noor: Person) -> None:
    """For a question that must count with the day: this long ago, within so many days."""

    @prepared
    def here_for_long(person: int, *, on: date) -> QuerySet[Employment]:
        return Employment.objects.filter(person=person, starts_on__lte=on - timedelta(days=10))

    today = timezone.localdate()
    Employment.objects.filter(person=noor).update(starts_on=today - timedelta(days=9))

    assert here_for_long(noor.pk, on=today) == []
    assert len(here_for_long(noor.pk, on=today + timedelta(days=1))) == 1
    assert here_for_long(noor.pk, on=today) == []
    assert len(here_for_long._kept) == 2


def test_nothing_is_no_value() -> None:
    @prepared
    def asked_by(person: int) -> QuerySet[Task]:
        return Task.objects.filter(asked_by=person)

    with pytest.raises(TypeError, match="by name"):
        asked_by(None)  # type: ignore[arg-type]


def test_it_sees_what_this_transaction_wrote_and_forgets_what_it_took_back(
    van_dijk: Organisation,
) -> None:
    @prepared
    def named(name: str) -> QuerySet[Person]:
        return Person.objects.filter(first_name=name)

    assert named("Iris") == []
    with transaction.atomic():
        a_colleague(van_dijk, "Iris Bos")
        assert len(named("Iris")) == 1
        transaction.set_rollback(True)
    assert named("Iris") == []
    a_colleague(van_dijk, "Iris Bos")
    assert len(named("Iris")) == 1


CHANGED = {
    "postgresql": "ALTER TABLE kit_task ALTER COLUMN name TYPE varchar(101)",
    "sqlite": "ALTER TABLE kit_task ADD COLUMN extra integer",
}
CHANGED_BACK = {
    "postgresql": "ALTER TABLE kit_task ALTER COLUMN name TYPE varchar(100)",
    "sqlite": "ALTER TABLE kit_task DROP COLUMN extra",
}


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_beside_us_voids_no_answer() -> None:
    @prepared
    def names(name: str) -> QuerySet[Task, tuple[str]]:
        return Task.objects.filter(name=name).values_list("name")

    Task.objects.create(name="sweep")
    for _turn in range(3):
        assert names("sweep") == [("sweep",)]
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(CHANGED[connection.vendor])
        for _turn in range(2):
            assert names("sweep") == [("sweep",)]
    finally:
        with other.cursor() as cursor:
            cursor.execute(CHANGED_BACK[connection.vendor])
        other.close()


@pytest.mark.django_db(transaction=True)
def test_on_postgresql_the_server_keeps_the_plan() -> None:
    @prepared
    def names(name: str) -> QuerySet[Task, tuple[str]]:
        return Task.objects.filter(name=name, tries=0).values_list("name")

    names("sweep")
    names("sweep")

    (question,) = names._kept.values()
    assert question is not None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            kept = [statement for (statement,) in cursor.fetchall()]
        assert kept.count(question.statement) == 1
        assert "= ($1)" in question.statement
        assert '"tries" = 0' in question.statement
    else:
        assert question.statement.count("?") == 2
