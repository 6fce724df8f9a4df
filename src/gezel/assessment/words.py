"""The codes of the rules, in words people read."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    "picture_elsewhere": _(
        "A picture stands outside the file, or in an answer. Put it in the question in Moodle, or "
        "add it here by hand."
    ),
    "pictures": _("There is more than one picture; we show one."),
    "picture": _("The picture in the file cannot be read."),
    "alt": _("The picture has no words (alt) for who does not see it."),
    "lures": _("Answers that match nothing are left out of it."),
    "capitals": _("Capitals counted in it; here they make no difference."),
    "pattern": _("A * in an answer stands for anything. Write the answers out that are right."),
    "media": _("There is sound, film or a drawing of its own in it, which a test cannot ask."),
    "feedback": _("Feedback is left out: a test shows no answers afterwards."),
    "remark": _("Feedback is left out: a test shows no answers afterwards."),
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

# -- EVC -----------------------------------------------------------------------------------------

# What a person in a role may not be to the candidate.
CONFLICTS: dict[str, Words] = {
    "self": _("Nobody guides or judges themselves."),
    "leads": _("They lead the candidate, directly or through others."),
    "led": _("The candidate leads them, directly or through others."),
    "guides": _("They guide or guided this dossier, and who guides does not judge."),
    "assesses": _("They assess or assessed this dossier, and who judges does not guide."),
}

# What comes next, for who is to do it and for everyone else.
NEXT: dict[str, tuple[Words, Words]] = {
    "begin": (
        _("Read what EVC asks of you, and say what you want to reach."),
        _("The candidate reads what EVC asks."),
    ),
    "choose_guide": (_("Choose a guide."), _("The candidate chooses a guide.")),
    "intake": (
        _("Have the intake talk and write down what you agreed on."),
        _("The guide has the intake talk with the candidate."),
    ),
    "first_piece": (
        _("Add your first piece of evidence."),
        _("The candidate collects evidence."),
    ),
    "tie_parts": (
        _("Find evidence for the parts that have none. Or hand in: those parts go to the plan."),
        _("The candidate collects evidence for the remaining parts."),
    ),
    "choose_assessors": (
        _("Choose who will assess your dossier."),
        _("The candidate chooses who will assess."),
    ),
    "replace": (
        _("Someone you chose has come into your reporting line. Choose someone else."),
        _("The candidate chooses someone else: a role and a reporting line have met."),
    ),
    "hand_in": (_("Hand in your portfolio."), _("The candidate hands in the portfolio.")),
    "second_instrument": (
        _("Use a second instrument: a visit, a practical test or an interview."),
        _("The assessors use a second instrument: a visit, a practical test or an interview."),
    ),
    "judge": (
        _("Judge every part, and finish."),
        _("The assessors judge, each on their own."),
    ),
    "agree": (
        _("Come to a result together: one writes it, the other agrees."),
        _("The assessors come to a result together."),
    ),
    "objection": (
        _("Decide on the objection."),
        _("Someone outside the dossier decides on the objection."),
    ),
    "look": (
        _("Look at the result, take your dossier along and round it off."),
        _("The candidate has the result."),
    ),
    "plan": (
        _("Look at the result, and make a plan for what is left."),
        _("The candidate has the result and makes a plan for the rest."),
    ),
    "done": (_("This dossier is closed."), _("This dossier is closed.")),
}

# What keeps a portfolio from being handed in.
HINDRANCES: dict[str, Words] = {
    "choose_guide": _("Choose a guide first."),
    "replace": _("Someone in a role stands in your reporting line. Choose someone else first."),
    "first_piece": _("Add at least one piece of evidence first."),
    "choose_assessors": _("Choose who will assess your dossier first."),
}

WHO: dict[str, Words] = {
    "candidate": _("the candidate"),
    "guide": _("the guide"),
    "assessor": _("the assessors"),
    "decider": _("who decides on the objection"),
}

CRITERIA: dict[str, tuple[Words, Words]] = {
    "variation": (
        _("Variation"),
        _("Does it come from different situations, kinds of evidence and people?"),
    ),
    "relevance": (_("Relevance"), _("Is it about what this part asks?")),
    "authenticity": (
        _("Authenticity"),
        _("Is it of the candidate themselves, and how do you know?"),
    ),
    "recency": (_("Recency"), _("Is it recent enough to say something about today?")),
    "quantity": (_("Quantity"), _("Is it enough to rule out chance?")),
}
HOLDS: dict[str, Words] = {"yes": _("yes"), "partly": _("partly"), "no": _("no")}

STARR: dict[str, tuple[Words, Words]] = {
    "situation": (_("Situation"), _("What was going on? When, where, with whom?")),
    "task": (_("Task"), _("What was asked of the candidate?")),
    "action": (_("Action"), _("What did the candidate do, step by step?")),
    "result": (pgettext_lazy("EVC", "Result"), _("What came of it?")),
    "reflection": (_("Reflection"), _("What did it teach, what would be done otherwise?")),
}
# The same, asked of the candidate themselves.
OWN_STARR: dict[str, tuple[Words, Words]] = {
    "situation": (STARR["situation"][0], _("What was going on? When, where, with whom?")),
    "task": (STARR["task"][0], _("What was asked of you?")),
    "action": (STARR["action"][0], _("What did you do yourself, step by step?")),
    "result": (STARR["result"][0], _("What came of it?")),
    "reflection": (
        STARR["reflection"][0], _("What did it teach you, what would you do otherwise?"),
    ),
}  # fmt: skip
# The fields of what assessors report, and of what a colleague states.
SEEN: dict[str, tuple[Words, Words]] = {
    "where": (_("Where, and who was there"), _("The place, the day, the people.")),
    "task": (_("What the candidate was asked to do"), _("The work or the assignment.")),
    "seen": (_("What you saw"), _("What was done and said. Not yet what you find of it.")),
}
TOLD = (
    STARR
    | SEEN
    | {
        "knows": (_("How this person knows the work"), ""),
        "question": (_("What was asked"), ""),
    }
)

# What is wrong with a qualification file.
IN_STANDARD: dict[str, Words] = {
    "large": _("This file is larger than 256 KB. A standard is smaller."),
    "encoding": _("The characters of this file cannot be read. Save it as UTF-8."),
    "json": _("This is no JSON, or it is broken near line %(where)s."),
    "deep": _("This file is nested deeper than a standard is. We do not read it."),
    "twice": _("The name “%(where)s” stands twice in one place. Which one is meant is unclear."),
    "format": _("“format” is to be gezel-standard-1."),
    "parts": _("“parts” is to be a list with at least one part."),
    "many": _("Too many at %(where)s: at most 60 parts, with 30 criteria each."),
    "same_code": _("Two parts have the same code."),
    "level": _("%(where)s is to be a whole number from 1 to 5."),
    "shape": _("%(where)s is something else than it should be. Look at the example."),
    "missing": _("%(where)s is missing or empty."),
    "unknown": _("%(where)s is not in the form. Take it out, so that nothing is taken in half."),
    "long": _("%(where)s is too long."),
    "signs": _("%(where)s holds signs that cannot be seen. Take them out."),
}
