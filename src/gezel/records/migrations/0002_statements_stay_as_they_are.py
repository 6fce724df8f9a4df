"""The database itself refuses to change a statement.

Not the link to the organisation: that empties when an organisation goes. Rows may still be
deleted, because a person who erases their account takes their statements along.
"""

from django.db import migrations

COLUMNS = "id, person_id, verb, object_id, registration, timestamp, stored, raw"


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER statement_stays BEFORE UPDATE OF {COLUMNS} ON records_statement "
            "BEGIN SELECT RAISE(ABORT, 'a statement is only ever added'); END"
        )
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION statement_stays() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'a statement is only ever added' USING ERRCODE = '23514'; "
            "END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER statement_stays BEFORE UPDATE OF {COLUMNS} ON records_statement "
            "FOR EACH ROW EXECUTE FUNCTION statement_stays()"
        )


def free(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS statement_stays")
    elif schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER IF EXISTS statement_stays ON records_statement")
        schema_editor.execute("DROP FUNCTION IF EXISTS statement_stays()")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_first")]

    operations = [migrations.RunPython(guard, free)]
