"""Taking in courses of lessons in Markdown, as modules of an organisation."""

import gzip
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from gezel.content.actions.authoring import draft_module, open_up
from gezel.content.models import Block, Module
from gezel.content.rules import courses, kinds
from gezel.content.rules.bodies import Malformed, Words
from gezel.people.api import Organisation, Person

_COURSES = uuid.UUID("5f0f6a0e-7a0a-4b83-9a31-1c3c2a1f8a55")
LARGEST = 50 * 1024 * 1024
QUESTIONS_TITLE = "Electrical safety: questions to check yourself"


class CourseRefused(Exception):  # noqa: N818 - reads as what it is where it is raised
    """A folder that holds no courses; the message says why."""


def import_course(
    folder: Path, *, organisation: str, by: str, only: str = "", offer: bool = False
) -> Iterator[str]:
    """The lessons in a folder as modules; yields a line for each. Doing it again adds nothing.

    Args:
        organisation: its slug.
        by: e-mail address of whose modules they are.
        only: of courses with these letters in their name; empty: all.
        offer: put them on offer at once; otherwise they are drafts.

    Raises:
        CourseRefused: no such organisation or person, or no lessons in the folder.
    """
    here = Organisation.objects.filter(slug=organisation).first()
    person = Person.objects.filter(email__iexact=by).first()
    if here is None or person is None:
        raise CourseRefused("There is no such organisation or person.")
    file = folder / "lessons.jsonl.gz"
    if not file.exists():
        raise CourseRefused(f"{file.name} is not in this folder.")
    wanted = only.casefold()
    for number, row in enumerate(_rows(file), 1):
        if wanted not in str(row.get("course", "")).casefold():
            continue
        try:
            lesson = courses.lesson_of(row)
        except courses.NotALesson as problem:
            yield f"line {number}: left out, {problem}"
            continue
        words = {lesson.language: lesson.title}
        blocks = [("text", {"body": {lesson.language: text}}) for text in lesson.texts]
        yield _kept(
            here, person, lesson.key, blocks, title=words, minutes=lesson.minutes, offer=offer
        )
    asked = folder / "electrical_safety_questions.jsonl.gz"
    if asked.exists() and wanted in "electrical safety":
        yield _questions(here, person, asked, offer=offer)


def _questions(here: Organisation, person: Person, file: Path, *, offer: bool) -> str:
    blocks: list[tuple[str, dict[str, Any]]] = []
    for row in _rows(file):
        try:
            blocks.append(("question", courses.question_of(row)))
        except courses.NotALesson:
            continue
    source = (
        "These questions are from terraform-industry/electrical-safety-wiki, licence CC BY-SA 4.0. "
        "They follow rules of the United States (OSHA, NFPA), not the Dutch NEN 3140 and NEN 9140."
    )
    told = [("text", {"body": {"en": source}}), *blocks]
    title = {"en": QUESTIONS_TITLE}
    return _kept(here, person, file.name, told, title=title, minutes=25, offer=offer)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a squeezed file of JSON lines, at most fifty megabytes of it."""
    read = 0
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        for line in opened:
            read += len(line)
            if read > LARGEST:
                raise CourseRefused(f"{file.name} unfolds to more than 50 MB.")
            try:
                row = json.loads(line)
            except ValueError as problem:
                raise CourseRefused(f"{file.name} is not JSON lines.") from problem
            if isinstance(row, dict):
                yield row


@transaction.atomic
def _kept(
    here: Organisation,
    person: Person,
    key: str,
    blocks: list[tuple[str, dict[str, Any]]],
    *,
    title: dict[str, str],
    minutes: int,
    offer: bool,
) -> str:
    """One module, or the one that stands; a line that says which."""
    module = draft_module(
        here,
        by=person,
        title=Words(**title),
        goal=Words(),
        minutes=minutes,
        pass_percent=70 if any(kind == "question" for kind, _raw in blocks) else 0,
        key=uuid.uuid5(_COURSES, f"{here.slug}/{key}"),
    )
    name = next(iter(title.values()))
    if module.blocks.exists():
        return f"{name}: here already"
    try:
        _fill(module, blocks)
    except Malformed as problem:
        module.activity.delete()
        return f"{name}: left out, {problem}"
    if offer:
        open_up(module)
    return f"{name}: {len(blocks)} blocks"


def _fill(module: Module, blocks: list[tuple[str, dict[str, Any]]]) -> None:
    Block.objects.bulk_create(
        [
            Block(module=module, position=place, kind=kind, body=kinds.body_of(kind, raw).kept())
            for place, (kind, raw) in enumerate(blocks)
        ]
    )
