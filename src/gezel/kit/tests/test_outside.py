"""Reading a page of the web: only the open web, only a little, and nothing goes along."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from gezel.kit.outside import NotReached, ask_outside, is_open, read_outside

OPEN = "93.184.216.34"
HTML = b"HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<title>Hi</title>"


@dataclass
class Web:
    """Names with the addresses they have, and one server that answers under all of them."""

    names: dict[str, list[str]] = field(default_factory=lambda: {"page.example": [OPEN]})
    answers: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                line, _who = listening.accept()
            except OSError:
                return
            self.asked.append(line.recv(65_536).decode())
            answer = self.answers.pop(0)
            try:
                for piece in [answer] if isinstance(answer, bytes) else answer:
                    line.sendall(piece)
            except OSError:
                pass
            line.close()


class _NoTls:
    def wrap_socket(self, line: socket.socket, server_hostname: str) -> socket.socket:
        assert server_hostname
        return line


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """The web, behind one socket of this machine; what is dialled is written down."""
    web = Web()
    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=web.serve, args=(listening,), daemon=True).start()

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", (numeric, port)) for numeric in web.names[host]]

    def dial(where: tuple[str, int], patience: float) -> socket.socket:
        web.connected.append(where)
        line = socket.socket()
        line.settimeout(patience)
        line.connect(listening.getsockname())
        return line

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    monkeypatch.setattr("socket.create_connection", dial)
    monkeypatch.setattr("ssl.create_default_context", _NoTls)
    yield web
    listening.close()


def read(address: str = "https://page.example/a", patience: float = 5, most: int = 100) -> Any:
    return read_outside(address, kinds=["text/html"], patience=patience, most=most)


def to(address: str) -> bytes:
    return f"HTTP/1.0 302 Found\r\nLocation: {address}\r\nSet-Cookie: a=b\r\n\r\n".encode()


def test_a_page_is_read_and_nothing_goes_along(web: Web) -> None:
    web.answers = [to("/b?v=1&w=a b#top"), HTML]

    page = read()

    assert (page.kind, page.charset, page.data) == ("text/html", "utf-8", b"<title>Hi</title>")
    assert page.address.startswith("https://page.example/b")
    assert web.connected == [(OPEN, 443)] * 2
    assert web.asked[1].startswith("GET /b?v=1&w=a%20b HTTP/1.1")
    told = {line.partition(":")[0] for line in web.asked[1].splitlines()[1:] if line}
    assert told == {"Host", "Accept-Encoding", "Accept", "User-Agent"}


@pytest.mark.parametrize(
    "inside",
    ["10.0.0.5", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1",
     "fec0::1", "fd00::1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"],
)  # fmt: skip
def test_a_redirect_into_the_house_is_not_followed(web: Web, inside: str) -> None:
    web.names["inside.example"] = [OPEN, inside]
    web.answers = [to("https://inside.example/latest/meta-data/")]

    assert not is_open(inside)
    with pytest.raises(NotReached, match="private network"):
        read()
    assert len(web.connected) == 1


@pytest.mark.parametrize(
    "address",
    ["http://page.example/", "file:///etc/passwd", "gopher://page.example/", "",
     "https://a:b@page.example/", "https://page.example:22/", "https://page.example:99999/",
     "https://[/"],
)  # fmt: skip
def test_neither_a_link_nor_a_redirect_leads_past_https(web: Web, address: str) -> None:
    web.answers = [to(address)]

    with pytest.raises(NotReached):
        read(address)
    assert web.connected == []
    if address:
        with pytest.raises(NotReached):
            read()
        assert len(web.connected) == 1


def test_who_leads_on_and_on_is_left(web: Web) -> None:
    web.answers = [to("/again")] * 9

    with pytest.raises(NotReached, match="on and on"):
        read()
    assert len(web.connected) == 4


def test_the_address_that_was_looked_at_is_the_one_that_is_dialled(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers otherwise the second time."""
    told = iter([[(0, 0, 0, "", (OPEN, 443))], [(0, 0, 0, "", ("127.0.0.1", 443))]])
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: next(told))
    web.answers = [HTML]

    read()

    assert web.connected == [(OPEN, 443)]


def test_of_a_huge_page_only_the_beginning_is_read(web: Web) -> None:
    web.answers = [(HTML + b"x" * 10_000 for _ in range(1_000))]

    assert len(read(most=500).data) == 500


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.0 200 OK\r\nContent-Type: application/zip\r\n\r\nPK", b"SSH-2.0-OpenSSH\r\n",
     b"HTTP/1.0 404 No\r\nContent-Type: text/html\r\n\r\nx", b"", to(""),
     b"HTTP/1.0 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n"],
)  # fmt: skip
def test_what_is_no_page_is_not_read(web: Web, answer: bytes) -> None:
    web.answers = [answer] * 9

    with pytest.raises(NotReached):
        read()


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.0 200 OK\r\nX: ", HTML])
@pytest.mark.parametrize("ask", [read_outside, ask_outside])
def test_who_drips_is_cut_off(web: Web, begun: bytes, ask: Any) -> None:
    """Each byte comes in time, and all of them together do not: also before the first line ends."""

    def dripping() -> Iterator[bytes]:
        yield begun
        for _ in range(200):
            time.sleep(0.05)
            yield b"x"

    web.answers = [dripping()]
    began = time.monotonic()

    told = ("GET",) if ask is ask_outside else ()
    kinds = {} if told else {"kinds": ["text/html"]}

    with pytest.raises(NotReached):
        ask(*told, "https://page.example/", patience=0.4, most=10_000, **kinds)
    assert time.monotonic() - began < 4
