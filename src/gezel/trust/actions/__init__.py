"""What trust writes down."""

from gezel.trust.actions.log import (
    Tampered,
    add_witness,
    an_event,
    erase_events,
    forget_events,
    note_computations,
    note_event,
    note_events,
    remove_witness,
    reseal_logs,
    seal,
    seal_all,
    take_cosignature,
    take_up,
)
from gezel.trust.actions.readings import (
    A_STEP,
    KEPT,
    forget_readings,
    note_reading,
)

__all__ = [
    "A_STEP",
    "KEPT",
    "Tampered",
    "add_witness",
    "an_event",
    "erase_events",
    "forget_events",
    "forget_readings",
    "note_computations",
    "note_event",
    "note_events",
    "note_reading",
    "remove_witness",
    "reseal_logs",
    "seal",
    "seal_all",
    "take_cosignature",
    "take_up",
]
