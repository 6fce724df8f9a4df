"""The groups of figures, by the word one asks for them with."""

from collections.abc import Callable, Iterable

from gezel.site.bench import pages
from gezel.site.bench.figures import Figure

GROUPS: dict[str, Callable[[], Iterable[Figure]]] = {
    "pages": pages.measure,
}
