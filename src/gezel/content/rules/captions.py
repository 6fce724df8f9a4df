"""Captions for a film: WebVTT or SubRip in, clean WebVTT out; and as lines that a person writes.

A caption file is somebody's upload. We read its cues and write them anew, so that what the
browser gets is times and plain words, whatever was in the file.

As a person writes them, a line begins with its time: `0:03.5 Switch the power off.` A second time
behind a dash says when the words go; else they go when the next ones come, or after a while. A
time alone clears the screen. A line without a time belongs to the one above it.
"""

import re
from dataclasses import dataclass
from itertools import zip_longest

MOST_CUES = 5_000
LONGEST_CUE = 500

LONGEST_SHOWN = 7_000
"""So many milliseconds words stay when nobody says when they go."""
SILENCE = 3_000
"""From here on a silence is a new line of what is read."""

_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)[.,](\d{3})"
_TIMING = re.compile(rf"^{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?$")
_SUBRIP = re.compile(rf"\s*\d+\s*\n\s*{_TIME}[ \t]+-->")
_WRITTEN = r"(?:(\d{1,3}):)?(\d{1,2}):([0-5]\d)(?:[.,](\d{1,3}))?"
_LINE = re.compile(rf"{_WRITTEN}(?:\s*[-–—]\s*{_WRITTEN})?(?:\s+(.*)|\s*)\Z")
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
    """The cues of a WebVTT or SubRip file.

    Raises:
        NotCaptions: it is neither, or a cue ends before it begins.
    """
    whole = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = whole.split("\n")
    if not (re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) or _SUBRIP.match(whole)):
        raise NotCaptions("the first line is not WEBVTT")
    cues: list[Cue] = []
    at = 0
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


# --- As a person writes them ---------------------------------------------------------------------


class WrongLine(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """A line that cannot be read; `why` is a code: "time", "order", "ends" or "many"."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"line {number}: {why}")
        self.number = number
        self.why = why


@dataclass(slots=True)
class _Open:
    number: int
    begins: int
    ends: int | None
    words: list[str]


def lines_of(cues: list[Cue]) -> str:
    """Cues as lines to write in."""
    lines = []
    for cue in cues:
        first, *others = cue.words.split("\n")
        lines.append(f"{_short(cue.begins)} - {_short(cue.ends)} {first}")
        for other in others:
            # What would be read as a time of its own goes on in the same line.
            if _LINE.match(other):
                lines[-1] += f" {other}"
            else:
                lines.append(other)
    return "\n".join(lines)


def cues_of_lines(text: str) -> list[Cue]:
    """The cues someone wrote, one after another.

    Raises:
        WrongLine: a line comes before any time, goes back in time or ends before it begins.
    """
    written: list[_Open] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not (bare := line.replace("-->", "→").strip()):
            continue
        found = _LINE.match(bare)
        if found is None:
            if not written:
                raise WrongLine(number, "time")
            written[-1].words.append(bare)
            continue
        begins = _written(found.groups()[:4])
        ends = _written(found.groups()[4:8]) if found[6] else None
        if written and begins < written[-1].begins:
            raise WrongLine(number, "order")
        if ends is not None and ends <= begins:
            raise WrongLine(number, "ends")
        words = (found[9] or "").strip()
        written.append(_Open(number, begins, ends, [words] if words else []))
    cues = []
    for one, after in zip_longest(written, written[1:]):
        if not one.words:
            continue  # a time alone: the words before it go
        most = one.begins + LONGEST_SHOWN
        ends = one.ends or min(after.begins if after else most, most)
        if ends <= one.begins:
            raise WrongLine(one.number, "ends")
        cues.append(Cue(one.begins, ends, "\n".join(one.words)[:LONGEST_CUE]))
    if len(cues) > MOST_CUES:
        raise WrongLine(written[-1].number, "many")
    return cues


def running_text(cues: list[Cue]) -> str:
    """What is said, to read: the words after each other, a new line where a silence was."""
    parts: list[str] = []
    ended = None
    for cue in cues:
        words = " ".join(cue.words.split("\n"))
        if ended is not None and cue.begins - ended < SILENCE:
            parts[-1] += f" {words}"
        else:
            parts.append(words)
        ended = cue.ends
    return "\n".join(parts)


def _written(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1_000 + int((rest or "0").ljust(3, "0"))


def _short(moment: int) -> str:
    seconds, rest = divmod(moment, 1_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    told = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{told}.{rest:03}".rstrip("0").rstrip(".") if rest else told
