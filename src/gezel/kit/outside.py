"""Asking an address outside: one in the open, never into the house or its neighbours.

The name is looked up once and the connection made to the very address that was looked at, so a name
that answers otherwise the second time leads nowhere. No redirect is followed.
"""

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

# Addresses that a network turns into others: where they lead is not to be seen from here.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_A_PIECE = 64 * 1024


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
    return found.is_global and not found.is_multicast


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


def _read(answer: http.client.HTTPResponse, most: int, ends: float) -> bytes:
    found = b""
    while len(found) < most:
        if time.monotonic() > ends:
            raise NotReached("It answered too slowly.")
        piece = answer.read1(min(_A_PIECE, most - len(found)))
        if not piece:
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
    """A connection to the numeric address that was looked at, under the name that was asked."""

    def __init__(self, place: _Place, *, secure: bool, patience: float) -> None:
        super().__init__(place.host, place.port, timeout=patience)
        self._place, self._secure, self._patience = place, secure, patience
        if secure:
            self.default_port = 443

    def connect(self) -> None:
        where = (self._place.numeric, self._place.port)
        self.sock = socket.create_connection(where, self._patience)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._place.host)
