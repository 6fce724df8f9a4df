"""H5P: small interactive pieces, with the libraries they run on in the same file.

After h5p.org, "Specification" and the validator of its PHP core (`H5PValidator`): what must be in
h5p.json and library.json, which files may stand where. We take only files that carry all their
libraries: there is no shop here to fetch the rest from.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from gezel.content.rules.packages import Manifest, PackageRefused, Unit

LARGEST_JSON = 10 * (1 << 20)
MOST_LIBRARIES = 400
# As in H5P's own core: what content may hold, and what libraries may hold besides.
CONTENT_FILES = frozenset(
    {
        *("bmp", "csv", "diff", "doc", "docx", "eot", "gif", "glb", "gltf", "jpeg", "jpg", "json"),
        *("m4a", "md", "mp3", "mp4", "odp", "ods", "odt", "ogg", "otf", "patch", "pdf", "png"),
        *("ppt", "pptx", "rtf", "svg", "swf", "textile", "tif", "tiff", "ttf", "txt", "vtt", "wav"),
        *("webm", "webp", "webvtt", "woff", "woff2", "xls", "xlsx"),
    }
)
LIBRARY_FILES = CONTENT_FILES | {"js", "css", "xml", "map", "ts", "scss", "html", "license"}
_MACHINE_NAME = re.compile(r"[\w.]{1,255}", re.ASCII)
_PIECE = re.compile(r"([\w.]{1,255}) (\d{1,4})\.(\d{1,4})", re.ASCII)
_RUNS = frozenset({"js", "mjs", "html", "htm", "xhtml", "php", "css", "wasm"})


class H5p:
    """Reads `.h5p` files."""

    def claims(self, names: Sequence[str]) -> bool:
        """It has an h5p.json at the top."""
        return "h5p.json" in names

    def read(self, folder: Path, names: Sequence[str]) -> Manifest:
        """What h5p.json says, once everything it stands on proves to be there.

        Raises:
            PackageRefused: "h5p_json", "h5p_broken", "h5p_content", "h5p_library", "h5p_file".
        """
        there = set(names)
        told = _json(folder, "h5p.json", there)
        main = told.get("mainLibrary")
        needs = _needs(told, "h5p.json")
        if not isinstance(main, str) or main not in {name for name, _version in needs}:
            raise PackageRefused("h5p_broken", "h5p.json", field="mainLibrary")
        if "content/content.json" not in there:
            raise PackageRefused("h5p_content", "content/content.json")
        content = _json(folder, "content/content.json", there)
        _check_files(names)
        libraries = _libraries(folder, there, [*needs, *_pieces(content)])
        title = told.get("title")
        language = told.get("defaultLanguage") or told.get("language")
        return Manifest(
            form="h5p",
            title=" ".join(title.split())[:250] if isinstance(title, str) and title else main,
            units=[Unit("content", "", "content/content.json", extra={"library": main})],
            languages=[language[:2]] if isinstance(language, str) and len(language) > 1 else [],
            extra={"library": main, "libraries": sorted(libraries)},
        )


def _json(folder: Path, name: str, there: set[str]) -> dict[str, Any]:
    path = folder / name
    if name not in there or path.stat().st_size > LARGEST_JSON:
        raise PackageRefused("h5p_json", name)
    try:
        told = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PackageRefused("h5p_json", name) from error
    if not isinstance(told, dict):
        raise PackageRefused("h5p_json", name)
    return told


def _needs(told: Mapping[str, Any], place: str) -> list[tuple[str, str]]:
    """The libraries something stands on, each with its version as it stands in a folder's name."""
    given = told.get("preloadedDependencies", [])
    if not isinstance(given, list) or len(given) > MOST_LIBRARIES:
        raise PackageRefused("h5p_broken", place, field="preloadedDependencies")
    found = []
    for one in given:
        name = one.get("machineName") if isinstance(one, dict) else None
        version = [one.get(part) for part in ("majorVersion", "minorVersion")] if name else []
        fits = isinstance(name, str) and _MACHINE_NAME.fullmatch(name) and ".." not in name
        if not fits or not all(_is_number(part) for part in version):
            raise PackageRefused("h5p_broken", place, field="preloadedDependencies")
        found.append((str(name), f"{int(version[0])}.{int(version[1])}"))
    return found


def _pieces(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The libraries of the pieces within the content, such as each question of a set: what names
    one that is not there opens, and then stands still."""
    found: set[tuple[str, str]] = set()
    waiting: list[Any] = [content]
    while waiting and len(found) <= MOST_LIBRARIES:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += one.values()
            told = one.get("library")
            if "params" in one and isinstance(told, str) and (piece := _PIECE.fullmatch(told)):
                found.add((piece[1], f"{int(piece[2])}.{int(piece[3])}"))
    return sorted(found)


def _is_number(told: Any) -> bool:
    if isinstance(told, bool):
        return False
    if isinstance(told, int):
        return 0 <= told < 10_000
    return isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < 5


def _libraries(folder: Path, there: set[str], needs: Sequence[tuple[str, str]]) -> set[str]:
    """Every library that is needed, also by another library; each must be there and whole."""
    found: set[str] = set()
    waiting = list(needs)
    while waiting:
        name, version = waiting.pop()
        home = f"{name}-{version}"
        if home in found:
            continue
        if len(found) > MOST_LIBRARIES:
            raise PackageRefused("h5p_broken", "h5p.json", field="preloadedDependencies")
        found.add(home)
        place = f"{home}/library.json"
        if place not in there:
            raise PackageRefused("h5p_library", place, library=f"{name} {version}")
        told = _json(folder, place, there)
        if told.get("machineName") != name:
            raise PackageRefused("h5p_broken", place, field="machineName")
        for kind in ("preloadedJs", "preloadedCss"):
            for file in told.get(kind) or []:
                path = file.get("path") if isinstance(file, dict) else None
                inside = isinstance(path, str) and f"{home}/{path}" in there
                if not inside:
                    raise PackageRefused("h5p_library", f"{home}/{path}"[:200], library=home)
        waiting += _needs(told, place)
    return found


def _check_files(names: Sequence[str]) -> None:
    """Only the kinds of files that H5P itself allows; nothing that runs among the content."""
    for name in names:
        path = PurePosixPath(name)
        top = path.parts[0]
        if path.name.startswith((".", "_")):
            continue
        ending = path.suffix.lower().removeprefix(".")
        if top == "content" or len(path.parts) == 1:
            if ending in _RUNS or (ending not in CONTENT_FILES):
                raise PackageRefused("h5p_file", name)
        elif ending and ending not in LIBRARY_FILES:
            raise PackageRefused("h5p_file", name)
