"""Files of modules: only to who may play them, in parts if asked, and never as a page."""

from collections.abc import Iterator
from typing import IO

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import http_date, parse_etags
from django.views.decorators.http import require_safe

from gezel.content import policy
from gezel.content.models import Block, Media
from gezel.content.rules import uploads
from gezel.content.rules.bodies import Video
from gezel.people.api import Request, signed_in

_CHUNK = 64 * 1024
# Whatever is in the file, it is no document here: nothing in it runs, loads or navigates.
_INERT = "default-src 'none'; sandbox"


@signed_in
@require_safe
def media(request: Request, module_pk: int, media_pk: int, name: str) -> HttpResponseBase:
    """A picture or film of a module. Its address holds its content's name, so it may be kept."""
    found = get_object_or_404(policy.media_to_see(request.visitor, module_pk), pk=media_pk)
    etag = f'"{found.digest}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _inert(HttpResponse(status=304), found, etag)
    try:
        file = found.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    span = None
    asked = request.headers.get("Range", "")
    if asked and request.headers.get("If-Range", etag) == etag:
        try:
            span = uploads.span_of(asked, found.size)
        except IndexError:
            file.close()
            refused = HttpResponse(status=416)
            refused["Content-Range"] = f"bytes */{found.size}"
            return _inert(refused, found, etag)
    first, length = (span.first, span.length) if span else (0, found.size)
    response = StreamingHttpResponse(
        _part(file, first, length), status=206 if span else 200, content_type=found.kind
    )
    response["Content-Length"] = str(length)
    if span:
        response["Content-Range"] = f"bytes {span.first}-{span.last}/{found.size}"
    return _inert(response, found, etag)


def _part(file: IO[bytes], first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk


def _inert(response: HttpResponseBase, found: Media, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Last-Modified"] = http_date(found.created_at.timestamp())
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Disposition"] = f'inline; filename="{found.name}"'
    response["Content-Security-Policy"] = _INERT
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@signed_in
@require_safe
def captions(request: Request, module_pk: int, block_pk: int, language: str) -> HttpResponse:
    """The captions of a film in one language."""
    block = get_object_or_404(
        Block.objects.filter(
            module=module_pk, media__in=policy.media_to_see(request.visitor, module_pk)
        ),
        pk=block_pk,
    )
    body = block.content
    text = getattr(body.captions, language) if isinstance(body, Video) else ""
    if not text:
        raise Http404
    response = HttpResponse(text, content_type="text/vtt; charset=utf-8")
    response["Content-Security-Policy"] = _INERT
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response
