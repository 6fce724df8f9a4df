"""What trust writes down."""

from gezel.trust.actions.readings import (
    A_STEP,
    KEPT,
    forget_readings,
    note_reading,
)

__all__ = [
    "A_STEP",
    "KEPT",
    "forget_readings",
    "note_reading",
]
