"""Asking an address outside: one in the open, never into the house or its neighbours.

The name is looked up once and the connection made to the very address that was looked at, so a name
that answers otherwise the second time leads nowhere. Who sends (`ask_outside`) follows no redirect;
who only reads a page (`read_outside`) follows a few, and each is looked at as the first was.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

# Addresses that a network turns into others: where they lead is not to be seen from here.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_A_PIECE = 64 * 1024
_ELSEWHERE = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3


class NotReached(Exception):  # noqa: N818 - reads as what it is where it is raised
    """Nobody answered there, or the address lies within the house."""


def checked_address(told: str, *, anywhere: bool) -> SplitResult:
    """The parts of an address outside.

    Args:
        anywhere: whether http and names within the network are allowed too (a setting).

    Raises:
        ValueError: it is no such address; the message is a code: scheme, shape.
    """
    parts = urlsplit(told.strip())
    if parts.scheme not in ("https", *(("http",) if anywhere else ())):
        raise ValueError("scheme")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("shape") from None
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("shape")
    if port == 0 or any(sign.isspace() or ord(sign) < 33 for sign in parts.path):
        raise ValueError("shape")
    return parts


def is_open(address: str) -> bool:
    """Whether a numeric address is one of the open internet.

    Not this machine, not a private network, not the address at which clouds tell their secrets,
    also where it is written as IPv6.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address) and any(found in network for network in _TRANSLATED):
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None:
        return is_open(str(inner))
    if found.is_multicast or found.is_reserved or getattr(found, "is_site_local", False):
        return False
    return found.is_global


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    port: int
    numeric: str


def ask_outside(
    method: str,
    address: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    *,
    patience: float,
    most: int,
    anywhere: bool = False,
) -> tuple[int, bytes]:
    """Send to an address outside: the status, and no more than the first `most` bytes.

    Args:
        patience: seconds for all of it together; who drips bytes gets no more.
        anywhere: whether http and addresses within the network are allowed (a setting).

    Raises:
        NotReached: nobody answered in time, or the address lies within the house.
    """
    try:
        parts = checked_address(address, anywhere=anywhere)
    except ValueError:
        raise NotReached("The address is none to send to.") from None
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    ends = time.monotonic() + patience
    place = _Place(host, port, _looked_up(host, port, anywhere=anywhere))
    connection = _Pinned(place, secure=secure, patience=patience)
    try:
        connection.request(method, parts.path or "/", body, headers or {})
        answer = connection.getresponse()
        return answer.status, _read(answer, most, ends)
    except (OSError, http.client.HTTPException) as problem:
        raise NotReached(str(problem)[:200] or type(problem).__name__) from None
    finally:
        with contextlib.suppress(OSError):
            connection.close()


@dataclass(frozen=True, slots=True)
class Page:
    """What an address outside answered: where it was in the end, what it says it is, its bytes."""

    address: str
    kind: str
    charset: str
    data: bytes


def read_outside(address: str, *, kinds: Collection[str], patience: float, most: int) -> Page:
    """What is at an address of the open web, by https alone; no more than the first `most` bytes.

    Nothing goes along that tells who asks: no cookie, no name, no page one came from.

    Args:
        kinds: the content types that are read; of others nothing is.
        patience: seconds for all of it together, redirects included.

    Raises:
        NotReached: nobody answered in time, it leads into the house, or it is something else.
    """
    ends = time.monotonic() + patience
    for _hop in range(MOST_REDIRECTS + 1):
        found = _looked_at(address, kinds, ends, most)
        if isinstance(found, Page):
            return found
        address = found
    raise NotReached("It leads on and on.")


def _looked_at(address: str, kinds: Collection[str], ends: float, most: int) -> Page | str:
    """The page, or the address it sends one to."""
    try:
        parts = urlsplit(address.strip())
        bare = parts._replace(query="", fragment="")
        host = checked_address(bare.geturl(), anywhere=False).hostname or ""
    except ValueError:
        raise NotReached("The address is none to read.") from None
    if parts.port not in (None, 443):
        raise NotReached("Only the usual port is asked.")
    place = _Place(host, 443, _looked_up(host, 443, anywhere=False))
    left = ends - time.monotonic()
    if left <= 0:
        raise NotReached("It answered too slowly.")
    connection = _Pinned(place, secure=True, patience=left)
    # What people paste has letters and spaces in it; already written as %xx, it stays so.
    wanted = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        wanted += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
    try:
        connection.request(
            "GET", wanted, headers={"Accept": ", ".join(kinds), "User-Agent": "Gezel"}
        )
        answer = connection.getresponse()
        if answer.status in _ELSEWHERE:
            return urljoin(address, answer.getheader("Location") or "")
        kind = answer.headers.get_content_type()
        if answer.status != 200 or kind not in kinds:
            raise NotReached(f"It answered {answer.status}, {kind}."[:200])
        charset = answer.headers.get_content_charset() or ""
        return Page(address, kind, charset, _read(answer, most, ends))
    except (OSError, ValueError, http.client.HTTPException) as problem:
        raise NotReached(str(problem)[:200] or type(problem).__name__) from None
    finally:
        with contextlib.suppress(OSError):
            connection.close()


def _read(answer: http.client.HTTPResponse, most: int, ends: float) -> bytes:
    found = b""
    while len(found) < most:
        if time.monotonic() > ends:
            raise NotReached("It answered too slowly.")
        piece = answer.read1(min(_A_PIECE, most - len(found)))
        if not piece:
            if time.monotonic() > ends:
                raise NotReached("It answered too slowly.")
            break
        found += piece
    return found


def _looked_up(host: str, port: int, *, anywhere: bool) -> str:
    try:
        found: Collection[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached(f"{host} cannot be found.") from None
    numeric = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not anywhere and not all(map(is_open, numeric)):
        raise NotReached(f"{host} lies within a private network, where nothing is sent.")
    return numeric[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to the numeric address that was looked at, under the name that was asked.

    A socket is patient with each byte anew; so the line is cut when all of the patience is spent,
    also in the middle of a greeting or a header.
    """

    def __init__(self, place: _Place, *, secure: bool, patience: float) -> None:
        super().__init__(place.host, place.port, timeout=patience)
        self._place, self._secure, self._patience = place, secure, patience
        self._line: socket.socket | None = None
        self._cut = threading.Timer(patience, self._cut_off)
        self._cut.daemon = True
        if secure:
            self.default_port = 443

    def connect(self) -> None:
        where = (self._place.numeric, self._place.port)
        self._cut.start()
        self.sock = socket.create_connection(where, self._patience)
        self._line = self.sock.dup()
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._place.host)

    def _cut_off(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._cut.cancel()
        if self._line is not None:
            self._line.close()
        super().close()
