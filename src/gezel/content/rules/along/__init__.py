"""Taking a module along: as a package that plays elsewhere, or as a course that others change.

A module is handed over as `Piece`s in one language; each form makes of them the files of a ZIP,
name → content. Nothing here reads the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gezel.content.rules.bodies import NO_WORDS, Video, Words
from gezel.content.rules.kinds import Body


@dataclass(frozen=True, slots=True)
class Piece:
    """A block to take along: its kind and body, and its file under the name it goes by.

    `data` reads the file when its turn comes: a film is never in memory for longer than that.
    """

    kind: str
    body: Body
    name: str = ""
    data: Callable[[], bytes] = field(default=bytes, repr=False)


@dataclass(frozen=True, slots=True)
class Whole:
    """A module to take along. `key` is the same whenever the same module is taken along.

    `title` and `goal` are in the one language it goes along in, `titles` and `goals` in both.
    """

    key: str
    title: str
    goal: str
    language: str
    minutes: int
    pass_percent: int
    pieces: Sequence[Piece]
    titles: Words = NO_WORDS
    goals: Words = NO_WORDS


def caption_files(whole: Whole) -> dict[str, bytes]:
    """The captions of every film, by the name of their file."""
    return {
        caption_name(place, language): text.encode()
        for place, piece in enumerate(whole.pieces, 1)
        if isinstance(piece.body, Video)
        for language, text in piece.body.captions.kept().items()
        if text
    }


def caption_name(place: int, language: str) -> str:
    """How the captions of the film in this place are called, in every form."""
    return f"captions/{place}-{language}.vtt"


def tracks(place: int, body: Video, *, above: str, language: str) -> str:
    """The captions of a film as the page has them; those in its own language are on.

    Args:
        above: how the page leads to the folder of the package.
    """
    names = {"nl": "Nederlands", "en": "English"}
    return "".join(
        f'<track kind="captions" srclang="{spoken}" label="{names[spoken]}" '
        f'src="{above}{caption_name(place, spoken)}"{" default" if spoken == language else ""}>'
        for spoken, text in body.captions.kept().items()
        if text
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """The files of a package, and the kinds of blocks that are otherwise elsewhere or stay here."""

    files: Mapping[str, bytes | Callable[[], bytes]]
    otherwise: frozenset[str] = frozenset()
    stays: frozenset[str] = frozenset()
