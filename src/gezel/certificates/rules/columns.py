"""Which column of a list of certificates is which, and in what order its dates are written."""

import re
from collections.abc import Iterable

from gezel.kit.incoming.columns import meanings

_HEADERS = {
    "person": "e mail; email; e mailadres; mail; mailadres; e mail address; email address; "
    "medewerker; naam; name; employee; personeelsnummer; medewerkernummer; staff number; "
    "employee number; persnr; houder; holder; who; wie",
    "type": "certificaat; certificate; soort; type; certificaat soort; certificate type; diploma; "
    "opleiding; training; cursus; course; naam certificaat; certificate name",
    "number": "nummer; number; certificaatnummer; certificate number; diplomanummer; pasnummer; "
    "registratienummer; registration number",
    "issued_on": "behaald op; behaald; datum; uitgegeven op; afgiftedatum; issued on; issued; "
    "issue date; date; datum behaald; behaaldatum; completed on; datum uitgifte; examendatum",
    "valid_until": "geldig tot; geldig t m; geldig tot en met; verloopt op; verloopdatum; "
    "einddatum; valid until; expires; expires on; expiry date; vervaldatum; geldigheid",
    "refresher": "herhaling; refresher; herhalingsles; is herhaling",
}
FIELDS = tuple(_HEADERS)
NEEDED = ("person", "type", "issued_on")


MEANT = meanings(_HEADERS)
_TWO_AND_YEAR = re.compile(r"\s*(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})\b(.*)", re.DOTALL)


def writes_month_first(cells: Iterable[object]) -> bool | None:
    """Whether these dates are written month first; None when they do not tell."""
    first, second = 0, 0
    for cell in cells:
        if isinstance(cell, str) and (m := _TWO_AND_YEAR.fullmatch(cell)):
            first += int(m[1]) > 12
            second += int(m[3]) > 12
    if first == second:
        return None
    return second > first


def day_first(cell: object, *, month_first: bool) -> object:
    """A cell as a reader who expects the day first means it."""
    if month_first and isinstance(cell, str) and (m := _TWO_AND_YEAR.fullmatch(cell)):
        return f"{m[3]}{m[2]}{m[1]}{m[2]}{m[4]}{m[5]}"
    return cell
