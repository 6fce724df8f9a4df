"""Gezel as an app on a phone: its manifest, its worker, and the page without connection.

The worker (`worker.js`) is served from the root, so that it may stand in for every page. In front
of it we write what it needs to know: which files make the shell, and a version that changes with
any of them. What belongs to one person it keeps apart, see the comments there.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gezel import __version__
from gezel.kit.bundle import bundle

WORKER = Path(__file__).with_name("worker.js")
LANGUAGES = ("nl", "en")
FONT, MARK = "kit/vendor/inter-latin.woff2", "kit/mark.svg"
ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))


def shell_files() -> list[str]:
    """The addresses every kept page needs: styles, scripts, the typeface, the mark."""
    return [
        *(reverse("kit:bundle", args=[bundle(kind).name]) for kind in ("css", "js")),
        static(FONT),
        static(MARK),
    ]


def _offline(language: str) -> str:
    with translation.override(language):
        # Without the request: nothing of whoever fetched it may be in it.
        return render_to_string("site/offline.html")


def _worker() -> str:
    source = WORKER.read_text(encoding="utf-8")
    told = {
        "files": [*shell_files(), *(reverse(f"offline_{code}") for code in LANGUAGES)],
        "offline": {code: reverse(f"offline_{code}") for code in LANGUAGES},
        "hashed": not settings.WHITENOISE_USE_FINDERS,
    }
    seen = hashlib.sha256(f"{__version__}{source}{json.dumps(told)}".encode())
    for code in LANGUAGES:
        seen.update(_offline(code).encode())
    told["version"] = seen.hexdigest()[:16]
    return f"const SHELL = {json.dumps(told)};\n{source}"


@lru_cache
def _kept_worker() -> str:
    return _worker()


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. A browser asks for it again at every visit, so it is never stale."""
    text = _worker() if settings.DEBUG else _kept_worker()
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put Gezel among its apps."""
    told = {
        "id": "/",
        "name": "Gezel",
        "short_name": "Gezel",
        "description": _("Learning and growing at work, with a profile that is yours."),
        "lang": translation.get_language() or "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f7f5",
        "theme_color": "#0b5d55",
        "icons": [
            {
                "src": static(f"site/icon-{purpose}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in ICONS
        ],
        "shortcuts": [
            {"name": str(name), "url": reverse(page)}
            for name, page in ((_("On this phone"), "content:phone"),)
        ],
    }
    response = JsonResponse(told, content_type="application/manifest+json")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """What is shown without connection; the same for everyone, so that it may be kept."""
    response = HttpResponse(_offline(language))
    response["Content-Language"] = language
    return response
