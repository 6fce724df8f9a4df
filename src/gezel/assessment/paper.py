"""A dossier to take along to a recognised provider: on paper, and with every file in one ZIP.

Gezel prepares; it never issues an Ervaringscertificaat, and says so on every page.
"""

import csv
import io
import json
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.http import FileResponse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gezel.assessment.models import DossierPiece
from gezel.assessment.queries import Desk
from gezel.assessment.words import CRITERIA, HOLDS, TOLD
from gezel.kit.inert import inert
from gezel.kit.paper import printed

TEMPLATE = Path(__file__).with_name("paper.typ")
# Above this the archive waits on disk while it is made.
IN_MEMORY = 8 * 1024 * 1024


def not_one() -> str:
    """What it is not, wherever someone could take it for that."""
    return _("This is not an Ervaringscertificaat.")


def disclaimer() -> str:
    return _(
        "This dossier was prepared in Gezel, by the candidate. It is not an Ervaringscertificaat: "
        "only a provider recognised for the standard can issue that. What named assessors found "
        "here is their own judgement, and no computer's."
    )


def _day(value: Any) -> str:
    return formats.date_format(value, "j F Y") if value else ""


def told_of(desk: Desk) -> dict[str, Any]:
    """The dossier in words, as the candidate reads it, in their language."""
    dossier = desk.dossier
    numbers = {piece.pk: n for n, piece in enumerate(desk.pieces, start=1)}
    seats = {r.pk: r.person.name for r in dossier.roles.select_related("person")}
    guide = desk.guide.person.name if desk.guide else ""
    judged = [
        r.person.name for r in dossier.roles.filter(final_at__isnull=False).select_related("person")
    ]
    minutes = sum(row.minutes for row in desk.hours)
    standard = dossier.standard
    facts = [
        (_("Standard"), " ".join(p for p in (standard.code, standard.name) if p)),
        (_("Version"), str(standard.version)),
        (_("Withdrawn on"), _day(standard.withdrawn_on)),
        (_("Begun on"), _day(timezone.localdate(dossier.began_at))),
        (_("Guide"), guide),
        (_("Assessors"), ", ".join(judged)),
        (_("Result on"), _day(dossier.result_at and timezone.localdate(dossier.result_at))),
        (_("Hours kept"), formats.number_format(minutes / 60, 1)),
    ]
    parts = []
    for part, pieces in desk.matrix:
        outcome = desk.outcomes.get(part.pk)
        views = [
            {
                "who": seats.get(role, ""),
                "result": str(found[part.pk].get_result_display()),
                "why": found[part.pk].why,
                "criteria": [
                    [str(CRITERIA[name][0]), str(HOLDS.get(said[0], "")), said[1]]
                    for name, said in found[part.pk].criteria.items()
                    if name in CRITERIA
                ],
            }
            for role, found in desk.views.items()
            if part.pk in found
        ]
        parts.append(
            {
                "name": " ".join(p for p in (part.code, part.name) if p),
                "criteria": part.criteria,
                "result": str(outcome.get_result_display()) if outcome else "",
                "why": outcome.why if outcome else "",
                "views": views,
                "pieces": [f"{numbers[p.pk]}. {p.name}" for p in pieces],
            }
        )
    return {
        "title": standard.name,
        "person": dossier.person.name,
        "language": (translation.get_language() or "en")[:2],
        "aim": dossier.aim,
        "intake": dossier.intake,
        "facts": [[label, words] for label, words in facts if words],
        "parts": parts,
        "pieces": [
            {
                "number": n,
                "name": piece.name,
                "kind": str(piece.get_kind_display()),
                "on": _day(piece.done_on),
                "by": piece.by.name if piece.by else "",
                "about": piece.about,
                "told": [
                    [str(TOLD[name][0]) if name in TOLD else name, words]
                    for name, words in piece.told.items()
                ],
                "file": _file_name(piece, n) if piece.media else "",
            }
            for n, piece in enumerate(desk.pieces, start=1)
        ],
        "labels": {
            "kind": _("EVC dossier, for a recognised provider"),
            "disclaimer": disclaimer(),
            "not_one": not_one(),
            "aim": _("What the candidate wants to reach"),
            "intake": _("Agreed at the intake"),
            "parts": _("The parts of the standard"),
            "result": pgettext("EVC", "Result"),
            "evidence": _("Evidence"),
            "no_evidence": _("No evidence for this part."),
            "file": _("File"),
        },
    }


def page(desk: Desk) -> bytes:
    """The dossier on paper: PDF/A-2 that a screen reader reads (PDF/UA-1)."""
    return printed(TEMPLATE, told_of(desk))


def _file_name(piece: DossierPiece, number: int) -> str:
    """A name of our own making: what someone called a file says nothing about where it lands."""
    ending = ""
    if piece.media is not None:
        told = PurePosixPath(piece.file_name.replace("\\", "/")).suffix
        known = PurePosixPath(piece.media.name).suffix
        # A film or picture is what we made of it; of a document the ending was held against it.
        ending = known if known != ".bin" else told
    safe = "".join(sign for sign in ending.lower() if sign.isascii() and sign.isalnum())[:8]
    return f"files/{number:03d}.{safe or 'bin'}"


def archive(desk: Desk, into: IO[bytes]) -> None:
    """Everything in one ZIP: the page, an index a sheet opens, the same as data, the files."""
    told = told_of(desk)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("dossier.pdf", page(desk))
        packed.writestr("dossier.json", json.dumps(told, ensure_ascii=False, indent=2))
        packed.writestr("index.csv", _index(told))
        packed.writestr("README.txt", disclaimer() + "\n")
        for number, piece in enumerate(desk.pieces, start=1):
            if piece.media is None:
                continue
            try:
                with (
                    piece.media.file.open("rb") as file,
                    packed.open(_file_name(piece, number), "w", force_zip64=True) as out,
                ):
                    while chunk := file.read(256 * 1024):
                        out.write(chunk)
            except FileNotFoundError:
                continue  # the index names it; a lost file is not made up


def _index(told: dict[str, Any]) -> str:
    """The pieces as a sheet, with what begins as a formula held back."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["nr", _("Name"), _("Kind"), _("Day"), _("By"), _("File"), _("Parts")])
    for piece in told["pieces"]:
        mark = f"{piece['number']}. "
        about = [p["name"] for p in told["parts"] if any(x.startswith(mark) for x in p["pieces"])]
        row = [piece["name"], piece["kind"], piece["on"], piece["by"], piece["file"],
               "; ".join(about)]  # fmt: skip
        rows.writerow([piece["number"], *(inert(cell) for cell in row)])
    return "\ufeff" + out.getvalue()


def download(desk: Desk) -> FileResponse:
    """The archive as a download."""
    room = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    archive(desk, room)
    room.seek(0)
    response = FileResponse(room, as_attachment=True, filename="evc-dossier.zip")
    response["Cache-Control"] = "private, no-store"
    return response
