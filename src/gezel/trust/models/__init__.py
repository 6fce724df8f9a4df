"""Tables of trust."""

from gezel.trust.models.log import (
    Checkpoint,
    Cosignature,
    Event,
    Leaf,
    Log,
    Tile,
    Witness,
)
from gezel.trust.models.readings import (
    Reading,
)

__all__ = [
    "Checkpoint",
    "Cosignature",
    "Event",
    "Leaf",
    "Log",
    "Reading",
    "Tile",
    "Witness",
]
