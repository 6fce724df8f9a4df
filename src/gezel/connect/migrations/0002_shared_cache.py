"""The table in which all processes count together (`CACHES` in the settings).

Sign-in limits hold across processes only if the counts are shared. Django makes this table by a
command of its own, which nobody would remember to give; so it comes with the rest. It has no
model: nothing of ours reads it.
"""

from django.db import migrations, models

CACHE_TABLE = migrations.CreateModel(
    name="SharedCache",
    fields=[
        ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
        ("value", models.TextField()),
        ("expires", models.DateTimeField(db_index=True)),
    ],
    options={"db_table": "kit_cache"},
)


class Migration(migrations.Migration):
    dependencies = [("connect", "0001_tokens")]

    operations = [migrations.SeparateDatabaseAndState(database_operations=[CACHE_TABLE])]
