"""What rooms above know about learning a skill: hours, prices, what is on offer, what tests it.

Skills stands below the catalogue and cannot ask it. So a room above says once, at the start, how
to be asked; where none does, the published anchor holds and nothing is on offer.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import caches

from gezel.people.api import Organisation, Visitor
from gezel.skills.rules import distance as far

# A median over the whole catalogue hardly moves in a minute, and is asked on every page here.
A_WHILE = 60


@dataclass(frozen=True, slots=True)
class Taken:
    """What one activity takes for one level of one skill."""

    hours: float
    cents: int


@dataclass(frozen=True, slots=True)
class OnOffer:
    """One activity on someone's route."""

    title: str
    url: str
    hours: float
    price_cents: int
    how: str
    from_level: int
    to_level: int


@dataclass(frozen=True, slots=True)
class Want:
    """From where to where someone has to learn a skill."""

    held: float
    asked: int


@dataclass(frozen=True, slots=True)
class Use:
    """How often a room above names a skill, in words: "3 activities teach it"."""

    words: str
    count: int


TakenBySkill = Mapping[int, Sequence[Taken]]
HowLong = Callable[[Organisation], TakenBySkill]
WhatFits = Callable[[Visitor, Mapping[int, Want]], Mapping[int, Sequence[OnOffer]]]
HowUsed = Callable[[Organisation, Collection[int]], Use]
_how_long: list[HowLong] = []
_what_fits: list[WhatFits] = []
_how_used: list[HowUsed] = []
Wage = Callable[[Organisation], int]
TestsOf = Callable[[Visitor, Collection[int]], Mapping[int, str]]
_wage: list[Wage] = []
_tests_of: list[TestsOf] = []

# What an hour of work costs an employer in the Netherlands on average, rounded (Eurostat, labour
# cost levels 2024, about € 45): pay, holiday money and employer's charges, in cents.
WAGE_CENTS = 4_500


def tell_offer(how_long: HowLong, what_fits: WhatFits) -> None:
    """A room above says how to be asked what learning takes and what it offers.

    Args:
        how_long: for an organisation, per skill what each activity takes for a level.
        what_fits: for a visitor and wants by skill, per skill what helps, best first.
    """
    if how_long not in _how_long:
        _how_long.append(how_long)
        _what_fits.append(what_fits)


def taken(organisation: Organisation) -> dict[int, list[Taken]]:
    """Per skill what the activities of an organisation take for a level, remembered a minute."""
    name = f"skills:taken:{organisation.pk}"
    found: dict[int, list[Taken]] | None = caches["near"].get(name)
    if found is None:
        found = {}
        for source in _how_long:
            for skill, each in source(organisation).items():
                found.setdefault(skill, []).extend(each)
        caches["near"].set(name, found, A_WHILE)
    return found


def hours_per_level(
    told: TakenBySkill, same: Mapping[int, Sequence[int]]
) -> dict[int, far.HoursPerLevel]:
    """For each asked skill the hours a level takes; those that nothing teaches take the anchor.

    Args:
        told: as `taken` says.
        same: asked skill → skills that are it, among them the ones that are taught.
    """
    found = {}
    for pk, rows in same.items():
        if hours := [each.hours for row in rows for each in told.get(row, ())]:
            found[pk] = far.hours_per_level(hours)
    return found


def on_offer(visitor: Visitor, wants: Mapping[int, Want]) -> dict[int, list[OnOffer]]:
    """What the organisation offers for these wants, per skill."""
    found: dict[int, list[OnOffer]] = {}
    for source in _what_fits:
        for skill, each in (source(visitor, wants) if wants else {}).items():
            found.setdefault(skill, []).extend(each)
    return found


def tell_use(how_used: HowUsed) -> None:
    """A room above says how to be asked how often it names a skill."""
    if how_used not in _how_used:
        _how_used.append(how_used)


def uses(organisation: Organisation, skill_pks: Collection[int]) -> list[Use]:
    """Where rooms above name these skills, and how often; what names them nowhere is left out."""
    return [use for source in _how_used if (use := source(organisation, skill_pks)).count]


def tell_wage(wage: Wage) -> None:
    """A room above says what an hour of work costs in an organisation, in cents."""
    if wage not in _wage:
        _wage.append(wage)


def wage_cents(organisation: Organisation) -> int:
    """What an hour of work costs here, as its planning rules have it; else the average."""
    return next((source(organisation) for source in _wage), WAGE_CENTS)


def tell_tests(tests_of: TestsOf) -> None:
    """A room above says how to be asked where the visitor can test themselves in some skills."""
    if tests_of not in _tests_of:
        _tests_of.append(tests_of)


def tests_of(visitor: Visitor, skill_pks: Collection[int]) -> dict[int, str]:
    """Skill → the address of its test that is open to the visitor, where there is one."""
    found: dict[int, str] = {}
    for source in reversed(_tests_of):
        found |= source(visitor, skill_pks)
    return found
