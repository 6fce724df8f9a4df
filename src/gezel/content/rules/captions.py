"""Captions for a film: WebVTT in, clean WebVTT out.

A caption file is somebody's upload. We read its cues and write them anew, so that what the
browser gets is times and plain words, whatever was in the file.
"""

import re
from dataclasses import dataclass

MOST_CUES = 5_000
LONGEST_CUE = 500

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?$")
_TAG = re.compile(r"<[^>]{0,200}>?")


class NotCaptions(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """This is not WebVTT, or more of it than a film needs."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words on the screen, from one moment to another, in milliseconds."""

    begins: int
    ends: int
    words: str


def cues_of(text: str) -> list[Cue]:
    """The cues of a WebVTT file.

    Raises:
        NotCaptions: the first line is not WEBVTT, or a cue ends before it begins.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise NotCaptions("the first line is not WEBVTT")
    cues: list[Cue] = []
    at = 1
    while at < len(lines):
        timing = _TIMING.match(lines[at].strip())
        at += 1
        if timing is None:
            continue  # a note, a style, an empty line or the name of a cue
        words: list[str] = []
        while at < len(lines) and lines[at].strip():
            words.append(_plain(lines[at]))
            at += 1
        begins, ends = _moment(timing.groups()[:4]), _moment(timing.groups()[4:])
        if ends <= begins:
            raise NotCaptions("a cue ends before it begins")
        said = "\n".join(line for line in words if line)
        if said:
            cues.append(Cue(begins, ends, said[:LONGEST_CUE]))
        if len(cues) > MOST_CUES:
            raise NotCaptions(f"more than {MOST_CUES} cues")
    if not cues:
        raise NotCaptions("there is no cue in it")
    return cues


def webvtt(cues: list[Cue]) -> str:
    """Cues as a WebVTT file of nothing but times and words."""
    parts = ["WEBVTT"]
    parts += [f"{_clock(c.begins)} --> {_clock(c.ends)}\n{_escaped(c.words)}" for c in cues]
    return "\n\n".join(parts) + "\n"


def _plain(line: str) -> str:
    """A line without tags; entities stay words."""
    bare = _TAG.sub("", line).replace("-->", "→").strip()
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        bare = bare.replace(entity, sign)
    return bare


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _moment(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + rest


def _clock(moment: int) -> str:
    seconds, rest = divmod(moment, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"
