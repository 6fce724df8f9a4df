"""The front door of content."""

from gezel.content.actions import Given, finish, keep_answers, make_module, start
from gezel.content.models import ATTEMPTS_OF_A_PERSON, Answer, Attempt, Block, Module
from gezel.content.policy import modules_to_play

__all__ = [
    "ATTEMPTS_OF_A_PERSON",
    "Answer",
    "Attempt",
    "Block",
    "Given",
    "Module",
    "finish",
    "keep_answers",
    "make_module",
    "modules_to_play",
    "start",
]
