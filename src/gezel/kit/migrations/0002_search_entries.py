"""Words to search by, with the index of words that each database has of its own."""

# ruff: noqa: S608 - the only words filled in are the names of our own tables

from django.db import migrations, models

TABLE, WORDS = "kit_searchentry", "kit_searchword"

# FTS5 reads the entries themselves (`content=`) and keeps only its index. The tokenizer "ascii"
# parts words at signs and leaves all other letters alone: what we give it is folded already.
SQLITE = [
    f"""CREATE VIRTUAL TABLE {TABLE}_fts USING fts5(
        scope, title, rest, content='{TABLE}', content_rowid='id',
        tokenize="ascii tokenchars ':_'", prefix='2 3', detail=column, columnsize=0)""",
    f"""CREATE TRIGGER {TABLE}_made AFTER INSERT ON {TABLE} BEGIN
        INSERT INTO {TABLE}_fts (rowid, scope, title, rest)
        VALUES (new.id, new.scope, new.title, new.rest); END""",
    f"""CREATE TRIGGER {TABLE}_gone AFTER DELETE ON {TABLE} BEGIN
        INSERT INTO {TABLE}_fts ({TABLE}_fts, rowid, scope, title, rest)
        VALUES ('delete', old.id, old.scope, old.title, old.rest); END""",
    f"""CREATE TRIGGER {TABLE}_changed AFTER UPDATE ON {TABLE} BEGIN
        INSERT INTO {TABLE}_fts ({TABLE}_fts, rowid, scope, title, rest)
        VALUES ('delete', old.id, old.scope, old.title, old.rest);
        INSERT INTO {TABLE}_fts (rowid, scope, title, rest)
        VALUES (new.id, new.scope, new.title, new.rest); END""",
    f"CREATE INDEX {TABLE}_begins ON {TABLE} (scope, title)",
]

# A stored tsvector, made by cutting at spaces: what we give it is folded already, so no parser
# or dictionary of the server can come between.
_WORDS_OF = "array_to_tsvector(array_remove(string_to_array({}, ' '), ''))"
POSTGRESQL = [
    f"""ALTER TABLE {TABLE}
        ADD title_words tsvector
            GENERATED ALWAYS AS ({_WORDS_OF.format("scope || ' ' || title")}) STORED,
        ADD all_words tsvector
            GENERATED ALWAYS AS ({_WORDS_OF.format("scope || ' ' || title || ' ' || rest")}) STORED""",
    # Without a pending list: whoever saves pays, whoever searches does not.
    f"CREATE INDEX {TABLE}_title ON {TABLE} USING gin (title_words) WITH (fastupdate = off)",
    f"CREATE INDEX {TABLE}_all ON {TABLE} USING gin (all_words) WITH (fastupdate = off)",
    f'CREATE INDEX {TABLE}_begins ON {TABLE} (scope, title COLLATE "C")',
    f'CREATE INDEX {WORDS}_begins ON {WORDS} (word COLLATE "C")',
]


def make_index(apps, schema_editor):
    for line in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(line)


def drop_index(apps, schema_editor):
    """What hangs on the tables goes with them, but for what SQLite keeps apart."""
    if schema_editor.connection.vendor == "sqlite":
        for name in ("made", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER {TABLE}_{name}")
        schema_editor.execute(f"DROP TABLE {TABLE}_fts")


class Migration(migrations.Migration):
    dependencies = [("kit", "0001_first")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("organisation_id", models.BigIntegerField(null=True)),
                ("object_id", models.BigIntegerField()),
                ("language", models.CharField(blank=True, max_length=2)),
                ("scope", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=500)),
                ("rest", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "object_id", "language"), name="one_entry_a_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=60, unique=True)),
                ("stem", models.CharField(db_index=True, max_length=60)),
            ],
        ),
        migrations.RunPython(make_index, drop_index),
    ]
