"""What a shared link lets through, and until when it does."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from gezel.profile.rules.arranging import PARTS, Item, Placed

USUAL_DAYS, LONGEST_DAYS = 30, 366
# Open at once: whoever needs more has lost count of what lies about.
MOST_OPEN = 30
MOST_CHOSEN = 400

# Marks that turn the direction of writing: they make a text read as what it is not.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def story_of(code: str) -> str:
    """The choice of a part's story."""
    return f"story:{code}"


def whole_of(code: str) -> str:
    """The choice of all there is in a part, also what comes later."""
    return f"all:{code}"


def may_be_chosen(keys: Iterable[str]) -> set[str]:
    """Everything one can choose, of a profile with these items."""
    return {*keys, *(story_of(code) for code in PARTS), *(whole_of(code) for code in PARTS)}


def lets_through(part: Placed, items: Sequence[Item], chosen: Collection[str]) -> list[Item]:
    """The items of a part that whoever has the link sees.

    What was chosen and is no longer there is not there: a link shows what is true when it is read.
    """
    if whole_of(part.code) in chosen:
        return list(items)
    return [item for item in items if item.key in chosen]


def touches(code: str, items: Collection[str], chosen: Collection[str]) -> bool:
    """Whether anything of a part was chosen."""
    return bool({story_of(code), whole_of(code), *items} & set(chosen))


def is_open(*, until: date, withdrawn: bool, today: date) -> bool:
    """Until and including its day, unless it was withdrawn. Nothing opens it again."""
    return not withdrawn and today <= until


def may_be_until(until: date, today: date) -> bool:
    """From today, and not further off than someone remembers having given it."""
    return today <= until <= today + timedelta(days=LONGEST_DAYS)


def plain_text(text: str) -> str:
    """Words of one's own without marks that steer: nobody is led to read what is not there."""
    kept = text.translate(_TURNING).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
