"""What must be done before a unit of SCORM 1.2 opens: its prerequisites, in aicc_script.

    A34 & (A36 | A37)          done: passed or completed
    S1 = "passed" & ~S2        a status by name, or by its first letter; not
    2*{A34, A36, A37} | B1     two or more of these

Source: ADL SCORM 1.2 Content Aggregation Model (2001) 2.3.5.4, and AICC CMI001 6.0. First what is
in brackets, then "~", then "=" and "<>", then "&", then "|".
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

STATUSES = ("passed", "completed", "failed", "incomplete", "browsed", "not attempted")
_BY_LETTER = {word[0]: word for word in STATUSES} | {"complete": "completed"}
_DONE = frozenset({"passed", "completed"})
_SIGN = re.compile(
    r'\s*(?:(?P<several>\d+)\s*\*\s*\{|(?P<sign><>|[&|~=(){},])|"(?P<word>[^"]*)"'
    r'|(?P<name>[^\s&|~=<>(){},"]+))'
)
# A script deeper than this was not written by people.
_DEEPEST = 50

StatusOf = Callable[[str], str]
Holds = Callable[[StatusOf], bool]


class Unreadable(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """It is no aicc_script, or it names what is not in the course."""


@dataclass(frozen=True, slots=True)
class _Sign:
    kind: str
    text: str


def read(script: str, names: frozenset[str]) -> Holds:
    """What a script asks, as a function of how each item stands.

    Args:
        names: the items of the course.

    Raises:
        Unreadable: nothing can be made of it.
    """
    reading = _Reading(list(_signs(script)), names)
    asked = reading.either(0)
    if reading.signs:
        raise Unreadable(script)
    return asked


def _signs(script: str) -> Iterator[_Sign]:
    at, script = 0, script.strip()
    while at < len(script):
        found = _SIGN.match(script, at)
        if found is None or found.lastgroup is None:
            raise Unreadable(script)
        yield _Sign(found.lastgroup, found[found.lastgroup])
        at = found.end()


class _Reading:
    """Reads from the front of `signs`, one level of what binds to the next."""

    def __init__(self, signs: list[_Sign], names: frozenset[str]) -> None:
        self.signs, self.names = signs, names

    def _takes(self, sign: str) -> bool:
        if self.signs and self.signs[0] == _Sign("sign", sign):
            self.signs.pop(0)
            return True
        return False

    def _next(self) -> _Sign:
        if not self.signs:
            raise Unreadable("end")
        return self.signs.pop(0)

    def either(self, depth: int) -> Holds:
        parts = [self._both(depth)]
        while self._takes("|"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else lambda of: any(part(of) for part in parts)

    def _both(self, depth: int) -> Holds:
        parts = [self._one(depth)]
        while self._takes("&"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else lambda of: all(part(of) for part in parts)

    def _one(self, depth: int) -> Holds:
        if depth > _DEEPEST:
            raise Unreadable("deep")
        if self._takes("~"):
            inner = self._one(depth + 1)
            return lambda of: not inner(of)
        if self._takes("("):
            inner = self.either(depth + 1)
            if not self._takes(")"):
                raise Unreadable("(")
            return inner
        sign = self._next()
        if sign.kind == "several":
            return self._several(int(sign.text), depth)
        if sign.kind != "name" or sign.text not in self.names:
            raise Unreadable(sign.text)
        return self._status(sign.text)

    def _status(self, name: str) -> Holds:
        same = self._takes("=")
        if not same and not self._takes("<>"):
            return lambda of: of(name) in _DONE
        word = self._next()
        if word.kind not in {"word", "name"}:
            raise Unreadable(word.text)
        asked = word.text.strip().lower()
        asked = _BY_LETTER.get(asked, asked)
        if asked not in STATUSES:
            raise Unreadable(word.text)
        return lambda of: (of(name) == asked) is same

    def _several(self, least: int, depth: int) -> Holds:
        parts = [self.either(depth + 1)]
        while self._takes(","):
            parts.append(self.either(depth + 1))
        if not self._takes("}"):
            raise Unreadable("{")
        return lambda of: sum(part(of) for part in parts) >= least


def open_units(
    asked: Mapping[str, str], children: Mapping[str, Sequence[str]], status: Mapping[str, str]
) -> set[str]:
    """The units that may be opened now.

    A unit is shut as long as what it, or anything it lies in, asks does not hold. What cannot be
    read asks nothing. Where all that is not done is shut, its maker shut everyone in: then
    everything is open.

    Args:
        asked: the script of each item that has one.
        children: what lies in what, for each item that is no unit.
        status: how each unit stands.
    """
    names = frozenset(status) | frozenset(children)

    @cache
    def stands(name: str) -> str:
        if name in status:
            return status[name]
        below = {stands(child) for child in children.get(name, ())}
        if below <= _DONE:
            return "passed" if below == {"passed"} else "completed"
        return "not attempted" if below == {"not attempted"} else "incomplete"

    def holds(name: str) -> bool:
        try:
            return read(asked[name], names)(stands) if asked.get(name) else True
        except Unreadable:
            return True

    over = {child: name for name, below in children.items() for child in below}

    @cache
    def is_open(name: str | None) -> bool:
        return name is None or (holds(name) and is_open(over.get(name)))

    found = {name for name in status if is_open(name)}
    to_do = {name for name, one in status.items() if one not in _DONE}
    return found if not to_do or found & to_do else set(status)
