"""The front door of catalogue."""

from gezel.catalogue.actions import Taught, keep_findable, offer, prefer, put_aside, share
from gezel.catalogue.board import told_of
from gezel.catalogue.effects import count as count_effects
from gezel.catalogue.effects import effects_of, tell_completions, tell_uses, told_effect
from gezel.catalogue.models import (
    Activity,
    ActivitySkill,
    HiddenTip,
    Offering,
    Prerequisite,
    Provider,
    TipPreference,
)
from gezel.catalogue.offerings import Offer, give_on, needs_first, offers_for
from gezel.catalogue.policy import activities_to_read
from gezel.catalogue.queries import (
    Question,
    Tips,
    ToldTip,
    activities_teaching,
    find,
    keep_out_of_tips,
    preferences_of,
    tips_for,
    wants_of,
)
from gezel.catalogue.rules import Known, Want

__all__ = [
    "Activity",
    "ActivitySkill",
    "HiddenTip",
    "Known",
    "Offer",
    "Offering",
    "Prerequisite",
    "Provider",
    "Question",
    "Taught",
    "TipPreference",
    "Tips",
    "ToldTip",
    "Want",
    "activities_teaching",
    "activities_to_read",
    "count_effects",
    "effects_of",
    "find",
    "give_on",
    "keep_findable",
    "keep_out_of_tips",
    "needs_first",
    "offer",
    "offers_for",
    "prefer",
    "preferences_of",
    "put_aside",
    "share",
    "tell_completions",
    "tell_uses",
    "tips_for",
    "told_effect",
    "told_of",
    "wants_of",
]
