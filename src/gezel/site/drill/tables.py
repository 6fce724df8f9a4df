"""A first start draws its tables in a way of our own: are they Django's?

Makes all tables from nothing in our way (`kit/management/commands/migrate.py`), writes down
what the database says of them, does the same in Django's own way, and lays the two beside each
other: columns in their order, defaults, indexes, constraints, triggers, functions. To be done
after each new Django, and whenever `kit/tests/test_migrate.py` says that a part of it we stand on
has changed.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from time import process_time

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Django
from django.db import connection

from gezel.kit.management.commands.migrate import Command as Ours
from gezel.site.bench.figures import Figure, at_most

Said = dict[tuple[str, ...], str]

POSTGRESQL = (
    # columns
    """SELECT 'column', table_name, column_name, concat_ws(' ', ordinal_position, data_type,
        character_maximum_length, numeric_precision, numeric_scale, is_nullable, column_default,
        identity_generation, generation_expression, collation_name)
    FROM information_schema.columns WHERE table_schema = 'public'""",
    "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    """SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal""",
    """SELECT 'function', proname, oidvectortypes(proargtypes), pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'""",
)
SQLITE = ("SELECT type, tbl_name, name, COALESCE(sql, '') FROM sqlite_master",)


def drill(rounds: int) -> Iterator[Figure]:
    """Rounds of both ways from nothing."""
    apart: set[tuple[str, ...]] = set()
    parts = 0
    taken: dict[str, list[float]] = {"ours": [], "Django's": []}
    for _round in range(rounds):
        ours, seconds = _made(Ours)
        taken["ours"].append(seconds)
        theirs, seconds = _made(Django)
        taken["Django's"].append(seconds)
        apart |= {key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)}
        parts = len(theirs)
    for key in sorted(apart)[:20]:
        print("differs:", *key)
    where = ", ".join(f"{who} {min(each):.0f} s of our processor" for who, each in taken.items())
    conditions = f"{parts} columns, indexes, constraints, triggers, functions and tables; {where}"
    yield at_most("tables: other than Django's own", len(apart), "parts", 0, conditions=conditions)


def _made(way: Callable[[], Django]) -> tuple[Said, float]:
    """What the database says of tables made this way, and the processor it took us."""
    _emptied()
    began = process_time()
    call_command(way(), verbosity=0, interactive=False)
    taken = process_time() - began
    with connection.cursor() as cursor:
        found = []
        for asked in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(asked)
            found.append(cursor.fetchall())
    return {tuple(row[:-1]): row[-1] for row in chain.from_iterable(found)}, taken


def _emptied() -> None:
    """A database with nothing in it: this drill has one of its own."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
        return
    connection.close()
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    for ending in ("", "-wal", "-shm"):
        Path(f"{connection.settings_dict['NAME']}{ending}").unlink(missing_ok=True)
