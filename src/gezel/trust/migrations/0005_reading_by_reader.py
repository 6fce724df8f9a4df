from typing import Any

from django.db import migrations, models


class AddIndexBeside(migrations.AddIndex):
    """Where PostgreSQL runs, readings go on being written while two years of them are indexed."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.add_index(model, self.index, concurrently=True)


class Migration(migrations.Migration):
    # An index that is built beside the work cannot be built within a transaction.
    atomic = False

    dependencies = [("trust", "0004_many_looks")]

    operations = [
        AddIndexBeside(
            model_name="reading",
            index=models.Index(fields=["reader", "-first_at"], name="reading_by_reader"),
        ),
    ]
