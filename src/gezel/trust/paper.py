"""A draft as a page on paper: PDF/A-2 that a screen reader reads (PDF/UA-1)."""

from collections.abc import Sequence
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from gezel.kit.paper import printed
from gezel.trust.queries.drafts import Part

TEMPLATE = Path(__file__).with_name("paper.typ")


def page(parts: Sequence[Part], *, title: str, lead: str, organisation: str) -> bytes:
    """The draft, in the language of the reader."""
    told = {
        "title": title,
        "lead": lead,
        "organisation": organisation,
        "language": (translation.get_language() or "en")[:2],
        "parts": [
            {
                "title": part.title,
                "says": [str(sentence) for sentence in part.says],
                "rows": [[str(one), str(other)] for one, other in part.rows],
                "asks": part.asks,
                "filled": part.filled,
            }
            for part in parts
        ],
        "labels": {
            "what": _("What"),
            "told": _("How it is"),
            "open": _("To be filled in by a human."),
        },
    }
    return printed(TEMPLATE, told)
