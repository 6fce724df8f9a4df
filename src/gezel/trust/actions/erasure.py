"""Objecting and erasing: what a person asks, what HR decides, and what then really goes."""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage
from django.db import IntegrityError, connection, models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.trust import queries, tombstones
from gezel.trust.actions.log import erase_events
from gezel.trust.declarations import (
    Declaration,
    Erased,
    LegalFact,
    beside,
    declared,
    forgets,
)
from gezel.trust.models import Erasure, Event, LegalRecord, Objection, Tombstone
from gezel.trust.queries.erasure import owning_paths
from gezel.trust.rules import erasing


class PlanChanged(Exception):  # noqa: N818 - reads as what it is where it is raised
    """What would go is no longer what the person saw; nothing was done."""


@transaction.atomic
def object_to(person: Any, organisation: Any, *, kind: str, reason: str) -> Objection:
    """Someone objects; a second time while the first waits changes the reason only."""
    found, _new = Objection.objects.update_or_create(
        person=person,
        organisation=organisation,
        kind=kind,
        state=Objection.State.OPEN,
        defaults={"reason": reason},
    )
    return found


@transaction.atomic
def take_back(objection: Objection) -> None:
    """Whoever objected no longer does."""
    Objection.objects.filter(pk=objection.pk, state=Objection.State.OPEN).update(
        state=Objection.State.WITHDRAWN
    )


@transaction.atomic
def decide(objection: Objection, *, upheld: bool, answer: str, by: Any) -> Erasure | None:
    """A named human decides, with a reason. Agreed with, what was kept of that kind goes.

    Raises:
        ValidationError: it was decided or taken back meanwhile, or it is one's own.
    """
    if objection.person_id == by.pk:
        raise ValidationError(_("Nobody decides on their own objection. Ask a colleague of HR."))
    done = Objection.objects.filter(pk=objection.pk, state=Objection.State.OPEN).update(
        state=Objection.State.UPHELD if upheld else Objection.State.REFUSED,
        answer=answer,
        decided_by=by,
        decided_at=timezone.now(),
    )
    if not done:
        raise ValidationError(_("This was decided or taken back meanwhile. Look again."))
    if not upheld:
        return None
    return Erasure.objects.create(person=objection.person, kinds=[objection.kind])


@transaction.atomic
def ask_erasure(person: Any, *, seen: str, key: uuid.UUID) -> Erasure:
    """Someone confirms what they saw. The same key again is the request that stands.

    Raises:
        PlanChanged: it is no longer what they saw.
    """
    standing = Erasure.objects.filter(pk=key, person=person).first()
    if standing is not None:
        return standing
    plan = queries.plan_for(person)
    if plan.digest != seen:
        raise PlanChanged
    kinds = [line.declaration.kind for line in plan.lines if line.fate.is_erased]
    try:
        with transaction.atomic():
            return Erasure.objects.create(
                pk=key, person=person, kinds=kinds, everything=plan.everything
            )
    except IntegrityError:
        raise PlanChanged from None


def carry_out(erasure: Erasure) -> dict[str, int]:
    """Erase what was confirmed; can run twice. Returns figures by kind."""
    person = erasure.person
    if erasure.done_at or person is None:
        return dict(erasure.figures)
    _leave_no_trace_in_the_file()
    if erasure.everything and not queries.works(person):
        figures = erase_account(person)
    else:
        figures = {}
        for kind in erasure.kinds:
            declaration = declared(kind)
            # The account goes as a whole or not at all: whoever began a job meanwhile keeps it.
            if declaration and declaration.model is not get_user_model():
                figures[kind] = erase_kind(person, declaration)
    Erasure.objects.filter(pk=erasure.pk).update(done_at=timezone.now(), figures=figures)
    _empty_the_log()
    return figures


@transaction.atomic
def erase_kind(person: Any, declaration: Declaration) -> int:
    """One kind of data about someone: rows that are theirs go, from others their name."""
    if declaration.model is Event:
        return erase_events(person.pk)
    owning = owning_paths(declaration)
    gone = 0
    for path in declaration.person:
        rows: QuerySet[Any] = QuerySet(declaration.model).filter(**{path: person.pk})
        if path in owning:
            afterwards = _with_files(_whole(declaration.model, rows))
            gone += rows.delete()[1].get(declaration.kind, 0)
            _do(afterwards)
        elif "__" not in path:
            gone += rows.update(**{path: None})
    return gone


