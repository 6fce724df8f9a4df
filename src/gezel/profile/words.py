"""What was found about a credential, in plain sentences."""

from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from gezel.kit.moments import day_of
from gezel.profile.rules.did import Ground
from gezel.profile.rules.text import Unreadable
from gezel.profile.rules.verdict import Finding, Reason, Verdict, Weight
from gezel.trust.api import Proved, Standing

# A test looks whether every code that the rules give stands here.
REASONS: dict[str, str | Promise] = {
    # the file
    "too_large": gettext_lazy("The file is larger than any credential."),
    "too_deep": gettext_lazy("The file is built so deep that it cannot be meant to be read."),
    "not_json": gettext_lazy("This is no credential: it is neither JSON nor a signed token."),
    "not_text": gettext_lazy("The file holds signs that are no text."),
    "key_twice": gettext_lazy("“%(key)s” stands in it twice, so it says two things at once."),
    "is_presentation": gettext_lazy(
        "It is a presentation: someone's answer to who asked whether a credential is theirs. It "
        "counts for who asked, once; only they can check it, on the page of their question. To ask "
        "yourself, use “Is it theirs?” on the page “Is it genuine?”."
    ),
    "none_inside": gettext_lazy("There is no credential in this picture."),
    "more_inside": gettext_lazy("There is more than one credential in this picture."),
    "broken_picture": gettext_lazy("This picture is broken."),
    # its form
    "form": gettext_lazy("“%(word)s” is missing or not as the standard asks."),
    "unsigned_word": gettext_lazy("It holds words that the signature does not cover (%(word)s)."),
    "lost_word": gettext_lazy("“%(word)s” is a word that the signature does not cover."),
    "key_as_address": gettext_lazy("“%(word)s” is written in a way that hides what it says."),
    "empty_value": gettext_lazy(
        "“%(word)s” is empty, where it should say something or be left out."
    ),
    "context_inside": gettext_lazy("It changes the meaning of its words halfway."),
    "context_in_place": gettext_lazy("It gives a meaning of its own to “%(word)s”."),
    "decisive_word": gettext_lazy("“%(word)s” does not stand where it was signed."),
    "described_twice": gettext_lazy("It describes itself in two places."),
    "unclear_form": gettext_lazy("It can be read in more than one way."),
    "number_too_large": gettext_lazy("It holds a number that programs read differently."),
    "too_intricate": gettext_lazy("It is made so intricate that checking it would take for ever."),
    "too_many_within": gettext_lazy("It bundles more credentials than we check at once."),
    "too_many_proofs": gettext_lazy("It has more signatures than we check at once."),
    # its signature
    "no_proof": gettext_lazy("It is not signed."),
    "proof_kind": gettext_lazy("It is signed in a way that we do not check."),
    "proof_purpose": gettext_lazy("Its signature was made for something else (%(purpose)s)."),
    "proof_context": gettext_lazy("Its signature was made over other words."),
    "proof_expired": gettext_lazy("Its signature counted until %(day)s."),
    "proof_challenge": gettext_lazy("It was made for someone else (%(word)s)."),
    "signed_later": gettext_lazy("It says to be signed in the future."),
    "altered": gettext_lazy("It was changed after it was signed, or signed by someone else."),
    "algorithm": gettext_lazy("It says to be signed with %(algorithm)s, which does not fit."),
    "token_extension": gettext_lazy("It asks for rules that we do not know."),
    "token_disagrees": gettext_lazy("It says two different things about itself (%(claim)s)."),
    "token_without_credential": gettext_lazy("There is no credential in this token."),
    # whose key
    "bad_did": gettext_lazy("“%(did)s” is no address of an issuer."),
    "no_key": gettext_lazy("It names no key that we can use."),
    "key_of_another": gettext_lazy("It is signed with a key that is not the issuer's."),
    "key_not_listed": gettext_lazy(
        "The issuer (%(issuer)s) does not know the key it is signed with."
    ),
    "key_not_for_this": gettext_lazy("The issuer (%(issuer)s) does not use this key to issue."),
    "key_compromised": gettext_lazy(
        "It was signed after %(since)s, the day from which others had this key."
    ),
    "key_leaked_later": gettext_lazy(
        "Others had the issuer's key from %(since)s. It says to be signed before, which nobody can "
        "check. Ask the person for one that was signed anew."
    ),
    "key_expired": gettext_lazy("It was signed after %(since)s, when this key was put away."),
    "document_of_another": gettext_lazy(
        "At the address of the issuer (%(issuer)s) stands someone else."
    ),
    "issuer_not_reached": gettext_lazy(
        "The issuer (%(issuer)s) was not asked or did not answer, so we cannot tell whether the "
        "key is theirs."
    ),
    "issuer_without_address": gettext_lazy(
        "The issuer (%(issuer)s) has no address to ask whether the key is theirs."
    ),
    "token_without_key": gettext_lazy(
        "It names no key, so its signature cannot be checked without asking the issuer "
        "(%(issuer)s)."
    ),
    "whole_by_its_own_key": gettext_lazy(
        "It is whole: nothing changed since it was signed with the key that it names."
    ),
    "key_as_written": gettext_lazy(
        "The key comes from the file itself: this says that nothing changed, not who made it."
    ),
    # who shows it
    "one_signature": gettext_lazy("Who shows it signs once, and this has more signatures."),
    "holder_without_key": gettext_lazy("Who shows it is not named by a key."),
    "nothing_shown": gettext_lazy("There is no credential in it."),
    "issued_to_another": gettext_lazy(
        "“%(name)s” was issued to another key than that of who shows it."
    ),
    "issued_to_no_key": gettext_lazy(
        "“%(name)s” was issued to no key, so nobody can prove that it is theirs."
    ),
    # days
    "not_yet": gettext_lazy("It counts only from %(day)s."),
    "expired": gettext_lazy("It counted until %(day)s."),
    # its status
    "revoked": gettext_lazy("The issuer withdrew it."),
    "suspended": gettext_lazy(
        "The issuer suspended it: it does not count until that is lifted. Ask again later."
    ),
    "replaced": gettext_lazy(
        "It was replaced by a newer one that says the same and names another key, or none. Nothing "
        "was wrong: ask the person for the newer one."
    ),
    "status_unknown": gettext_lazy(
        "Its status is unknown: the list of what was withdrawn was not asked or did not answer."
    ),
    "status_not_trusted": gettext_lazy(
        "Its status is unknown: the list of what was withdrawn is not the issuer's, or out of date."
    ),
    "status_kind": gettext_lazy("Its status is unknown: it is kept in a way that we do not read."),
    "status_form": gettext_lazy("Its status is unknown: the list of what was withdrawn is broken."),
    "status_bomb": gettext_lazy(
        "Its status is unknown: the list of what was withdrawn is far too large."
    ),
    "status_short": gettext_lazy(
        "Its status is unknown: the list of what was withdrawn is too short."
    ),
    "status_index": gettext_lazy("Its status is unknown: its place in the list does not exist."),
    # the log that comes along
    "not_in_log": gettext_lazy("No proof of a log comes along."),
    "log_not_proved": gettext_lazy("What should prove its place in the log does not hold."),
    "log_of_another": gettext_lazy("What comes along from the log is about something else."),
    "log_not_theirs": gettext_lazy("The log that comes along is not the issuer's."),
    "log_key_as_written": gettext_lazy(
        "That the log is the issuer's says the file alone: the issuer was not asked."
    ),
    # the rest
    "unknown_context": gettext_lazy(
        "It stands on a vocabulary that we do not have (%(address)s), so we cannot tell what was "
        "signed."
    ),
    "within_invalid": gettext_lazy("A credential within it is not valid: %(name)s"),
    "within_unknown": gettext_lazy("A credential within it could not be proved: %(name)s"),
    "older_badge": gettext_lazy(
        "It is a badge of the older kind, which proves nothing by itself: whoever hosts it has to "
        "say the same."
    ),
    "old_model": gettext_lazy("It is written after an older version of the standard."),
    "old_suite": gettext_lazy("It is signed in an older way."),
    "only_a_key": gettext_lazy(
        "Only the key of who made it is proved, and anyone can make a key: so it counts as stated "
        "by yourself."
    ),
    "about_whom": gettext_lazy(
        "It is genuine, but nothing in it shows that it is about you (it names: %(name)s). Confirm "
        "the address it was issued to as yours, and bring it again."
    ),
    "no_profile": gettext_lazy("The profile in this archive is not as Gezel writes one."),
    "later_version": gettext_lazy(
        "This archive was made by a later version of Gezel. Ask who runs Gezel here to update."
    ),
    "no_europass": gettext_lazy("This is no Europass profile, and no credential."),
    "doubtful_name": gettext_lazy(
        "The name of the issuer mixes alphabets or hides signs, so that it may look like "
        "another's: %(name)s"
    ),
}


