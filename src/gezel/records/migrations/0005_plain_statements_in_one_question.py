"""On PostgreSQL a few plain statements go in by one function: one question, one commit.

What it does is what `actions.storing` does step by step, for statements that point nowhere, are
new, and tell nothing new of an activity that is known. As soon as one of these does not hold it keeps nothing
and gives back nothing. It holds the store's turn for as long as its own inserts and the commit
take, not for a conversation with a client.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION records_keep(
    store bigint, lock_space int, lock_place int,
    ids uuid[], people bigint[], verbs text[], objects text[], registrations uuid[],
    times timestamptz[], all_terms text[], heads text[],
    mentioned int[], mentions bigint[],
    activities bigint[], addresses text[], definitions text[]
) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    step CONSTANT interval := interval '2 microseconds';
    shelf_row records_shelf;
    before timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(lock_space, lock_place);
    SELECT * INTO shelf_row FROM records_shelf WHERE organisation_id = store FOR UPDATE;
    IF NOT FOUND
        OR EXISTS (SELECT FROM records_address WHERE shelf = store AND id = ANY (ids))
        OR EXISTS (
            SELECT FROM unnest(activities, addresses, definitions) AS told (term, iri, definition)
            LEFT JOIN records_activity AS known ON known.term = told.term
            WHERE CASE WHEN known.term IS NULL THEN told.iri IS NULL
                ELSE known.definition <> told.definition END)
        OR shelf_row.refers AND EXISTS (
            SELECT FROM records_reference WHERE shelf = store AND target = ANY (ids))
    THEN
        RETURN NULL;
    END IF;
    -- By this clock and once it is our turn: whoever finds nobody writing knows that what comes
    -- is later.
    before := GREATEST(
        shelf_row.last,
        date_trunc('milliseconds', clock_timestamp()) - interval '1 microsecond');
    UPDATE records_shelf SET last = before + step * cardinality(ids)
        WHERE organisation_id = store;
    INSERT INTO records_address (shelf, id, stored)
        SELECT store, one.id, before + step * one.number
        FROM unnest(ids) WITH ORDINALITY AS one (id, number);
    INSERT INTO records_statement (
        id, shelf, organisation_id, person_id, verb, object_id, registration, timestamp, stored,
        voided, terms, raw)
        SELECT one.id, store, store, one.person, one.verb, one.object, one.registration,
            COALESCE(one.told, placed.stored), placed.stored, false, one.terms,
            one.head || ',"stored":"' || placed.written
            || CASE WHEN one.told IS NULL THEN '","timestamp":"' || placed.written ELSE '' END
            || '"}'
        FROM unnest(ids, people, verbs, objects, registrations, times, all_terms, heads)
            WITH ORDINALITY
            AS one (id, person, verb, object, registration, told, terms, head, number)
        CROSS JOIN LATERAL (SELECT before + step * one.number AS stored) AS at
        CROSS JOIN LATERAL (SELECT at.stored, to_char(
            at.stored AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS written) AS placed;
    INSERT INTO records_mention (term, stored)
        SELECT one.term, before + step * one.number
        FROM unnest(mentions, mentioned) AS one (term, number);
    INSERT INTO records_activity (term, organisation_id, iri, definition)
        SELECT told.term, store, told.iri, told.definition
        FROM unnest(activities, addresses, definitions) AS told (term, iri, definition)
        WHERE told.iri IS NOT NULL
        ON CONFLICT DO NOTHING;
    RETURN before + step * cardinality(ids);
END $$
"""


def keep(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(KEEP, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION records_keep")


class Migration(migrations.Migration):
    dependencies = [("records", "0004_forwarding_to_another_store")]

    operations = [migrations.RunPython(keep, drop)]
