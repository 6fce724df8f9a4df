"""What may someone take, read and make?"""

from gezel.assessment.policy.banks import (
    intakes,
    items_to_make,
    items_with_a_picture,
    may_check,
    own_sittings,
    tests_to_make,
    tests_to_take,
)
from gezel.assessment.policy.dossiers import (
    dossiers_to_know,
    dossiers_to_read,
    has_part_in_evc,
    objections_to_decide,
    own_dossiers,
    part_of,
    roles_carried,
    roles_shut,
    standards_to_begin,
    standards_to_make,
    standards_to_read,
    statements_to_give,
    tasks_to_answer,
)

__all__ = [
    "dossiers_to_know",
    "dossiers_to_read",
    "has_part_in_evc",
    "intakes",
    "items_to_make",
    "items_with_a_picture",
    "may_check",
    "objections_to_decide",
    "own_dossiers",
    "own_sittings",
    "part_of",
    "roles_carried",
    "roles_shut",
    "standards_to_begin",
    "standards_to_make",
    "standards_to_read",
    "statements_to_give",
    "tasks_to_answer",
    "tests_to_make",
    "tests_to_take",
]
