"""What people do with tests: make and check items, bring them in, take a test, keep its result."""

from gezel.assessment.actions.bringing import Changed, bring_in, drop, preview, receive
from gezel.assessment.actions.figuring import figure_out
from gezel.assessment.actions.making import (
    NotPossible,
    Outdated,
    approve,
    change_item,
    close_test,
    draft_item,
    make_test,
    name_parts,
    open_test,
    put_in_use,
    retire,
    send_back,
    trial_passed,
)
from gezel.assessment.actions.taking import (
    Kept,
    Said,
    in_a_sentence,
    keep_answer,
    put_in_profile,
    start,
)

__all__ = [
    "Changed",
    "Kept",
    "NotPossible",
    "Outdated",
    "Said",
    "approve",
    "bring_in",
    "change_item",
    "close_test",
    "draft_item",
    "drop",
    "figure_out",
    "in_a_sentence",
    "keep_answer",
    "make_test",
    "name_parts",
    "open_test",
    "preview",
    "put_in_profile",
    "put_in_use",
    "receive",
    "retire",
    "send_back",
    "start",
    "trial_passed",
]
