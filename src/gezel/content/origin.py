"""The content origin: where packages of others run, in a box that knows nothing of ours.

An address there begins with the key of one attempt and leads to the files of its edition; there
is nothing else at this origin, no cookie is read or set, and no address of Gezel answers. Why it
is made this way: docs/decisions/0009.
"""

import mimetypes
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from gezel.content.addresses import OURS, address_of, is_wild, origin_of
from gezel.content.models import Edition, PackageAttempt, Registration
from gezel.content.parts import in_parts
from gezel.content.players.registry import PLAYERS
from gezel.people.api import Employment

__all__ = ["ContentOrigin", "address_of", "is_content_host", "is_wild", "origin_of"]

_KEY = re.compile(r"[0-9a-f]{32}")
# A key that is withdrawn (who left, who was signed out) stops working within this many seconds.
_BELIEVED = 30

# Where a cmi5 unit fetches its password, and where it reports.
_REPORTING = ("/modules/cmi5/fetch/", "/xapi/")

# What makes a browser run something gets its type from here, never from the package.
_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".xml": "text/xml",
    ".xsd": "text/xml",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".vtt": "text/vtt",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".wasm": "application/wasm",
    ".swf": "application/octet-stream",
}


def is_content_host(request: HttpRequest) -> bool:
    """Whether this request came to the content origin rather than to Gezel."""
    told = urlsplit(settings.CONTENT_URL)
    host = urlsplit(f"//{request.get_host().lower()}")
    name = (told.hostname or "").lower()
    if name.startswith("*.") and (host.hostname or "").endswith(name[1:]):
        return True
    # By whatever name this machine is called: at the content's own port Gezel does not answer.
    own_port = told.port is not None and told.port != urlsplit(settings.BASE_URL).port
    return host.netloc == told.netloc.lower() or (own_port and host.port == told.port)


class ContentOrigin:
    """Answers everything at the content origin, before anything that knows of people."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_content_host(request):
            return self.respond(request)
        opened = None
        try:
            opened = _opened(request)
            response = answer(request, opened)
        except DatabaseError:
            response = HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = "5"
        return boxed(response, reports=opened is not None and opened.form == Edition.Form.CMI5)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a key opens: the files of one edition, of this form."""

    folder: Path
    form: str
    path: str
    key: str
    units: frozenset[str]


def _opened(request: HttpRequest) -> Opened | None:
    key, _slash, path = request.path_info.lstrip("/").partition("/")
    at_home = not is_wild() or request.get_host().startswith(f"{key}.")
    if not _KEY.fullmatch(key) or not at_home:
        return None
    folder, form, units = _folder(key)
    return Opened(folder, form, path, key, units) if folder else None


def answer(request: HttpRequest, opened: Opened | None) -> HttpResponseBase:
    """A file of the edition that the key in the address opens; 404 for everything else."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED)
    if request.headers.get("Service-Worker"):
        # It would outlive the attempt and answer in its place.
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    file = _found(opened.folder, opened.path) if opened else None
    if opened is None or file is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    kind = _TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0]
    inside = PLAYERS[opened.form].inside if opened.form in PLAYERS else ()
    if inside and not is_wild() and opened.path in opened.units and kind in _PAGES:
        addresses = [f"/{opened.key}/{OURS}{name}" for name in inside]
        page = HttpResponse(first_of_all(file.read_bytes(), addresses), content_type=kind)
        page["Cache-Control"] = "private, no-cache"
        return page
    status = file.stat()
    response = in_parts(
        request,
        lambda: file.open("rb"),
        size=status.st_size,
        etag=f'"{status.st_mtime_ns:x}-{status.st_size:x}"',
        kind=kind or "application/octet-stream",
    )
    ours = opened.path.startswith(OURS)
    response["Cache-Control"] = "private, no-cache" if ours else "private, max-age=3600"
    return response


_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_WIDE = (b"\xff\xfe", b"\xfe\xff")
# Where a page begins to be read, the innermost of these that it has: its head, itself, its kind.
_BEGINS = tuple(
    re.compile(tag, re.IGNORECASE)
    for tag in (rb"<head(\s[^>]*)?>", rb"<html(\s[^>]*)?>", rb"<!doctype[^>]*>")
)


def first_of_all(page: bytes, addresses: Sequence[str]) -> bytes:
    """A page in which these scripts run before anything of its own.

    A page in an encoding of two bytes a letter stays as it is: we would break it.
    """
    if page.startswith(_WIDE):
        return page
    scripts = b"".join(b'<script src="%s"></script>' % address.encode() for address in addresses)
    found = next((m for tag in _BEGINS if (m := tag.search(page))), None)
    at = found.end() if found else 0
    return page[:at] + scripts + page[at:]


def _found(folder: Path, path: str) -> Path | None:
    """A file of the package, or one of its player's among them."""
    if not path.startswith(OURS):
        return _file(folder, path)
    name = path.removeprefix(OURS)
    static = next((p.files[name] for p in PLAYERS.values() if name in p.files), None)
    found = finders.find(static) if static else None
    return Path(found) if isinstance(found, str) else None


