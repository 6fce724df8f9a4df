"""Requests are taken in whole before a thread is given to them, and files go out past Python."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from pytest_django import Settings

from gezel.content.parts import in_parts
from gezel.content.rules.uploads import LARGEST_PACKAGE
from gezel.site import rsgi


class Told(list[tuple[str, str]]):
    """Headers: some names more than once."""

    def items(self) -> list[tuple[str, str]]:
        return list(self)

    def get(self, name: str) -> str | None:
        return dict(self).get(name)

    def __contains__(self, name: object) -> bool:
        return name in dict(self)


@dataclass
class Asked:
    """A request as Granian tells of it."""

    method: str = "POST"
    path: str = "/"
    headers: Told = field(default_factory=Told)
    query_string: str = "a=1"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "[::1]:4711"
    scheme: str = "http"


class Wire:
    """The other side: sends these parts, then ends, breaks or falls silent; keeps the answer."""

    def __init__(self, *parts: bytes, then: Callable[[], Any] | None = None) -> None:
        self._parts, self._then = parts, then
        self.status = 0
        self.headers: dict[str, str] = {}
        self.said = b""
        self.file: tuple[str, int, int] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._then:
            result = self._then()
            if asyncio.iscoroutine(result):
                await result

    def response_bytes(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.said = status, dict(headers), body

    def response_file_range(
        self, status: int, headers: Any, file: str, start: int, end: int
    ) -> None:
        self.status, self.headers, self.file = status, dict(headers), (file, start, end)

    def response_stream(self, status: int, headers: Any) -> "Wire":
        self.status, self.headers = status, dict(headers)
        return self

    async def send_bytes(self, part: bytes) -> None:
        self.said += part


def _breaks() -> None:
    raise RuntimeError("the line broke")


def _ask(view: Callable[[HttpRequest], HttpResponseBase], asked: Asked, wire: Wire) -> Wire:
    """Have a view answer a request, through the adapter and Django's own reading of WSGI."""

    def application(environ: Any, start: Any) -> Iterable[bytes]:
        response = view(WSGIRequest(environ))
        start(f"{response.status_code} OK", list(response.items()))
        return response

    answering = rsgi.Application(application, 1).__rsgi__(asked, wire)
    # In a thread of its own: after a test with a browser, this one has a loop already.
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(asyncio.run, answering).result()
    return wire


def _seen(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.POST['x']} for {request.META['REMOTE_ADDR']}")


FORM = ("content-type", "application/x-www-form-urlencoded")


def test_a_form_arrives_whole_however_it_is_cut_up() -> None:
    asked = Asked(headers=Told([FORM, ("content-length", "8")]))
    wire = _ask(_seen, asked, Wire(b"x", b"=%C3", b"%A9"))
    assert wire.said.decode() == "é for [::1]"


def test_half_a_form_is_no_form() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with pytest.raises(UnreadablePostError):
            request.POST.get("x")
        return HttpResponse("refused")

    asked = Asked(headers=Told([FORM, ("content-length", "100")]))
    assert _ask(view, asked, Wire(b"x=1234", then=_breaks)).said == b"refused"
    assert _ask(view, asked, Wire(b"x=1234")).said == b"refused"


def test_of_half_an_upload_the_full_pieces_are_read() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        first = request.read(4)
        with pytest.raises(UnreadablePostError):
            request.read(4)
        return HttpResponse(first)

    asked = Asked(headers=Told([("content-length", "100")]))
    assert _ask(view, asked, Wire(b"123456", then=_breaks)).said == b"1234"


def test_a_body_without_a_length_is_read_to_its_end() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.environ["wsgi.input"].read())  # type: ignore[attr-defined]

    asked = Asked(headers=Told([("transfer-encoding", "chunked")]))
    assert _ask(view, asked, Wire(b"12", b"34")).said == b"1234"


def _never(_request: HttpRequest) -> HttpResponse:
    raise AssertionError("no thread is given to this")


