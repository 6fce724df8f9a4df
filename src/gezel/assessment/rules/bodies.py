"""What an item holds, in two languages; what is an answer to it, and when that is right.

`body_of` reads the dictionary that is stored into a frozen object or says at which field something
is wrong. What is sent to someone taking a test is `shown`: options in an order of their own test
and named by their place there. So neither which one is right nor the order in which the author
wrote them ever leaves the server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from gezel.kit.questions import Unfit, clean, number_in

LONGEST_PROMPT = 2_000
LONGEST_LINE = 500
MOST_OPTIONS = 8
KEYS = "abcdefgh"
UNKNOWN: dict[str, Any] = {"unknown": True}
"""The answer "I don't know": it counts as not right, and spares a guess."""


class Malformed(Unfit):
    """Something cannot be kept: `field` is where, `code` is why (the pages have words for it)."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Dutch and English; either may be missing, and then the other is shown."""

    nl: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.nl or self.en)

    def said_in(self, language: str) -> str:
        return (self.nl or self.en) if language.startswith("nl") else (self.en or self.nl)

    def kept(self) -> dict[str, str]:
        return {"nl": self.nl, "en": self.en}


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose; `right` says whether it belongs to the right ones."""

    key: str
    text: Words
    right: bool


@dataclass(frozen=True, slots=True)
class Choose:
    """One of the options is right, or (several) all the right ones and no other."""

    prompt: Words
    options: tuple[Option, ...]
    several: bool
    alt: Words = Words()

    @property
    def right(self) -> frozenset[str]:
        return frozenset(o.key for o in self.options if o.right)

    def kept(self) -> dict[str, Any]:
        options = [{"text": o.text.kept(), "right": o.right} for o in self.options]
        return {"prompt": self.prompt.kept(), "options": options, "alt": self.alt.kept()}


@dataclass(frozen=True, slots=True)
class Order:
    """Things to put in order; they are stored in the right one."""

    prompt: Words
    steps: tuple[Words, ...]
    alt: Words = Words()

    def kept(self) -> dict[str, Any]:
        steps = [s.kept() for s in self.steps]
        return {"prompt": self.prompt.kept(), "steps": steps, "alt": self.alt.kept()}


@dataclass(frozen=True, slots=True)
class Number:
    """A number to find, in a unit; `off` is how far from `value` is still right."""

    prompt: Words
    value: Decimal
    off: Decimal
    unit: Words = Words()
    alt: Words = Words()

    def kept(self) -> dict[str, Any]:
        return {
            "prompt": self.prompt.kept(),
            "value": str(self.value),
            "off": str(self.off),
            "unit": self.unit.kept(),
            "alt": self.alt.kept(),
        }


Body = Choose | Order | Number
FIELDS = {
    "one": {"prompt", "options", "alt"},
    "several": {"prompt", "options", "alt"},
    "order": {"prompt", "steps", "alt"},
    "number": {"prompt", "value", "off", "unit", "alt"},
}
KINDS = tuple(FIELDS)


def body_of(kind: str, raw: Mapping[str, Any]) -> Body:
    """The body of an item of this kind.

    Raises:
        Malformed: something is missing, too long, of another type, unknown, or cannot be answered
            (no right answer, a single thing to order, a number without how far off is right).
    """
    if kind not in FIELDS:
        raise Malformed("kind", "kind")
    for name in raw:
        if name not in FIELDS[kind]:
            raise Malformed(str(name), "unknown")
    prompt = _words(raw, "prompt", LONGEST_PROMPT, needed=True)
    alt = _words(raw, "alt", LONGEST_LINE)
    if kind == "order":
        return Order(prompt, _steps(raw.get("steps", [])), alt)
    if kind == "number":
        value, off = _decimal(raw, "value"), _decimal(raw, "off")
        if off < 0:
            raise Malformed("off", "negative")
        return Number(prompt, value, off, _words(raw, "unit", 40), alt)
    return Choose(prompt, _options(raw.get("options", []), kind), kind == "several", alt)


def _words(raw: Mapping[str, Any], field: str, longest: int, *, needed: bool = False) -> Words:
    return _said(raw.get(field, {}), field, longest, needed=needed)


def _said(given: Any, field: str, longest: int, *, needed: bool = False) -> Words:
    if not isinstance(given, Mapping) or set(given) - {"nl", "en"}:
        raise Malformed(field, "type")
    told: dict[str, str] = {}
    for language, text in given.items():
        if not isinstance(text, str):
            raise Malformed(field, "type")
        told[language] = clean(text)
        if len(told[language]) > longest:
            raise Malformed(field, "long")
    words = Words(**told)
    if needed and not words:
        raise Malformed(field, "missing")
    return words


def _options(given: Any, kind: str) -> tuple[Option, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise Malformed("options", "type")
    if len(given) < 2:
        raise Malformed("options", "two_options")
    if len(given) > MOST_OPTIONS:
        raise Malformed("options", "many")
    told: list[Option] = []
    for key, raw in zip(KEYS, given, strict=False):
        if not isinstance(raw, Mapping) or not isinstance(raw.get("right", False), bool):
            raise Malformed("options", "type")
        text = _said(raw.get("text", {}), "options", LONGEST_LINE, needed=True)
        told.append(Option(key, text, raw.get("right", False)))
    _told_apart([o.text for o in told], "options")
    right = sum(o.right for o in told)
    if not right:
        raise Malformed("options", "none_right")
    if kind == "one" and right > 1:
        raise Malformed("options", "one_right")
    return tuple(told)


def _steps(given: Any) -> tuple[Words, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise Malformed("steps", "type")
    if len(given) < 2:
        raise Malformed("steps", "two_steps")
    if len(given) > MOST_OPTIONS:
        raise Malformed("steps", "many")
    told = tuple(_said(raw, "steps", LONGEST_LINE, needed=True) for raw in given)
    _told_apart(told, "steps")
    return told


def _told_apart(texts: Sequence[Words], field: str) -> None:
    """Two options that read the same in a language cannot both be answered there."""
    for language in ("nl", "en"):
        said = [t.said_in(language).casefold() for t in texts]
        if len(set(said)) != len(said):
            raise Malformed(field, "twice")


def _decimal(raw: Mapping[str, Any], field: str) -> Decimal:
    given = raw.get(field)
    if given is None or given == "":
        raise Malformed(field, "missing")
    number = number_in(str(given))
    if number is None:
        raise Malformed(field, "number")
    return number


def kept_as(kind: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of an item read from a file, as it is kept; the `Check` of `kit.questions`.

    Why an answer is right is left out: a test shows no answers afterwards.

    Raises:
        Malformed: see `body_of`.
    """
    return body_of(kind, {name: raw[name] for name in raw if name != "why"}).kept()


