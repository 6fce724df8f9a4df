"""The codes of the reading log in words, and what Gezel leaves alone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.trust.rules.audit import Found
from gezel.trust.widening import widening

Text = str | Promise

# The page that reads gives a code; a test looks whether every code in use stands here.
MATTERS: dict[str, Text] = {
    "skills": _("Your skills and the evidence for them"),
    "plans": _("Your plan and goals"),
    "certificates": _("Your certificates"),
    "credentials": _("Credentials that were issued to you"),
    "profile": _("The part of your profile that you share by a link"),
    "employment": _("Your job and place in the organisation"),
    "learning": _("What you learned"),
    "records": _("What you learned"),
    "sessions": _("Sessions you go to and were at"),
    "practice": _("A photo of your work, with your line"),
    "evc": _("Your EVC dossier"),
}
PURPOSES: dict[str, Text] = {
    "lead": _("leads you"),
    "hr": _("works for HR"),
    "author": _("looks after what people learn from here"),
    "api": _("through a key for another system"),
    "looker": _("you asked to look"),
    "link": _("had a link that you made"),
    "session": _("gives a session you come to"),
    "evc_guide": _("guides your EVC dossier"),
    "evc_assessor": _("assesses your EVC dossier"),
    "evc_decider": _("decides on your objection"),
    "evc_asked": _("you asked for a statement"),
    "admin": _("looks after the system"),
}

# What the log tells, by code; a test looks whether every code in use stands here.
KINDS: dict[str, Text] = {
    "credential.issued": _("A credential was issued to you"),
    "credential.signed_again": _("A credential of yours was signed anew"),
    "credential.revoked": _("A credential of yours was withdrawn"),
    "credential.suspended": _("A credential of yours was suspended"),
    "credential.lifted": _("A credential of yours counts again"),
    "key.made": _("The organisation made a signing key"),
    "key.leaked": _("A signing key leaked"),
    "level": _("Your level in a skill changed"),
    "reading": _("Someone looked at your data"),
    "export": _("Data about people was taken along in a file"),
    "many_looks": _("Someone opened the data of many people in one day"),
    "many_looks.let_go_on": _("A colleague let someone who was stopped go on"),
    "computation": _("A rule that works something out about people changed"),
    "erased": _("Words were erased"),
}

FAULTS: dict[str, Text] = {
    "gap": _("Entry %(first)s is gone."),
    "leaf": _("Entry %(first)s is not the one that was taken up."),
    "words": _("The words of entry %(first)s are not those that were promised."),
    "gone": _("The words of entry %(first)s went without being erased."),
    "twice": _("Entry %(first)s stands in the log twice."),
    "short": _("The log is shorter than what was signed: from entry %(first)s on, up to %(last)s."),
    "root": _("Between entries %(first)s and %(last)s the log differs from what was signed."),
    "note": _("A checkpoint that is kept was not signed by this log."),
}

NEVER: tuple[Text, ...] = (
    _("Rank people, or show one person a list of colleagues from good to bad."),
    _("Guess a mood, a feeling or a character from what someone does or writes."),
    _("Judge behind your back: every figure, gap and tip shows its reasons to you too."),
    _("Show figures about a group so small that they point at someone."),
    _("Let a computer decide about a job, pay or a promotion."),
    _("Give or sell your data to others, or call an outside service with it."),
    _("Keep what you do, hour by hour: what is kept is what you learned and what you showed."),
)
# Which AI there is; asked of the source at every release, and said of what stands in `computed`.
AI: tuple[Text, ...] = (
    _("There is no language model and no generative AI in Gezel, and it calls none elsewhere."),
    _(
        "Levels, needs and tips are worked out by the rules below, with figures that are the same "
        "for everyone. No model is trained on people to judge people."
    ),
    _(
        "Where the European AI Act could still count such a rule as high-risk (training and work), "
        "Gezel does what it asks: reasons are shown, a human decides, it can be objected to."
    ),
)

# What only a human can say, in the drafts that the house makes of its own settings.
PLACES: dict[str, Text] = {
    "dpia.why": _("Describe in your own words what your organisation wants with Gezel."),
    "dpia.necessity": _("Why is this needed for that purpose, and what did you leave out?"),
    "dpia.risks": _("Which risks do you see in your own organisation, and what do you do?"),
    "dpia.council": _("What did the works council say, and what did you do with it?"),
    "dpia.officer": _("What does the data protection officer advise?"),
    "dpia.decision": _("Who decided what, on which day, and when do you look at it again?"),
    "register.controller": _("Name, address and contact of the organisation that is responsible."),
    "register.officer": _("Name and contact of the data protection officer, if there is one."),
    "register.processors": _("Who hosts Gezel for you, and under which agreement?"),
    "register.transfers": _("Does anything go outside the European Union? Where, and how guarded?"),
}
REGISTER_TITLES: dict[str, Text] = {
    "register.controller": _("Controller"),
    "register.officer": _("Data protection officer"),
    "register.processors": _("Processors"),
    "register.transfers": _("Transfers outside the European Union"),
}
RISKS: tuple[tuple[Text, Text], ...] = (
    (
        _("A lead or HR looks further than their work asks."),
        _("Everyone sees who looked, what at and why; who left a role sees nothing from that day."),
    ),
    (
        _("A figure about a small group points at one person."),
        _("Figures about small groups stay dark, also what could be subtracted."),
    ),
    (
        _("A tip or a level is taken for a verdict on someone."),
        _("Each shows its reasons, nobody is ranked, and people can object to evidence."),
    ),
    (
        _("People learn less freely because they feel watched."),
        _("What one writes for oneself is private; wrong answers and drafts reach nobody else."),
    ),
    (
        _("Data stay longer than needed."),
        _(
            "Each kind has a term and a job that carries it out; erased stays erased, also after a "
            "backup is put back."
        ),
    ),
    (
        _("Another system gets more than was agreed."),
        _(
            "Keys that read about people stay shut until the works council agrees, and close the "
            "minute it withdraws."
        ),
    ),
)


def matter(code: str) -> Text:
    """What was looked at."""
    return MATTERS.get(code, code)


def purpose(code: str) -> Text:
    """Why it could be looked at."""
    return PURPOSES.get(code, code)


def kind(code: str) -> Text:
    """What happened."""
    return KINDS.get(code, code)


def fault(found: Found) -> str:
    """The first entry of a log that is wrong, and how; places are counted from one."""
    return str(FAULTS[found.fault]) % {"first": found.first + 1, "last": found.last + 1}


PARTS: dict[str, Text] = {
    "kept": _("What is kept"),
    "computed": _("What is worked out"),
    "settings": _("Settings that widen"),
    "never": _("What Gezel never does"),
    "general": _("In general"),
}
FIELDS: dict[str, Text] = {
    "what": _("what"),
    "purpose": _("why"),
    "readers": _("who can read it"),
    "ground": _("on what ground"),
    "term": _("how long"),
    "fields": _("fields"),
    "labels": _("fields"),
    "how": _("the rule"),
    "sees": _("who sees what more"),
    "without": _("without it"),
    "stands": _("how it stands"),
    "consent": _("consent of the works council"),
    "consent_on": _("day of the consent"),
    "smallest_group": _("Smallest group of which figures are shown"),
    "facts": _("How this installation stands"),
    "ai": _("AI"),
}


def part(code: str) -> Text:
    """A part of the file."""
    return PARTS.get(code, code)


def field(code: str) -> Text:
    """What is told of a thing in the file."""
    return FIELDS.get(code, code)


def setting(code: str) -> Text:
    """A setting of which a change was kept."""
    known = widening(code)
    return known.what if known else field(code.rpartition(".")[2])
