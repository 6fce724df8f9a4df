"""The front door of certificates.

For other rooms: `tasks_of` (who may do which task on a day), `rows_of` (how people stand),
`completed` (an activity was completed: it may bring certificates or hours).
"""

from gezel.certificates.actions import (
    ask,
    change_terms,
    completed,
    confirm,
    decide_hours,
    load_certificates,
    reckon_everyone,
    refuse,
    register,
    register_hours,
    save_task,
    save_type,
)
from gezel.certificates.actions.loading import apply as apply_load
from gezel.certificates.actions.loading import prepare as prepare_load
from gezel.certificates.actions.loading import receive as receive_load
from gezel.certificates.everyone import changed, everyone, facts_of, ground_of, stand_from
from gezel.certificates.models import (
    CERTIFICATES_OF_A_PERSON,
    Brings,
    CertificateSkill,
    CertificateType,
    Duty,
    Exemption,
    Holding,
    HoursDone,
    TypeTerms,
    WorkTask,
)
from gezel.certificates.queries import May, Row, TaskRow, rows_of, tasks_of
from gezel.certificates.rules import counted, months_after, reckoned, standing

__all__ = [
    "CERTIFICATES_OF_A_PERSON",
    "Brings",
    "CertificateSkill",
    "CertificateType",
    "Duty",
    "Exemption",
    "Holding",
    "HoursDone",
    "May",
    "Row",
    "TaskRow",
    "TypeTerms",
    "WorkTask",
    "apply_load",
    "ask",
    "change_terms",
    "changed",
    "completed",
    "confirm",
    "counted",
    "decide_hours",
    "everyone",
    "facts_of",
    "ground_of",
    "load_certificates",
    "months_after",
    "prepare_load",
    "receive_load",
    "reckon_everyone",
    "reckoned",
    "refuse",
    "register",
    "register_hours",
    "rows_of",
    "save_task",
    "save_type",
    "stand_from",
    "standing",
    "tasks_of",
]
