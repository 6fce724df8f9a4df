"""Files of modules: only to who may play them, in parts if asked, and never as a page."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from gezel.content import policy
from gezel.content.models import Block, Media
from gezel.content.parts import in_parts
from gezel.content.rules.bodies import Video
from gezel.people.api import Request, signed_in

# Whatever is in the file, it is no document here: nothing in it runs, loads or navigates.
_INERT = "default-src 'none'; sandbox"


@signed_in
@require_safe
def media(request: Request, module_pk: int, media_pk: int, name: str) -> HttpResponseBase:
    """A picture or film of a module. Its address holds its content's name, so it may be kept."""
    found = get_object_or_404(policy.media_to_see(request.visitor, module_pk), pk=media_pk)
    try:
        response = in_parts(
            request,
            lambda: found.file.open("rb"),
            size=found.size,
            etag=f'"{found.digest}"',
            kind=found.kind,
        )
    except FileNotFoundError as gone:
        raise Http404 from gone
    return _inert(response, found)


def _inert(response: HttpResponseBase, found: Media) -> HttpResponseBase:
    response["Last-Modified"] = http_date(found.created_at.timestamp())
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