@pytest.mark.parametrize(
    ("headers", "parts", "status"),
    [
        ([("content-length", "50")], [], 413),
        ([("transfer-encoding", "chunked")], [b"x" * 30, b"x" * 30], 413),
        ([("content-length", "many")], [], 400),
    ],
    ids=["told", "counted", "no-number"],
)
def test_what_is_too_large_or_says_no_length_never_gets_a_thread(
    *, headers: list[tuple[str, str]], parts: list[bytes], status: int, settings: Settings
) -> None:
    settings.LARGEST_REQUEST = 40
    wire = _ask(_never, Asked(headers=Told(headers)), Wire(*parts))
    assert wire.status == status
    assert wire.headers["connection"] == "close"


def test_who_falls_silent_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsgi, "STALL", 0.02)
    asked = Asked(headers=Told([("content-length", "9")]))
    wire = _ask(_never, asked, Wire(b"abc", then=lambda: asyncio.sleep(60)))
    assert wire.status == 408


def test_who_trickles_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part comes in time, and all of them together far too slowly."""
    seconds = iter(range(0, 10_000, 20))
    monkeypatch.setattr(rsgi, "monotonic", lambda: float(next(seconds)))
    asked = Asked(headers=Told([("content-length", "999")]))
    assert _ask(_never, asked, Wire(*[b"x"] * 9)).status == 408


def test_a_package_and_its_form_fit(settings: Settings) -> None:
    assert settings.LARGEST_REQUEST > LARGEST_PACKAGE


def test_a_hyphen_cannot_be_forged() -> None:
    """A proxy sets X-Real-Ip; X_Real_Ip of a visitor would read the same in WSGI."""

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.META["HTTP_X_REAL_IP"] + request.META["HTTP_COOKIE"])

    told = [("x-real-ip", "1"), ("x_real_ip", "2"), ("cookie", "a=1"), ("cookie", "b=2")]
    assert _ask(view, Asked("GET", headers=Told(told)), Wire()).said == b"1a=1; b=2"


def test_an_address_in_other_letters_arrives() -> None:
    asked = Asked("GET", path="/vaardigheid/lässen")
    assert _ask(lambda r: HttpResponse(r.path_info), asked, Wire()).said.decode() == asked.path


def test_a_stored_file_goes_out_past_python(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"0123456789")

    def view(request: HttpRequest) -> HttpResponseBase:
        return in_parts(request, lambda: film.open("rb"), size=10, etag='"f"', kind="video/mp4")

    wire = _ask(view, Asked("GET"), Wire())
    assert (wire.status, wire.file, wire.said) == (200, (str(film), 0, 10), b"")
    wire = _ask(view, Asked("GET", headers=Told([("range", "bytes=2-4")])), Wire())
    assert (wire.status, wire.file) == (206, (str(film), 2, 5))
    assert wire.headers["Content-Length"] == "3"

    wire = _ask(lambda _r: FileResponse(film.open("rb")), Asked("GET"), Wire())
    assert wire.file == (str(film), 0, 10)


def test_a_file_without_a_name_is_read_by_us() -> None:
    wire = _ask(lambda _r: FileResponse(io.BytesIO(b"paper")), Asked("GET"), Wire())
    assert (wire.file, wire.said) == (None, b"paper")


def test_a_stream_is_closed_also_when_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsgi, "STALL", 0.02)
    closed: list[bool] = []

    class Lines:
        def __iter__(self) -> Any:
            yield from (b"a", b"b", b"c")

        def close(self) -> None:
            closed.append(True)

    read = _ask(lambda _r: StreamingHttpResponse(Lines()), Asked("GET"), Wire())
    assert (read.said, closed) == (b"abc", [True])

    class Deaf(Wire):
        async def send_bytes(self, part: bytes) -> None:
            self.said += part
            await asyncio.sleep(60)

    deaf = _ask(lambda _r: StreamingHttpResponse(Lines()), Asked("GET"), Deaf())
    assert (deaf.said, closed) == (b"a", [True, True])
