"""The codes of the rules, in words people read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

STOPPED: dict[str, Words] = {
    "precise": _("Stopped because the measurement is precise enough."),
    "sure": _("Stopped because certain enough."),
    "no_gain": _("Stopped because one more question would hardly have made it more certain."),
    "most": _("Stopped because 25 questions is the most we ask at a time."),
    "empty": _("Stopped because there were no more questions."),
    "form": _("You answered all questions of this test."),
}

STANDS: dict[str, Words] = {
    "above": _("better than the rest of your answers"),
    "as": _("about as the rest of your answers"),
    "below": _("less than the rest of your answers: worth a look"),
    "few": _("too few questions to say"),
}

HARDNESS: list[tuple[str, Words]] = [
    ("", _("not said yet")),
    ("2", _("1 · who knows of it")),
    ("3", _("between 1 and 2")),
    ("4", _("2 · who does it with help")),
    ("5", _("between 2 and 3")),
    ("6", _("3 · who does it alone")),
    ("7", _("between 3 and 4")),
    ("8", _("4 · who helps others")),
    ("9", _("between 4 and 5")),
    ("10", _("5 · who sets the standard")),
]
HARDNESS_WORDS = {int(code): words for code, words in HARDNESS if code}

FLAGS: dict[str, Words] = {
    "backwards": _(
        "Who can do more gets it wrong more often. Probably the right answer is marked wrongly, or "
        "the question is misread."
    ),
    "weak": _("It hardly tells apart who can do it and who cannot."),
    "lure": _("A wrong answer draws those who can do more. Is it perhaps right as well?"),
    "misfit": _("Answers are more haphazard, or more even, than its difficulty explains."),
    "unfair": _(
        "Harder in one language than in the other for people who can do as much. Look at the "
        "translation."
    ),
    "drift": _("It became easier or harder over time. Did it get around, or did the work change?"),
    "easy": _("Nearly everyone gets it right."),
    "hard": _("Hardly anyone gets it right."),
    "unused": _("There is an answer hardly anyone chooses; a likelier one would tell more."),
    "few": _("Fewer than 50 answers: too early to say how good it is."),
}
GRAVE = ("backwards", "weak", "lure", "misfit", "unfair", "drift")

# What is wrong with a field of an item. The same codes come from forms and from files.
WRONG: dict[str, Words] = {
    "missing": _("Write this in at least one language."),
    "long": _("This is too long. Keep it shorter."),
    "type": _("This cannot be read. Write it again."),
    "unknown": _("This field does not belong to this kind of question."),
    "kind": _("There is no such kind of question."),
    "two_options": _("Give at least two answers to choose from."),
    "none_right": _("Tick which answer is right."),
    "one_right": _("More than one answer is ticked as right. Choose “several right answers”."),
    "many": _("At most eight fit on a phone."),
    "twice": _("Two of these read the same."),
    "two_steps": _("There is nothing to put in order with one step. Give at least two."),
    "number": _("Write a number, such as 12.5."),
    "negative": _("How far off is still right cannot be below zero."),
}

# What is wrong with a question in a file.
IN_FILE: dict[str, Words] = WRONG | {
    "missing": _("The question or an answer has no words."),
    "none_right": _("No answer is marked as right."),
    "no_answers": _("There are no answers: { } is missing."),
    "braces": _("The braces { } do not match. Put \\ before one that is meant as a sign."),
    "essay": _("An open question cannot be marked by itself."),
    "shortanswer": _("A question answered in one's own words cannot be marked reliably."),
    "short_answer": _(
        "A question answered in one's own words cannot be marked reliably. Give wrong answers (~) "
        "to choose from as well."
    ),
    "matching": _("Matching pairs are not among our kinds of questions."),
    "description": _("This is a text, not a question."),
    "cloze": _("Several gaps in one text are not among our kinds of questions."),
    "type": _("This kind of question is not among ours."),
    "half_right": _("Answers that are half right cannot be taken over: right or wrong."),
    "answers_begin": _("Answers begin with = (right) or ~ (wrong)."),
    "number": _("The answer is not a number."),
    "no_tolerance": _("It does not say how far off is still right. Write {#3:0.1}, or {#3:0}."),
    "picture_elsewhere": _(
        "A picture stands outside the file, or in an answer. Put it in the question in Moodle, or "
        "add it here by hand."
    ),
    "pictures": _("There is more than one picture; we show one."),
    "picture": _("The picture in the file cannot be read."),
    "alt": _("The picture has no words (alt) for who does not see it."),
    "feedback": _("Feedback is left out: a test shows no answers afterwards."),
}

UNREADABLE: dict[str, Words] = {
    "large": _("This file is larger than 20 MB. Export fewer questions at a time."),
    "large_text": _("This text file is larger than 4 MB. Split it."),
    "empty": _("This file is empty."),
    "binary": _("This is no text file. Choose a GIFT file (.txt, .gift) or Moodle XML (.xml)."),
    "no_questions": _("There are no questions in this file."),
    "many": _("There are more than 1,000 questions in this file. Split it."),
    "not_moodle": _("This is XML, but not an export of Moodle questions."),
    "broken": _("The XML is broken near line %(line)s. Export it again and choose that file."),
    "doctype": _(
        "This file has a document type or entities (line %(line)s), which an export of Moodle "
        "never has. We do not read it."
    ),
    "deep": _("This file is nested or filled beyond what questions need. We do not read it."),
    "encoding": _("The characters of this file cannot be read. Save it as UTF-8."),
}
