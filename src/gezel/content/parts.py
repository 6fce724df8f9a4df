"""Files served in parts, as films need it: Safari plays none without."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
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
    response = StreamingHttpResponse(
        _part(opened(), first, length),
        status=HTTPStatus.PARTIAL_CONTENT if span else HTTPStatus.OK,
        content_type=kind,
    )
    response["Content-Length"] = str(length)
    if span:
        response["Content-Range"] = f"bytes {span.first}-{span.last}/{size}"
    return _told(response, etag)


def _told(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    return response


def _part(file: IO[bytes], first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk
