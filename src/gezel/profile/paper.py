"""A credential as a page on paper: PDF/A-2 that a screen reader reads (PDF/UA-1), with a code."""

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from gezel.kit import late
from gezel.kit.paper import printed
from gezel.profile import words
from gezel.profile.models import Credential
from gezel.profile.rules.badge import named
from gezel.profile.rules.wording import wording

TEMPLATE = Path(__file__).with_name("paper.typ")


def page(credential: Credential, document: dict[str, Any], *, link: str) -> bytes:
    """The page, in the language of the reader as far as what was signed is in that."""
    told = told_on(credential, document, link=link)
    drawn = io.BytesIO()
    late.segno.make(told["link"], error="m").save(drawn, kind="svg", border=2)
    return printed(TEMPLATE, told, inputs={"code": drawn.getvalue().decode()})


def told_on(credential: Credential, document: dict[str, Any], *, link: str) -> dict[str, Any]:
    """Every word on it. The code leads to where it can be checked: to its own page while that is
    open, else to where one checks the file."""
    reader = (translation.get_language() or "en")[:2]
    said = wording(document, reader)
    own = bool(said.language) and said.language[:2].lower() != reader
    is_open = bool(credential.open_until and credential.open_until >= timezone.localdate())
    link = link if is_open else settings.BASE_URL + reverse("profile:verify")
    return {
        "title": said.name,
        "issuer": credential.organisation.name,
        "language": reader,
        "spoken": said.language[:2].lower() or reader,
        "note": words.only_in(said.language) if own else "",
        "person": named(document),
        "about": said.about,
        "criteria": said.criteria,
        "evidence": " ".join(f"{name}: {told}" for name, told in said.evidence),
        "days": _days(credential),
        "check": _("Check it yourself:") if is_open else _("Check the file it came with:"),
        "link": link,
        "number": str(credential.pk),
        "labels": {
            "criteria": _("What it takes"),
            "evidence": _("What it rests on"),
            "days": _("Since and until"),
            "code": _("A code that leads to the page where this is checked"),
            "number": _("Number"),
        },
    }


def _days(credential: Credential) -> str:
    issued = formats.date_format(timezone.localtime(credential.issued_at), "j F Y")
    if credential.valid_until is None:
        return _("Issued on %(day)s. It does not lapse.") % {"day": issued}
    until = formats.date_format(credential.valid_until, "j F Y")
    return _("Issued on %(day)s, until %(until)s.") % {"day": issued, "until": until}
