"""Instances made the short way are those Django makes, for every model we have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.signals import post_init
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from gezel.kit.models import Task
from gezel.kit.prepared import Prepared, prepared
from gezel.kit.rows import _made_plainly, maker, reader
from gezel.people.models import Employment, Organisation, Person

ours = [model for model in apps.get_models() if model.__module__.startswith("gezel.")]


def told(made: Model) -> dict[str, Any]:
    """All that an instance holds, its state and what was brought along with it too."""
    held = dict(made.__dict__)
    state = dict(held.pop("_state").__dict__)
    beside = state.pop("fields_cache", {})
    return held | {
        "_state": state,
        "_beside": {name: told(row) if row is not None else None for name, row in beside.items()},
    }


def test_an_instance_is_the_one_django_makes() -> None:
    for model in ours:
        for most in (None, 1):
            names = [field.attname for field in model._meta.concrete_fields][:most]
            values = [f"value of {name}" for name in names]

            made = maker(model, names)("default", values)
            theirs = model.from_db("default", names, values)

            assert type(made) is type(theirs)
            assert told(made) == told(theirs)
            assert made.get_deferred_fields() == theirs.get_deferred_fields()


def test_each_of_our_models_leaves_it_to_django_how_it_is_made() -> None:
    assert len(ours) > 100
    for model in ours:
        names = [field.attname for field in model._meta.concrete_fields]
        assert _made_plainly(model, names), model


def test_where_somebody_looks_on_django_makes_it() -> None:
    seen = []

    def look(instance: Task, **_told: Any) -> None:
        seen.append(instance.name)

    post_init.connect(look, sender=Task)
    try:
        maker(Task, ["id", "name"])("default", [1, "sweep"])
    finally:
        post_init.disconnect(look, sender=Task)

    assert seen == ["sweep"]


@pytest.mark.django_db
class TestAnswers:
    """Of a prepared question, beside the same queryset asked the usual way."""

    def test_with_what_is_beside_counted_or_left_out(self, noor: Person, daan: Person) -> None:
        def ask(people: Collection[int]) -> QuerySet[Employment]:
            return (
                Employment.objects.filter(person__in=people)
                .select_related("organisation", "unit__organisation", "job", "location", "lead")
                .annotate(first=F("person__first_name"), fixed=Value("100%", CharField()))
                .defer("starts_on")
                .order_by("pk")
            )

        wanted = [told(row) for row in ask([noor.pk, daan.pk])]

        question = prepared(ask)
        assert [told(row) for row in question([noor.pk, daan.pk])] == wanted
        assert len(wanted) == 2
        assert {row.first for row in question([noor.pk, daan.pk])} == {"Noor", "Daan"}  # type: ignore[attr-defined]
        assert all(kept and kept.read for kept in question._kept.values())

    def test_as_tuples_single_values_and_dictionaries(
        self, van_dijk: Organisation, noor: Person, daan: Person
    ) -> None:
        def rows(at: int) -> QuerySet[Person, Any]:
            found = Person.objects.filter(employments__organisation=at).order_by("pk").distinct()
            return found.values_list("pk", "last_login", "is_active")

        def single(at: int) -> QuerySet[Person, Any]:
            return rows(at).values_list("is_active", flat=True)

        def named(at: int) -> QuerySet[Person, Any]:
            return rows(at).values("email")

        assert len(rows(van_dijk.pk)) == 2
        for ask in (rows, single, named):
            assert prepared(ask)(van_dijk.pk) == list(ask(van_dijk.pk))

    def test_who_listens_in_still_hears_it(
        self, asked: Prepared[..., Person], noor: Person
    ) -> None:
        heard = []

        def listen(execute: Any, sql: str, *told: Any) -> Any:
            heard.append(sql)
            return execute(sql, *told)

        with connection.execute_wrapper(listen):
            assert asked(noor.pk) == [noor]
        with CaptureQueriesContext(connection) as captured:
            assert asked(noor.pk) == [noor]

        assert len(heard) == len(captured) == 1
        assert asked(noor.pk) == [noor]

    def test_what_the_database_refuses_is_djangos_error(
        self, asked: Prepared[..., Person], noor: Person
    ) -> None:
        asked(noor.pk)
        (question,) = asked._kept.values()
        assert question
        question.statement = "SELECT nothing FROM nowhere"
        with pytest.raises(Exception) as refused:  # noqa: PT011 # which one is told below
            asked(noor.pk)

        assert refused.type.__module__ == ProgrammingError.__module__


@pytest.fixture
def asked() -> Prepared[..., Person]:
    @prepared
    def person(pk: int) -> QuerySet[Person]:
        return Person.objects.filter(pk=pk)

    return person


def test_what_it_does_not_know_is_left_to_django() -> None:
    asked = Person.objects.values("pk")

    assert reader(_compiled(asked), asked._iterable_class, "default") is None


def _compiled(asked: QuerySet[Any, Any]) -> Any:
    compiler: Any = asked.query.get_compiler(using="default")
    compiler.as_sql()
    return compiler
