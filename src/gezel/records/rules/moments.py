"""Moments as xAPI writes them. Version 2.0 holds to RFC 3339; 1.0.3 allows more of ISO 8601."""

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))\Z"
)
_ISO8601 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?"
    r"(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?\Z"
)
# The other forms of ISO 8601 that name a day and a time of that day.
_OTHER = re.compile(r"[\dWw-]{7,10}[Tt]\d\d[\d:.,]*(?:[Zz]|[+-]\d\d(?::?\d\d)?)?\Z", re.ASCII)
_UNKNOWN_ZONE = "has the offset -00:00, which says that the zone is unknown"


def read_moment(told: str, *, strict: bool) -> datetime:
    """The moment that is told, in UTC; digits behind the microsecond are left out.

    Args:
        strict: as 2.0 asks (RFC 3339, with a zone); else a zone may be absent and is UTC then.

    Raises:
        ValueError: it is no moment, or has an unknown offset (-00:00).
    """
    found = (_RFC3339 if strict else _ISO8601).match(told)
    if found is None:
        if not strict and _OTHER.match(told):
            return _read_otherwise(told)
        raise ValueError("is not a moment as RFC 3339 writes it")
    year, month, day, hour, minute, second, part, _utc, sign, hours, minutes = found.groups()
    zone = UTC
    if sign:
        if sign == "-" and not int(hours) and not int(minutes or 0):
            raise ValueError(_UNKNOWN_ZONE)
        if int(hours) > 23 or int(minutes or 0) > 59:
            raise ValueError("has an offset that is no time")
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        zone = timezone(-offset if sign == "-" else offset)
    leap = second == "60"  # a leap second is told as the last moment before it
    try:
        at = datetime(
            int(year), int(month), int(day), int(hour), int(minute),
            59 if leap else int(second or 0),
            999_999 if leap else int((part or "0")[:6].ljust(6, "0")),
            tzinfo=zone,
        )  # fmt: skip
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is no moment of the calendar") from None


def _read_otherwise(told: str) -> datetime:
    """A moment without the signs between (20261127T101500Z), by week, or by the hour alone."""
    if re.search(r"-00(?::?00)?\Z", told):
        raise ValueError(_UNKNOWN_ZONE)
    try:
        at = datetime.fromisoformat(told.upper())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is no moment of the calendar") from None


def write_moment(at: datetime) -> str:
    """A moment in UTC with all its microseconds, so that `since` and `until` cut where meant."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


_NUMBER = r"\d+(?:[.,]\d+)?"
_DURATION = re.compile(
    rf"P(?:(?P<W>{_NUMBER})W|(?=[\dT])(?:(?P<Y>{_NUMBER})Y)?(?:(?P<M>{_NUMBER})M)?"
    rf"(?:(?P<D>{_NUMBER})D)?(?:T(?=\d)(?:(?P<h>{_NUMBER})H)?(?:(?P<m>{_NUMBER})M)?"
    rf"(?:(?P<s>{_NUMBER})S)?)?)\Z"
)


def is_duration(told: str) -> bool:
    """Whether this is a length of time as ISO 8601 writes it; only the last part has a fraction."""
    found = _DURATION.match(told)
    if found is None:
        return False
    parts = [part for part in found.groups() if part is not None]
    return bool(parts) and not any("." in part or "," in part for part in parts[:-1])


def length_told(told: str) -> tuple[tuple[str, Decimal], ...]:
    """What a length of time comes to for who compares: its parts that are not zero, of the seconds
    no more than two digits behind the point (1.0.3 part two 4.6; 2.0 asks the same).

    Raises:
        ValueError: it is no duration.
    """
    found = _DURATION.match(told)
    if found is None:
        raise ValueError("is not a duration")
    parts = {}
    for name, part in found.groupdict().items():
        if part:
            whole, _point, behind = part.replace(",", ".").partition(".")
            parts[name] = Decimal(f"{whole}.{(behind[:2] if name == 's' else behind) or 0}")
    return tuple((name, part) for name, part in parts.items() if part)
