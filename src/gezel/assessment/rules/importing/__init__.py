"""Reading question files that others made: GIFT and Moodle XML.

Nothing is taken on trust and nothing is guessed: each question is read into the shape in which we
keep items, or it says at which line (GIFT) or place (XML) it cannot be, and why.

Libraries looked at: of what PyPI has, `gift-wrapper` writes GIFT and does not read it;
`gift-to-moodlexml` (0.1) converts its own dialect of one into the other, without places or
problems; nothing reads Moodle XML. So these are our own, small, after the documentation of Moodle
(docs.moodle.org: GIFT_format, Moodle_XML_format).
"""

from gezel.assessment.rules.importing.common import Problem, Question, Unreadable
from gezel.assessment.rules.importing.files import LARGEST_FILE, read

__all__ = ["LARGEST_FILE", "Problem", "Question", "Unreadable", "read"]
