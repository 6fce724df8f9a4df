"""The front door of assessment."""

from gezel.assessment.actions import (
    Said,
    draft_item,
    figure_out,
    keep_answer,
    make_test,
    open_test,
    put_in_profile,
    put_in_use,
    start,
)
from gezel.assessment.models import SITTINGS_OF_A_PERSON, Item, Part, Sitting, Test
from gezel.assessment.queries.facts import OwnFact, tell_facts
from gezel.assessment.rules.bodies import Words
from gezel.assessment.rules.dossier import matrix
from gezel.assessment.rules.measuring import believed

__all__ = [
    "SITTINGS_OF_A_PERSON",
    "Item",
    "OwnFact",
    "Part",
    "Said",
    "Sitting",
    "Test",
    "Words",
    "believed",
    "draft_item",
    "figure_out",
    "keep_answer",
    "make_test",
    "matrix",
    "open_test",
    "put_in_profile",
    "put_in_use",
    "start",
    "tell_facts",
]
