"""Somebody else who wants to write while a long work goes on, and how long they wait."""

import threading
from time import perf_counter, sleep
from typing import Self

from django.db import connection, transaction

from gezel.people.api import Organisation


class Bystander:
    """Writes one row again and again, over a connection of its own, until the block ends.

    with Bystander(organisation) as other:
        import_esco(folder)
    other.longest  # seconds
    """

    def __init__(self, organisation: Organisation, pause: float = 0.05) -> None:
        self.organisation, self.pause = organisation, pause
        self.waits: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    @property
    def longest(self) -> float:
        """The longest that one write took, in seconds."""
        return max(self.waits)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._ended.set()
        self._thread.join(60)

    def _write(self) -> None:
        try:
            while not self._ended.is_set():
                began = perf_counter()
                with transaction.atomic():
                    Organisation.objects.filter(pk=self.organisation.pk).update(accent_hue=182)
                self.waits.append(perf_counter() - began)
                sleep(self.pause)
        finally:
            connection.close()
