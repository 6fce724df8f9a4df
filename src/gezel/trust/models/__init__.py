"""Tables of trust."""

from gezel.trust.models.braking import (
    LetGoOn,
    ManyLooks,
)
from gezel.trust.models.consent import (
    CouncilDecision,
    Counted,
    Filled,
    SettingChange,
    Told,
)
from gezel.trust.models.erasure import (
    Erasure,
    LegalRecord,
    Objection,
    Tombstone,
)
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
    "CouncilDecision",
    "Counted",
    "Erasure",
    "Event",
    "Filled",
    "Leaf",
    "LegalRecord",
    "LetGoOn",
    "Log",
    "ManyLooks",
    "Objection",
    "Reading",
    "SettingChange",
    "Tile",
    "Told",
    "Tombstone",
    "Witness",
]
