"""Certificates many Dutch employers keep track of: an opening bid that HR adapts.

What these rest on was looked up in 2026; where a term is no law, it says so.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.certificates.models import TypeTerms

_LAW, _NORM, _POLICY = TypeTerms.Basis.LAW, TypeTerms.Basis.NORM, TypeTerms.Basis.POLICY
_MONTHS = TypeTerms.Ends.MONTHS


@dataclass(frozen=True, slots=True)
class Template:
    """A certificate to begin from: what it is, and until when it counts."""

    name: str | Promise
    about: str | Promise
    fields: dict[str, Any]
    terms: dict[str, Any]


TEMPLATES = {
    "bhv": Template(
        _("Emergency response officer (BHV)"),
        _("1 year by the norm of NIBHV; the law names no term. A refresher until 3 months after."),
        {
            "name_nl": "Bedrijfshulpverlener (bhv)",
            "name_en": "Emergency response officer (BHV)",
            "issuer": "NIBHV",
        },
        {
            "ends": _MONTHS,
            "months": 12,
            "run_out_months": 3,
            "basis": _NORM,
            "source_nl": "De norm van NIBHV gaat uit van een jaar (nibhv.nl). De wet noemt geen "
            "termijn. Na drie maanden uitloop doe je de hele cursus opnieuw (sosopleider.nl).",
            "source_en": "The NIBHV norm counts one year (nibhv.nl). The law names no term. After "
            "three months of extra time you take the whole course again (sosopleider.nl).",
        },
    ),
    "vca": Template(
        _("VCA safety"),
        _("10 years, then a new exam; anyone can check it in the central diploma register."),
        {
            "name_nl": "VCA basisveiligheid",
            "name_en": "VCA basic safety",
            "issuer": "SSVV",
            "register_link": "https://www.vca.nl/",
        },
        {
            "ends": _MONTHS,
            "months": 120,
            "window_days": 180,
            "basis": _NORM,
            "source_nl": "Een VCA-diploma is tien jaar geldig; daarna doe je opnieuw examen "
            "(vca.nl). Te controleren in het Centraal Diploma Register.",
            "source_en": "A VCA diploma is valid for ten years; after that you sit the exam again "
            "(vca.nl). It can be checked in the central diploma register.",
        },
    ),
    "code95": Template(
        _("Code 95 on the driving licence"),
        _("35 hours in 5 years: at least 7 practice, at most 12 e-learning, one course twice."),
        {
            "name_nl": "Code 95 op het rijbewijs",
            "name_en": "Code 95 on the driving licence",
            "issuer": "CBR",
        },
        {
            "ends": _MONTHS,
            "months": 60,
            "from_previous": True,
            "window_days": 365,
            "hours_needed": 35,
            "hours_months": 60,
            "hours_practice": 7,
            "hours_e_learning": 12,
            "hours_repeats": 1,
            "basis": _LAW,
            "source_nl": "Beroepschauffeurs volgen 35 uur nascholing in vijf jaar, minstens 7 uur "
            "praktijk en hoogstens 12 uur e-learning; één cursus mag je herhalen (opcedo.nl).",
            "source_en": "Professional drivers follow 35 hours of training in five years, at least "
            "7 of practice and at most 12 of e-learning; one course may be repeated (opcedo.nl).",
        },
    ),
    "forklift": Template(
        _("Forklift truck"),
        _("No legal end date; most choose 5 years, riskier work 3. Say why you choose yours."),
        {"name_nl": "Heftruckcertificaat", "name_en": "Forklift certificate"},
        {
            "ends": _MONTHS,
            "months": 60,
            "basis": _POLICY,
            "source_nl": "De wet kent geen einddatum. Wij kiezen vijf jaar; bij risicovoller werk "
            "drie (vedaflex.nl). Reden: …",
            "source_en": "The law sets no end date. We choose five years; for riskier work three "
            "(vedaflex.nl). Reason: …",
        },
    ),
    "ehbo": Template(
        _("First aid (EHBO)"),
        _("Usually 2 years; check what your issuer says before you keep it."),
        {"name_nl": "EHBO-diploma", "name_en": "First aid diploma"},
        {
            "ends": _MONTHS,
            "months": 24,
            "basis": _POLICY,
            "source_nl": "Wij gaan uit van twee jaar, zoals gebruikelijk. De wet noemt geen "
            "termijn; kijk wat jouw uitgever zegt.",
            "source_en": "We count two years, as is usual. The law names no term; look at what "
            "your issuer says.",
        },
    ),
}
