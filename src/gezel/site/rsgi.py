"""How a request reaches Django: taken in whole before a thread is given to it.

Threads are few, as each holds a connection to the database. A phone in a dead corner that sends
its form byte by byte, or somebody who opens two hundred such forms on purpose, must not hold one
(attack 27 of reliability.md): so the loop takes requests in, which waits for hundreds at once, and
files that lie on disk go out past Python. Django itself is asked in the plain way, by WSGI; RSGI
is Granian's name for this door. Decision 0026 tells what was tried.
"""

import asyncio
import os
import sys
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from io import BufferedReader, FileIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import IO, Any, Protocol

from django.conf import settings
from django.core.files import File

from gezel.kit.jobs import work_beside_the_pages
from gezel.site.wsgi import application as django

# Smaller bodies stay in memory.
IN_MEMORY = 1024 * 1024
# Who sends or takes nothing for so long is gone, in seconds.
STALL = 30.0
# After that first time a sender may be slow, but not slower than this, in bytes a second.
SLOWEST = 500
# That answer in a process, where `gezel serve` does not say another number.
THREADS = 6

Headers = list[tuple[str, str]]


class Scope(Protocol):
    """What Granian tells of a request (RSGI 1.6)."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Any


class Line(Protocol):
    """The body of the request, in parts, and the ways to answer."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    def response_file_range(
        self, status: int, headers: Headers, file: str, start: int, end: int
    ) -> None: ...
    def response_stream(self, status: int, headers: Headers) -> Any: ...


class NotTakenInError(Exception):
    """A request that Django never sees, with the status that says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Body:
    """The body of a request as WSGI reads it. Past the end of one that was cut off, reading fails.

    Otherwise a form of which half arrived would look like a shorter form.
    """

    def __init__(self, kept: IO[bytes], *, whole: bool) -> None:
        self._kept, self._whole = kept, whole

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes, all without a size.

        Raises:
            ConnectionResetError: the sender was gone before it had sent them.
        """
        return self._held(self._kept.read(size), size)

    def readline(self, size: int = -1) -> bytes:
        """A line, or so many bytes of one; raises as `read` does."""
        found = self._kept.readline(size)
        return found if found.endswith(b"\n") else self._held(found, size)

    def _held(self, found: bytes, size: int) -> bytes:
        if not self._whole and (size < 0 or len(found) < size):
            raise ConnectionResetError("the sender is gone")
        return found


@dataclass(frozen=True, slots=True)
class Said:
    """What a request said, ready for a thread."""

    body: IO[bytes]
    length: int
    whole: bool


