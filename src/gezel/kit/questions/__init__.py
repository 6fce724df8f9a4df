"""Reading question files that others made: GIFT and Moodle XML.

Nothing is taken on trust and nothing is guessed: each question is read into a plain shape, or it
says at which line (GIFT) or place (XML) it cannot be, and why. Rooms differ in what they can ask:
who reads hands in a `Check` that gives the body as that room keeps it, or refuses with an `Unfit`.

Kinds and their bodies (a text is `{"nl": …}` or `{"en": …}`): "one" and "several" have `prompt` and
`options` (`text`, `right`, `why` where the file says); "number" `value`, `off`, `unit`; "order"
`steps`; "short" `answers` (any of them is right); "match" `pairs` (`left`, `right`) and `lures`;
"essay" only `prompt`; "text" only `body`, running words between questions.

Libraries looked at: of what PyPI has, `gift-wrapper` writes GIFT and does not read it;
`gift-to-moodlexml` (0.1) converts its own dialect of one into the other, without places or
problems; nothing reads Moodle XML. So these are our own, small, after the documentation of Moodle
(docs.moodle.org: GIFT_format, Moodle_XML_format).
"""

from gezel.kit.questions.common import Check, Problem, Question, Unfit, Unreadable, clean, number_in
from gezel.kit.questions.files import LARGEST_FILE, read

__all__ = [
    "LARGEST_FILE",
    "Check",
    "Problem",
    "Question",
    "Unfit",
    "Unreadable",
    "clean",
    "number_in",
    "read",
]
