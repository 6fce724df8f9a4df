"""Reading SCORM: what stands in `imsmanifest.xml`, for 1.2 and 2004 (2nd to 4th edition).

Sources: ADL SCORM 1.2 Content Aggregation Model (2001); ADL SCORM 2004 4th Edition Content
Aggregation Model 1.1 (2009), chapters 3 and 5; IMS Content Packaging 1.1.4.

Of the activity tree everything that says something about sequencing is kept, see
`sequencing.definitions`, so that the manifest need not be read again to play.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from gezel.content.rules.packages import Manifest, PackageRefused, Unit, prerequisites
from gezel.content.rules.packages.sequencing.definitions import sequencing_of
from gezel.kit.markup import MarkupRefused, read_xml

NAME = "imsmanifest.xml"
# An activity tree deeper or wider than this was not made by people.
DEEPEST = 50
MOST_ITEMS = 5_000
MOST_WARNINGS = 30
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_CLOCK12 = re.compile(r"\d{2,4}:\d{2}:\d{2}(\.\d{1,2})?")
_ACTION12 = re.compile(r"(exit|continue),(no )?message")
_2004 = re.compile(r"2004|cam\s*1\.3|1\.3", re.IGNORECASE)


class Scorm:
    """Reads SCORM packages."""

    def claims(self, names: Sequence[str]) -> bool:
        """A manifest at the top, or one lower down that someone meant to be at the top."""
        return any(name.rpartition("/")[2].lower() == NAME for name in names)

    def read(self, folder: Path, names: Sequence[str]) -> Manifest:
        """What its manifest says.

        Raises:
            PackageRefused: it cannot be played; see `content.words`.
        """
        root = _root(folder, names)
        return _Reading(root, names).manifest()


def _root(folder: Path, names: Sequence[str]) -> etree._Element:
    if NAME not in names:
        found = min(
            (name for name in names if name.rpartition("/")[2].lower() == NAME),
            key=lambda name: (name.count("/"), name),
        )
        if "/" not in found:
            raise PackageRefused("manifest_capitals", found)
        raise PackageRefused("manifest_in_folder", found, folder=found.rpartition("/")[0])
    try:
        root = read_xml((folder / NAME).read_bytes())
    except MarkupRefused as refused:
        place = f"{NAME}:{refused.line}" if refused.line else NAME
        raise PackageRefused(f"xml_{refused.why}", place) from refused
    if local(root) != "manifest":
        raise PackageRefused("no_manifest", NAME)
    if "imsccv" in str(root.nsmap.get(None, "")) or "/imscc/" in str(root.nsmap.get(None, "")):
        raise PackageRefused("common_cartridge", NAME)
    return root


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The children of that name, in whatever namespace its maker put them."""
    return (child for child in element if isinstance(child.tag, str) and local(child) == name)


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that name."""
    return None if element is None else next(children(element, name), None)


def text(element: etree._Element | None) -> str:
    """Its words, with white space made one."""
    return (
        ""
        if element is None
        else " ".join("".join(str(part) for part in element.itertext()).split())
    )


def attribute(element: etree._Element, name: str) -> str:
    """An attribute by its local name: makers differ in namespace and in capitals (scormtype)."""
    for key, value in element.attrib.items():
        if etree.QName(key).localname.lower() == name.lower():
            return str(value).strip()
    return ""


class _Reading:
    """One manifest being read."""

    def __init__(self, root: etree._Element, names: Sequence[str]) -> None:
        self.root = root
        self.names = set(names)
        self.folded = {name.casefold(): name for name in names}
        self.warnings: list[dict[str, Any]] = []
        self.is_2004 = self._is_2004()
        self.resources: dict[str, etree._Element] = {}
        self.units: list[Unit] = []
        self.items = 0
        self.seen: set[str] = set()

    def manifest(self) -> Manifest:
        self._look_for_submanifests()
        resources = child(self.root, "resources")
        self.base = _joined(self.root.get(_XML_BASE, ""), "")
        if resources is not None:
            self.base = _joined(self.base, resources.get(_XML_BASE, ""))
            for resource in children(resources, "resource"):
                self.resources.setdefault(attribute(resource, "identifier"), resource)
        organization = self._organization()
        self.collection = {
            attribute(one, "ID"): one
            for group in children(self.root, "sequencingCollection")
            for one in children(group, "sequencing")
        }
        tree = self._activity(organization, depth=0)
        if not self.is_2004:
            self._look_at_prerequisites(tree)
        if not self.units:
            raise PackageRefused("nothing_to_play", NAME)
        self._look_for_missing_files()
        title = text(child(organization, "title")) or self._general_title() or self.units[0].title
        return Manifest(
            form="scorm2004" if self.is_2004 else "scorm12",
            title=title[:250],
            units=self.units,
            languages=self._languages(),
            minutes=self._minutes(),
            warnings=self.warnings[:MOST_WARNINGS],  # type: ignore[arg-type] # codes with their place
            extra={
                "tree": tree,
                "global": attribute(organization, "objectivesGlobalToSystem").lower() != "false",
                "shared_global": attribute(organization, "sharedDataGlobalToSystem").lower()
                != "false",
                "organization": attribute(organization, "identifier"),
                "package": attribute(self.root, "identifier"),
            },
        )

    def warn(self, why: str, place: str, **detail: object) -> None:
        told = {"why": why, "place": place, **detail}
        if told not in self.warnings:
            self.warnings.append(told)

    def _is_2004(self) -> bool:
        metadata = child(self.root, "metadata")
        version = text(child(metadata, "schemaversion"))
        spaces = " ".join(
            str(space) for element in self.root.iter() for space in element.nsmap.values()
            if element is self.root or element.nsmap != self.root.nsmap
        )  # fmt: skip
        if version.strip() == "1.2":
            return False
        if _2004.search(version):
            return True
        return "adlcp_v1p3" in spaces or "imsss" in spaces

    def _look_for_submanifests(self) -> None:
        if child(self.root, "manifest") is not None:
            self.warn("submanifest", NAME)

    def _organization(self) -> etree._Element:
        """The organisation to play: the one the manifest calls default, else the first."""
        organizations = child(self.root, "organizations")
        there = [] if organizations is None else list(children(organizations, "organization"))
        if organizations is None or not there:
            raise PackageRefused("no_organization", NAME)
        default = attribute(organizations, "default")
        if len(there) > 1:
            self.warn("more_organizations", NAME, number=len(there))
        for organization in there:
            if attribute(organization, "identifier") == default:
                return organization
        if default:
            self.warn("default_organization", NAME, name=default)
        return there[0]

    def _activity(self, element: etree._Element, *, depth: int) -> dict[str, Any]:
        self.items += 1
        if depth > DEEPEST or self.items > MOST_ITEMS:
            raise PackageRefused("too_many_items", NAME)
        identifier = attribute(element, "identifier")[:255]
        if not identifier or identifier in self.seen:
            if identifier:
                self.warn("identifier_twice", NAME, name=identifier)
            identifier = f"{identifier[:230]}#{self.items}"
        self.seen.add(identifier)
        title = text(child(element, "title"))[:250]
        below = [self._activity(item, depth=depth + 1) for item in children(element, "item")]
        told: dict[str, Any] = {
            "id": identifier,
            "title": title,
            "visible": attribute(element, "isvisible").lower() != "false",
            "children": below,
        }
        if self.is_2004:
            told |= sequencing_of(element, self.collection)
        else:
            told["rules12"] = self._rules12(element)
        reference = attribute(element, "identifierref")
        if reference and not below:
            told["unit"] = self._unit(element, told, reference, depth)
        elif reference:
            self.warn("item_with_both", NAME, name=identifier)
        elif depth and not below:
            self.warn("empty_item", NAME, name=title or identifier)
        return told

    def _unit(
        self, element: etree._Element, told: Mapping[str, Any], reference: str, depth: int
    ) -> bool:
        resource = self.resources.get(reference)
        if resource is None:
            raise PackageRefused("no_resource", NAME, name=reference)
        href = attribute(resource, "href").strip()
        if not href:
            raise PackageRefused("no_href", NAME, name=reference)
        path = self._launch_path(resource, href, attribute(element, "parameters"))
        kind = attribute(resource, "scormType").lower()
        extra: dict[str, Any] = {"depth": max(0, depth - 1), "visible": told["visible"]}
        if self.is_2004:
            extra["launch_data"] = text(child(element, "dataFromLMS"))
            extra["time_limit_action"] = text(child(element, "timeLimitAction"))
        self.units.append(
            Unit(
                identifier=str(told["id"]),
                title=str(told["title"]) or href,
                path=path,
                tracked=kind == "sco",
                extra=extra,
            )
        )
        return True

    def _launch_path(self, resource: etree._Element, href: str, parameters: str) -> str:
        """Where a resource opens, inside the package, with its query and the item's parameters."""
        parts = urlsplit(href)
        if parts.scheme or parts.netloc or href.startswith("//"):
            raise PackageRefused("launch_outside", NAME, name=href[:120])
        joined = _joined(_joined(self.base, resource.get(_XML_BASE, "")), parts.path)
        name = self._name_of(joined)
        if name is None:
            if ".." in joined.split("/"):
                raise PackageRefused("launch_outside", NAME, name=href[:120])
            raise PackageRefused("launch_missing", NAME, name=joined[:120])
        return name + with_parameters(parts.query, parts.fragment, parameters)

    def _name_of(self, path: str) -> str | None:
        """The file that an address means: as written, decoded, or by any capitals."""
        for name in (path, unquote(path), unquote(path, encoding="cp1252")):
            if name in self.names:
                return name
            if found := self.folded.get(name.casefold()):
                self.warn("capitals", NAME, name=name[:120])
                return found
        return None

    def _look_for_missing_files(self) -> None:
        """Files that resources name and that are not there: often a picture, seldom fatal."""
        missing = []
        for resource in self.resources.values():
            base = _joined(self.base, resource.get(_XML_BASE, ""))
            for file in children(resource, "file"):
                href = attribute(file, "href").strip()
                parts = urlsplit(href)
                if parts.scheme or parts.netloc:
                    self.warn("file_outside", NAME, name=href[:120])
                elif href and self._name_of(_joined(base, parts.path)) is None:
                    missing.append(href)
            for dependency in children(resource, "dependency"):
                name = attribute(dependency, "identifierref")
                if name not in self.resources:
                    self.warn("no_dependency", NAME, name=name[:120])
        if missing:
            self.warn("files_missing", NAME, number=len(missing), name=missing[0][:120])

    def _rules12(self, element: etree._Element) -> dict[str, str]:
        return {
            "prerequisites": text(child(element, "prerequisites")),
            "mastery_score": text(child(element, "masteryscore")),
            "max_time": self._taken(text(child(element, "maxtimeallowed")), _CLOCK12),
            "time_limit_action": self._taken(text(child(element, "timelimitaction")), _ACTION12),
            "launch_data": text(child(element, "datafromlms")),
        }

    def _taken(self, said: str, form: re.Pattern[str]) -> str:
        """What stands there, if it has the form that a unit may count on."""
        said = re.sub(r"\s*,\s*", ",", said.lower())
        if not said or form.fullmatch(said):
            return said
        self.warn("time_limit", NAME, name=said[:120])
        return ""

    def _look_at_prerequisites(self, tree: Mapping[str, Any]) -> None:
        """What cannot be read asks nothing of anybody; whoever brings it in is told."""

        def walk(item: Mapping[str, Any]) -> None:
            script = item["rules12"]["prerequisites"]
            try:
                if script:
                    prerequisites.read(script, frozenset(self.seen))
            except prerequisites.Unreadable:
                self.warn("prerequisites", NAME, name=script[:120])
            for below in item["children"]:
                walk(below)

        walk(tree)

    def _lom(self) -> etree._Element | None:
        metadata = child(self.root, "metadata")
        return child(metadata, "lom")

    def _general_title(self) -> str:
        general = child(self._lom(), "general")
        title = child(general, "title")
        strings = [] if title is None else [e for e in title.iter() if local(e) != "title"]
        return next((text(e) for e in strings if text(e)), "")

    def _languages(self) -> list[str]:
        general = child(self._lom(), "general")
        found = [] if general is None else [text(e) for e in children(general, "language")]
        return [one for one in found if re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*", one)][:5]

    def _minutes(self) -> int | None:
        """How long it takes, where the metadata says (typical learning time)."""
        educational = child(self._lom(), "educational")
        told = text(child(educational, "typicalLearningTime")) or text(
            child(educational, "typicallearningtime")
        )
        found = re.search(r"P(?:T(?=\d))?(?:(\d+)H)?(?:(\d+)M)?", told)
        clock = re.search(r"(\d{1,4}):(\d{2})(?::\d{2})?", told)
        if clock:
            minutes = int(clock[1]) * 60 + int(clock[2])
        elif found:
            minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
        else:
            return None
        return minutes if 0 < minutes <= 10_000 else None


def _joined(base: str, path: str) -> str:
    """A path below a base, with "." and ".." worked out; what leads outside keeps its ".."."""
    if path.startswith("/"):
        base = ""
    parts: list[str] = []
    for part in f"{base}/{path}".replace("\\", "/").split("/"):
        if part in {"", "."}:
            continue
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def with_parameters(query: str, fragment: str, parameters: str) -> str:
    """What comes after the file: its own query and the item's parameters, joined as SCORM says.

    Source: SCORM 2004 4th edition, CAM 3.4.1.12: leading "?" and "&" of the parameters are taken
    off; a fragment is only put on where there is none yet; the rest goes behind "?" or "&".
    """
    told = parameters.strip()
    while told and told[0] in "?&":
        told = told[1:]
    if told.startswith("#"):
        fragment = fragment or told[1:]
        told = ""
    joined = "&".join(part for part in (query, told) if part)
    return (f"?{joined}" if joined else "") + (f"#{fragment}" if fragment else "")
