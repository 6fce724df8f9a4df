"""The front door of paths.

For rooms above: `tell_kind` adds a sort of condition to the rules, `enrol` puts people on a path,
`deadlines_of` tells by which days its steps have to be done.
"""

from gezel.paths.actions import enrol, make_path, publish, run_rules, run_rules_for
from gezel.paths.actions.reckoning import rests_on_own_word
from gezel.paths.deadlines import Deadline, deadlines_of
from gezel.paths.kinds import ConditionKind, Ground, Value, pick, tell_kind
from gezel.paths.models import PROGRESS_OF_A_PERSON, Enrolment, Mark, Path, Rule, Version
from gezel.paths.queries import meant, report, report_steps
from gezel.paths.rules import walked

__all__ = [
    "PROGRESS_OF_A_PERSON",
    "ConditionKind",
    "Deadline",
    "Enrolment",
    "Ground",
    "Mark",
    "Path",
    "Rule",
    "Value",
    "Version",
    "deadlines_of",
    "enrol",
    "make_path",
    "meant",
    "pick",
    "publish",
    "report",
    "report_steps",
    "rests_on_own_word",
    "run_rules",
    "run_rules_for",
    "tell_kind",
    "walked",
]
