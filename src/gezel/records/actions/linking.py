"""Statements that point at others: found by what those are found by, or voiding them."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gezel.records.actions.incoming import Incoming
from gezel.records.queries.rows import AT_ONCE, add_rows, one_of, uuid_for
from gezel.records.rules.broken import Broken
from gezel.records.rules.reading import write_json
from gezel.records.rules.shapes import VOIDED


def link(cursor: Any, shelf: int, new: Sequence[Incoming], pointing: Sequence[Incoming]) -> None:
    """Let who points be found by what it points at, and take out of sight what is voided.

    Both ways: the one pointed at may come later than the one that points.

    Raises:
        Broken: one would void a statement that itself voids.
    """
    here = {one.id: one for one in new}
    targets = [pk for one in pointing if (pk := one.points_at) is not None]
    stand = _known(cursor, shelf, [pk for pk in targets if pk not in here])
    for one, pk in zip(pointing, targets, strict=True):
        if one.voids:
            _void(cursor, shelf, here.get(pk), stand.get(pk))
    _gain(pointing, here, stand)
    for pk, pointers in _pointing_already(cursor, shelf, list(here)).items():
        target = here[pk]
        if any(voids for _stored, voids in pointers) and not target.voids:
            target.voided = True
        _hand_on(cursor, shelf, [stored for stored, _voids in pointers], target.terms)
    if pointing:
        cursor.execute(
            "UPDATE records_shelf SET refers = %s WHERE organisation_id = %s", [True, shelf]
        )


def _void(cursor: Any, shelf: int, target: Incoming | None, known: "_Known | None") -> None:
    if (target is not None and target.voids) or (known is not None and known.verb == VOIDED):
        raise Broken("$.object", "a statement that voids cannot itself be voided")
    if target is not None:
        target.voided = True
    elif known is not None:
        _hide(cursor, shelf, known)


def _gain(
    pointing: Sequence[Incoming],
    here: Mapping[uuid.UUID, Incoming],
    stand: Mapping[uuid.UUID, "_Known"],
) -> None:
    """A chain is as long as it is; each round carries terms one link on, until nothing is new."""
    grew = True
    while grew:
        grew = False
        for one in pointing:
            pk = one.points_at
            assert pk is not None  # noqa: S101 # it points
            target = here.get(pk) or stand.get(pk)
            known = set(one.terms)
            if target and (more := [found for found in target.terms if found not in known]):
                one.terms = one.terms + more
                grew = True


def _pointing_already(
    cursor: Any, shelf: int, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[tuple[Any, bool]]]:
    """For each of these that is pointed at: by which statements, and whether they void it."""
    found: dict[uuid.UUID, list[tuple[Any, bool]]] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        cursor.execute(
            "SELECT target, stored, voids FROM records_reference "
            f"WHERE shelf = %s AND target IN {one_of(some)}",
            [shelf, *map(uuid_for, some)],
        )
        for target, stored, voids in cursor.fetchall():
            found.setdefault(uuid.UUID(str(target)), []).append((stored, bool(voids)))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    verb: str
    stored: Any
    terms: list[int]


def _known(cursor: Any, shelf: int, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, _Known]:
    found = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        cursor.execute(
            "SELECT a.id, s.verb, s.stored, s.terms FROM records_address a "
            "JOIN records_statement s ON s.shelf = a.shelf AND s.stored = a.stored "
            f"WHERE a.shelf = %s AND a.id IN {one_of(some)}",
            [shelf, *map(uuid_for, some)],
        )
        for pk, verb, stored, told in cursor.fetchall():
            found[uuid.UUID(str(pk))] = _Known(verb, stored, json.loads(told))
    return found


def _hide(cursor: Any, shelf: int, known: _Known) -> None:
    """Nothing finds it any more; it stands, and `voidedStatementId` shows it."""
    cursor.execute(
        "UPDATE records_statement SET voided = %s WHERE shelf = %s AND stored = %s",
        [True, shelf, known.stored],
    )
    if known.terms:
        cursor.execute(
            f"DELETE FROM records_mention WHERE stored = %s AND term IN {one_of(known.terms)}",
            [known.stored, *known.terms],
        )


def _hand_on(cursor: Any, shelf: int, places: Iterable[Any], gained: Sequence[int]) -> None:
    """Statements that already point at one that came now are found by its terms from now on,
    and so are those that point at them."""
    waiting = list(places)
    seen = set()
    while waiting:
        stored = waiting.pop()
        if stored in seen:
            continue
        seen.add(stored)
        cursor.execute(
            "SELECT id, terms, voided FROM records_statement WHERE shelf = %s AND stored = %s",
            [shelf, stored],
        )
        if (row := cursor.fetchone()) is None:
            continue
        pk, told, voided = row
        terms = json.loads(told)
        if more := [found for found in gained if found not in terms]:
            cursor.execute(
                "UPDATE records_statement SET terms = %s WHERE shelf = %s AND stored = %s",
                [write_json(terms + more), shelf, stored],
            )
            if not voided:
                add_rows(cursor, "records_mention", ("term", "stored"), [(t, stored) for t in more])
            cursor.execute(
                "SELECT stored FROM records_reference WHERE shelf = %s AND target = %s",
                [shelf, pk],
            )
            waiting += [row[0] for row in cursor.fetchall()]