@transaction.atomic
def erase_account(person: Any) -> dict[str, int]:
    """Everything about someone, and the account; the law keeps what it names, and no more."""
    digest = erasing.tombstone(person.pk, person.created_at)
    now = timezone.now()
    for line in queries.plan_for(person).lines:
        for fact in line.kept:
            _keep_for_the_law(line.declaration, fact, name=person.name, digest=digest)
    here = person.employments.values_list("organisation_id", flat=True).distinct()
    erased = Erased(person.pk, person.email, person.name, tuple(here))
    figures = {"traces": sum(forget(erased) for forget in forgets())}
    # Words that went with the account alone would count as tampered with.
    figures["events"] = erase_events(person.pk)
    afterwards = [
        step
        for declaration in queries.declared_about_people()
        for path in owning_paths(declaration)
        if path != "pk"
        for step in _with_files([QuerySet(declaration.model).filter(**{path: person.pk})])
    ]
    # On the disk before anything goes: were we to stop here, the next start carries it out.
    tombstones.add([tombstones.Stone(person.pk, digest, now)])
    Tombstone.objects.get_or_create(digest=digest, defaults={"number": person.pk, "erased_at": now})
    gone: dict[str, int] = person.delete()[1]
    _do(afterwards)
    return figures | gone


def erase_again() -> int:
    """What a restore brought back goes again; the file and the table learn from each other.

    Returns how many accounts that were.
    """
    known = {t.digest: t for t in Tombstone.objects.all()}
    in_file = {stone.digest: stone for stone in tombstones.read()}
    Tombstone.objects.bulk_create(
        [
            Tombstone(number=s.number, digest=s.digest, erased_at=s.erased_at)
            for s in in_file.values()
            if s.digest not in known
        ],
        ignore_conflicts=True,
    )
    missing = [
        tombstones.Stone(t.number, t.digest, t.erased_at)
        for t in known.values()
        if t.digest not in in_file
    ]
    if missing:
        tombstones.add(missing)
    back = _who_came_back({*known, *in_file})
    if back:
        _leave_no_trace_in_the_file()
    for person in back:
        erase_account(person)
    if back:
        _empty_the_log()
    return len(back)


def learn_stones(path: Path) -> None:
    """Take over who was erased from another such file, as of a backup."""
    tombstones.add(tombstones.read(path))


def something_came_back() -> bool:
    """Whether a restore undid an erasure: asked every minute, so it must cost little."""
    in_file = {stone.digest for stone in tombstones.read()}
    digests = set(Tombstone.objects.values_list("digest", flat=True))
    return in_file != digests or bool(_who_came_back(digests))


def _who_came_back(digests: set[str]) -> Sequence[Any]:
    numbers = Tombstone.objects.values("number")
    people = get_user_model()._default_manager.filter(pk__in=numbers)
    return [p for p in people if erasing.tombstone(p.pk, p.created_at) in digests]


def forget_legal_records() -> int:
    """What the law asked to be kept until a day goes after that day."""
    return LegalRecord.objects.filter(until_on__lt=timezone.localdate()).delete()[0]


def _keep_for_the_law(declaration: Declaration, fact: LegalFact, *, name: str, digest: str) -> None:
    told = f"{digest} {declaration.kind} {fact.organisation} {fact.what} {fact.until_on}"
    LegalRecord.objects.get_or_create(
        key=hashlib.sha256(told.encode()).hexdigest(),
        defaults={
            "organisation_id": fact.organisation,
            "kind": declaration.kind,
            "name": name[:310],
            "what": fact.what[:300],
            "facts": fact.facts,
            "basis": fact.basis[:300],
            "until_on": fact.until_on,
        },
    )


Afterwards = list[Callable[[], None]]


def _whole(model: type[models.Model], rows: QuerySet[Any]) -> list[QuerySet[Any]]:
    """These rows and those of other tables that go because they hang on them, at any depth."""
    found, seen = [rows], {model}
    for these in found:
        for link in these.model._meta.related_objects:
            other: Any = link.related_model
            if link.on_delete is models.CASCADE and other not in seen:
                seen.add(other)
                keys = these.values(link.field.target_field.name)
                found.append(QuerySet(other).filter(**{f"{link.field.name}__in": keys}))
    return found


def _with_files(every: Sequence[QuerySet[Any]]) -> Afterwards:
    """The files of rows that are about to go, go too, once that is certain; what a room has to let
    go itself comes back, to be done once the rows went."""
    told: Afterwards = []
    for rows in every:
        if ask := beside(rows.model):
            told.append(ask(rows))
        _own_files(rows.model, rows)
    return told


def _do(steps: Afterwards) -> None:
    for step in steps:
        step()


def _own_files(model: type[models.Model], rows: QuerySet[Any]) -> None:
    fields = [f for f in model._meta.concrete_fields if isinstance(f, models.FileField)]
    lies_beside = isinstance(getattr(model, "path", None), property)
    if not fields and not lies_beside:
        return
    for row in rows:
        for field in fields:
            stored = getattr(row, field.name)
            if stored:
                transaction.on_commit(_remover(stored.storage, str(stored.name)))
        if lies_beside and isinstance(row.path, Path):
            transaction.on_commit(_unlinker(row.path))


def _remover(storage: Storage, name: str) -> Any:
    return lambda: storage.delete(name)


def _unlinker(path: Path) -> Any:
    return lambda: path.unlink(missing_ok=True)


def _leave_no_trace_in_the_file() -> None:
    """SQLite leaves what is deleted in free pages until they are written over, unless asked."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _empty_the_log() -> None:
    """What was written lies in SQLite's log too; it is taken into the file and cut off."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
