"""A request of several parts (RFC 2046), as attachments of statements come in."""

import itertools
import re
from dataclasses import dataclass

from gezel.records.rules.broken import Broken

_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
MOST_PARTS = 1_000
_MOST_HEAD = 8_192


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers by small name, and its bytes untouched."""

    headers: dict[str, str]
    body: bytes


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """The parts of a multipart body.

    Raises:
        Broken: there is no boundary, or the body does not keep to it.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Broken("Content-Type", "a multipart request tells its boundary")
    line = re.compile(
        rb"(?:\A|\r?\n)--"
        + re.escape((found[1] or found[2]).encode())
        + rb"(--)?[ \t]*(?=\r?\n|\Z)"
    )
    marks = []
    for mark in line.finditer(body):
        marks.append(mark)
        if mark[1]:
            break
        if len(marks) > MOST_PARTS:
            raise Broken("$", f"more than {MOST_PARTS} parts")
    if not marks or not marks[-1][1]:
        raise Broken("$", "the body does not end with its boundary")
    return [_part(body[mark.end() : after.start()]) for mark, after in itertools.pairwise(marks)]


def _part(whole: bytes) -> Part:
    whole = whole.removeprefix(b"\r\n") if whole.startswith(b"\r\n") else whole.removeprefix(b"\n")
    split = re.search(rb"\r?\n\r?\n", whole[:_MOST_HEAD])
    if split is None:
        raise Broken("$", "a part has no headers, or no empty line after them")
    headers = {}
    for line in re.split(rb"\r?\n(?![ \t])", whole[: split.start()]):
        name, colon, value = line.partition(b":")
        if not colon:
            raise Broken("$", "a part has a line that is no header")
        headers[name.strip().lower().decode("latin-1")] = value.strip().decode("latin-1")
    return Part(headers, whole[split.end() :])
