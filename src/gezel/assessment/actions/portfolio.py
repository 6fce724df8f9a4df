"""The portfolio: pieces of evidence, tied to parts; statements of colleagues; facts of Gezel."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gezel.assessment import letters, queries
from gezel.assessment.actions.dossiers import Stage, let_go, locked_in
from gezel.assessment.models import (
    AskedStatement,
    Dossier,
    DossierPiece,
    DossierRole,
    StandardPart,
)
from gezel.content.api import Media, keep_file, keep_upload
from gezel.people.api import Organisation, Person

Kind = DossierPiece.Kind
# What assessors do themselves; everything else is the candidate's.
BY_ASSESSORS = frozenset({Kind.VISIT, Kind.PRACTICAL, Kind.INTERVIEW})
MOST_PIECES = 150


@dataclass(frozen=True, slots=True)
class PieceSaid:
    """A piece of evidence as someone hands it in."""

    name: str
    about: str = ""
    done_on: date | None = None
    parts: Iterable[StandardPart] = ()
    told: dict[str, str] = field(default_factory=dict)
    media: Media | None = None
    file_name: str = ""


def keep_evidence_file(
    organisation: Organisation, upload: IO[bytes], *, kind: str, name: str
) -> Media:
    """A file of a piece, through the house's own keeping: a photo is drawn anew, a film is only
    ever served as a film, anything else only as a download.

    Raises:
        ValidationError: it is something else, broken or too large.
    """
    if kind == Kind.PHOTO:
        return keep_upload(organisation, upload, expected="image")
    if kind == Kind.VIDEO:
        return keep_upload(organisation, upload, expected="video")
    return keep_file(organisation, upload, name=name)


@transaction.atomic
def add_piece(
    dossier: Dossier,
    said: PieceSaid,
    *,
    kind: str,
    by: Person,
    rests_on: str = "",
    key: uuid.UUID | None = None,
    at: datetime | None = None,
) -> DossierPiece:
    """A piece comes into the dossier: the candidate's while the portfolio is open, an assessor's
    report while it is judged. The same `key` again is one.

    Raises:
        ValidationError: it is not the time for it, or not theirs to add.
    """
    reports = kind in BY_ASSESSORS
    found = locked_in(dossier, *([Stage.ASSESSMENT] if reports else [Stage.PORTFOLIO]))
    if key and (known := DossierPiece.objects.filter(key=key, dossier=found).first()):
        return known
    if reports and not _assesses(found, by):
        raise ValidationError(_("Only an assessor of this dossier writes this report."))
    if reports and found.roles.get(person=by).final_at is not None:
        raise ValidationError(_("You have finished judging; that stands."))
    if found.pieces.count() >= MOST_PIECES:
        raise ValidationError(_("There are 150 pieces in this dossier. Take out what shows least."))
    if said.done_on and said.done_on > timezone.localdate():
        raise ValidationError({"done_on": _("This date lies ahead. Choose today or earlier.")})
    piece = DossierPiece.objects.create(
        key=key or uuid.uuid4(),
        dossier=found,
        kind=kind,
        name=said.name.strip()[:200],
        about=said.about.strip(),
        done_on=said.done_on,
        media=said.media,
        file_name=said.file_name[:200],
        rests_on=rests_on,
        told=said.told,
        by=by,
        added_at=at or timezone.now(),
    )
    piece.parts.set(_own_parts(found, said.parts))
    _touch(found, at)
    return piece


def _assesses(dossier: Dossier, person: Person) -> bool:
    open_roles = DossierRole.objects.open_to(person.pk)
    return open_roles.filter(dossier=dossier, kind=DossierRole.Kind.ASSESSOR).exists()


def _own_parts(dossier: Dossier, parts: Iterable[StandardPart]) -> list[StandardPart]:
    """Only parts of the standard this dossier is held against."""
    return [part for part in parts if part.standard_id == dossier.standard_id]


def _touch(dossier: Dossier, at: datetime | None = None) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(last_at=at or timezone.now())


@transaction.atomic
def tie(piece: DossierPiece, parts: Iterable[StandardPart], *, by: Person) -> None:
    """Say which parts a piece is about: the candidate of their pieces, an assessor of reports."""
    reports = piece.kind in BY_ASSESSORS
    found = locked_in(piece.dossier, Stage.ASSESSMENT if reports else Stage.PORTFOLIO)
    if reports and piece.by_id != by.pk:
        raise ValidationError(_("Only who wrote this report changes it."))
    piece.parts.set(_own_parts(found, parts))
    _touch(found)


@transaction.atomic
def remove_piece(piece: DossierPiece) -> None:
    """The candidate takes a piece out, and its file where nothing else shows that."""
    if piece.kind in BY_ASSESSORS:
        raise ValidationError(_("A report of an assessor stays in the dossier."))
    found = locked_in(piece.dossier, Stage.PORTFOLIO)
    media = [piece.media_id] if piece.media_id else []
    DossierPiece.objects.filter(pk=piece.pk).delete()
    let_go(media)
    _touch(found)


def bring_in_fact(dossier: Dossier, address: str) -> DossierPiece:
    """The candidate brings in what Gezel holds already, as it reads today. Parts that stand for
    the same skill are tied at once; twice is once.

    Raises:
        ValidationError: Gezel holds no such thing of the candidate.
    """
    if known := dossier.pieces.filter(rests_on=address).first():
        return known
    fact = next((f for f in queries.own_facts(dossier.person) if f.address == address), None)
    if fact is None:
        raise ValidationError(_("This is no longer there. Open the page again."))
    parts = [p for p in dossier.standard.parts.all() if p.skill_id in fact.skills]
    return add_piece(
        dossier,
        PieceSaid(
            # With its kind, since one skill may bring several.
            name=f"{fact.name[:150]} · {fact.kind[:45]}",
            about=fact.about[:2_000],
            done_on=fact.on,
            parts=parts,
        ),
        kind=Kind.GEZEL,
        by=dossier.person,
        rests_on=address,
        key=uuid.uuid5(dossier.key, address),
    )


# -- statements of colleagues --------------------------------------------------------------------


@transaction.atomic
def ask_statement(
    dossier: Dossier,
    colleague: Person,
    *,
    question: str,
    parts: Iterable[StandardPart],
    key: uuid.UUID,
) -> AskedStatement:
    """The candidate asks a colleague for a statement. They see the question and who asks it,
    and nothing else of the dossier.

    Raises:
        ValidationError: a question to this colleague is open, or it is someone in a role here.
    """
    found = locked_in(dossier, Stage.PORTFOLIO)
    if known := found.asked.filter(key=key).first():
        return known
    if colleague.pk == found.person_id:
        raise ValidationError({"of": _("Write your own account instead.")})
    if found.roles.filter(person=colleague).exists():
        raise ValidationError(
            {"of": _("Who guides or judges this dossier does not also testify in it.")}
        )
    if found.asked.filter(of=colleague, answered_at=None).exists():
        raise ValidationError({"of": _("You asked this colleague already.")})
    asked = AskedStatement.objects.create(
        key=key, dossier=found, of=colleague, question=question.strip()
    )
    asked.parts.set(_own_parts(found, parts))
    _touch(found)
    letters.tell(colleague, found, letters.STATEMENT, once=f"{key}")
    return asked


@transaction.atomic
def give_statement(
    asked: AskedStatement, *, knows: str, said: str, done_on: date | None
) -> DossierPiece | None:
    """A colleague answers in their own words; it becomes a piece, signed with their name.

    Raises:
        ValidationError: the dossier is being judged or closed.
    """
    found = locked_in(asked.dossier, Stage.PORTFOLIO)
    held = AskedStatement.objects.select_related("of").get(pk=asked.pk)
    if held.answered_at is not None:
        return held.piece
    if done_on and done_on > timezone.localdate():
        raise ValidationError({"done_on": _("This date lies ahead. Choose today or earlier.")})
    piece = DossierPiece.objects.create(
        dossier=found,
        kind=Kind.STATEMENT,
        name=_("Statement of %(name)s") % {"name": held.of.name},
        about=said.strip(),
        done_on=done_on,
        told={"knows": knows.strip(), "question": held.question},
        by=held.of,
    )
    piece.parts.set(held.parts.all())
    held.answered_at, held.piece = timezone.now(), piece
    held.save(update_fields=["answered_at", "piece"])
    _touch(found)
    return piece


def decline_statement(asked: AskedStatement) -> None:
    """A colleague would rather not. No reason is asked."""
    AskedStatement.objects.filter(pk=asked.pk, answered_at=None).update(
        answered_at=timezone.now(), declined=True
    )


def withdraw_question(asked: AskedStatement) -> None:
    """The candidate takes a question back that was not answered yet."""
    AskedStatement.objects.filter(pk=asked.pk, answered_at=None).delete()
