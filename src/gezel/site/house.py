"""Keeping the house: static files collected when they changed."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from gezel import __version__

# Drawn in place or never shown: files that no page asks for are not collected.
UNSERVED = [f"--ignore={name}" for name in ("icons", "bundle", "ninja", "treebeard", "ext")]


def _fingerprint() -> str:
    """What the static files are now: their names, sizes and times, not their bytes."""
    seen = hashlib.sha256(__version__.encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            seen.update(f"{path}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def collect_when_changed() -> bool:
    """Collect, name by content and squeeze the static files, if any of them changed.

    Returns whether there was anything to do.
    """
    stamp = Path(settings.STATIC_ROOT) / "stamp"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    # In a process of its own: here the settings already chose files without hashed names.
    subprocess.run(  # noqa: S603 # our own interpreter and our own words
        [
            sys.executable,
            "-m",
            "gezel.site",
            "collectstatic",
            "--no-input",
            "--clear",
            "-v0",
            *UNSERVED,
        ],
        env=os.environ | {"GEZEL_STATIC_COLLECTED": "1"},
        check=True,
    )
    stamp.write_text(now)
    return True
