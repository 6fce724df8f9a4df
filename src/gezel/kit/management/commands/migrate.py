"""Django's `migrate`, with the tables on paper drawn in a small part of the time."""

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState
from django.db.migrations.utils import field_is_referenced
from django.db.models import Field

# Steps that look at the table they change and those it points at, and at no other. (Before it runs
# a function of ours, Django draws all models anew by itself where any was put off.)
OF_ONE_TABLE = {
    operations.CreateModel,
    operations.AddField,
    operations.AlterField,  # unless others point at the field
    operations.RemoveField,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.AddConstraint,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.RunPython,
}


@contextlib.contextmanager
def _instead(owner: type, name: str, ours: Any) -> Iterator[None]:
    """Within, a class does something our way."""
    theirs = getattr(owner, name)
    setattr(owner, name, ours)
    try:
        yield
    finally:
        setattr(owner, name, theirs)


@contextlib.contextmanager
def copied_fields() -> Iterator[None]:
    """Within, a field that belongs to no model yet is copied as inheritance copies it.

    `Field.clone` takes a field apart and calls its class again each time a model is drawn: 43 % of
    the 35 s of processor that 559 steps took (27 November 2026). Model inheritance uses
    `copy.deepcopy` for the same purpose. A field that was bound to a model keeps Django's way: its
    copy must forget that model.
    """
    clone = Field.clone

    def quick(field: "Field[Any, Any]") -> "Field[Any, Any]":
        if hasattr(field, "model"):
            return clone(field)
        copied = copy.deepcopy(field)
        # By this number a model puts its fields in order, and SQLite the columns of a table it
        # makes anew: a copy is as new as what calling its class gives.
        if field.auto_created:
            copied.creation_counter = Field.auto_creation_counter
            Field.auto_creation_counter -= 1
        else:
            copied.creation_counter = Field.creation_counter
            Field.creation_counter += 1
        return copied

    with _instead(Field, "clone", quick):
        yield


@contextlib.contextmanager
def drawn_alone() -> Iterator[None]:
    """Within, a step draws anew the model it changes, and none that hang together with it.

    Django draws those too, so that each class knows the newest of the others. Here nearly all hang
    together, by the people in them: 690 steps drew 38,000 models, more than half of the processor
    that migrating from nothing took. What makes or changes one table needs no more of another than
    its name and key, which the older class says as well. A migration with any other step goes
    Django's way.
    """
    apply = Migration.apply

    def sparing(
        migration: Migration, project_state: ProjectState, *args: Any, **options: Any
    ) -> ProjectState:
        if all(_is_of_one_table(step, migration, project_state) for step in migration.operations):
            with _instead(ProjectState, "reload_model", _draw_alone):
                return apply(migration, project_state, *args, **options)
        if "apps" in project_state.__dict__:
            project_state.clear_delayed_apps_cache()
            # Drawn before the step, as Django finds it: the state before and the one after are
            # copies of it, and what the step changes is newer than the rest.
            _ = project_state.apps
        return apply(migration, project_state, *args, **options)

    with _instead(Migration, "apply", sparing):
        yield


def _is_of_one_table(step: Any, migration: Migration, state: ProjectState) -> bool:
    if type(step) is operations.AlterField:
        model = (migration.app_label, step.model_name_lower)
        return not field_is_referenced(state, model, (step.name, step.field))
    return type(step) in OF_ONE_TABLE


def _draw_alone(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" not in state.__dict__:  # asking for it would draw them all
        return
    state.is_delayed = True
    drawn, todo = set(), [(app_label, model_name)]
    while todo:
        model = todo.pop()
        drawn.add(model)
        # Who inherits from it is made of it.
        todo += [key for key, heir in state.models.items() if ".".join(model) in heir.bases]
    state._reload(drawn)


class Command(Migrate):
    """`migrate`, quicker."""

    def handle(self, *args: Any, **options: Any) -> None:
        with copied_fields(), drawn_alone():
            super().handle(*args, **options)