class Application:
    """What Granian serves: one in each of its processes, made before they part ways.

    Args:
        application: what answers, by WSGI.
        threads: that answer; the loop that takes requests in is one more.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]], threads: int) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        """A process begins: what belongs to one alone is told by its environment."""
        self._threads = ThreadPoolExecutor(
            int(os.environ.get("GEZEL_THREADS", THREADS)), thread_name_prefix="page"
        )
        if os.environ.get("GEZEL_WORKER_THREAD") == "1":
            work_beside_the_pages()

    async def __rsgi__(self, scope: Scope, line: Line) -> None:
        """Answer one request."""
        try:
            said = await _take_in(scope, line)
        except NotTakenInError as refused:
            _refuse(line, refused.status)
            return
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._answer, scope, said, line, loop)
        finally:
            said.body.close()

    def _answer(self, scope: Scope, said: Said, line: Line, loop: AbstractEventLoop) -> None:
        """Ask Django and send what it says, in one thread: connections belong to threads."""
        began: list[Any] = []

        def start(status: str, headers: Headers, _error: object = None) -> None:
            began[:] = int(status[:3]), headers

        result = self._application(_environ(scope, said), start)
        try:
            status, headers = began
            if (lies := _on_disk(result)) is not None:
                line.response_file_range(status, headers, *lies)
            elif getattr(result, "streaming", True):
                _stream(result, line.response_stream(status, headers), loop)
            else:
                line.response_bytes(status, headers, b"".join(result))
        finally:
            result.close()  # type: ignore[attr-defined] # Django's answers and WSGI's have it


def _on_disk(result: Any) -> tuple[str, int, int] | None:
    """The file an answer consists of, its first byte and the one past its last; none otherwise."""
    part = getattr(result, "part", None)
    if part is not None and part.path is not None and part.length:
        return part.path, part.first, part.first + part.length
    file = getattr(result, "file_to_stream", None)
    if isinstance(file, File):
        file = file.file
    if not isinstance(file, BufferedReader) or not isinstance(file.raw, FileIO):
        return None
    size = os.fstat(file.fileno()).st_size - file.tell()
    # A file without a name of its own, as one that was made for this answer, only we can read.
    if not isinstance(file.name, str) or not Path(file.name).is_absolute() or not size:
        return None
    return file.name, file.tell(), file.tell() + size


async def _take_in(scope: Scope, line: Line) -> Said:
    """The whole body, or as much of it as came before the sender was gone.

    Raises:
        NotTakenInError: it is too large, too slow, or says no length that is a number.
    """
    told = scope.headers.get("content-length")
    try:
        expected = None if told is None else int(told)
    except ValueError:
        raise NotTakenInError(HTTPStatus.BAD_REQUEST) from None
    is_chunked = "transfer-encoding" in scope.headers
    if (expected or 0) > settings.LARGEST_REQUEST:
        raise NotTakenInError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    kept: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when answered
    if not expected and not is_chunked:
        return Said(kept, 0, whole=True)
    came, whole = 0, True
    try:
        async for part in _in_time(line):
            came += len(part)
            if came > settings.LARGEST_REQUEST:
                raise NotTakenInError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            kept.write(part)
    except NotTakenInError:
        kept.close()
        raise
    except OSError:
        kept.close()
        raise NotTakenInError(HTTPStatus.INSUFFICIENT_STORAGE) from None
    except RuntimeError:  # Granian's word for a line that broke
        whole = False
    kept.seek(0)
    return Said(kept, came, whole=whole and (expected is None or came == expected))


async def _in_time(line: Line) -> AsyncIterator[bytes]:
    """The parts of a body, as long as its sender keeps sending.

    Raises:
        NotTakenInError: it does not.
    """
    began, came = monotonic(), 0
    parts = aiter(line)
    try:
        while True:
            async with asyncio.timeout(STALL):
                part = await anext(parts)
            came += len(part)
            if monotonic() - began > STALL + came / SLOWEST:
                raise NotTakenInError(HTTPStatus.REQUEST_TIMEOUT)
            yield part
    except StopAsyncIteration:
        return
    except TimeoutError:
        raise NotTakenInError(HTTPStatus.REQUEST_TIMEOUT) from None


def _refuse(line: Line, status: HTTPStatus) -> None:
    with suppress(RuntimeError):  # gone already
        line.response_bytes(
            status,
            [("content-type", "text/plain; charset=utf-8"), ("connection", "close")],
            status.phrase.encode(),
        )


def _stream(parts: Iterable[bytes], transport: Any, loop: AbstractEventLoop) -> None:
    """Send as fast as the other side reads; who reads nothing for a while is gone."""
    for part in parts:
        sending = asyncio.run_coroutine_threadsafe(_send(transport, part), loop)
        try:
            sending.result(STALL)
        except (TimeoutError, RuntimeError):
            sending.cancel()
            return


async def _send(transport: Any, part: bytes) -> None:
    await transport.send_bytes(part)


def _environ(scope: Scope, said: Said) -> dict[str, Any]:
    """The request as PEP 3333 says it."""
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # WSGI's text is bytes in disguise.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": Body(said.body, whole=said.whole),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # would pass for the one with a hyphen, which a proxy may have set
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    return environ


application = Application(django, THREADS)
