"""What a thing is about becomes a field of its own in the index, between title and the rest."""

# ruff: noqa: S608 - the only words filled in are the names of our own tables

from django.db import migrations, models

TABLE = "kit_searchentry"
_FIELDS = "scope, title, concepts, rest"
_NEW, _OLD = (", ".join(f"{row}.{f}" for f in _FIELDS.split(", ")) for row in ("new", "old"))

# By hand: Django would make the table anew on SQLite, and with it the index and triggers go.
COLUMN = f"ALTER TABLE {TABLE} ADD COLUMN concepts text NOT NULL DEFAULT ''"

# As in `search_entries`, with one field more.
SQLITE = [
    *(f"DROP TRIGGER {TABLE}_{name}" for name in ("made", "gone", "changed")),
    f"DROP TABLE {TABLE}_fts",
    f"""CREATE VIRTUAL TABLE {TABLE}_fts USING fts5(
        {_FIELDS}, content='{TABLE}', content_rowid='id',
        tokenize="ascii tokenchars ':_'", prefix='2 3', detail=column, columnsize=0)""",
    f"""CREATE TRIGGER {TABLE}_made AFTER INSERT ON {TABLE} BEGIN
        INSERT INTO {TABLE}_fts (rowid, {_FIELDS}) VALUES (new.id, {_NEW}); END""",
    f"""CREATE TRIGGER {TABLE}_gone AFTER DELETE ON {TABLE} BEGIN
        INSERT INTO {TABLE}_fts ({TABLE}_fts, rowid, {_FIELDS})
        VALUES ('delete', old.id, {_OLD}); END""",
    f"""CREATE TRIGGER {TABLE}_changed AFTER UPDATE ON {TABLE} BEGIN
        INSERT INTO {TABLE}_fts ({TABLE}_fts, rowid, {_FIELDS})
        VALUES ('delete', old.id, {_OLD});
        INSERT INTO {TABLE}_fts (rowid, {_FIELDS}) VALUES (new.id, {_NEW}); END""",
    f"INSERT INTO {TABLE}_fts ({TABLE}_fts) VALUES ('rebuild')",
]
_ALL = "scope || ' ' || title || ' ' || concepts || ' ' || rest"
POSTGRESQL = [
    f"ALTER TABLE {TABLE} DROP COLUMN all_words",
    f"""ALTER TABLE {TABLE} ADD all_words tsvector GENERATED ALWAYS AS
        (array_to_tsvector(array_remove(string_to_array({_ALL}, ' '), ''))) STORED""",
    f"CREATE INDEX {TABLE}_all ON {TABLE} USING gin (all_words) WITH (fastupdate = off)",
]


def make_index(apps, schema_editor):
    schema_editor.execute(COLUMN)
    for line in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(line)


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_search_entries")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name="searchentry",
                    name="concepts",
                    field=models.TextField(blank=True, db_default=""),
                ),
            ],
        ),
        migrations.RunPython(make_index),
    ]
