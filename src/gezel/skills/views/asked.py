"""What the address of a page asks: dates, choices; what is no answer counts as not asked."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date


def day_asked(request: HttpRequest, key: str, *, ahead: bool = False) -> date | None:
    """A day from the address: `?on=2026-03-01`; None for none, for nonsense and for today.

    Evidence of a day ahead does not exist yet, so such a day counts only with `ahead`.
    """
    if not (text := request.GET.get(key, "")):
        return None
    try:
        day = parse_date(text)
    except ValueError:
        return None
    today = timezone.localdate()
    if day is None or day == today or (day > today and not ahead) or day.year < 1950:
        return None
    return day


def key_asked(request: HttpRequest, key: str) -> int | None:
    """A primary key from the address."""
    text = request.GET.get(key, "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else None


def words_asked(request: HttpRequest, key: str) -> str:
    """Words from the address, without what no name holds."""
    return " ".join(request.GET.get(key, "").replace("\x00", "").split())[:100]
