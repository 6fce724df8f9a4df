"""Figures as people write them, in the reader's language."""

from functools import lru_cache
from typing import SupportsFloat, SupportsInt

from django.utils import formats, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def tenth(value: SupportsFloat | None, language: str | None = None) -> str:
    """2.4 to one decimal; a whole number loses its zero; nothing is a dash.

    Args:
        language: the reader's, for who writes many and asked for it once.
    """
    if value is None:
        return "–"
    return _tenth(round(float(value), 1), language or get_language())


@lru_cache(maxsize=1024)
def _tenth(rounded: float, language: str | None) -> SafeString:
    """Levels run from 0 to 5, so a page with a thousand figures writes some dozens of them.

    Said to be safe, so that a template does not look a thousand times for what is to be escaped.
    """
    with translation.override(language):
        whole = int(rounded) if rounded.is_integer() else rounded
        return mark_safe(str(formats.number_format(whole, force_grouping=True)))


def signed(value: SupportsFloat | None, decimals: int = 1) -> str:
    """A change with its sign: +0.30, −0.05; a real minus, and nothing is a dash."""
    if value is None:
        return "–"
    number = round(float(value), int(decimals))
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return sign + formats.number_format(abs(number), decimal_pos=int(decimals))


class Grouped(int):
    """A number as it is written, and still one to count by: it chooses a plural too."""

    def __str__(self) -> str:
        return str(formats.number_format(int(self), force_grouping=True))


def grouped(value: SupportsInt | None) -> Grouped | str:
    """How many people or rows there are: 5,004. Nothing is nothing.

    What comes out is a number, so `{% blocktranslate count n=people|grouped %}` does both.
    """
    return "" if value is None else Grouped(value)


def euro(cents: int | None) -> str:
    """Cents as money: € 360, € 1.250,50."""
    if cents is None:
        return "–"
    whole, rest = divmod(cents, 100)
    amount = formats.number_format(
        cents / 100 if rest else whole, decimal_pos=2 if rest else 0, force_grouping=True
    )
    return f"€ {amount}"


def hours(value: SupportsFloat | None) -> str:
    """Hours for people: 30 min, 1.5 h."""
    if value is None:
        return ""
    minutes = round(float(value) * 60)
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h") % {"hours": tenth(minutes / 60)}
