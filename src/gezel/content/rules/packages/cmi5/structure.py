"""The course structure of a cmi5 course: what cmi5.xml may hold, and what it says.

The rules are those of cmi5 "Quartz", sections 3 and 13, with its schema CourseStructure.xsd. They
are written out here rather than handed to a schema checker, so that whoever made the course reads
what is wrong and on which line, and not what an automaton expected.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from gezel.content.rules.packages import PackageRefused
from gezel.content.rules.packages.cmi5.addresses import is_whole_iri

NAME = "cmi5.xml"
NAMESPACE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
_HERE = f"{{{NAMESPACE}}}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_SPACE = " \t\r\n"

MOVE_ON = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
LAUNCH_METHODS = ("AnyWindow", "OwnWindow")

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AssignableUnit:
    """One thing that can be launched; `line` is where it stands in the file."""

    identifier: str
    title: Words
    description: Words
    url: str
    move_on: str = "NotApplicable"
    mastery_score: float | None = None
    launch_method: str = "AnyWindow"
    activity_type: str = ""
    launch_parameters: str | None = None
    entitlement_key: str | None = None
    objectives: Sequence[str] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Units, and blocks, that belong together."""

    identifier: str
    title: Words
    description: Words
    children: Sequence["Block | AssignableUnit"]
    objectives: Sequence[str] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """A whole course. `foreign` maps each namespace of others to where its schema is said to be
    (None: not said), with the line where it is first used."""

    identifier: str
    title: Words
    description: Words
    children: Sequence[Block | AssignableUnit]
    objectives: Mapping[str, Words] = field(default_factory=dict)
    foreign: Mapping[str, tuple[str | None, int]] = field(default_factory=dict)
    warnings: Sequence[str] = ()

    def units(self) -> Iterator[AssignableUnit]:
        """All units, in the order in which they stand."""
        return _units(self.children)


def _units(children: Sequence[Block | AssignableUnit]) -> Iterator[AssignableUnit]:
    for child in children:
        if isinstance(child, AssignableUnit):
            yield child
        else:
            yield from _units(child.children)


def read_structure(root: etree._Element) -> Course:
    """What a course structure says.

    Args:
        root: of cmi5.xml, read by `kit.markup`.

    Raises:
        PackageRefused: it is not what the specification allows; the place has the line.
    """
    return _Reading(root).course()


def _line(element: etree._Element) -> int:
    line: Any = element.sourceline
    return int(line or 0)


def _place(element: etree._Element) -> str:
    line = _line(element)
    return f"{NAME}:{line}" if line else NAME


def _short(element: etree._Element) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == NAMESPACE else str(element.tag)


class _Children:
    """The elements in an element, taken one by one in the order that the schema asks."""

    def __init__(self, parent: etree._Element) -> None:
        self.parent = parent
        self.rest = list(parent)
        texts = [parent.text, *(child.tail for child in self.rest)]
        if any(text and text.strip(_SPACE) for text in texts):
            raise PackageRefused("cmi5_text", _place(parent), element=_short(parent))

    def one(self, name: str, *, needed: bool = True) -> etree._Element | None:
        """The next element, if it has this name."""
        if self.rest and self.rest[0].tag == _HERE + name:
            return self.rest.pop(0)
        if needed:
            code = "cmi5_missing" if not self._holds(name) else "cmi5_order"
            raise PackageRefused(code, _place(self.parent), element=_short(self.parent), name=name)
        return None

    def must(self, name: str) -> etree._Element:
        """The next element, which has this name."""
        found = self.one(name)
        assert found is not None  # noqa: S101 - for the type checker; `one` has refused
        return found

    def many(self, *names: str) -> list[etree._Element]:
        """At least one element with one of these names."""
        wanted = {_HERE + name for name in names}
        found = []
        while self.rest and self.rest[0].tag in wanted:
            found.append(self.rest.pop(0))
        if not found:
            raise PackageRefused(
                "cmi5_missing",
                _place(self.parent),
                element=_short(self.parent),
                name=" / ".join(names),
            )
        return found

    def others(self) -> list[etree._Element]:
        """What is left: only elements of others' namespaces may be."""
        for child in self.rest:
            space = etree.QName(child).namespace
            if space in {None, "", NAMESPACE}:
                raise PackageRefused(
                    "cmi5_element", _place(child), element=_short(self.parent), name=_short(child)
                )
        return self.rest

    def _holds(self, name: str) -> bool:
        return any(child.tag == _HERE + name for child in self.rest)


