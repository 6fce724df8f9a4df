"""The front door of content."""

from gezel.content.actions import (
    Arrived,
    Given,
    Refused,
    bring_package,
    claim_upload,
    finish,
    keep_answers,
    keep_upload,
    make_module,
    start,
)
from gezel.content.actions import store as store_package
from gezel.content.actions.importing import FileRefused, import_file
from gezel.content.models import ATTEMPTS_OF_A_PERSON, Answer, Attempt, Block, Media, Module
from gezel.content.policy import modules_to_play
from gezel.content.rules.bodies import Words

__all__ = [
    "ATTEMPTS_OF_A_PERSON",
    "Answer",
    "Arrived",
    "Attempt",
    "Block",
    "FileRefused",
    "Given",
    "Media",
    "Module",
    "Refused",
    "Words",
    "bring_package",
    "claim_upload",
    "finish",
    "import_file",
    "keep_answers",
    "keep_upload",
    "make_module",
    "modules_to_play",
    "start",
    "store_package",
]
