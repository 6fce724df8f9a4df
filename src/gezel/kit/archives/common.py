"""Why an archive is refused, and what one may come to."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

MEGABYTE = 1 << 20

WORDS = {
    "not_zip": _("This is not a ZIP file, or it is broken."),
    "hidden": _("The ZIP file holds more than its table of contents tells. Pack it again."),
    "parts": _("This is one part of a ZIP file in several parts. Pack it as one."),
    "damaged": _("“%(name)s” in the ZIP file is damaged. Make the package again and retry."),
    "encrypted": _("The ZIP file is locked with a password. Make one without a password."),
    "method": _("“%(name)s” is packed in a way we do not read. Make an ordinary ZIP file."),
    "name": _("The ZIP file holds a name we do not take: “%(name)s”. Rename it and pack again."),
    "twice": _("The ZIP file holds “%(name)s” twice. Remove one and pack again."),
    "link": _("“%(name)s” in the ZIP file is a link to another file. Pack the file itself."),
    "overlap": _("The ZIP file is made in a way that hides its real size. Pack it again."),
    "files": _("The ZIP file holds too many files."),
    "size": _("Unpacked, the ZIP file is larger than we take in."),
    "ratio": _("“%(name)s” unfolds to far more than it is worth. Remove it and pack again."),
    "bomb": _("The ZIP file unfolds to far more than it is worth. Leave out what is empty."),
    "room": _("There is no room left on the disk for this file. Ask who runs Gezel here."),
}


class ArchiveRefused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """An archive we do not take in; `why` is a key of `WORDS`, `str()` the sentence for people."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why, name)
        self.why = why
        self.name = "".join(c if c.isprintable() else "�" for c in name[:120])

    def __str__(self) -> str:
        return str(WORDS[self.why] % {"name": self.name})


@dataclass(frozen=True, slots=True)
class Budget:
    """What one archive may come to: files, bytes unpacked in all and in one file, how many
    times its packed size one file and the whole may unfold to, folders deep, bytes in one name."""

    files: int = 20_000
    total: int = 2_048 * MEGABYTE
    one_file: int = 1_024 * MEGABYTE
    ratio: int = 200
    whole_ratio: int = 50
    depth: int = 20
    name: int = 240

    # Below these, a text of nothing but spaces may unfold as it likes: it costs nothing.
    ratio_from: int = MEGABYTE
    whole_ratio_from: int = 64 * MEGABYTE
