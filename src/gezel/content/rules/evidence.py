"""When completing a module is evidence of what it teaches, and when not.

The same lines decide and are read by the person at the result: `verdict` says which of them it was.
What was looked at shows nothing; what was asked and answered does.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gezel.content.rules import scoring


class Because(StrEnum):
    """Why a completion counts as evidence, or why not."""

    PASSED = "passed"
    SHOWED_BEFORE = "showed before"
    NOT_ENOUGH = "not enough"
    NO_MARK = "no mark"
    MADE_IT = "made it"
    NOTHING_ASKED = "nothing asked"
    SHOWN_THIS_YEAR = "shown this year"

    @property
    def counts(self) -> bool:
        return self in {Because.PASSED, Because.SHOWED_BEFORE}


@dataclass(frozen=True, slots=True)
class Completion:
    """What a round came to: how many questions there were, the mark in percent (0: none was set),
    whether that was reached, whether the questions came first, without the rest, and whether who
    answered made it: then they wrote the answers too."""

    questions: int
    mark: int
    passed: bool | None
    tested_out: bool = False
    made_it: bool = False


def verdict(done: Completion) -> Because:
    """Whether a completion is evidence at all, whoever it is and whatever they showed before."""
    if not done.questions:
        return Because.NOTHING_ASKED
    if not done.mark:
        return Because.NO_MARK
    if done.made_it:
        return Because.MADE_IT
    if not done.passed:
        return Because.NOT_ENOUGH
    return Because.SHOWED_BEFORE if done.tested_out else Because.PASSED


def verdict_of_skill(done: Completion, last_on: date | None, on: date) -> Because:
    """The same for one skill: what the module showed of it less than a year ago stands already."""
    whole = verdict(done)
    if whole.counts and not scoring.is_news(last_on, on):
        return Because.SHOWN_THIS_YEAR
    return whole
