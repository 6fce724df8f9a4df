"""Moments as credentials write them: a date, a time and always a zone."""

import re
from datetime import UTC, datetime
from typing import Any

_FORM = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-4]):[0-5]\d:[0-5]\d(\.\d{1,12})?"
    r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)


class BadMoment(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """Not a moment as XML Schema writes it with a zone."""


def moment(text: Any) -> datetime:
    """The moment that is meant; without a zone it would be another one elsewhere.

    Raises:
        BadMoment: not in that form, or no such day.
    """
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        raise BadMoment(str(text)[:40])
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadMoment(text) from None


def written(at: datetime) -> str:
    """A moment to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