class _Reading:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.seen: dict[str, str] = {}
        self.foreign: dict[str, tuple[str | None, int]] = {}
        self.warnings: set[str] = set()
        self.schemas = dict(_schemas(root))

    def course(self) -> Course:
        root = self.root
        if root.tag != f"{_HERE}courseStructure":
            if etree.QName(root).localname == "courseStructure":
                raise PackageRefused("cmi5_namespace", _place(root), namespace=NAMESPACE)
            raise PackageRefused("cmi5_root", _place(root), name=_short(root))
        self._attributes(root)
        inside = _Children(root)
        head = inside.must("course")
        identifier, title, description = self._head(head, "course")
        listed = inside.one("objectives", needed=False)
        objectives = self._objectives(listed) if listed is not None else {}
        children = self._all(inside)
        self._note(inside.others())
        course = Course(
            identifier=identifier,
            title=title,
            description=description,
            children=children,
            objectives=objectives,
            foreign=self.foreign,
        )
        self._warn(course)
        return Course(
            identifier, title, description, children, objectives, self.foreign,
            tuple(sorted(self.warnings)),
        )  # fmt: skip

    def _head(self, element: etree._Element, kind: str) -> tuple[str, Words, Words]:
        """A course: its id, title and description, and nothing else of ours."""
        self._attributes(element, "id")
        identifier = self._identifier(element, kind)
        inside = _Children(element)
        title = self._words(inside.must("title"))
        description = self._words(inside.must("description"))
        self._note(inside.others())
        return identifier, title, description

    def _all(self, inside: _Children) -> tuple[Block | AssignableUnit, ...]:
        return tuple(
            self._unit(child) if child.tag == f"{_HERE}au" else self._block(child)
            for child in inside.many("au", "block")
        )

    def _block(self, element: etree._Element) -> Block:
        self._attributes(element, "id")
        identifier = self._identifier(element, "block")
        inside = _Children(element)
        title = self._words(inside.must("title"))
        description = self._words(inside.must("description"))
        objectives = self._references(inside.one("objectives", needed=False))
        children = self._all(inside)
        self._note(inside.others())
        return Block(identifier, title, description, children, objectives, _line(element))

    def _unit(self, element: etree._Element) -> AssignableUnit:
        self._attributes(element, "id", "moveOn", "masteryScore", "launchMethod", "activityType")
        identifier = self._identifier(element, "au")
        inside = _Children(element)
        title = self._words(inside.must("title"))
        description = self._words(inside.must("description"))
        objectives = self._references(inside.one("objectives", needed=False))
        url = self._url(inside.must("url"))
        parameters = inside.one("launchParameters", needed=False)
        key = inside.one("entitlementKey", needed=False)
        self._note(inside.others())
        return AssignableUnit(
            identifier=identifier,
            title=title,
            description=description,
            url=url,
            move_on=_choice(element, "moveOn", MOVE_ON),
            mastery_score=_mastery(element),
            launch_method=_choice(element, "launchMethod", LAUNCH_METHODS),
            activity_type=element.get("activityType", "").strip(_SPACE),
            launch_parameters=_free_text(parameters),
            entitlement_key=_free_text(key),
            objectives=objectives,
            line=_line(element),
        )

    def _identifier(self, element: etree._Element, kind: str) -> str:
        """The id of a course, block, unit or objective: a whole IRI that nothing else here has."""
        said = element.get("id")
        if said is None:
            raise PackageRefused("cmi5_no_id", _place(element), element=_short(element))
        identifier = said.strip(_SPACE)
        if not is_whole_iri(identifier):
            raise PackageRefused(
                "cmi5_iri", _place(element), element=_short(element), value=identifier
            )
        # A course of one unit often bears the unit's own id; nobody is misled by that.
        if self.seen.get(identifier, "course") != "course":
            raise PackageRefused("cmi5_twice", _place(element), value=identifier)
        self.seen[identifier] = kind
        return identifier

    def _objectives(self, element: etree._Element) -> dict[str, Words]:
        self._attributes(element)
        inside = _Children(element)
        found: dict[str, Words] = {}
        for objective in inside.many("objective"):
            self._attributes(objective, "id", others=False)
            identifier = self._identifier(objective, "objective")
            # The one place where title and description may stand in either order.
            parts = _Children(objective)
            first = parts.rest[0].tag if parts.rest else ""
            names = ("title", "description")
            ordered = names if first == f"{_HERE}title" else names[::-1]
            if first != _HERE + ordered[0]:
                parts.must("title")
            words = {name: self._words(parts.must(name)) for name in ordered}
            if parts.rest:
                extra = parts.rest[0]
                raise PackageRefused(
                    "cmi5_element", _place(extra), element="objective", name=_short(extra)
                )
            found[identifier] = words["title"]
        self._note(inside.others())
        return found

    def _references(self, element: etree._Element | None) -> tuple[str, ...]:
        if element is None:
            return ()
        self._attributes(element)
        inside = _Children(element)
        found = []
        for objective in inside.many("objective"):
            self._attributes(objective, "idref", others=False)
            if len(objective) or objective.text:
                raise PackageRefused("cmi5_text", _place(objective), element="objective")
            said = objective.get("idref")
            if said is None:
                self.warnings.add("cmi5_objective_unknown")
                continue
            identifier = said.strip(_SPACE)
            if not is_whole_iri(identifier):
                raise PackageRefused(
                    "cmi5_iri", _place(objective), element="objective", value=identifier
                )
            found.append(identifier)
        self._note(inside.others())
        return tuple(found)

    def _words(self, element: etree._Element) -> Words:
        """A text per language; one without a language stands under the empty name."""
        self._attributes(element)
        inside = _Children(element)
        found: dict[str, str] = {}
        for string in inside.many("langstring"):
            self._attributes(string, "lang")
            if len(string):
                raise PackageRefused(
                    "cmi5_element", _place(string), element="langstring", name=_short(string[0])
                )
            language = string.get("lang", "").strip(_SPACE)
            if "lang" in string.attrib and not _LANGUAGE.fullmatch(language):
                raise PackageRefused("cmi5_language", _place(string), value=language)
            found.setdefault(language, (string.text or "").strip())
        self._note(inside.others())
        return found

    def _url(self, element: etree._Element) -> str:
        self._attributes(element, others=False)
        if len(element):
            raise PackageRefused(
                "cmi5_element", _place(element), element="url", name=_short(element[0])
            )
        url = (element.text or "").strip(_SPACE)
        if not url:
            raise PackageRefused("cmi5_no_url", _place(element))
        return url

    def _attributes(self, element: etree._Element, *allowed: str, others: bool = True) -> None:
        """Refuse attributes we do not know; those of others' namespaces may be, mostly."""
        for name in element.attrib:
            said = str(name)
            if said in allowed or said in {
                f"{_XSI}schemaLocation",
                f"{_XSI}noNamespaceSchemaLocation",
            }:
                continue
            foreign = said.startswith("{") and not said.startswith((_HERE, _XSI))
            if not (others and foreign):
                raise PackageRefused(
                    "cmi5_attribute", _place(element), element=_short(element), name=said
                )

    def _note(self, others: Sequence[etree._Element]) -> None:
        for element in others:
            space = etree.QName(element).namespace or ""
            self.foreign.setdefault(space, (self.schemas.get(space), _line(element)))

    def _warn(self, course: Course) -> None:
        for holder in _holders(course.children):
            if any(reference not in course.objectives for reference in holder.objectives):
                self.warnings.add("cmi5_objective_unknown")
            kind = holder.activity_type if isinstance(holder, AssignableUnit) else ""
            if kind and not is_whole_iri(kind):
                self.warnings.add("cmi5_activity_type")


