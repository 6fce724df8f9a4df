"""Puts what someone shows and lacks into words: each figure once, in the reader's language.

The page about someone's skills says a level in a bar, in a table and in a list. What stands here
is asked for each skill once; in the template it would be asked for each time it is said.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypedDict

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from gezel.kit.addresses import around
from gezel.kit.charts import level_bar
from gezel.kit.figures import tenth
from gezel.kit.templatetags.kit import short_day
from gezel.people.api import Person
from gezel.skills import rules
from gezel.skills.models import Skill
from gezel.skills.queries import SkillAsked


# Dictionaries, for there a template looks first: of any other object it has to find out at each
# name that it is none, which takes twice the time.
class SkillTold(TypedDict):
    """What someone shows of a skill, beside what is asked of it."""

    name: str
    ledger: str
    """The address of where the level comes from."""
    essential: bool
    level: str
    low: str
    high: str
    bar: SafeString
    asked: str
    short: str
    """How far it falls short; nothing where that is no need."""
    pieces: int
    pieces_told: str
    newest_on: str
    later_on: date | None
    later: int


class NeedTold(TypedDict):
    """A skill in which someone falls short."""

    name: str
    ledger: str
    essential: bool
    asked: str
    held: str
    """Nothing where nothing is known."""
    gap: str


class BarTold(TypedDict):
    """What someone shows of a skill of their role, in a line and a bar."""

    name: str
    ledger: str
    level: str
    """Nothing where nothing is known."""
    asked: int
    """Now, or where nothing is asked yet, first."""
    reached: bool
    """What is asked now."""
    bar: SafeString
    later_on: date | None
    later: int


def bars_told(person: Person, rows: Iterable[SkillAsked]) -> list[BarTold]:
    """What this person shows of what their role asks, now and from a day ahead."""
    language, ledger = get_language(), _ledgers(person)
    return [
        {
            "name": row.skill.named(language),
            "ledger": ledger(row.skill),
            "level": tenth(row.level, language) if row.level else "",
            "asked": (asked := row.asked or row.later),
            "reached": bool(row.asked) and not row.is_need,
            "bar": level_bar(row.level, asked, row.low, row.high, language),
            "later_on": row.later_on if row.later else None,
            "later": row.later,
        }
        for row in rows
    ]


def skills_told(person: Person, rows: Iterable[SkillAsked]) -> list[SkillTold]:
    """What this person shows, skill by skill."""
    language, ledger = get_language(), _ledgers(person)
    return [
        {
            "name": row.skill.named(language),
            "ledger": ledger(row.skill),
            "essential": row.essential,
            "level": tenth(row.level, language),
            "low": tenth(row.low, language),
            "high": tenth(row.high, language),
            "bar": level_bar(row.level, row.asked or None, row.low, row.high, language)
            if row.pieces
            else level_bar(0, row.asked, language=language),
            "asked": tenth(row.asked, language),
            "short": tenth(gap, language) if (gap := row.gap) >= rules.SMALLEST_GAP else "",
            "pieces": row.pieces,
            "pieces_told": str(row.pieces),
            "newest_on": short_day(row.newest_on, language),
            "later_on": row.later_on,
            "later": row.later,
        }
        for row in rows
    ]


def needs_told(person: Person, needs: Iterable[rules.Need]) -> list[NeedTold]:
    """Where this person falls short."""
    language, ledger = get_language(), _ledgers(person)
    return [
        {
            "name": need.skill.named(language),
            "ledger": ledger(need.skill),
            "essential": need.essential,
            "asked": tenth(need.asked, language),
            "held": tenth(need.held, language) if need.held else "",
            "gap": tenth(need.gap, language),
        }
        for need in needs
        if isinstance(need.skill, Skill)
    ]


def _ledgers(person: Person) -> Callable[[Skill], SafeString]:
    """The addresses of where this person's levels come from."""
    before, between, after = around("skills:ledger", 2)
    return lambda skill: mark_safe(f"{before}{person.pk}{between}{skill.pk}{after}")
