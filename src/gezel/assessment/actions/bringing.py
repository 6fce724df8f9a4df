"""Bringing in a file of questions: looked at first, then all of it that can be, or nothing."""

import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gezel.assessment.actions.making import draft_item
from gezel.assessment.models import Intake, Item, Part, Test
from gezel.assessment.rules.bodies import kept_as
from gezel.kit import questions as files
from gezel.kit.questions import Question
from gezel.people.api import Person


def receive(
    test: Test, *, by: Person, name: str, language: str, content: bytes, key: uuid.UUID
) -> Intake:
    """Someone chose a file. It is read now, so that a file that cannot be is refused at once.

    Raises:
        files.Unreadable: the file as a whole cannot be read.
    """
    files.read(content, language, kept_as)
    intake, _new = Intake.objects.get_or_create(
        pk=key,
        defaults={
            "test": test, "by": by, "name": name[:200], "language": language, "content": content,
        },
    )  # fmt: skip
    return intake


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would bring: new questions, those that are here already, those with problems."""

    form: str
    new: tuple[Question, ...]
    known: tuple[Question, ...]
    wrong: tuple[Question, ...]


def preview(intake: Intake) -> Preview:
    """Read the file again and hold it against the bank as it is now."""
    form, questions = files.read(bytes(intake.content), intake.language, kept_as)
    here = set(
        Item.objects.filter(test=intake.test_id).exclude(digest="").values_list("digest", flat=True)
    )
    new: list[Question] = []
    known: list[Question] = []
    for question in questions:
        if question.problems:
            continue
        if question.digest in here:
            known.append(question)
        else:
            new.append(question)
            here.add(question.digest)  # the same question twice in one file is one
    wrong = tuple(q for q in questions if q.problems)
    return Preview(form, tuple(new), tuple(known), wrong)


class Changed(ValidationError):  # noqa: N818 - reads as what it is where it is raised
    """The bank changed since someone looked, so nothing was done."""


def bring_in(intake: Intake, *, by: Person, expected: int) -> int:
    """Take over every new question as a draft, in one go; returns how many there are now.

    A second time changes nothing. A picture that proves to be none stops the whole: nothing is
    half brought in.

    Args:
        expected: how many new questions were shown to who confirms.

    Raises:
        Changed: others came in meanwhile. ValidationError: a picture cannot be taken in; which.
    """
    with transaction.atomic():
        locked = (
            Intake.objects.select_for_update(of=("self",))
            .select_related("test__organisation")
            .get(pk=intake.pk)
        )
        if locked.state != Intake.State.READ:
            return locked.brought
        found = preview(locked)
        if len(found.new) != expected:
            raise Changed(
                _(
                    "Something changed since you looked, so nothing was done. "
                    "Look and confirm again."
                )
            )
        parts = list(locked.test.parts.all())
        for question in found.new:
            try:
                draft_item(
                    locked.test,
                    part=_part(parts, question.part),
                    kind=question.kind,
                    body=dict(question.body),
                    hardness=None,
                    by=by,
                    picture=question.picture or None,
                    digest=question.digest,
                    key=uuid.uuid5(locked.pk, question.digest),
                )
            except ValidationError as error:
                raise ValidationError(
                    _("Question %(number)s (%(title)s): %(why)s Nothing was brought in.")
                    % {
                        "number": question.number,
                        "title": question.title,
                        "why": error.messages[0],
                    }
                ) from error
        locked.state, locked.brought, locked.content = Intake.State.DONE, len(found.new), b""
        locked.save(update_fields=["state", "brought", "content"])
    return locked.brought


def _part(parts: list[Part], name: str) -> Part:
    """The part called as the category in the file, else the first; the reader sees which."""
    said = name.casefold()
    return next(
        (p for p in parts if said and said in {p.name_nl.casefold(), p.name_en.casefold()}),
        parts[0],
    )


@transaction.atomic
def drop(intake: Intake) -> None:
    """Someone thinks better of it; the file goes."""
    Intake.objects.filter(pk=intake.pk, state=Intake.State.READ).update(
        state=Intake.State.DROPPED, content=b""
    )
