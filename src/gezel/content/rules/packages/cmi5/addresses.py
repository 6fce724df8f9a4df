"""What a cmi5 course may point at: its own files, or a whole address on the web."""

import posixpath
import re
import unicodedata
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote, urlsplit

from gezel.content.rules.packages import PackageRefused

# The names that a launch adds to an address (cmi5, section 8.1).
LAUNCH_NAMES = frozenset({"endpoint", "fetch", "actor", "registration", "activityId"})

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20<>\"{}|\\^`]+")
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# RFC 1738, section 2.2: what may stand in an address as it is. The tilde it still called unsafe
# is in the address of half the universities.
_URL = re.compile(r"(?:[A-Za-z0-9$\-_.+!*'(),;/?:@&=~]|%[0-9A-Fa-f]{2})+(?:#\S*)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_whole_iri(text: str) -> bool:
    """Whether this names something by itself: with its scheme, not relative to anything."""
    if not _IRI.fullmatch(text) or _BROKEN_PERCENT.search(text):
        return False
    scheme, _colon, rest = text.partition(":")
    if rest.startswith("//") or scheme.lower() in {"http", "https"}:
        try:
            return bool(rest.startswith("//") and urlsplit(text).netloc)
        except ValueError:
            return False
    return True


def is_elsewhere(url: str) -> bool:
    """Whether an address of a unit has its own scheme, so does not lie in the package."""
    return bool(_SCHEME.match(url))


def check_address(url: str, files: Collection[str] | None, place: str) -> None:
    """Refuse an address that a browser would not get to, or that a launch would spoil.

    Args:
        url: as it stands in the course structure, without the space around it.
        files: the names in the package; None where the structure came without one.
        place: where it stands, for who has to mend it.

    Raises:
        PackageRefused: see `content.words`.
    """
    if not _URL.fullmatch(url):
        raise PackageRefused("cmi5_url", place, url=url)
    try:
        parts = urlsplit(url)
        names = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
        _port = parts.port
    except ValueError as error:
        raise PackageRefused("cmi5_url", place, url=url) from error
    if taken := sorted(names & LAUNCH_NAMES):
        raise PackageRefused("cmi5_url_names", place, url=url, name=taken[0])
    if is_elsewhere(url):
        if parts.scheme.lower() not in {"http", "https"}:
            raise PackageRefused("cmi5_url_scheme", place, url=url)
        if (
            not url[len(parts.scheme) :].startswith("://")
            or not parts.hostname
            or "@" in (parts.netloc)
        ):
            raise PackageRefused("cmi5_url", place, url=url)
    elif files is None:
        raise PackageRefused("cmi5_url_alone", place, url=url)
    elif url.startswith("//"):
        raise PackageRefused("cmi5_url_scheme", place, url=url)
    elif file_of(url) not in files:
        raise PackageRefused("cmi5_url_missing", place, url=url)


def file_of(url: str) -> str:
    """The file in the package that a relative address leads to, as a name in its archive."""
    path = unicodedata.normalize("NFC", unquote(urlsplit(url).path, errors="replace"))
    # A path that ends in a slash is a folder, which is nothing to open.
    return posixpath.normpath(path.lstrip("/")) if path and not path.endswith("/") else ""


def local_twin(url: str, files: Collection[str]) -> str:
    """The file of the package that an address elsewhere seems to mean, or nothing."""
    name = unquote(urlsplit(url).path, errors="replace").lstrip("/")
    return name if name in files else ""
