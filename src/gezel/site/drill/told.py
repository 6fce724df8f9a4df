"""What a drill found, as figures."""

from collections.abc import Iterator

from django.db import connection

from gezel.site.bench.figures import Figure, at_most
from gezel.site.drill.writing import Notebook, count, integrity


def verdict(drill: str, notebook: Notebook, conditions: str) -> Iterator[Figure]:
    """Kept, once, whole, nothing else; and what the database says of itself."""
    found = count(notebook)
    others = ", ".join(f"{times} × {what}" for what, times in notebook.answers.most_common(6))
    where = f"{connection.vendor}, {found.confirmed:,} confirmed, {conditions}"
    if others:
        where += f"; not confirmed at once: {others}"
    yield Figure(
        f"{drill}: writes confirmed",
        found.confirmed,
        "writes",
        passed=None if found.confirmed else False,
        conditions=where,
    )
    for name, number in (
        ("confirmed and lost", found.lost),
        ("with more than one effect", found.doubled),
        ("never written by anyone", found.unheard_of),
        ("kept by half", found.half),
        ("still not confirmed after sending again", len(notebook.open)),
    ):
        yield at_most(f"{drill}: {name}", number, "writes", 0, conditions=where)
    said = integrity()
    yield at_most(
        f"{drill}: complaints of the database",
        0 if said == "ok" else 1,
        "complaints",
        0,
        conditions=f"{where}: {said}",
    )
