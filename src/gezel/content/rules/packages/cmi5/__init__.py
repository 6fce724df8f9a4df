"""Reading a cmi5 course: a ZIP archive with cmi5.xml at its root, or that file alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gezel.content.rules.packages import Manifest, PackageRefused, Unit
from gezel.content.rules.packages.cmi5.addresses import (
    check_address,
    file_of,
    is_elsewhere,
    is_whole_iri,
    local_twin,
)
from gezel.content.rules.packages.cmi5.structure import (
    NAME,
    AssignableUnit,
    Block,
    Course,
    Words,
    read_structure,
)
from gezel.kit.markup import LARGEST, MarkupRefused, read_xml

_LARGEST_SCHEMA = 1 << 20
_MOST_SCHEMAS = 50


class Cmi5Reader:
    """cmi5 "Quartz" (sections 13 and 14 of the specification)."""

    def claims(self, names: Sequence[str]) -> bool:
        """A course structure at the root; or somewhere, where no other manifest is."""
        if NAME in names:
            return True
        lower = {name.lower() for name in names}
        return "imsmanifest.xml" not in lower and any(
            name.rsplit("/", 1)[-1] == NAME for name in lower
        )

    def read(self, folder: Path, names: Sequence[str]) -> Manifest:
        """What its course structure says; see `PackageRefused` for when it is not taken in."""
        if NAME not in names:
            found = next(name for name in names if name.lower().rsplit("/", 1)[-1] == NAME)
            raise PackageRefused("cmi5_not_at_root", found, name=NAME)
        path = folder / NAME
        if path.stat().st_size > LARGEST:
            raise PackageRefused("xml_size", NAME)
        course = structure_of(path.read_bytes())
        alone = list(names) == [NAME]
        _check_addresses(course, None if alone else names)
        _check_schemas(course, folder, names)
        return _manifest(course)


def structure_of(data: bytes) -> Course:
    """The course structure in a file.

    Raises:
        PackageRefused: it cannot be read, or is not what the specification allows.
    """
    try:
        root = read_xml(data)
    except MarkupRefused as refused:
        place = f"{NAME}:{refused.line}" if refused.line else NAME
        raise PackageRefused(f"xml_{refused.why}", place) from refused
    return read_structure(root)


def _check_addresses(course: Course, names: Sequence[str] | None) -> None:
    files = None if names is None else frozenset(names)
    used = set()
    for unit in course.units():
        check_address(unit.url, files, f"{NAME}:{unit.line}")
        if not is_elsewhere(unit.url):
            used.add(file_of(unit.url))
    for unit in course.units():
        # A file that travels along and is opened at another host all the same: the package and
        # what is played would drift apart (14.1.0.0-3).
        if files and is_elsewhere(unit.url):
            twin = local_twin(unit.url, files)
            if twin and twin not in used:
                raise PackageRefused(
                    "cmi5_url_packed", f"{NAME}:{unit.line}", url=unit.url, name=twin
                )


def _check_schemas(course: Course, folder: Path, names: Sequence[str]) -> None:
    """Elements of others are welcome with the schema that describes them (13.1.5.0-1)."""
    missing = {}
    for space, (location, line) in course.foreign.items():
        if location is None or not (is_whole_iri(location) or location in names):
            missing[space] = line
    if not missing:
        return
    for name in [name for name in names if name.lower().endswith(".xsd")][:_MOST_SCHEMAS]:
        missing.pop(_described_by(folder / name), None)
    for space, line in missing.items():
        raise PackageRefused("cmi5_no_schema", f"{NAME}:{line}", namespace=space)


def _described_by(path: Path) -> str:
    if path.stat().st_size > _LARGEST_SCHEMA:
        return ""
    try:
        root = read_xml(path.read_bytes())
    except MarkupRefused:
        return ""
    return str(root.get("targetNamespace") or "")


def _manifest(course: Course) -> Manifest:
    units = [_unit(unit, number) for number, unit in enumerate(course.units())]
    places = {unit.identifier: number for number, unit in enumerate(course.units())}
    languages = dict.fromkeys(
        language
        for words in (course.title, *(unit.title for unit in course.units()))
        for language in words
        if language
    )
    return Manifest(
        form="cmi5",
        title=in_words(course.title) or course.identifier,
        units=units,
        languages=tuple(languages),
        warnings=course.warnings,
        extra={
            "course": {
                "id": course.identifier,
                "title": dict(course.title),
                "description": dict(course.description),
            },
            "tree": [_node(child, places) for child in course.children],
            "objectives": {key: dict(words) for key, words in course.objectives.items()},
        },
    )


def _unit(unit: AssignableUnit, number: int) -> Unit:
    # An IRI may be longer than a name of ours; it is told to systems, and kept, as `extra["id"]`.
    return Unit(
        identifier=f"au{number}",
        title=in_words(unit.title) or unit.identifier,
        path=unit.url,
        extra={
            "id": unit.identifier,
            "title": dict(unit.title),
            "description": dict(unit.description),
            "move_on": unit.move_on,
            "mastery_score": unit.mastery_score,
            "launch_method": unit.launch_method,
            "activity_type": unit.activity_type if is_whole_iri(unit.activity_type) else "",
            "launch_parameters": unit.launch_parameters,
            "entitlement_key": unit.entitlement_key,
            "objectives": list(unit.objectives),
        },
    )


def _node(child: Block | AssignableUnit, places: dict[str, int]) -> dict[str, Any]:
    """A unit by its number in the list of units; a block with what is in it."""
    if isinstance(child, AssignableUnit):
        return {"unit": places[child.identifier]}
    return {
        "id": child.identifier,
        "title": dict(child.title),
        "description": dict(child.description),
        "objectives": list(child.objectives),
        "children": [_node(one, places) for one in child.children],
    }


def in_words(words: Words, language: str = "") -> str:
    """A text in one language: the one asked, then Dutch, English, or what there is."""
    for wanted in filter(None, (language, "nl", "en")):
        for tag, text in words.items():
            if text and tag.lower().split("-")[0] == wanted:
                return text
    return next(filter(None, words.values()), "")