def _folder(key: str) -> tuple[Path | None, str, frozenset[str]]:
    """The folder that a key opens, its form and what its units open, remembered for a moment: a
    page asks for many files."""
    near = caches["near"]
    name = f"content:{key}"
    known = near.get(name)
    if known is None:
        holder = _holder(key)
        known = ("", "", frozenset(), None)
        if holder is not None:
            edition = holder.edition
            units = frozenset(_page_of(unit["path"]) for unit in edition.manifest.get("units", ()))
            known = (str(edition.folder), edition.form, units, holder.key_until)
        near.set(name, known, _BELIEVED)
    folder, form, units, until = known
    alive = folder and isinstance(until, datetime) and until > timezone.now()
    return (Path(folder) if alive else None), form, units


def _page_of(path: str) -> str:
    """The file that a unit opens, without what its address asks of it."""
    return unquote(path.partition("?")[0].partition("#")[0])


def _at_work() -> QuerySet[Employment]:
    """Whoever no longer works where the package is, plays it no more."""
    return Employment.objects.current().filter(
        person=OuterRef("person"), organisation=OuterRef("package__activity__organisation")
    )


def _holder(key: str) -> PackageAttempt | Registration | None:
    """The attempt of a key; or what another system registered for a cmi5 course."""
    asked = ("key_until", "edition__digest", "edition__form", "edition__manifest")
    return (
        PackageAttempt.objects.filter(Exists(_at_work()), key=key, person__is_active=True)
        .select_related("edition")
        .only(*asked)
        .first()
    ) or (
        Registration.objects.filter(Q(person=None) | Q(person__is_active=True), key=key)
        .select_related("edition")
        .only(*asked)
        .first()
    )


def _file(folder: Path, path: str) -> Path | None:
    """The file at that place in the package, never outside it, through no link."""
    parts = path.split("/")
    if "\x00" in path or any(part in {"", ".", ".."} for part in parts):
        return None
    file = folder.joinpath(*parts)
    try:
        inside = file.resolve(strict=True).is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError):
        return None
    return file if inside and file.is_file() else None


def boxed(response: HttpResponseBase, *, reports: bool = False) -> HttpResponseBase:
    """The walls of the box, on every answer of this origin.

    Content may run its own scripts and load its own files. It may not reach another host, be
    shown anywhere but in our player, navigate what is around it, or use the phone's senses.

    Args:
        reports: it speaks to the record store by itself (cmi5), which only its own password
            opens; nothing else of ours can be reached.
    """
    ours = urlsplit(settings.BASE_URL)
    around = {settings.BASE_URL}
    if ours.hostname in {"localhost", "127.0.0.1"}:
        around |= {
            f"{ours.scheme}://{name}:{ours.port or 80}" for name in ("localhost", "127.0.0.1")
        }
    # A page alone in an opaque origin has no 'self' that a browser would agree on.
    here = "'self'" if is_wild() else f"'self' {settings.CONTENT_URL}"
    reporting = " ".join(settings.BASE_URL + path for path in _REPORTING)
    policy = [
        *([f"connect-src {here} data: blob: {reporting}"] if reports else []),
        f"default-src {here} data: blob: 'unsafe-inline' 'unsafe-eval'",
        "object-src 'none'",
        f"base-uri {here}",
        f"form-action {here}",
        f"frame-ancestors {here} {' '.join(sorted(around))}",
        "sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads"
        + (" allow-same-origin" if is_wild() else ""),
    ]
    response["Content-Security-Policy"] = "; ".join(policy)
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Permissions-Policy"] = (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
    )
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    # The key in the address is what opens a file; a cookie would not be looked at.
    response["Access-Control-Allow-Origin"] = "*"
    return response
