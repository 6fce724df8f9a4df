"""The codes of the reading log in words, and what Gezel leaves alone."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gezel.trust.rules.audit import Found

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
    "key.made": _("The organisation made a signing key"),
    "key.leaked": _("A signing key leaked"),
    "level": _("Your level in a skill changed"),
    "reading": _("Someone looked at your data"),
    "export": _("Data about people was taken along in a file"),
    "computation": _("A rule that works something out about people changed"),
    "erased": _("Words were erased"),
}

FAULTS: dict[str, Text] = {
    "gap": _("Entry %(first)s is gone."),
    "leaf": _("Entry %(first)s is another than was taken up."),
    "words": _("The words of entry %(first)s are not those that were promised."),
    "gone": _("The words of entry %(first)s went without being erased."),
    "twice": _("Entry %(first)s stands in the log twice."),
    "short": _("The log is shorter than what was signed: from entry %(first)s on, up to %(last)s."),
    "root": _("Between entries %(first)s and %(last)s the log is other than what was signed."),
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
