"""Courses of lessons that others published, taken in as modules."""

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gezel.content.actions.courses import QUESTIONS_TITLE, CourseRefused, import_course
from gezel.content.models import Module
from gezel.content.rules import courses
from gezel.content.rules.prose import to_html
from gezel.people.api import Organisation, Person

SHARED = Path(__file__).parents[4].parent / "shared/data/course_content"
ROW = {
    "course": "Spreadsheets", "lang": "en", "licence": "CC-BY-4.0", "source": "dc/sheets",
    "path": "a.md", "order": 1, "kind": "lesson", "title": "⚡ Tables",
    "body": "---\ntitle: T\nteaching: 15\nexercises: 10\n---\n\n:::: objectives\n- one\n::::\n\n"
            "# Tables\n\nFirst <b>bold</b> ![x](y.png).\n\n## Empty\n\n## Rows\n\nA row.",
}  # fmt: skip


def test_a_lesson_becomes_its_sections_with_its_source_first() -> None:
    lesson = courses.lesson_of(ROW)

    assert (lesson.title, lesson.minutes) == ("Tables", 25)
    assert lesson.texts == (
        "This lesson is from “Spreadsheets” by dc/sheets, licence CC BY 4.0.",
        "- one",
        "# Tables\n\nFirst bold .",
        "## Rows\n\nA row.",
    )


@pytest.mark.parametrize(
    "changes",
    [{"body": ""}, {"body": "# Only a heading"}, {"licence": "all rights reserved"},
     {"lang": "fr"}, {"title": 3}, {"body": "x" * 300_001}],
)  # fmt: skip
def test_what_is_no_lesson_says_why(changes: dict[str, Any]) -> None:
    with pytest.raises(courses.NotALesson):
        courses.lesson_of(ROW | changes)


@pytest.mark.parametrize(
    "changes", [{"correctAnswer": 9}, {"correctAnswer": None}, {"options": "ab"}, {"question": 1}]
)
def test_a_question_without_a_right_answer_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(courses.NotALesson):
        courses.question_of(
            {"question": "Q", "options": ["a", "b"], "correctAnswer": 1, "explanation": ""}
            | changes
        )


@pytest.mark.django_db
def test_a_folder_comes_in_once_and_says_what_it_left_out(
    van_dijk: Organisation, noor: Person, tmp_path: Path
) -> None:
    with gzip.open(tmp_path / "lessons.jsonl.gz", "wt") as file:
        for row in (ROW, ROW | {"path": "b.md", "licence": "?"}):
            file.write(json.dumps(row) + "\n")
    told = list(import_course(tmp_path, organisation="van-dijk", by=noor.email, offer=True))
    again = list(import_course(tmp_path, organisation="van-dijk", by=noor.email))

    assert told[0] == "Tables: 4 blocks"
    assert "left out" in told[1]
    assert again[0] == "Tables: here already"
    assert Module.objects.get().activity.state == "open"


@pytest.mark.django_db
def test_a_folder_without_lessons_is_refused(
    van_dijk: Organisation, noor: Person, tmp_path: Path
) -> None:
    for organisation, by in (("van-dijk", noor.email), ("nowhere", noor.email), ("van-dijk", "x")):
        with pytest.raises(CourseRefused):
            list(import_course(tmp_path, organisation=organisation, by=by))


@pytest.mark.django_db
@pytest.mark.skipif(not SHARED.exists(), reason="course_content is not on this machine")
def test_the_real_lessons_come_in_whole(van_dijk: Organisation, noor: Person) -> None:
    told = list(import_course(SHARED, organisation="van-dijk", by=noor.email, only="electrical"))
    told += list(import_course(SHARED, organisation="van-dijk", by=noor.email, only="spreadsheets"))

    left_out = [line for line in told if "left out" in line]
    modules = list(Module.objects.select_related("activity"))
    assert len(modules) + len(left_out) == len(told)
    assert len(modules) >= 14
    questions = Module.objects.get(activity__title_en=QUESTIONS_TITLE)
    assert questions.blocks.filter(kind="question").count() == 35
    for module in modules:
        first = module.blocks.first()
        assert first is not None
        assert "licence" in str(first.body)
        for block in module.blocks.filter(kind="text"):
            assert "<script" not in to_html(block.body["body"]["en"])


@pytest.mark.django_db
@pytest.mark.skipif(not SHARED.exists(), reason="course_content is not on this machine")
def test_the_command_takes_the_real_lessons_in(van_dijk: Organisation, noor: Person) -> None:
    """As the README writes it; a second time adds nothing."""
    told = ["course", str(SHARED), "--organisation", "van-dijk", "--by", noor.email]
    first, again = StringIO(), StringIO()

    call_command("import", *told, "--only", "spreadsheets", "--offer", stdout=first)
    came_in = Module.objects.count()
    call_command("import", *told, "--only", "spreadsheets", "--offer", stdout=again)

    assert came_in == sum(line.endswith(" blocks") for line in first.getvalue().splitlines()) > 0
    assert Module.objects.count() == came_in
    assert again.getvalue().count("here already") == came_in
    assert set(Module.objects.values_list("activity__state", flat=True)) == {"open"}
    with pytest.raises(CommandError, match="not in this folder"):
        call_command("import", "course", str(SHARED.parent), *told[2:])
