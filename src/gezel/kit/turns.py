"""Long work that lets others write in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

from django.db import connection, transaction

# On SQLite one writes at a time, and who waits looks again every tenth of a second: so long the
# door must stay open between two steps, or a quick worker is always there first.
OPEN_DOOR = 0.12


@contextmanager
def one_step() -> Iterator[None]:
    """One transaction of a long work, short enough to wait for; then others have their turn.

    Inside a transaction of the caller it is only a part of that.
    """
    alone = not connection.in_atomic_block
    with transaction.atomic():
        yield
    if alone and connection.vendor == "sqlite":
        sleep(OPEN_DOOR)
