"""The steps of a list on its way in: received, told its columns, shown, taken over or not."""

import hashlib
import json
import uuid
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from django.db import models, transaction
from django.utils import timezone

from gezel.kit.incoming.columns import learned
from gezel.kit.incoming.models import IncomingList, Recipe, State
from gezel.kit.sheets import Line, Sheet, read

# Longer lists are looked through and taken over in the background.
AT_ONCE = 2_000
KEPT = timedelta(days=30)
KEPT_AS_A_FACT = timedelta(days=730)

L = TypeVar("L", bound=IncomingList)


class Steps(Protocol):
    """What is told how far the work is: `kit.jobs.Progress`, or nothing."""

    def begin(self, steps: int, message: str = "") -> None: ...

    def step(self, steps: int = 1, message: str = "") -> None: ...


class Silent:
    """Tells nobody."""

    def begin(self, steps: int, message: str = "") -> None:
        pass

    def step(self, steps: int = 1, message: str = "") -> None:
        pass


class ChangedSince(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Between looking and doing something changed; what it would do now is there to look at."""


class ListRefused(Exception):  # noqa: N818 - idem
    """The list cannot be taken over; `problems` tell why, each with its row."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems[:20]))
        self.problems = problems


# -- receiving ------------------------------------------------------------------------------------


def receive(
    model: type[L],
    *,
    key: uuid.UUID,
    name: str,
    content: bytes,
    belongs: Mapping[str, object],
    told: Callable[[Sheet], Mapping[str, object]],
) -> L:
    """A list comes in; it is read, and nothing else is done. The same key again is the same list.

    Who goes back to the form and chooses a mended file sends it with the key of the first: that is
    another list. So the key stands for one only together with what was sent, and with whose it is.

    Args:
        belongs: whose list it is.
        told: what the room says of it, once it is read: its columns as they are guessed.

    Raises:
        kit.sheets.SheetError: the file cannot be read; the message is for people.
    """
    lists: models.Manager[L] = model._default_manager
    owners = [getattr(owner, "pk", owner) for owner in belongs.values()]
    key = uuid.uuid5(key, f"{owners} {hashlib.sha256(content).hexdigest()}")
    if found := lists.filter(pk=key, **belongs).first():
        return found
    sheet = read(content)
    made, _new = lists.get_or_create(
        pk=key,
        **belongs,
        defaults={
            "file_name": name[-200:],
            "header": [header[:200] for header in sheet.header],
            "rows": len(sheet.lines),
            "table": _packed(sheet),
            **told(sheet),
        },
    )
    return made


def _packed(sheet: Sheet) -> bytes:
    rows = [[line.number, *(_bare(cell) for cell in line.cells)] for line in sheet.lines]
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode("utf-8", "replace"), 3)


def _bare(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def lines_of(incoming: IncomingList) -> list[Line]:
    """The rows as they were read; none once it was taken over."""
    packed = incoming.table  # where it was not read along, it is now
    rows = json.loads(zlib.decompress(bytes(packed))) if packed else []
    return [Line(row[0], row[1:]) for row in rows]


def remember(recipe: Recipe, incoming: IncomingList) -> None:
    """Which column is which in this list is what is guessed of the next; the caller saves it."""
    recipe.columns = learned(recipe.columns, incoming.header, incoming.columns)


def discard(incoming: IncomingList) -> None:
    """Someone thinks better of it: nothing of the list stays."""
    _open(incoming).exclude(state=State.APPLYING).delete()


def _open(incoming: IncomingList) -> "models.QuerySet[IncomingList]":
    return type(incoming)._default_manager.filter(pk=incoming.pk).exclude(state=State.DONE)


def forget_old(model: type[IncomingList], now: datetime) -> None:
    """Rows of lists older than thirty days go; that they were brought in stays two years."""
    lists, lines = model._default_manager, model.lines
    old = lists.filter(created_at__lt=now - KEPT)
    lines.rel.related_model.objects.filter(**{f"{lines.field.name}__in": old}).delete()
    old.exclude(state=State.DONE).delete()
    lists.filter(created_at__lt=now - KEPT_AS_A_FACT).delete()


def begin(incoming: IncomingList, state: str, task: uuid.UUID) -> None:
    """The list is long: it is worked on in the background."""
    _open(incoming).update(state=state, task=task)


# -- looking and doing ----------------------------------------------------------------------------


@transaction.atomic
def show(
    incoming: IncomingList,
    write: Callable[[], object],
    *,
    counts: Mapping[str, int],
    digest: str,
) -> None:
    """What the list would do is written down to be looked at, in place of what was shown before.

    Args:
        write: writes the lines.
    """
    if not _open(incoming).select_for_update().defer("table").exists():
        return
    incoming.lines.all().delete()
    write()
    incoming.counts, incoming.digest, incoming.state = dict(counts), digest, State.READY
    incoming.save(update_fields=["counts", "digest", "state"])


def carry_out(
    incoming: L, *, shown: str, comes_out: str, write: Callable[[L], object]
) -> Mapping[str, int]:
    """The list is taken over exactly as it was shown; once, a second time changes nothing.

    Called in the transaction that holds what two lists at once would both change.

    Args:
        shown: the digest of what was looked at.
        comes_out: the digest of what it would do now.
        write: does it.

    Raises:
        ChangedSince: it would not do what was shown.
    """
    lists: models.Manager[L] = type(incoming)._default_manager
    held = lists.select_for_update().defer("table").get(pk=incoming.pk)
    if held.state != State.DONE:
        if not shown == comes_out == held.digest:
            raise ChangedSince
        write(held)
        held.state, held.applied_at, held.table = State.DONE, timezone.now(), b""
        held.save(update_fields=["state", "applied_at", "table"])
    counts: dict[str, int] = held.counts
    return counts
