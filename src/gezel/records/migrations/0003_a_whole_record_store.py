"""A whole record store: what comes from outside stands beside what Gezel records itself.

The table of statements is made anew by hand and the rows move into it. On PostgreSQL it comes in
parts of a month, by the moment of storing; an id is one in each shelf then, kept so by the table of
addresses, since no index there can span the parts. On SQLite it is one table of the same columns.
"""

import json
from datetime import UTC, datetime, timedelta

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gezel.records.models.statements
from gezel.records.partitions import make_parts
from gezel.records.rules.finding import terms

COLUMNS = (
    "id, shelf, organisation_id, person_id, verb, object_id, registration, timestamp, stored, "
    "voided, terms, raw"
)
# `voided` and `terms` may change: a later statement can void this one or lead to it.
GUARDED = "id, shelf, person_id, verb, object_id, registration, timestamp, stored, raw"

SQLITE = [
    "DROP TRIGGER statement_stays",
    "ALTER TABLE records_statement RENAME TO records_statement_before",
    "DROP INDEX statement_by_person",
    "DROP INDEX statement_by_object",
    """CREATE TABLE records_statement (
        id char(32) NOT NULL,
        shelf bigint NOT NULL,
        organisation_id bigint NULL REFERENCES people_organisation (id) DEFERRABLE INITIALLY DEFERRED,
        person_id bigint NULL REFERENCES people_person (id) DEFERRABLE INITIALLY DEFERRED,
        verb text NOT NULL,
        object_id text NOT NULL,
        registration char(32) NULL,
        timestamp datetime NOT NULL,
        stored datetime NOT NULL,
        voided bool NOT NULL,
        terms text NOT NULL,
        raw text NOT NULL,
        CONSTRAINT statement_place UNIQUE (shelf, stored)
    )""",
    "CREATE INDEX statement_by_person ON records_statement (person_id, stored DESC)",
    "CREATE INDEX statement_by_organisation ON records_statement (organisation_id)",
]
SQLITE_AFTER = [
    "DROP TABLE records_statement_before",
    (
        f"CREATE TRIGGER statement_stays BEFORE UPDATE OF {GUARDED} ON records_statement "
        "BEGIN SELECT RAISE(ABORT, 'a statement is only ever added'); END"
    ),
    """CREATE TRIGGER statement_goes AFTER DELETE ON records_statement BEGIN
        DELETE FROM records_mention
            WHERE stored = OLD.stored AND term IN (SELECT value FROM json_each(OLD.terms));
        DELETE FROM records_address WHERE shelf = OLD.shelf AND id = OLD.id;
        DELETE FROM records_reference WHERE shelf = OLD.shelf AND stored = OLD.stored;
        DELETE FROM records_attachment WHERE shelf = OLD.shelf AND stored = OLD.stored;
    END""",
    "CREATE INDEX reference_by_place ON records_reference (shelf, stored)",
]
POSTGRESQL = [
    "DROP TRIGGER statement_stays ON records_statement",
    "ALTER TABLE records_statement RENAME TO records_statement_before",
    "ALTER INDEX statement_by_person RENAME TO statement_by_person_before",
    "DROP INDEX statement_by_object",
    """CREATE TABLE records_statement (
        id uuid NOT NULL,
        shelf bigint NOT NULL,
        organisation_id bigint NULL REFERENCES people_organisation (id) DEFERRABLE INITIALLY DEFERRED,
        person_id bigint NULL REFERENCES people_person (id) DEFERRABLE INITIALLY DEFERRED,
        verb text NOT NULL,
        object_id text NOT NULL,
        registration uuid NULL,
        timestamp timestamptz NOT NULL,
        stored timestamptz NOT NULL,
        voided boolean NOT NULL,
        terms text NOT NULL,
        raw text NOT NULL,
        CONSTRAINT statement_place UNIQUE (shelf, stored)
    ) PARTITION BY RANGE (stored)""",
    "CREATE INDEX statement_by_person ON records_statement (person_id, stored DESC)",
    (
        "CREATE INDEX statement_by_organisation ON records_statement (organisation_id) "
        "WHERE organisation_id IS NOT NULL"
    ),
    "CREATE TABLE records_statement_other PARTITION OF records_statement DEFAULT",
]
POSTGRESQL_AFTER = [
    "DROP TABLE records_statement_before",
    (
        f"CREATE TRIGGER statement_stays BEFORE UPDATE OF {GUARDED} ON records_statement "
        "FOR EACH ROW EXECUTE FUNCTION statement_stays()"
    ),
    """CREATE FUNCTION statement_goes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        DELETE FROM records_mention WHERE stored = OLD.stored AND term = ANY (
            ARRAY(SELECT jsonb_array_elements_text(OLD.terms::jsonb)::bigint));
        DELETE FROM records_address WHERE shelf = OLD.shelf AND id = OLD.id;
        DELETE FROM records_reference WHERE shelf = OLD.shelf AND stored = OLD.stored;
        DELETE FROM records_attachment WHERE shelf = OLD.shelf AND stored = OLD.stored;
        RETURN NULL;
    END $$""",
    (
        "CREATE TRIGGER statement_goes AFTER DELETE ON records_statement "
        "FOR EACH ROW EXECUTE FUNCTION statement_goes()"
    ),
    "CREATE INDEX reference_by_place ON records_reference (shelf, stored)",
]


