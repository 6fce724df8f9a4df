"""Whose a credential is: it names a key (did:key), and whoever holds that key can prove it.

A credential by itself is a file that anyone can pass on. One that was issued to a key says of whom
it is in a way that can be asked: sign this word, which nobody knew before, for me and nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezel.profile.rules import proofs
from gezel.profile.rules.contexts import CREDENTIALS_V2
from gezel.profile.rules.did import Ground, Sources
from gezel.profile.rules.keys import PREFIX, did_key, multikey
from gezel.profile.rules.text import as_list, id_of
from gezel.profile.rules.verdict import Finding, Reason, Weight, check_presentation


def key_named(credential: Any) -> str:
    """The did:key a credential was issued to; empty where it names none, or more than one."""
    subjects = as_list(credential.get("credentialSubject")) if isinstance(credential, dict) else []
    found = id_of(subjects[0]) if len(subjects) == 1 else ""
    return found if found.startswith(PREFIX) else ""


def to_key(credential: dict[str, Any], did: str) -> dict[str, Any]:
    """The same words, issued to a key; or to none, where `did` is empty. Still to be signed."""
    said = {k: v for k, v in credential["credentialSubject"].items() if k != "id"}
    subject = {"id": did, **said} if did else said
    bare = {k: v for k, v in credential.items() if k != "proof"}
    return {**bare, "credentialSubject": subject}


def present(
    credentials: Sequence[dict[str, Any]],
    key: Ed25519PrivateKey,
    *,
    at: datetime,
    challenge: str,
    domain: str,
) -> dict[str, Any]:
    """What a holder shows: these credentials, signed for one asker and one question."""
    did = did_key(key.public_key())
    bare = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": did,
        "verifiableCredential": list(credentials),
    }
    return proofs.prove(
        bare,
        key,
        method=f"{did}#{multikey(key.public_key())}",
        at=at,
        purpose="authentication",
        more={"challenge": challenge, "domain": domain},
    )


@dataclass(frozen=True, slots=True)
class Held:
    """Whether who showed something holds the key it was issued to; and what it is."""

    finding: Finding
    reasons: tuple[Reason, ...]

    @property
    def is_theirs(self) -> bool:
        """Proved wholly; of the credentials themselves the finding tells."""
        return not self.reasons


def check_held(
    presentation: Any, *, now: datetime, sources: Sources, challenge: str, domain: str
) -> Held:
    """Whether this answers that very question, by who holds the key of all that it shows.

    One signature, by a key that is its own name, over all of it, with this word for this asker;
    and each credential in it was issued to that key. Where there is one credential, the finding
    is that of the credential, with what is wrong with the showing beside it.
    """
    whole = check_presentation(
        presentation, now=now, sources=sources, challenge=challenge, domain=domain
    )
    shown = whole.credential
    # What was found of credentials within is told by each of them.
    about_showing = [r for r in whole.reasons if not r.code.startswith("within_")]
    wrong = [r for r in about_showing if r.weight is not Weight.NOTE]
    count = len(as_list(shown.get("proof")))
    if count != 1:
        wrong.append(Reason("no_proof" if count == 0 else "one_signature", Weight.WRONG))
    elif whole.ground is not Ground.KEY and not wrong:
        wrong.append(Reason("holder_without_key", Weight.WRONG))
    if not whole.within:
        wrong.append(Reason("nothing_shown", Weight.WRONG))
    holder = id_of(shown.get("holder"))
    for one in whole.within:
        named = key_named(one.credential)
        if not named or named != holder:
            code = "issued_to_another" if named else "issued_to_no_key"
            wrong.append(Reason(code, Weight.WRONG, {"name": one.name[:120]}))
    if len(whole.within) == 1:
        one = whole.within[0]
        return Held(replace(one, reasons=(*wrong, *one.reasons)), tuple(wrong))
    extra = tuple(r for r in wrong if r not in whole.reasons)
    return Held(replace(whole, reasons=(*extra, *whole.reasons)), tuple(wrong))
