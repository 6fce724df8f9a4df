"""Making a path: its name, its steps, and publishing a version of it."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from gezel.paths import rules
from gezel.paths.models import Path, Version
from gezel.paths.rules import Node, Problem
from gezel.people.api import Organisation


class ChangedMeanwhileError(Exception):
    """Someone else changed it since this page was opened; nothing of theirs was overwritten."""


class NotReady(Exception):  # noqa: N818 - reads as what it is where it is raised
    """A path that cannot be published yet, with what is wrong at which step."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(p.what for p in problems))
        self.problems = problems


@transaction.atomic
def make_path(
    organisation: Organisation,
    fields: Mapping[str, Any],
    *,
    structure: Node | None = None,
    key: uuid.UUID | None = None,
) -> Path:
    """A new path, empty or from a template. The same `key` again gives back what stands.

    Raises:
        ValidationError: the key is of another organisation's path.
    """
    path, _new = Path.objects.get_or_create(
        key=key or uuid.uuid4(),
        defaults={
            "organisation": organisation,
            "draft": rules.written(structure or rules.new_path()),
            **fields,
        },
    )
    if path.organisation_id != organisation.pk:
        raise ValidationError(_("This form was used before. Open the page again."))
    return path


@transaction.atomic
def rename_path(path: Path, fields: Mapping[str, Any], *, seen: int) -> None:
    """It gets another name or tells otherwise what it is for; that holds for who is on it too.

    Raises:
        ChangedMeanwhileError: it is no longer as it was when the form was opened.
    """
    if not Path.objects.filter(pk=path.pk, revision=seen).update(
        revision=F("revision") + 1, **fields
    ):
        raise ChangedMeanwhileError


@transaction.atomic
def change_draft(path: Path, change: Callable[[Node], Node], *, seen: int) -> Node:
    """One change of the steps being written; gives them as they are now.

    Raises:
        ChangedMeanwhileError: the draft is no longer as it was when the page was opened.
        ValidationError: a path of this many steps helps nobody.
    """
    held = Path.objects.select_for_update().get(pk=path.pk)
    if held.revision != seen:
        raise ChangedMeanwhileError
    now = change(held.structure)
    if sum(1 for _ in now.walk()) > rules.MOST_NODES:
        raise ValidationError(
            _("A path has at most %(most)s steps and blocks. Make two paths of it.")
            % {"most": rules.MOST_NODES}
        )
    Path.objects.filter(pk=path.pk).update(draft=rules.written(now), revision=F("revision") + 1)
    return now


@transaction.atomic
def publish(path: Path, *, seen: int, note: str = "") -> Version:
    """What was written becomes a version: who is put on the path from now on walks it.

    Who is under way keeps their own. Publishing what stands already gives that version back.

    Raises:
        ChangedMeanwhileError: the draft is no longer as it was when the page was opened.
        NotReady: something is wrong with it.
    """
    held = Path.objects.select_for_update().get(pk=path.pk)
    if held.revision != seen:
        raise ChangedMeanwhileError
    if problems := rules.problems(held.structure):
        raise NotReady(problems)
    last = held.versions.order_by("-number").first()
    if last is None or last.content != held.draft:
        highest = held.versions.aggregate(Max("number"))["number__max"] or 0
        last = Version.objects.create(path=held, number=highest + 1, content=held.draft, note=note)
    Path.objects.filter(pk=path.pk).update(state=Path.State.OPEN)
    return last


@transaction.atomic
def set_in_use(path: Path, *, in_use: bool) -> None:
    """It is taken out of use, or back into it. Who is under way goes on; rules stand still.

    Raises:
        ValidationError: it was never published.
    """
    if in_use and not path.versions.exists():
        raise ValidationError(_("Publish it first."))
    state = Path.State.OPEN if in_use else Path.State.CLOSED
    Path.objects.filter(pk=path.pk).exclude(state=Path.State.DRAFT).update(state=state)


@transaction.atomic
def drop_path(path: Path) -> None:
    """A path that nobody ever followed is thrown away.

    Raises:
        ValidationError: somebody is or was on it.
    """
    held = Path.objects.select_for_update().get(pk=path.pk)
    if held.enrolments.exists():
        raise ValidationError(
            _("People are or were on this path, so it stays. You can take it out of use.")
        )
    held.delete()
