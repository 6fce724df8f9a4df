"""Who need not do some learning: the reasons there are, and when a test is reason enough."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

# An older test says what someone could then. A year is also how long one module counts as evidence.
FRESH = timedelta(days=365)
# Half a level short of what is asked is short; less than that is noise, as for learning needs.
NOISE = 0.5


@dataclass(frozen=True, slots=True)
class Showing:
    """What the newest test of a skill showed, on the scale of 0 to 5."""

    level: float
    on: date


def shown_in_tests(
    teaches: Iterable[tuple[int, int]], tests: Mapping[int, Showing], on: date
) -> list[int]:
    """The skills whose tests together show all that some learning brings to; none if they do not.

    Of each skill the newest test decides: who did worse the second time shows the second. What
    teaches no skill cannot be shown beforehand.

    Args:
        teaches: each skill with the level that the learning brings to.
        tests: per skill the newest test of this person.
        on: the day on which it is asked.
    """
    asked = list(teaches)
    for skill, level in asked:
        test = tests.get(skill)
        if test is None or not on - FRESH <= test.on <= on:
            return []
        if round(test.level, 1) <= level - NOISE:
            return []
    return [skill for skill, _level in asked]


# The forms whose units are parts of their own, each of which one may be let off.
IN_PARTS = frozenset({"scorm12", "scorm2004", "cmi5"})
LONGEST_NAME = 255


def name_of_part(unit: Mapping[str, Any]) -> str:
    """What a unit is known by over all editions of its package: of cmi5 the id that its publisher
    gave it, since we only number its units; of SCORM the identifier of its item."""
    name = str(unit["extra"].get("id") or unit["identifier"])
    return name if len(name) <= LONGEST_NAME else str(uuid5(NAMESPACE_URL, name))


def parts_of(form: str, units: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The parts that one may be let off separately, by name, with their titles; of a package that
    has only one, none: then it is the whole."""
    found = {name_of_part(unit): str(unit["title"])[:250] for unit in units}
    return found if form in IN_PARTS and len(found) > 1 else {}
