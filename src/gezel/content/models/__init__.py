"""The tables of this room, each file along its meaning."""

from gezel.content.models.attempts import ATTEMPTS_OF_A_PERSON, COMPLETED, Answer, Attempt
from gezel.content.models.cards import (
    CARDS_OF_A_PERSON,
    Card,
    CardPace,
    CardWishes,
    DeckCard,
    Review,
)
from gezel.content.models.devices import Begun, Place
from gezel.content.models.intakes import INTAKES_OF_A_PERSON, ModuleIntake
from gezel.content.models.launches import LaunchSession, Registration
from gezel.content.models.modules import Block, BlockQuerySet, Media, Module
from gezel.content.models.packages import Edition, Package, PackageAttempt, PackageMemory, UnitState
from gezel.content.models.practice import LOOKER, PROOFS_OF_A_PERSON, Proof
from gezel.content.models.test_out import TestOut
from gezel.content.models.together import Asking, CoAuthor, PeerReview, Remark, Thanks
from gezel.content.models.uploads import UPLOADS_OF_A_PERSON, ContentSettings, Upload
from gezel.content.models.versions import Snapshot, SnapshotFile, Writing
from gezel.content.models.waivers import GIVER, WAIVERS_OF_A_PERSON, Waiver

__all__ = [
    "ATTEMPTS_OF_A_PERSON",
    "CARDS_OF_A_PERSON",
    "COMPLETED",
    "GIVER",
    "INTAKES_OF_A_PERSON",
    "LOOKER",
    "PROOFS_OF_A_PERSON",
    "UPLOADS_OF_A_PERSON",
    "WAIVERS_OF_A_PERSON",
    "Answer",
    "Asking",
    "Attempt",
    "Begun",
    "Block",
    "BlockQuerySet",
    "Card",
    "CardPace",
    "CardWishes",
    "CoAuthor",
    "ContentSettings",
    "DeckCard",
    "Edition",
    "LaunchSession",
    "Media",
    "Module",
    "ModuleIntake",
    "Package",
    "PackageAttempt",
    "PackageMemory",
    "PeerReview",
    "Place",
    "Proof",
    "Registration",
    "Remark",
    "Review",
    "Snapshot",
    "SnapshotFile",
    "TestOut",
    "Thanks",
    "UnitState",
    "Upload",
    "Waiver",
    "Writing",
]
