"""Files served in parts, as films need it: Safari plays none without."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from gezel.content.rules import uploads

_CHUNK = 64 * 1024


def in_parts(
    request: HttpRequest, opened: Callable[[], IO[bytes]], *, size: int, etag: str, kind: str
) -> HttpResponseBase:
    """A file, or the one part of it that was asked for (206), or that it is known (304).

    Args:
        opened: opens the file; called only when bytes of it are sent.
        size: of the file, in bytes.
        etag: quoted; other content has another one.
        kind: its media type.

    Raises:
        FileNotFoundError: it is gone.
    """
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _told(HttpResponse(status=HTTPStatus.NOT_MODIFIED), etag)
    span = None
    asked = request.headers.get("Range", "")
    if asked and request.headers.get("If-Range", etag) == etag:
        try:
            span = uploads.span_of(asked, size)
        except IndexError:
            refused = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            refused["Content-Range"] = f"bytes */{size}"
            return _told(refused, etag)
    first, length = (span.first, span.length) if span else (0, size)
    part = Part(opened(), first, length)
    response = StreamingHttpResponse(
        part,
        status=HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK,
        content_type=kind,
    )
    response.part = part  # type: ignore[attr-defined] # for a server that sends files itself
    response["Content-Length"] = str(length)
    if span:
        response["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    return _told(response, etag)


def _told(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    return response


class Part:
    """So many bytes of an open file, from a place on.

    A server that can send files itself reads `path`, `first` and `length` and leaves the rest.
    """

    def __init__(self, file: IO[bytes], first: int, length: int) -> None:
        self.first, self.length = first, length
        self._file = file
        name = getattr(file, "name", None)
        self.path = name if isinstance(name, str) and Path(name).is_absolute() else None

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self.first)
        left = self.length
        while left > 0 and (chunk := self._file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        """Let go of the file; Django does so when the answer has gone out."""
        self._file.close()