# --- What someone sees, and what they answer -----------------------------------------------------


def places(body: Body, seed: int, key: int) -> tuple[int, ...]:
    """In which order options or steps stand on the page of one test: shuffled, always the same.

    Steps never stand in the right order at once: that would be no question.
    """
    many = len(body.options) if isinstance(body, Choose) else (
        len(body.steps) if isinstance(body, Order) else 0
    )  # fmt: skip
    dice = np.random.default_rng([seed, key, 7])
    order = tuple(int(i) for i in dice.permutation(many))
    if isinstance(body, Order) and order == tuple(range(many)):
        order = (*order[1:], order[0])
    return order


@dataclass(frozen=True, slots=True)
class Line:
    """An option or step on the page: its place there, and its words."""

    place: int
    text: Words


def lines(body: Body, order: Sequence[int]) -> tuple[Line, ...]:
    """What there is to choose from or to order, as it stands on the page."""
    texts = [o.text for o in body.options] if isinstance(body, Choose) else (
        list(body.steps) if isinstance(body, Order) else []
    )  # fmt: skip
    return tuple(Line(place, texts[i]) for place, i in enumerate(order))


def value_of(body: Body, raw: Any, order: Sequence[int]) -> dict[str, Any]:
    """An answer as it is kept, from places on the page back to what they stand for.

    Raises:
        Malformed: it is no answer to this item.
    """
    if not isinstance(raw, Mapping):
        raise Malformed("value", "type")
    if raw.get("unknown") is True:
        return dict(UNKNOWN)
    if isinstance(body, Number):
        number = number_in(raw["number"]) if isinstance(raw.get("number"), str) else None
        if number is None:
            raise Malformed("value", "number")
        return {"number": str(number)}
    given = raw.get("places")
    if not isinstance(given, list) or not all(type(p) is int for p in given):
        raise Malformed("value", "type")
    if any(not 0 <= p < len(order) for p in given) or len(set(given)) != len(given):
        raise Malformed("value", "type")
    meant = [order[p] for p in given]
    if isinstance(body, Order):
        if len(meant) != len(order):
            raise Malformed("value", "all_steps")
        return {"order": meant}
    if not meant:
        raise Malformed("value", "missing")
    if not body.several and len(meant) > 1:
        raise Malformed("value", "type")
    return {"chosen": sorted(KEYS[i] for i in meant)}


def is_right(body: Body, value: Mapping[str, Any]) -> bool:
    """Whether a kept answer is right: the whole of it, nothing beside it."""
    if value.get("unknown"):
        return False
    if isinstance(body, Number):
        return abs(Decimal(value["number"]) - body.value) <= body.off
    if isinstance(body, Order):
        return list(value["order"]) == list(range(len(body.steps)))
    return frozenset(value["chosen"]) == body.right
