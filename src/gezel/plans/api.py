"""The front door of plans."""

from gezel.plans.actions import (
    add_step,
    confirm,
    end_goal,
    make_wish,
    mark_step,
    set_goal,
    set_shared_goal,
    share,
    write_wish,
)
from gezel.plans.models import SHARED_PLAN, Agreement, Fact, Goal, SharedGoal, Step, Wish
from gezel.plans.rules import months_later
from gezel.plans.rules.optimise import three_plans

__all__ = [
    "SHARED_PLAN",
    "Agreement",
    "Fact",
    "Goal",
    "SharedGoal",
    "Step",
    "Wish",
    "add_step",
    "confirm",
    "end_goal",
    "make_wish",
    "mark_step",
    "months_later",
    "set_goal",
    "set_shared_goal",
    "share",
    "three_plans",
    "write_wish",
]
