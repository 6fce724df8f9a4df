"""The front door of content."""

from gezel.content.actions import (
    Arrived,
    Given,
    Refused,
    add_block,
    answer_asking,
    ask,
    ask_review,
    bring_package,
    claim_upload,
    draft_module,
    finish,
    keep_answers,
    keep_file,
    keep_upload,
    make_module,
    open_up,
    set_house_rules,
    start,
    thank,
)
from gezel.content.actions import store as store_package
from gezel.content.actions.courses import CourseRefused, import_course
from gezel.content.actions.importing import FileRefused, import_file
from gezel.content.actions.waiving import let_off_by_tests
from gezel.content.models import ATTEMPTS_OF_A_PERSON, Answer, Attempt, Block, Media, Module
from gezel.content.own import Done, Moment, Recall, done_by, moments_of, recalls_of
from gezel.content.parts import in_parts
from gezel.content.policy import modules_to_play
from gezel.content.queries import (
    completed_activities,
    completed_packages,
    completions,
    makes,
    under_way_here,
    waived,
)
from gezel.content.rules.bodies import Words
from gezel.content.rules.kinds import body_of as block_body
from gezel.content.rules.pace import paces
from gezel.content.rules.prose import to_html

__all__ = [
    "ATTEMPTS_OF_A_PERSON",
    "Answer",
    "Arrived",
    "Attempt",
    "Block",
    "CourseRefused",
    "Done",
    "FileRefused",
    "Given",
    "Media",
    "Module",
    "Moment",
    "Recall",
    "Refused",
    "Words",
    "add_block",
    "answer_asking",
    "ask",
    "ask_review",
    "block_body",
    "bring_package",
    "claim_upload",
    "completed_activities",
    "completed_packages",
    "completions",
    "done_by",
    "draft_module",
    "finish",
    "import_course",
    "import_file",
    "in_parts",
    "keep_answers",
    "keep_file",
    "keep_upload",
    "let_off_by_tests",
    "make_module",
    "makes",
    "modules_to_play",
    "moments_of",
    "open_up",
    "paces",
    "recalls_of",
    "set_house_rules",
    "start",
    "store_package",
    "thank",
    "to_html",
    "under_way_here",
    "waived",
]
