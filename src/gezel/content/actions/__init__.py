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
from gezel.content.actions.devices import begin_on_device, keep_place, pass_for, read_pass
from gezel.content.actions.files import Refused, keep_captions, keep_upload
from gezel.content.actions.playing import Given, Incomplete, Kept, finish, keep_answers, start
from gezel.content.actions.receiving import (
    Arrived,
    begin_upload,
    claim_upload,
    drop_upload,
    sweep_uploads,
    take_part,
)

__all__ = [
    "Arrived",
    "Given",
    "Incomplete",
    "Kept",
    "Outdated",
    "Refused",
    "add_block",
    "begin_on_device",
    "begin_upload",
    "change_block",
    "change_module",
    "claim_upload",
    "close",
    "draft_module",
    "drop_upload",
    "finish",
    "keep_answers",
    "keep_captions",
    "keep_place",
    "keep_upload",
    "make_module",
    "move_block",
    "open_up",
    "pass_for",
    "read_pass",
    "remove_block",
    "start",
    "sweep_uploads",
    "take_part",
]
