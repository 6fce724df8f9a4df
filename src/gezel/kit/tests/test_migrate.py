"""A first start draws the same tables as Django would, sooner."""

import hashlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest
from django.core.management import get_commands
from django.db import connections, models
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations import AddField, CreateModel, Migration, RunPython, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.migrations.utils import field_is_referenced
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


# --- both ways beside each other ---

# What of Django we stand on that is not promised, each by a digest of its text.
STOOD_ON = {
    Migration.apply: "ff862bd38fe889b2",
    ProjectState.reload_model: "c381c7527cc0880f",
    ProjectState._reload: "849340d844b1841d",  # type: ignore[attr-defined] # not promised
    ProjectState.clear_delayed_apps_cache: "7f678f50584fa957",
    Field.clone: "25291a968e3c67ca",
    field_is_referenced: "49a7a9ddb0f29800",
}


@pytest.mark.once
@pytest.mark.parametrize("part", STOOD_ON, ids=lambda part: part.__qualname__)
def test_what_we_stand_on_in_django_is_what_it_was(part: Any) -> None:
    found = hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16]

    assert found == STOOD_ON[part], (
        f"Django changed {part.__qualname__}: read what, let `./gezel drill tables` lay all tables "
        f"beside Django's own on both databases, and write {found} here."
    )


def a_tag(apps: Any, editor: Any) -> None:
    apps.get_model("kit", "Tag").objects.using(editor.connection.alias).create()


def a_house() -> Iterator[Migration]:
    """Every kind of step our migrations take, over tables that hang together."""
    owner = models.ForeignKey("kit.Owner", models.CASCADE)
    steps: list[list[operations.base.Operation]] = [
        [
            a_model("Owner", code=models.CharField(max_length=9, unique=True), on=BOOL),
            a_model("Thing", owner=owner, size=models.IntegerField(default=3)),
            a_model("Tag", word=models.CharField(max_length=20)),
        ],
        [
            AddField(
                "Owner", "favourite", models.ForeignKey("kit.Thing", models.CASCADE, null=True)
            ),
            AddField("Thing", "tags", models.ManyToManyField("kit.Tag")),
            operations.AlterField("Thing", "size", models.BigIntegerField(null=True)),
            operations.AlterField("Owner", "code", models.CharField(max_length=12, unique=True)),
            CreateModel(
                "Kept",
                [
                    ("thing", models.OneToOneField("kit.Thing", models.CASCADE, primary_key=True)),
                    ("why", models.TextField(default="")),
                ],
            ),
        ],
        [
            operations.AddIndex("Thing", models.Index(fields=["owner", "-size"], name="of_owner")),
            operations.AddIndex("Tag", models.Index(fields=["word"], name="gone_again")),
            operations.RemoveIndex("Tag", "gone_again"),
            operations.AddConstraint(
                "Owner", models.UniqueConstraint(fields=["favourite"], name="once", condition=TRUE)
            ),
            operations.AddConstraint(
                "Thing", models.CheckConstraint(condition=models.Q(size__gte=0), name="no_less")
            ),
            operations.RemoveConstraint("Thing", "no_less"),
            operations.RemoveField("Tag", "word"),
            operations.AlterModelOptions("Tag", {"ordering": ["pk"]}),
            RunPython(a_tag),
        ],
        # Others point at it: this one goes Django's way, in both.
        [operations.AlterField("Owner", "id", models.AutoField(primary_key=True))],
        [operations.RenameField("Thing", "size", "weight"), operations.DeleteModel("Kept")],
        [AddField("Tag", "owner", models.ForeignKey("kit.Owner", models.SET_NULL, null=True))],
    ]
    for number, taken in enumerate(steps):
        migration = Migration(f"{number:04}", "kit")
        migration.operations = taken  # type: ignore[misc] # as Django's own loader does
        yield migration


BOOL, TRUE = models.BooleanField(default=True), models.Q(on=True)


def made(*ways: Callable[[], AbstractContextManager[None]]) -> list[tuple[str, ...]]:
    """What SQLite says of the house once it stands, built within these ways."""
    told = DatabaseWrapper(connections["default"].settings_dict | ON_ITS_OWN, alias="on_its_own")
    connections["on_its_own"] = told
    try:
        with ExitStack() as within:
            for way in ways:
                within.enter_context(way())
            state = ProjectState()
            for migration in a_house():
                with told.schema_editor(atomic=True) as editor:
                    state = migration.apply(state, editor)
        with told.cursor() as cursor:
            cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql > '' ORDER BY 1, 2")
            return list(cursor.fetchall())
    finally:
        told.close()
        del connections["on_its_own"]


ON_ITS_OWN = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {}}


@pytest.mark.once
def test_a_house_built_sparingly_is_the_house_django_builds(django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        theirs = made()
        ours = made(copied_fields, drawn_alone)

    assert {name for _, name, _ in theirs} >= {"of_owner", "once", "kit_thing_tags"}
    assert ours == theirs
