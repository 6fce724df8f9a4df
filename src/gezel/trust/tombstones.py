"""The file that keeps the erased erased: outside the database, so that no backup of it goes back.

One line an account: its number, a digest, and when. No name, no address. Only ever added to, and
on the disk before the account goes. Which file: `GEZEL_TOMBSTONES`; put it where the backup of
the database does not reach, and the worst a restore can do is undone at the next start.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.dateparse import parse_datetime


@dataclass(frozen=True, slots=True)
class Stone:
    number: int
    digest: str
    erased_at: datetime


def file() -> Path:
    """Where the lines stand."""
    return Path(settings.TOMBSTONES)


def read(path: Path | None = None) -> list[Stone]:
    """Every whole line; what a power cut left half is no line."""
    try:
        text = (path or file()).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return [stone for stone in map(_read, text.splitlines()) if stone]


def _read(line: str) -> Stone | None:
    try:
        told = json.loads(line)
        at = parse_datetime(told["erased_at"])
        if at is None or not isinstance(told["number"], int):
            return None
        return Stone(told["number"], str(told["digest"]), at)
    except (ValueError, KeyError, TypeError):
        return None


def add(stones: Iterable[Stone]) -> None:
    """Write lines that are not there yet, and only return once they are on the disk."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    with path.open("a+", encoding="utf-8") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX)
        known = {stone.digest for stone in read(path)}
        lines.seek(0, os.SEEK_END)
        if lines.tell() and not path.read_bytes().endswith(b"\n"):
            lines.write("\n")
        for stone in stones:
            if stone.digest not in known:
                told = {
                    "number": stone.number,
                    "digest": stone.digest,
                    "erased_at": stone.erased_at.isoformat(),
                }
                lines.write(json.dumps(told) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    if new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
