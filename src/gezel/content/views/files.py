"""Files of modules: only to who may play them, in parts if asked, and never as a page."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header, http_date
from django.views.decorators.http import require_safe

from gezel.content import policy
from gezel.content.models import Block, Media
from gezel.content.parts import in_parts
from gezel.content.rules import uploads
from gezel.content.rules.bodies import Video
from gezel.content.rules.kinds import Download
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
    return inert(response, found)


def inert(response: HttpResponseBase, found: Media) -> HttpResponseBase:
    """A file as it may leave the house: nothing in it runs, and no page of others holds it."""
    response["Last-Modified"] = http_date(found.created_at.timestamp())
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    shown = found.kind in uploads.ENDINGS
    response["Content-Disposition"] = (
        f'{"inline" if shown else "attachment"}; filename="{found.name}"'
    )
    response["Content-Security-Policy"] = _INERT
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@signed_in
@require_safe
def take_along(request: Request, module_pk: int, block_pk: int) -> HttpResponseBase:
    """A file of a module, only ever as a download: no browser opens it under our name."""
    block = get_object_or_404(
        Block.objects.filter(
            module=module_pk, media__in=policy.media_to_see(request.visitor, module_pk)
        ).select_related("media"),
        pk=block_pk,
        kind=Block.Kind.FILE,
    )
    body, found = block.content, block.media
    if not isinstance(body, Download) or found is None:
        raise Http404
    try:
        response = in_parts(
            request,
            lambda: found.file.open("rb"),
            size=found.size,
            etag=f'"{found.digest}"',
            kind="application/octet-stream",
        )
    except FileNotFoundError as gone:
        raise Http404 from gone
    inert(response, found)
    response["Content-Disposition"] = content_disposition_header(True, body.name) or "attachment"
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