def _holders(children: Sequence[Block | AssignableUnit]) -> Iterator[Block | AssignableUnit]:
    for child in children:
        yield child
        if isinstance(child, Block):
            yield from _holders(child.children)


def _schemas(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Which schema is said to describe which namespace, anywhere in the document."""
    for element in root.iter():
        words = element.get(f"{_XSI}schemaLocation", "").split()
        yield from zip(words[::2], words[1::2], strict=False)


def _choice(element: etree._Element, name: str, allowed: Sequence[str]) -> str:
    said = element.get(name)
    if said is None:
        return allowed[0]
    if said not in allowed:
        raise PackageRefused(
            "cmi5_choice", _place(element), name=name, value=said, allowed=", ".join(allowed)
        )
    return said


def _mastery(element: etree._Element) -> float | None:
    said = element.get("masteryScore")
    if said is None:
        return None
    text = said.strip(_SPACE)
    if not _DECIMAL.fullmatch(text) or not 0 <= Decimal(text) <= 1:
        raise PackageRefused("cmi5_mastery", _place(element), value=said)
    return float(Decimal(text))


def _free_text(element: etree._Element | None) -> str | None:
    """The text in an element in which the schema allows anything; None where it is not there."""
    return None if element is None else "".join(map(str, element.itertext())).strip()