def reason(found: Reason) -> str:
    """One reason as a sentence."""
    told = dict(found.told)
    for word in ("day", "since"):
        if word in told and (day := _day(told[word])):
            told[word] = day
    return str(REASONS[found.code]) % told


def kept_reason(found: dict[str, Any]) -> str:
    """A reason as it was kept: its code and what it told; one we no longer know says nothing."""
    code = str(found.get("code"))
    if code not in REASONS:
        return ""
    told = {str(word): str(said) for word, said in dict(found.get("told") or {}).items()}
    try:
        return reason(Reason(code, Weight.NOTE, told))
    except (KeyError, ValueError):
        return ""


def unreadable(problem: Unreadable) -> str:
    """Why a file cannot be read."""
    return str(REASONS[problem.code]) % problem.told


def _day(text: str) -> str:
    try:
        found = parse_date(text)
    except ValueError:
        return ""
    return formats.date_format(found, "j F Y") if found else ""


def verdict(found: Finding) -> str:
    """The outcome in one sentence."""
    match found.verdict:
        case Verdict.VALID if found.ground is Ground.WRITTEN:
            return _("Unchanged since it was signed; who signed it is not proved.")
        case Verdict.VALID:
            return _("This is genuine.")
        case Verdict.INVALID if any(r.code == "replaced" for r in found.reasons):
            return _("There is a newer one.")
        case Verdict.INVALID if any(r.code == "is_presentation" for r in found.reasons):
            return _("This is an answer to a question, and no credential.")
        case Verdict.INVALID:
            return _over(found)
        case _:
            return _("We cannot prove this.")


