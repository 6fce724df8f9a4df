"""A first start draws the same tables as Django would, sooner."""

from typing import Any

import pytest
from django.core.management import get_commands
from django.db import models
from django.db.migrations import AddField, CreateModel, Migration, RunPython, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Field

from gezel.kit.management.commands.migrate import copied_fields, drawn_alone


def test_it_is_the_command_that_runs() -> None:
    assert get_commands()["migrate"] == "gezel.kit"


def test_every_field_of_every_table_is_copied_the_same() -> None:
    state = MigrationLoader(None).project_state()
    fields = [field for model in state.models.values() for field in model.fields.values()]
    assert len(fields) > 500

    for field in fields:
        asked = field.clone()
        with copied_fields():
            copied = field.clone()

        assert type(copied) is type(asked)
        assert copied.deconstruct()[1:] == asked.deconstruct()[1:]
        assert copied is not field
        if field.remote_field:
            # What a drawing writes on the relation may not end up in the paper it was drawn from.
            assert copied.remote_field is not field.remote_field
            assert copied.remote_field.field is copied


def test_a_field_of_a_model_forgets_it_in_its_copy() -> None:
    from django.contrib.contenttypes.models import ContentType

    bound = ContentType._meta.get_field("model")
    with copied_fields():
        assert not hasattr(bound.clone(), "model")


def test_django_s_own_way_is_back_afterwards_also_when_it_fails() -> None:
    before = Field.clone
    with pytest.raises(ZeroDivisionError), copied_fields():
        _ = 1 / 0

    assert Field.clone is before


class OnPaper:
    """A database that makes nothing, and remembers which models it was shown."""

    def __init__(self) -> None:
        self.connection = self
        self.alias = "default"
        self.features = self
        self.can_rollback_ddl = True
        self.atomic_migration = True
        self.seen: list[type[models.Model]] = []

    def create_model(self, model: type[models.Model]) -> None:
        self.seen.append(model)

    def add_field(self, _model: type[models.Model], field: Any) -> None:
        self.seen += [field.model, field.remote_field.model]

    def alter_field(self, model: type[models.Model], *_: Any) -> None:
        self.seen.append(model)


def ran(*steps: operations.base.Operation, on: ProjectState) -> tuple[ProjectState, OnPaper]:
    """The state after these steps, taken sparingly, and what the database saw of them."""
    migration, paper = Migration("0002", "kit"), OnPaper()
    migration.operations = list(steps)  # type: ignore[misc] # as Django's own loader does
    with drawn_alone():
        return migration.apply(on, paper), paper  # type: ignore[arg-type] # all that it is asked


def a_model(name: str, **fields: Any) -> CreateModel:
    return CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields.items()])


@pytest.fixture
def owner_and_thing() -> ProjectState:
    """Two tables of which one points at the other, drawn."""
    state = ProjectState()
    thing = a_model("Thing", owner=models.ForeignKey("kit.Owner", models.CASCADE))
    for step in (a_model("Owner", code=models.CharField(max_length=9, unique=True)), thing):
        step.state_forwards("kit", state)
    assert state.apps
    return state


def test_what_hangs_together_with_a_changed_table_is_not_drawn_again(
    owner_and_thing: ProjectState,
) -> None:
    owner = owner_and_thing.apps.get_model("kit", "Owner")
    field = models.ForeignKey("kit.Thing", models.CASCADE, null=True)

    after, paper = ran(
        a_model("Other", owner=models.ForeignKey("kit.Owner", models.CASCADE)),
        AddField("Other", "thing", field),
        on=owner_and_thing,
    )

    other, thing = (after.apps.get_model("kit", name) for name in ("Other", "Thing"))
    assert paper.seen[1:] == [other, thing]
    assert after.apps.get_model("kit", "Owner") is owner
    assert other._meta.get_field("owner").remote_field.model is owner


def test_a_function_over_all_models_finds_each_knowing_the_newest_of_the_others(
    owner_and_thing: ProjectState,
) -> None:
    found = []

    def look(apps: Any, _editor: Any) -> None:
        owner, other = apps.get_model("kit", "Owner"), apps.get_model("kit", "Other")
        found.append(other._meta.get_field("owner").remote_field.model is owner)
        found.append({one.related_model for one in owner._meta.related_objects} > {other})

    ran(
        a_model("Other", owner=models.ForeignKey("kit.Owner", models.CASCADE)),
        RunPython(look),
        on=owner_and_thing,
    )

    assert found == [True, True]


def test_a_field_that_others_point_at_is_changed_with_them_all_drawn(
    owner_and_thing: ProjectState,
) -> None:
    ran(a_model("Other", owner=models.ForeignKey("kit.Owner", models.CASCADE)), on=owner_and_thing)
    step = operations.AlterField("Owner", "id", models.AutoField(primary_key=True))

    _, paper = ran(step, on=owner_and_thing)

    (owner,) = paper.seen
    assert {one.related_model.__name__ for one in owner._meta.related_objects} == {"Thing", "Other"}
