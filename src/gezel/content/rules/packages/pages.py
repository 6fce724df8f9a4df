"""Plain web pages in a ZIP file: a page to begin with, and what it shows."""

import re
from collections.abc import Sequence
from pathlib import Path

from gezel.content.rules.packages import Manifest, PackageRefused, Unit

_BEGINNINGS = ("index.html", "index.htm")
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_LOOKED_AT = 64 * 1024


class Pages:
    """Reads what has an index.html at the top, or in the one folder that holds everything."""

    def claims(self, names: Sequence[str]) -> bool:
        """There is a page to begin with."""
        return _beginning(names) is not None

    def read(self, folder: Path, names: Sequence[str]) -> Manifest:
        """The page to begin with, called as it calls itself.

        Raises:
            PackageRefused: "pages_empty": that page is empty.
        """
        begin = _beginning(names)
        if begin is None:
            raise PackageRefused("unknown_form")
        with (folder / begin).open("rb") as file:
            head = file.read(_LOOKED_AT)
        if not head.strip():
            raise PackageRefused("pages_empty", begin)
        return Manifest(
            form="pages", title=_title(head), units=[Unit("pages", "", begin, tracked=False)]
        )


def _beginning(names: Sequence[str]) -> str | None:
    tops = {name.partition("/")[0] for name in names}
    for wanted in _BEGINNINGS:
        for name in names:
            last = name.rpartition("/")[2].lower() == wanted
            if last and ("/" not in name or (len(tops) == 1 and name.count("/") == 1)):
                return name
    return None


def _title(head: bytes) -> str:
    from html import unescape  # noqa: PLC0415 - used once, and its name is what we read

    found = _TITLE.search(head)
    if not found:
        return ""
    told = _CHARSET.search(head)
    try:
        words = found.group(1).decode(told.group(1).decode() if told else "utf-8", "replace")
    except LookupError:
        words = found.group(1).decode("utf-8", "replace")
    return " ".join(unescape(words).replace("\x00", "").split())[:250]