def _over(found: Finding) -> str:
    if found.revoked:
        return _("Withdrawn: this no longer counts.")
    # Suspended and nothing else: of what was altered as well, that is not the first to know.
    if {r.code for r in found.reasons if r.weight is Weight.WRONG} == {"suspended"}:
        return _("Suspended: for now this does not count.")
    return _("Do not rely on this.")


def issuer(found: Finding) -> str:
    """Who issued it, and how far that is proved."""
    name = found.issuer_name or found.issuer
    match found.ground:
        case Ground.DOMAIN:
            return _("%(name)s, proved by its address: %(address)s") % {
                "name": name,
                "address": domain(found.issuer),
            }
        case Ground.KEY:
            return _("Someone who calls themselves %(name)s; only their key is proved.") % {
                "name": name
            }
        case _:
            return _("It says %(name)s, which is not proved.") % {"name": name or "?"}


def sentence(found: Finding, standing: Standing | None) -> str:
    """What a valid credential comes down to, in one sentence for who reads no further."""
    told = [
        _("%(name)s issued this")
        % {"name": found.issuer_name or domain(found.issuer) or found.issuer}
    ]
    if standing is not None and standing.since is not None:
        told.append(_("unchanged in its log since %(day)s") % {"day": _moment_day(standing.since)})
    elif found.signed_at is not None:
        told.append(
            _("unchanged since it was signed on %(day)s") % {"day": _moment_day(found.signed_at)}
        )
    if found.status_as_of is not None:
        told.append(not_withdrawn(found.status_as_of, nor_suspended=found.can_be_suspended))
    return ", ".join(told) + "."


