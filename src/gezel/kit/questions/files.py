"""A file of questions, told by what is in it and not by its name."""

import codecs

from gezel.kit.questions import gift, moodle
from gezel.kit.questions.common import MOST_QUESTIONS, Check, Question, Unreadable

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_TEXT = 4 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(content: bytes, language: str, check: Check) -> tuple[str, list[Question]]:
    """The format ("gift" or "moodle") and every question in the file, problems and all.

    Args:
        language: "nl" or "en", the language the file is written in.
        check: how the room that reads keeps a question.

    Raises:
        Unreadable: it is empty, too large, neither format, or broken as a whole.
    """
    if len(content) > LARGEST_FILE:
        raise Unreadable("large")
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    head = content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"")[:1]
    if head == b"<":
        found = moodle.read(content, language, check)
        return "moodle", _some(found)
    if len(content) > LARGEST_TEXT:
        raise Unreadable("large_text")
    return "gift", _some(gift.read(_decoded(content), language, check))


def _some(found: list[Question]) -> list[Question]:
    if not found:
        raise Unreadable("no_questions")
    if len(found) > MOST_QUESTIONS:
        raise Unreadable("many")
    return found


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\x00" in text:
        raise Unreadable("binary")
    return text
