"""The front door of catalogue."""

from gezel.catalogue.actions import Taught, keep_findable, offer, prefer, put_aside, share
from gezel.catalogue.models import Activity, ActivitySkill, HiddenTip, Provider, TipPreference
from gezel.catalogue.policy import activities_to_read
from gezel.catalogue.queries import (
    Tips,
    ToldTip,
    activities_teaching,
    keep_out_of_tips,
    tips_for,
    wants_of,
)
from gezel.catalogue.rules import Want

__all__ = [
    "Activity",
    "ActivitySkill",
    "HiddenTip",
    "Provider",
    "Taught",
    "TipPreference",
    "Tips",
    "ToldTip",
    "Want",
    "activities_teaching",
    "activities_to_read",
    "keep_findable",
    "keep_out_of_tips",
    "offer",
    "prefer",
    "put_aside",
    "share",
    "tips_for",
    "wants_of",
]
