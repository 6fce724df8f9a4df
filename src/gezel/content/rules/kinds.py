"""The kinds of block beyond text and pictures: sound, files, other questions, practice, embeds.

`body_of` reads a stored dictionary of any kind, these and those of `rules.bodies`. What counts as
an answer to a question, and when it is right, is said here for each sort of question; nothing
anyone wrote is ever evaluated, only compared.
"""

import hashlib
import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from gezel.content.rules import bodies
from gezel.content.rules.bodies import (
    LONGEST_LINE,
    LONGEST_TEXT,
    Malformed,
    Question,
    Words,
    clean,
)

MOST_STEPS = 10
MOST_ACCEPTED = 20
LONGEST_SHORT = 200
LONGEST_NAME = 200
FURTHEST = Decimal("1e12")


@dataclass(frozen=True, slots=True)
class Audio:
    """A recording, with a transcript that tells the same without it."""

    title: Words
    transcript: Words

    def kept(self) -> dict[str, Any]:
        return {"title": self.title.kept(), "transcript": self.transcript.kept()}


@dataclass(frozen=True, slots=True)
class Download:
    """A file to take along: what it is, and the name it is saved under."""

    title: Words
    name: str

    def kept(self) -> dict[str, Any]:
        return {"title": self.title.kept(), "name": self.name}


