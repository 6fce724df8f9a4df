"""A first start draws the same tables as Django would, sooner."""

import pytest
from django.core.management import get_commands
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field

from gezel.kit.management.commands.migrate import copied_fields


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
