"""What people do with modules: keep files, make and change them, play them."""

from gezel.content.actions.authoring import (
    Outdated,
    add_block,
    change_block,
    change_module,
    close,
    draft_module,
    make_module,
    move_block,
    open_up,
    remove_block,
)
from gezel.content.actions.files import Refused, keep_captions, keep_upload
from gezel.content.actions.playing import Given, Incomplete, Kept, finish, keep_answers, start

__all__ = [
    "Given",
    "Incomplete",
    "Kept",
    "Outdated",
    "Refused",
    "add_block",
    "change_block",
    "change_module",
    "close",
    "draft_module",
    "finish",
    "keep_answers",
    "keep_captions",
    "keep_upload",
    "make_module",
    "move_block",
    "open_up",
    "remove_block",
    "start",
]
