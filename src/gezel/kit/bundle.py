"""Our own styles and scripts, many small files told as one of each.

One file per thing is how we write them; one request each is how a phone likes them. They are
joined when first asked for and named by their content: no build step, nothing to forget.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

# htmx comes in its package; ours follow, from the cellar up, so that layers are declared first.
LIBRARIES = ("django_htmx/htmx-2.min.js",)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One joined file: its text, its name by content, and the text squeezed."""

    text: bytes
    name: str
    brotli: bytes
    gzip: bytes


def _files(kind: str) -> list[Path]:
    """`static/<room>/bundle/*.<kind>` of every room, from kit upwards, by name."""
    rooms = [c for c in apps.get_app_configs() if c.name.startswith("gezel.")]
    found: list[Path] = []
    for room in reversed(rooms):
        found += sorted((Path(room.path) / "static" / room.label / "bundle").glob(f"*.{kind}"))
    return found


def _found(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise FileNotFoundError(f"{name} is not among the static files")
    return path


def _join(kind: str) -> Bundle:
    if kind == "js":
        parts = [Path(_found(name)).read_text(encoding="utf-8") for name in LIBRARIES]
        parts += [f"{{\n{file.read_text(encoding='utf-8')}\n}}" for file in _files(kind)]
    else:
        parts = [file.read_text(encoding="utf-8") for file in _files(kind)]
    joined = "\n".join(parts)
    for font in ("inter-latin.woff2", "inter-latin-ext.woff2"):
        # The font is named by its content too, so its address is filled in here.
        joined = joined.replace(f"url(../vendor/{font})", f"url({_font(font)})")
    text = joined.encode()
    digest = hashlib.sha256(text).hexdigest()[:16]
    return Bundle(
        text, f"{digest}.{kind}", brotli.compress(text, quality=9), gzip.compress(text, mtime=0)
    )


def _font(name: str) -> str:
    return staticfiles_storage.url(f"kit/vendor/{name}")


@lru_cache
def _kept(kind: str) -> Bundle:
    return _join(kind)


def bundle(kind: str) -> Bundle:
    """The joined styles ("css") or scripts ("js"); made anew at each call while developing."""
    return _join(kind) if settings.DEBUG else _kept(kind)
