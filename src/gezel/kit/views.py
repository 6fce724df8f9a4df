"""The joined styles and scripts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from gezel.kit.bundle import bundle

TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


@require_safe
def bundled(request: HttpRequest, name: str) -> HttpResponse:
    """One file by its content's name; an older name gives today's, so no open page breaks."""
    kind = name.rpartition(".")[2]
    if kind not in TYPES:
        raise Http404
    joined = bundle(kind)
    accepted = request.headers.get("Accept-Encoding", "")
    if "br" in accepted:
        response = HttpResponse(joined.brotli, content_type=TYPES[kind])
        response["Content-Encoding"] = "br"
    elif "gzip" in accepted:
        response = HttpResponse(joined.gzip, content_type=TYPES[kind])
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(joined.text, content_type=TYPES[kind])
    response["Cache-Control"] = (
        "public, max-age=31536000, immutable" if name == joined.name else "no-cache"
    )
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
