"""Tables of profile."""

from gezel.profile.models.credentials import (
    ISSUED_TO_A_PERSON,
    LIST_SIZE,
    Achievement,
    Credential,
    SigningKey,
    SuiteStatus,
)
from gezel.profile.models.keys import Answered, PersonKey, SpentPlace
from gezel.profile.models.moving import Arrival, Brought, Takeout
from gezel.profile.models.profile import PROFILE_OF_A_PERSON, Part, PatternsSwitch
from gezel.profile.models.shares import Opening, Share, ShareQuerySet

__all__ = [
    "ISSUED_TO_A_PERSON",
    "LIST_SIZE",
    "PROFILE_OF_A_PERSON",
    "Achievement",
    "Answered",
    "Arrival",
    "Brought",
    "Credential",
    "Opening",
    "Part",
    "PatternsSwitch",
    "PersonKey",
    "Share",
    "ShareQuerySet",
    "SigningKey",
    "SpentPlace",
    "SuiteStatus",
    "Takeout",
]