@dataclass(frozen=True, slots=True)
class Ordering:
    """Steps to put in order; they are stored in the right one."""

    prompt: Words
    steps: tuple[Words, ...]
    why: Words

    def kept(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt.kept(),
            "steps": [step.kept() for step in self.steps],
            "why": self.why.kept(),
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """What belongs together."""

    left: Words
    right: Words

    def kept(self) -> dict[str, Any]:
        return {"left": self.left.kept(), "right": self.right.kept()}


@dataclass(frozen=True, slots=True)
class Matching:
    """Things to bring together, two by two."""

    prompt: Words
    pairs: tuple[Pair, ...]
    why: Words

    def kept(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt.kept(),
            "pairs": [pair.kept() for pair in self.pairs],
            "why": self.why.kept(),
        }


@dataclass(frozen=True, slots=True)
class Number:
    """A number to find; `off` is how far from `value` still counts as right."""

    prompt: Words
    value: Decimal
    off: Decimal
    unit: Words
    why: Words

    def kept(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt.kept(),
            "value": str(self.value),
            "off": str(self.off),
            "unit": self.unit.kept(),
            "why": self.why.kept(),
        }


@dataclass(frozen=True, slots=True)
class Short:
    """A word or a few to fill in; any of `accepted` is right, in whatever language."""

    prompt: Words
    accepted: tuple[str, ...]
    why: Words

    def kept(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt.kept(),
            "accepted": list(self.accepted),
            "why": self.why.kept(),
        }


@dataclass(frozen=True, slots=True)
class Practical:
    """Something to do at work and show with a photo; `looker` is who is asked to look."""

    prompt: Words
    looker: str

    def kept(self) -> dict[str, Any]:
        return {"prompt": self.prompt.kept(), "looker": self.looker}


@dataclass(frozen=True, slots=True)
class Embed:
    """Something shown from another site, once the person says so."""

    title: Words
    url: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def origin(self) -> str:
        """As a policy of the page names it: never more than this one host."""
        return f"https://{self.host}"

    def kept(self) -> dict[str, Any]:
        return {"title": self.title.kept(), "url": self.url}


Asked = Question | Ordering | Matching | Number | Short
ASKED = (Question, Ordering, Matching, Number, Short)
# The same by the name of their kind.
ASKED_KINDS = ("question", "order", "match", "number", "short")
Body = (
    bodies.Body | Audio | Download | Ordering | Matching | Number | Short | Practical | Embed
)  # fmt: skip
LOOKERS = ("lead", "author")


def body_of(kind: str, raw: Mapping[str, Any]) -> Body:
    """The body of a block of any kind, read from a plain dictionary.

    Raises:
        Malformed: something is missing, too long, of another type, or unknown.
    """
    if kind not in _READERS:
        return bodies.body_of(kind, raw)
    known, read = _READERS[kind]
    for name in raw:
        if name not in known:
            raise Malformed(str(name), f"a block of kind {kind} has no such field")
    return read(raw)


# --- Reading ----------------------------------------------------------------------------------


def _words(raw: Mapping[str, Any], field: str, *, needed: bool = False) -> Words:
    return _said(raw.get(field, {}), field, needed=needed)


def _said(given: Any, field: str, *, needed: bool = False, longest: int = LONGEST_LINE) -> Words:
    if not isinstance(given, Mapping) or not set(given) <= {"nl", "en"}:
        raise Malformed(field, "expected a text per language: nl and en")
    told: dict[str, str] = {}
    for language, text in given.items():
        if not isinstance(text, str):
            raise Malformed(field, "expected text")
        told[language] = clean(text)
        if len(told[language]) > longest:
            raise Malformed(field, f"longer than {longest} characters")
    words = Words(**told)
    if needed and not words:
        raise Malformed(field, "needed in at least one language")
    return words


def _listed(raw: Mapping[str, Any], field: str, *, least: int, most: int) -> Sequence[Any]:
    given = raw.get(field, [])
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise Malformed(field, "expected a list")
    if not least <= len(given) <= most:
        raise Malformed(field, f"expected {least} to {most} of them")
    return given


def _told_apart(texts: Sequence[Words], field: str) -> None:
    """Two that read the same in a language cannot be told apart by who reads it."""
    for language in ("nl", "en"):
        said = [text.said_in(language).casefold() for text in texts]
        if len(set(said)) != len(said):
            raise Malformed(field, "two of them read the same")


def _audio(raw: Mapping[str, Any]) -> Audio:
    transcript = _said(raw.get("transcript", {}), "transcript", needed=True, longest=LONGEST_TEXT)
    return Audio(_words(raw, "title", needed=True), transcript)


def _download(raw: Mapping[str, Any]) -> Download:
    name = raw.get("name", "")
    if not isinstance(name, str) or not clean(name) or len(name) > LONGEST_NAME:
        raise Malformed("name", "expected a name of 1 to 200 characters")
    return Download(_words(raw, "title", needed=True), clean(name))


def _ordering(raw: Mapping[str, Any]) -> Ordering:
    given = _listed(raw, "steps", least=2, most=MOST_STEPS)
    steps = tuple(_said(step, "steps", needed=True) for step in given)
    _told_apart(steps, "steps")
    return Ordering(_words(raw, "prompt", needed=True), steps, _words(raw, "why"))


def _matching(raw: Mapping[str, Any]) -> Matching:
    pairs: list[Pair] = []
    for pair in _listed(raw, "pairs", least=2, most=MOST_STEPS):
        if not isinstance(pair, Mapping) or not set(pair) <= {"left", "right"}:
            raise Malformed("pairs", "a pair has left and right")
        left, right = pair.get("left", {}), pair.get("right", {})
        pairs.append(Pair(_said(left, "pairs", needed=True), _said(right, "pairs", needed=True)))
    _told_apart([pair.left for pair in pairs], "pairs")
    _told_apart([pair.right for pair in pairs], "pairs")
    return Matching(_words(raw, "prompt", needed=True), tuple(pairs), _words(raw, "why"))


def number_in(text: str) -> Decimal | None:
    """A number as people write it, with a comma or a point; None where it is none, or endless."""
    told = text.strip().replace("\u2212", "-").replace(",", ".").replace(" ", "")
    if len(told) > 40 or "_" in told:
        return None
    try:
        number = Decimal(told)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= FURTHEST else None


def _number(raw: Mapping[str, Any]) -> Number:
    value, off = _figure(raw, "value"), _figure({"off": "0"} | dict(raw), "off")
    if off < 0:
        raise Malformed("off", "less than nothing")
    unit = _said(raw.get("unit", {}), "unit", longest=40)
    return Number(_words(raw, "prompt", needed=True), value, off, unit, _words(raw, "why"))


def _figure(raw: Mapping[str, Any], field: str) -> Decimal:
    given = raw.get(field)
    fits = isinstance(given, str | int | float | Decimal) and not isinstance(given, bool)
    found = number_in(str(given)) if fits else None
    if found is None:
        raise Malformed(field, "expected a number")
    return found


def _short(raw: Mapping[str, Any]) -> Short:
    accepted: list[str] = []
    for text in _listed(raw, "accepted", least=1, most=MOST_ACCEPTED):
        if not isinstance(text, str) or not folded(clean(text)) or len(text) > LONGEST_SHORT:
            raise Malformed("accepted", "expected words of 1 to 200 characters")
        accepted.append(clean(text))
    return Short(_words(raw, "prompt", needed=True), tuple(accepted), _words(raw, "why"))


def _practical(raw: Mapping[str, Any]) -> Practical:
    looker = raw.get("looker", "lead")
    if not isinstance(looker, str) or looker not in LOOKERS:
        raise Malformed("looker", "expected lead or author")
    prompt = _said(raw.get("prompt", {}), "prompt", needed=True, longest=LONGEST_TEXT)
    return Practical(prompt, looker)


def _embed(raw: Mapping[str, Any]) -> Embed:
    given = raw.get("url", "")
    url = embed_address(given) if isinstance(given, str) else None
    if url is None:
        raise Malformed("url", "expected an address that begins with https://")
    return Embed(_words(raw, "title", needed=True), url)


def embed_address(given: str) -> str | None:
    """The address to show in a frame, from one as people copy it; None where there is none.

    The pages of YouTube and Vimeo become the players of theirs that track least.
    """
    parts = _web_address(given.strip())
    if parts is None:
        return None
    host = (parts.hostname or "").rstrip(".")
    bare = host.removeprefix("www.").removeprefix("m.")
    last = parts.path.rstrip("/").rpartition("/")[2]
    if bare == "youtu.be" and _is_id(last):
        return f"https://www.youtube-nocookie.com/embed/{last}"
    if bare == "youtube.com":
        video = parse_qs(parts.query).get("v", [last])[0]
        if _is_id(video) and video not in {"watch", "playlist"}:
            return f"https://www.youtube-nocookie.com/embed/{video}"
    if bare == "vimeo.com" and last.isascii() and last.isdigit():
        return f"https://player.vimeo.com/video/{last}?dnt=1"
    return parts._replace(netloc=host).geturl()


def _web_address(text: str) -> SplitResult | None:
    """An https address of a host with a name, on its own port, without a password in it."""
    if len(text) > 500 or any(not sign.isprintable() or sign in " \"'<>\\`;," for sign in text):
        return None
    try:
        parts = urlsplit(text)
        plain = parts.port is None and parts.username is None and parts.password is None
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    return parts if plain and parts.scheme == "https" and _is_host(host) else None


def _is_id(text: str) -> bool:
    return 5 <= len(text) <= 20 and all(s.isascii() and (s.isalnum() or s in "-_") for s in text)


def _is_host(host: str) -> bool:
    """A name with a dot in it, and no number of a machine: those may stand in our own cellar."""
    labels = host.split(".")
    fine = all(
        0 < len(part) < 64 and all(s.isascii() and (s.isalnum() or s == "-") for s in part)
        for part in labels
    )
    return fine and len(labels) > 1 and not labels[-1].isdigit()


def host_of(given: str) -> str | None:
    """A host as an organisation lists it, from what someone typed: a name or an address."""
    text = given.strip().lower()
    bare = text.removeprefix("https://").removeprefix("http://").partition("/")[0].rstrip(".")
    return bare if _is_host(bare) else None


_READERS: dict[str, tuple[frozenset[str], Callable[[Mapping[str, Any]], Body]]] = {
    "audio": (frozenset({"title", "transcript"}), _audio),
    "file": (frozenset({"title", "name"}), _download),
    "order": (frozenset({"prompt", "steps", "why"}), _ordering),
    "match": (frozenset({"prompt", "pairs", "why"}), _matching),
    "number": (frozenset({"prompt", "value", "off", "unit", "why"}), _number),
    "short": (frozenset({"prompt", "accepted", "why"}), _short),
    "practical": (frozenset({"prompt", "looker"}), _practical),
    "embed": (frozenset({"title", "url"}), _embed),
}


# --- Answers ----------------------------------------------------------------------------------


def value_of(body: Body, raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """The value of an answer to one of the questions of this file; None for another body.

    Raises:
        Malformed: it is no answer to this block.
    """
    if isinstance(body, Ordering):
        return {"order": _places(raw.get("order"), len(body.steps))}
    if isinstance(body, Matching):
        return {"pairs": _places(raw.get("pairs"), len(body.pairs))}
    if isinstance(body, Number):
        given = raw.get("number")
        number = number_in(given) if isinstance(given, str) else None
        if number is None:
            raise Malformed("number", "expected a number")
        return {"number": str(number)}
    if isinstance(body, Short):
        given = raw.get("short")
        if not isinstance(given, str) or not clean(given) or len(clean(given)) > LONGEST_SHORT:
            raise Malformed("short", "expected 1 to 200 characters")
        return {"short": clean(given)}
    return None


def _places(raw: Any, many: int) -> list[int]:
    """Each of the places once."""
    if not isinstance(raw, list) or not all(type(place) is int for place in raw):
        raise Malformed("places", "expected a list of numbers")
    if sorted(raw) != list(range(many)):
        raise Malformed("places", "expected each of them once")
    return list(raw)


def is_right(body: Asked, value: Mapping[str, Any]) -> bool:
    """Whether a kept answer is right: the whole of it, nothing beside it."""
    if isinstance(body, Question):
        return frozenset(value["chosen"]) == body.right
    if isinstance(body, Ordering):
        return list(value["order"]) == list(range(len(body.steps)))
    if isinstance(body, Matching):
        return list(value["pairs"]) == list(range(len(body.pairs)))
    if isinstance(body, Number):
        return abs(Decimal(value["number"]) - body.value) <= body.off
    return folded(value["short"]) in {folded(text) for text in body.accepted}


def folded(text: str) -> str:
    """Words without what does not matter: capitals, accents, spaces doubled, a full stop after."""
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(sign)
    )
    return " ".join(plain.split()).strip(".,;:!? ")


def shown_order(body: Ordering | Matching) -> tuple[int, ...]:
    """The order in which steps, or what is to be matched, stand on the page.

    Always the same for the same question, so that a page kept on a phone and one fetched today
    agree; never the right one at once: that would be no question.
    """
    many = len(body.steps) if isinstance(body, Ordering) else len(body.pairs)
    told = repr(body.kept()).encode("utf-8", "replace")
    dice = random.Random(hashlib.sha256(told).digest())  # noqa: S311 # a shuffle, no secret
    order = list(range(many))
    dice.shuffle(order)
    if order == list(range(many)):
        order = [*order[1:], order[0]]
    return tuple(order)
