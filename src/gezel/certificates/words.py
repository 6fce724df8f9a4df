"""How the sum of a certificate is told: from the very steps the rule took."""

from collections.abc import Iterable
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gezel.certificates import rules
from gezel.certificates.models import CertificateType, TypeTerms


def day(told: object) -> str:
    """A day in the reader's manner."""
    return formats.date_format(told, "DATE_FORMAT") if isinstance(told, date) else "–"


def months(number: object) -> str:
    """So many months, in words."""
    n = number if isinstance(number, int) else 0
    return ngettext("%(n)s month", "%(n)s months", n) % {"n": n}


def days(number: object) -> str:
    """So many days, in words."""
    n = number if isinstance(number, int) else 0
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


def why(held: rules.Held, type_: CertificateType, terms: TypeTerms | None) -> str:
    """Until when a certificate counts and where that date comes from, in a sentence."""
    if not held.counts:
        return _(
            "It does not count: a refresher came too late, or without a whole course before it."
        )
    if held.valid_until is None:
        return _("This certificate does not lapse.")
    taken = {step.what: step.values for step in held.steps}
    until = day(held.valid_until)
    if "printed" in taken:
        return _("Valid until %(until)s, as it says on the certificate.") % {"until": until}
    basis = terms.get_basis_display() if terms else TypeTerms.Basis.POLICY.label
    names = {"until": until, "name": type_.name, "basis": basis}
    if "months" in taken:
        names["term"] = months(taken["months"]["months"])
        names["issued"] = day(held.issued_on)
        if "from_previous" in taken:
            names["previous"] = day(taken["from_previous"]["until"])
            told = _(
                "Valid until %(until)s, because %(name)s was renewed in time and counts for "
                "%(term)s after the one before, which ended on %(previous)s (%(basis)s)."
            )
        else:
            told = _(
                "Valid until %(until)s, because %(name)s counts for %(term)s after %(issued)s "
                "(%(basis)s)."
            )
    elif "yearly" in taken:
        told = _(
            "Valid until %(until)s, because every %(name)s ends on that day of the year "
            "(%(basis)s)."
        )
    else:
        told = _("Valid until %(until)s, because every %(name)s ends on that day (%(basis)s).")
    return f"{told % names} {terms.source if terms else ''}".strip()


def steps(held: rules.Held) -> list[str]:
    """The sum, step by step."""
    return list(_told(held.steps))


def _told(taken: Iterable[rules.Step]) -> Iterable[str]:
    sentences = {
        "issued": _("Issued on %(on)s."),
        "printed": _("The certificate itself says until %(until)s, and that counts."),
        "from_previous": _(
            "Renewed within the window that opened on %(from)s, so no days are lost: it counts "
            "from %(until)s, the last day of the one before."
        ),
        "months": _("%(from)s plus %(term)s is %(until)s."),
        "least": _("Active for at least %(length)s, so not before %(on)s."),
        "yearly": _("The first fixed day of the year from then on is %(until)s."),
        "day": _("This certificate ends for everyone on %(until)s."),
        "never": _("This certificate does not lapse."),
        "no_course_before": _(
            "It was a refresher, and no whole course stands before it; it does not count."
        ),
        "in_time": _(
            "It was a refresher, taken before %(until)s (the last day of the one before plus "
            "%(term)s); so it renews."
        ),
        "too_late": _(
            "It was a refresher, taken after %(until)s (the last day of the one before plus "
            "%(term)s); only the whole course renews by then."
        ),
        "window": _("Renewing is asked from %(from)s, %(length)s before."),
        "grace": _("Work may go on until %(until)s, %(length)s of grace."),
    }
    for step in taken:
        told = {name: day(x) if isinstance(x, date) else x for name, x in step.values.items()}
        if "months" in told:
            told["term"] = months(told["months"])
        if "days" in told:
            told["length"] = days(told["days"])
        yield sentences[step.what] % told


def term(terms: TypeTerms) -> str:
    """In a few words until when certificates under these terms count."""
    match terms.ends:
        case TypeTerms.Ends.MONTHS:
            told = _("Counts for %(term)s") % {"term": months(terms.months)}
        case TypeTerms.Ends.YEARLY:
            when = rules.fixed_day(2024, terms.yearly_month or 12, terms.yearly_day or 31)
            told = _("Ends each year on %(day)s") % {
                "day": formats.date_format(when, "MONTH_DAY_FORMAT")
            }
        case TypeTerms.Ends.DAY:
            told = _("Ends on %(day)s") % {"day": day(terms.ends_on)}
        case _other:
            told = _("Does not lapse")
    return f"{told} ({terms.get_basis_display()})"