def move(apps, schema_editor):
    """Make the table anew and carry the rows over, each to its shelf and with what finds it."""
    connection = schema_editor.connection
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for sql in SQLITE if sqlite else POSTGRESQL:
            cursor.execute(sql)
        cursor.execute("SELECT min(stored) FROM records_statement_before")
        (first,) = cursor.fetchone()
        if not sqlite:
            make_parts(cursor, first or datetime.now(UTC), datetime.now(UTC))
        if first is not None:
            _carry(cursor, sqlite=sqlite)
        for sql in SQLITE_AFTER if sqlite else POSTGRESQL_AFTER:
            cursor.execute(sql)


def _carry(cursor, *, sqlite):
    taken = set()
    after = None
    while True:
        cursor.execute(
            "SELECT id, organisation_id, person_id, verb, object_id, registration, timestamp, "
            "stored, raw FROM records_statement_before "
            + ("" if after is None else "WHERE id > %s ")
            + "ORDER BY id LIMIT 2000",
            [] if after is None else [after],
        )
        rows = cursor.fetchall()
        if not rows:
            return
        after = rows[-1][0]
        statements, addresses, mentions = [], [], []
        for pk, organisation, person, verb, thing, registration, timestamp, stored, raw in rows:
            said = json.loads(raw) if isinstance(raw, str) else raw
            kind = said["object"].get("definition", {}).get("type", "")
            # A skill test is its person's own.
            private = organisation is None or kind.endswith("/activities/assessment")
            shelf = 0 if private else -organisation
            at = _free(stored, shelf, taken)
            # As Django writes it there: without a fraction where it is nought.
            at = str(at.replace(tzinfo=None)) if sqlite else at
            found = [] if private else terms(said, shelf)
            statements.append(
                [pk, shelf, organisation, person, verb, thing, registration, timestamp, at,
                 False, json.dumps(found), json.dumps(said, ensure_ascii=False)]
            )  # fmt: skip
            addresses.append([shelf, pk, at])
            mentions += [[term, at] for term in found]
        marks = ", ".join(["%s"] * 12)
        cursor.executemany(
            f"INSERT INTO records_statement ({COLUMNS}) VALUES ({marks})", statements
        )
        cursor.executemany(
            "INSERT INTO records_address (shelf, id, stored) VALUES (%s, %s, %s)", addresses
        )
        cursor.executemany("INSERT INTO records_mention (term, stored) VALUES (%s, %s)", mentions)