def spoken(codes: list[str], read: str, editions: list[str]) -> str:
    """In which languages its words were signed, and which the reader has before them.

    `editions` are those in which its issuer gives it as a credential of its own.
    """
    if not codes:
        return ""
    if len(codes) > 1:
        return _("%(languages)s. You read the words in %(language)s.") % {
            "languages": _listed(codes),
            "language": language_named(read or codes[0]),
        }
    if not editions:
        return only_in(codes[0])
    return _("%(language)s. Its issuer signed it in %(others)s too, as a file of its own.") % {
        "language": language_named(codes[0]),
        "others": _listed(editions),
    }


def _listed(codes: list[str]) -> str:
    *first, last = [language_named(code) for code in codes]
    return _("%(some)s and %(last)s") % {"some": ", ".join(first), "last": last} if first else last


def only_in(code: str) -> str:
    """That there are no words in the reader's language, where that may be so."""
    return _("%(language)s only. What it says stands here as it was signed.") % {
        "language": language_named(code)
    }


def signed_in(codes: list[str]) -> str:
    """What HR reads before issuing, where not every reader will have words of their own."""
    if not codes:
        return _(
            "Name and criteria are not in one language, so a credential does not say in which it "
            "is. Fill in both in Dutch or in English."
        )
    if len(codes) == 1:
        return _(
            "This is signed in %(language)s only: what is issued now stays so. With name and "
            "criteria in Dutch and in English each reader has their own."
        ) % {"language": language_named(codes[0])}
    return ""


def language_named(code: str) -> str:
    """A language by its name in the reader's own; the code itself where Django knows none."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def not_withdrawn(as_of: datetime, *, nor_suspended: bool = False) -> str:
    """What the lists said, and when."""
    if nor_suspended:
        return _("not withdrawn or suspended as of %(moment)s") % {"moment": _moment(as_of)}
    return _("not withdrawn as of %(moment)s") % {"moment": _moment(as_of)}


def in_log(standing: Standing) -> str:
    """How well the log can be trusted: how much it holds, and who looked along."""
    if standing.since is None:
        return _("Written down; the log is signed tonight.")
    told = _("Since %(day)s in a log of %(size)s entries that can only grow.") % {
        "day": _moment_day(standing.since),
        "size": formats.number_format(standing.size, use_l10n=True, force_grouping=True),
    }
    if not standing.witnesses:
        return told + " " + _("Nobody outside has witnessed it.")
    witnessed = _("%(seen)s of %(all)s witnesses signed that it was not changed.")
    return told + " " + witnessed % {"seen": standing.seen, "all": standing.witnesses}


def in_bundle(proved: Proved) -> str:
    """The same of a bundle, which tells of its own day."""
    seen = [name for name, at in proved.seen.items() if at is not None]
    on = day_of(proved.event.get("at"))
    return _(
        "In the log %(log)s at place %(place)s of %(size)s, as of %(day)s; %(seen)s of %(all)s "
        "witnesses signed it."
    ) % {
        "log": proved.log.name,
        "place": proved.place + 1,
        "size": proved.size,
        "day": formats.date_format(on, "j F Y") if on else "?",
        "seen": len(seen),
        "all": len(proved.seen),
    }


def _moment_day(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y")


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i")


def domain(did: str) -> str:
    """The address in the name of an issuer, as people read it."""
    if did.startswith("did:web:"):
        return did.removeprefix("did:web:").split(":")[0].replace("%3A", ":")
    return did.partition("//")[2].partition("/")[0] or did


def held(found: Finding) -> str:
    """What it means that the question was answered."""
    if found.verdict is Verdict.VALID:
        return _("Whoever showed this just now holds the key it was issued to.")
    return _("Whoever showed this just now holds the key that it names.")


def not_proved(found: Finding, *, held: bool = False) -> list[str]:
    """What even a valid credential does not say."""
    told = [
        _("That nobody lent the key, or sent your question on: look who sits before you.")
        if held
        else _("That whoever shows it is the person it is about: compare the name, or ask."),
        _("That the person still masters it today."),
        _("That what it rests on was judged well: the log shows that it was not changed since."),
    ]
    if found.ground is not Ground.DOMAIN:
        told.insert(0, _("Who made it: a name in a file can be anyone's."))
    return told