def _free(stored, shelf, taken):
    """The first free moment of this shelf; Gezel's own take the even microseconds."""
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    at = at.replace(microsecond=at.microsecond & ~1)
    while (shelf, at) in taken:
        at += timedelta(microseconds=2)
    taken.add((shelf, at))
    return at


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_staff_lists_and_join_requests"),
        ("records", "0002_statements_stay_as_they_are"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("term", models.BigIntegerField(primary_key=True, serialize=False)),
                ("iri", models.TextField()),
                ("definition", gezel.records.models.statements.JsonText()),
            ],
            options={
                "verbose_name_plural": "activities",
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shelf", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("shelf", models.BigIntegerField()),
                ("id", models.UUIDField()),
                ("stored", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shelf", models.BigIntegerField()),
                ("stored", models.DateTimeField()),
                ("sha2", models.CharField(db_index=True, max_length=128)),
                ("content_type", models.CharField(max_length=200)),
                ("length", models.PositiveBigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("state", "state"),
                            ("activity", "profile of an activity"),
                            ("agent", "profile of an agent"),
                        ],
                        max_length=8,
                    ),
                ),
                ("place", models.BigIntegerField()),
                ("registration", models.UUIDField(null=True)),
                ("name", models.TextField()),
                ("content", models.BinaryField()),
                ("content_type", models.CharField(max_length=200)),
                ("etag", models.CharField(max_length=40)),
                ("updated_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("system", "another system"),
                            ("session", "one launch of a package"),
                        ],
                        default="system",
                        max_length=7,
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("user", models.CharField(max_length=40, unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("scopes", models.JSONField(default=list)),
                ("actor", gezel.records.models.statements.JsonText(null=True)),
                ("registration", models.UUIDField(null=True)),
                ("reads_house", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_on", models.DateField(null=True)),
            ],
            options={
                "ordering": ["revoked_at", "-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "term",
                        "stored",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("term", models.BigIntegerField()),
                ("stored", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shelf", models.BigIntegerField()),
                ("target", models.UUIDField()),
                ("stored", models.DateTimeField()),
                ("voids", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Shelf",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="people.organisation",
                    ),
                ),
                ("last", models.DateTimeField()),
                ("refers", models.BooleanField(default=False)),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(
                    model_name="statement",
                    name="statement_by_object",
                ),
                migrations.AddField(
                    model_name="statement",
                    name="shelf",
                    field=models.BigIntegerField(default=0),
                ),
                migrations.AddField(
                    model_name="statement",
                    name="terms",
                    field=gezel.records.models.statements.JsonText(default=list),
                ),
                migrations.AddField(
                    model_name="statement",
                    name="voided",
                    field=models.BooleanField(default=False),
                ),
                migrations.AlterField(
                    model_name="statement",
                    name="object_id",
                    field=models.TextField(),
                ),
                migrations.AlterField(
                    model_name="statement",
                    name="raw",
                    field=gezel.records.models.statements.JsonText(),
                ),
                migrations.AlterField(
                    model_name="statement",
                    name="verb",
                    field=models.TextField(),
                ),
                migrations.AddConstraint(
                    model_name="statement",
                    constraint=models.UniqueConstraint(
                        fields=("shelf", "stored"), name="statement_place"
                    ),
                ),
            ],
            database_operations=[migrations.RunPython(move, migrations.RunPython.noop)],
        ),
        migrations.AddField(
            model_name="activity",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(fields=["shelf", "stored"], name="attachment_by_statement"),
        ),
        migrations.AddField(
            model_name="document",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="people.organisation",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="key",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="key",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="record_keys",
                to="people.organisation",
            ),
        ),
        migrations.AddField(
            model_name="key",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="reference",
            index=models.Index(fields=["shelf", "target"], name="reference_by_target"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["place", "updated_at"], name="document_by_place"),
        ),
        migrations.AddConstraint(
            model_name="key",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "system"), ("revoked_at", None)),
                fields=("organisation", "name"),
                name="one_living_record_key_a_name",
            ),
        ),
    ]
