"""Is it genuine? Valid, invalid, or unknown, with every reason.

*Invalid*: something is wrong with it, whatever anyone could still tell. *Unknown*: nothing is
wrong, and yet it is not proved, for instance since the issuer could not be asked. Only what was
proved wholly is *valid*; a doubt never makes it so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gezel.profile.rules import badges, jwt, model, status
from gezel.profile.rules.baking import (
    MOST_PICTURE,
    is_png,
    is_svg,
    unbake_png,
    unbake_svg,
)
from gezel.profile.rules.canonical import Unclear
from gezel.profile.rules.contexts import CREDENTIALS_V2, UnknownContext
from gezel.profile.rules.dates import BadMoment, moment, written
from gezel.profile.rules.did import (
    Belief,
    Found,
    Ground,
    KeyProblem,
    Nowhere,
    Sources,
    find_key,
)
from gezel.profile.rules.keys import NoKey, from_jwk
from gezel.profile.rules.lookalikes import is_doubtful
from gezel.profile.rules.proofs import JCS, OLD, holds, suite_of
from gezel.profile.rules.text import Unreadable, as_list, decoded, id_of, read_json
from gezel.profile.rules.wording import wording

# Clocks differ; a signature of the next minute is not from the future.
CLOCKS_DIFFER = timedelta(minutes=5)
MOST_WITHIN = 200


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Weight(StrEnum):
    WRONG = "wrong"
    OPEN = "open"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was found, by code; `words.py` says it in the reader's language."""

    code: str
    weight: Weight
    told: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out about one credential, and what it says, as far as it can be believed."""

    reasons: tuple[Reason, ...]
    credential: dict[str, Any] = field(default_factory=dict)
    ground: Ground | None = None
    signed_at: datetime | None = None
    # As of when the list said that it was not withdrawn; none where no list was read.
    status_as_of: datetime | None = None
    revoked: bool = False
    within: tuple["Finding", ...] = ()

    @property
    def verdict(self) -> Verdict:
        weights = {r.weight for r in self.reasons}
        if Weight.WRONG in weights:
            return Verdict.INVALID
        return Verdict.UNKNOWN if Weight.OPEN in weights else Verdict.VALID

    @property
    def suspended(self) -> bool:
        """Whether its list says that it does not count for now."""
        return any(r.code == "suspended" for r in self.reasons)

    @property
    def can_be_suspended(self) -> bool:
        """Whether it names a list in which that would stand."""
        return status.entry_for(self.credential, status.SUSPENSION) is not None

    @property
    def issuer(self) -> str:
        return id_of(self.credential.get("issuer"))

    @property
    def issuer_name(self) -> str:
        issuer = self.credential.get("issuer")
        return model.text_of(issuer.get("name")) if isinstance(issuer, dict) else ""

    def named_in(self, language: str) -> str:
        """Its name, in that language where it says it in more than one."""
        return wording(self.credential, language).name

    @property
    def name(self) -> str:
        return self.named_in("")

    @property
    def valid_from(self) -> datetime | None:
        return model.days_of(self.credential)[0]

    @property
    def valid_until(self) -> datetime | None:
        return model.days_of(self.credential)[1]


class _Case:
    """Reasons gathered while looking at one credential."""

    def __init__(self, now: datetime, sources: Sources, *, belief: Belief) -> None:
        self.now = now
        self.sources = sources
        self.belief = belief
        self.reasons: list[Reason] = []
        self.ground: Ground | None = None
        self.signed_at: datetime | None = None
        self.status_as_of: datetime | None = None
        self.revoked = False
        # Whether it is a list that someone else's credential made us ask for.
        self.is_asked = False

    def wrong(self, code: str, **told: str) -> None:
        self.reasons.append(Reason(code, Weight.WRONG, told))

    def open(self, code: str, **told: str) -> None:
        self.reasons.append(Reason(code, Weight.OPEN, told))

    def note(self, code: str, **told: str) -> None:
        self.reasons.append(Reason(code, Weight.NOTE, told))

    def finding(self, credential: dict[str, Any], within: Iterable[Finding] = ()) -> Finding:
        return Finding(
            tuple(self.reasons),
            credential,
            self.ground,
            self.signed_at,
            self.status_as_of,
            self.revoked,
            tuple(within),
        )


def check(
    data: bytes | str,
    *,
    now: datetime,
    sources: Sources | None = None,
    belief: Belief = Belief.NOTHING,
) -> Finding:
    """What there is to say about a file: JSON, a token, or a picture with one of them inside.

    Args:
        now: the moment for which it is asked.
        sources: who tells about issuers and status lists; nobody, if none is given.
        belief: how far to believe the file about whose key it is. What rests on that says
            nothing about who made it, and its ground says so.
    """
    case = _Case(now, sources or Nowhere(), belief=belief)
    try:
        text = _text_of(data)
        if jwt.looks_like_one(text):
            return _token(case, text)
        document = read_json(text)
    except Unreadable as problem:
        case.wrong(problem.code, **problem.told)
        return case.finding({})
    return _document(case, document)


def check_document(
    document: Any,
    *,
    now: datetime,
    sources: Sources | None = None,
    belief: Belief = Belief.NOTHING,
    challenge: str = "",
    domain: str = "",
) -> Finding:
    """The same for what was read already; its proof for this challenge and domain, where given."""
    case = _Case(now, sources or Nowhere(), belief=belief)
    _meant_for(case, document, challenge=challenge, domain=domain)
    return _document(case, document)


def _meant_for(case: _Case, document: Any, *, challenge: str, domain: str) -> None:
    """Every proof is the answer to this challenge, for this domain; where those are asked."""
    for proof in as_list(document.get("proof")) if isinstance(document, dict) else []:
        for word, wanted in (("challenge", challenge), ("domain", domain)):
            if isinstance(proof, dict) and wanted and as_list(proof.get(word)) != [wanted]:
                case.wrong("proof_challenge", word=word)


def _text_of(data: bytes | str) -> str:
    if isinstance(data, bytes):
        if len(data) > MOST_PICTURE:
            raise Unreadable("too_large")
        if is_png(data):
            return unbake_png(data)
        if is_svg(data):
            return unbake_svg(data)
    return decoded(data).strip()


def _document(case: _Case, document: Any) -> Finding:
    if badges.is_second(document):
        return _second(case, document)
    if isinstance(document, dict) and "EnvelopedVerifiableCredential" in as_list(
        document.get("type")
    ):
        return _enveloped(case, document)
    if _is_presentation(document):
        case.wrong("is_presentation")
        return case.finding({})
    wrong = list(dict.fromkeys(model.problems(document)))
    for word in wrong:
        case.wrong("form", word=word)
    if not isinstance(document, dict):
        return case.finding({})
    _about(case, document)
    _proofs(case, document)
    return case.finding(document, _within(case, document))


def _is_presentation(document: Any) -> bool:
    """An answer to who asked: no credential, and checked with the question alone."""
    kinds = {"VerifiablePresentation", "EnvelopedVerifiablePresentation"}
    return isinstance(document, dict) and any(
        isinstance(kind, str) and kind in kinds for kind in as_list(document.get("type"))
    )


def _enveloped(case: _Case, document: dict[str, Any]) -> Finding:
    """A token dressed as a document."""
    _, _, token = id_of(document).partition("data:application/vc+jwt,")
    if as_list(document.get("@context"))[:1] != [CREDENTIALS_V2] or not jwt.looks_like_one(token):
        case.wrong("form", word="id")
        return case.finding({})
    return _token(case, token)


def _about(case: _Case, credential: dict[str, Any]) -> None:
    """All that can be seen without a signature: form, days, names."""
    # Of a list that is only asked, `_entry` tells more closely what is wrong with it.
    more = () if case.is_asked else status.problems(credential)
    for word in dict.fromkeys([*badges.problems(credential), *more]):
        case.wrong("form", word=word)
    first, last = model.days_of(credential)
    if first and first > case.now + CLOCKS_DIFFER:
        case.wrong("not_yet", day=first.date().isoformat())
    if last and last < case.now:
        case.wrong("expired", day=last.date().isoformat())
    if model.is_old(credential):
        case.note("old_model")
    issuer = credential.get("issuer")
    name = model.text_of(issuer.get("name")) if isinstance(issuer, dict) else ""
    if is_doubtful(name):
        case.note("doubtful_name", name=name[:120])


def _within(case: _Case, credential: dict[str, Any]) -> list[Finding]:
    """What a learner record bundles; it is no better than the least of them."""
    bundled = badges.within(credential)
    if len(bundled) > MOST_WITHIN:
        case.wrong("too_many_within")
        return []
    found = []
    for one in bundled:
        inner = _Case(case.now, case.sources, belief=case.belief)
        if isinstance(one, str) and jwt.looks_like_one(one):
            finding = _token(inner, one)
        elif isinstance(one, dict) and not badges.is_record(one):
            finding = _document(inner, one)
        else:
            inner.wrong("form", word="verifiableCredential")
            finding = inner.finding({})
        found.append(finding)
        if finding.verdict is Verdict.INVALID:
            case.wrong("within_invalid", name=finding.name[:120])
        elif finding.verdict is Verdict.UNKNOWN:
            case.open("within_unknown", name=finding.name[:120])
    return found


# -- signatures -----------------------------------------------------------------------------------


def _proofs(case: _Case, document: dict[str, Any]) -> None:
    """Every proof must hold: one that does not, beside one that does, is somebody's tampering."""
    proofs = as_list(document.get("proof"))
    bare = {k: v for k, v in document.items() if k != "proof"}
    if not proofs:
        case.wrong("no_proof")
        return
    if len(proofs) > 8:
        case.wrong("too_many_proofs")
        return
    for proof in proofs:
        _proof(case, bare, proof, "assertionMethod")
    if not any(r.weight is Weight.WRONG for r in case.reasons):
        _status(case, bare)


def _proof(case: _Case, bare: dict[str, Any], proof: Any, purpose: str) -> None:
    if not isinstance(proof, dict) or not suite_of(proof):
        case.wrong("proof_kind")
        return
    if proof.get("proofPurpose") != purpose:
        case.wrong("proof_purpose", purpose=str(proof.get("proofPurpose"))[:40])
        return
    if not _proof_days(case, proof):
        return
    if "previousProof" in proof:
        case.wrong("proof_kind")
        return
    if "id" in proof and not model.is_address(proof["id"]):
        case.wrong("form", word="proof.id")
        return
    contexts = as_list(proof.get("@context"))
    if contexts and as_list(bare.get("@context"))[: len(contexts)] != contexts:
        case.wrong("proof_context")
        return
    method = id_of(proof.get("verificationMethod"))
    issuer = id_of(bare.get("issuer") or bare.get("holder"))
    found = _key(case, method, issuer or method.partition("#")[0], purpose)
    if found is not None:
        _signature(case, bare, proof, found)


def _signature(case: _Case, bare: dict[str, Any], proof: dict[str, Any], found: Found) -> None:
    try:
        fits = holds(bare, proof, found.key)
    except UnknownContext as problem:
        case.open("unknown_context", address=str(problem)[:200])
    except Unclear as problem:
        case.wrong(problem.code, **problem.told)
        case.ground = None
    else:
        if not fits:
            case.wrong("altered")
            # What nobody signed is nobody's, whatever key it names.
            case.ground = None
        elif case.ground is None:
            case.note("whole_by_its_own_key")
        if suite_of(proof) == OLD:
            case.note("old_suite")


def _proof_days(case: _Case, proof: dict[str, Any]) -> bool:
    try:
        case.signed_at = moment(proof["created"]) if "created" in proof else None
        ends = moment(proof["expires"]) if "expires" in proof else None
    except BadMoment:
        case.wrong("form", word="proof.created")
        return False
    if case.signed_at and case.signed_at > case.now + CLOCKS_DIFFER:
        case.wrong("signed_later")
        return False
    if ends and ends < case.now:
        case.wrong("proof_expired", day=ends.date().isoformat())
        return False
    return True


def _key(case: _Case, method: str, issuer: str, purpose: str) -> Found | None:
    """The key to try. One that is only written in the file can still show that it was altered."""
    asked = {
        "issuer": issuer,
        "purpose": purpose,
        "signed_at": case.signed_at,
        "now": case.now,
        "sources": case.sources,
    }
    try:
        found = find_key(method, belief=case.belief, **asked)  # type: ignore[arg-type]
    except KeyProblem as problem:
        if not problem.unknown:
            case.wrong(problem.code, **problem.told)
            return None
        case.open(problem.code, **problem.told)
        try:
            return find_key(method, belief=Belief.ANYTHING, **asked)  # type: ignore[arg-type]
        except KeyProblem:
            return None
    case.ground = found.ground
    if found.leaked_on:
        case.open("key_leaked_later", since=found.leaked_on)
    if found.ground is Ground.WRITTEN:
        case.note("key_as_written")
    return found


def _token(case: _Case, text: str) -> Finding:
    try:
        token = jwt.read(text)
    except (jwt.BadToken, Unreadable) as problem:
        case.wrong(problem.code, **problem.told)
        return case.finding({})
    credential = token.credential
    if badges.is_second(credential):
        return _second(case, credential)
    if "vp" in credential or _is_presentation(credential):
        case.wrong("is_presentation")
        return case.finding({})
    for word in dict.fromkeys(model.problems(credential)):
        case.wrong("form", word=word)
    _about(case, credential)
    _token_days(case, token)
    _token_signature(case, token)
    if credential.get("proof"):
        _proofs(case, credential)
    elif not any(r.weight is Weight.WRONG for r in case.reasons):
        _status(case, credential)
    return case.finding(credential, _within(case, credential))


def _token_days(case: _Case, token: jwt.Token) -> None:
    try:
        first, last = jwt.claimed(token.claims, "nbf"), jwt.claimed(token.claims, "exp")
        case.signed_at = jwt.claimed(token.claims, "iat")
    except jwt.BadToken as problem:
        case.wrong(problem.code, **problem.told)
        return
    if first and first > case.now + CLOCKS_DIFFER:
        case.wrong("not_yet", day=first.date().isoformat())
    if last and last < case.now:
        case.wrong("expired", day=last.date().isoformat())
    if case.signed_at and case.signed_at > case.now + CLOCKS_DIFFER:
        case.wrong("signed_later")


def _token_signature(case: _Case, token: jwt.Token) -> None:
    issuer = id_of(token.credential.get("issuer")) or str(token.claims.get("iss", ""))
    found = None
    if "kid" in token.header:
        kid = str(token.header["kid"])
        method = kid if ":" in kid else f"{issuer}#{kid}"
        found = _key(case, method, issuer, "assertionMethod")
    elif issuer.startswith("did:key:"):
        found = _key(case, issuer, issuer, "assertionMethod")
    elif "jwk" not in token.header:
        case.open("token_without_key", issuer=issuer[:200])
        return
    if found is None and "jwk" in token.header:
        found = _enclosed(case, token, issuer)
    if found is None:
        return
    if found.key.algorithm != token.algorithm:
        case.wrong("algorithm", algorithm=token.algorithm)
        case.ground = None
    elif not found.key.signed(token.signed, token.signature):
        case.wrong("altered")
        case.ground = None
    elif case.ground is None:
        case.note("whole_by_its_own_key")


def _enclosed(case: _Case, token: jwt.Token, issuer: str) -> Found | None:
    """A key that comes along in the token proves only that nothing changed since."""
    try:
        key = from_jwk(token.header["jwk"])
    except NoKey:
        case.wrong("no_key")
        return None
    if case.belief is Belief.ANYTHING:
        case.ground = Ground.WRITTEN
        case.note("key_as_written")
    elif not any(r.weight is Weight.OPEN for r in case.reasons):
        case.open("issuer_not_reached", issuer=issuer[:200])
    return Found(key, Ground.WRITTEN)


# -- status ---------------------------------------------------------------------------------------


def _status(case: _Case, credential: dict[str, Any]) -> None:
    """Whether it was withdrawn, as the issuer's list says it."""
    for entry in status.entries(credential):
        kind = entry.get("type") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or as_list(kind) != [status.ENTRY]:
            case.open("status_kind", kind=str(kind)[:60])
            continue
        address = entry.get("statusListCredential")
        purpose = entry.get("statusPurpose")
        if not model.is_address(address) or not isinstance(purpose, str):
            case.wrong("form", word="credentialStatus")
            continue
        _entry(case, credential, entry, str(address), purpose)


def _entry(
    case: _Case, credential: dict[str, Any], entry: dict[str, Any], address: str, purpose: str
) -> None:
    told = case.sources.document(address)
    if told is None:
        case.open("status_unknown", address=address[:200])
        return
    listing = _listing(case, told)
    issuer = id_of(credential.get("issuer"))
    if listing is None or listing.verdict is not Verdict.VALID or listing.issuer != issuer:
        case.open("status_not_trusted", address=address[:200])
        return
    subject = listing.credential.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    if listing.credential.get("id", address) != address or purpose not in as_list(
        subject.get("statusPurpose")
    ):
        case.open("status_not_trusted", address=address[:200])
        return
    size = entry.get("statusSize", 1)
    if size != 1 or purpose not in status.PURPOSES:
        case.open("status_kind", kind=purpose[:60])
        return
    try:
        is_set = status.bit(
            status.unpacked(subject.get("encodedList")), entry.get("statusListIndex")
        )
    except status.BadList as problem:
        case.open(problem.code)
        return
    as_of = listing.signed_at or listing.valid_from or case.now
    case.status_as_of = min(case.status_as_of or as_of, as_of)
    if is_set and purpose == status.REVOCATION:
        case.revoked = True
        case.wrong("revoked")
    elif is_set and purpose == status.SUSPENSION:
        case.wrong("suspended")


def _listing(case: _Case, told: Any) -> Finding | None:
    """The list itself, checked as any credential; its own status is not asked."""
    inner = _Case(case.now, case.sources, belief=case.belief)
    inner.is_asked = True
    if isinstance(told, str) and jwt.looks_like_one(told):
        return replace(_token(inner, told))
    if not isinstance(told, dict) or "credentialStatus" in told:
        return None
    if status.LIST not in as_list(told.get("type")):
        return None
    return _document(inner, told)


# -- Open Badges 2.0 --------------------------------------------------------------------------


def _second(case: _Case, assertion: dict[str, Any]) -> Finding:
    """An older badge carries no proof of its own: whoever hosts it must still say the same."""
    name, issuer = badges.second_facts(assertion)
    as_credential = {
        "name": name,
        "issuer": {"id": second_issuer(assertion), "name": issuer},
        "validFrom": assertion.get("issuedOn"),
        "validUntil": assertion.get("expires"),
    }
    if assertion.get("revoked") is True:
        case.revoked = True
        case.wrong("revoked")
    _, last = model.days_of(as_credential)
    if last and last < case.now:
        case.wrong("expired", day=last.date().isoformat())
    address = badges.second_address(assertion)
    told = case.sources.document(address) if address else None
    if told is None:
        case.open("older_badge")
    elif not isinstance(told, dict) or told.get("revoked") is True:
        case.revoked = True
        case.wrong("revoked")
    elif {k: told.get(k) for k in assertion} != assertion:
        case.wrong("altered")
    else:
        case.ground = Ground.DOMAIN
        case.status_as_of = case.now
    return case.finding(as_credential)


def second_issuer(assertion: dict[str, Any]) -> str:
    """The address of who gave an older badge."""
    badge = assertion.get("badge")
    return id_of(badge.get("issuer")) if isinstance(badge, dict) else ""


# -- what a holder shows ----------------------------------------------------------------------


def check_presentation(
    presentation: Any,
    *,
    now: datetime,
    sources: Sources | None = None,
    challenge: str = "",
    domain: str = "",
) -> Finding:
    """A bundle that a holder shows: its own proof, if it has one, and each credential in it."""
    case = _Case(now, sources or Nowhere(), belief=Belief.NOTHING)
    for word in dict.fromkeys(model.presentation_problems(presentation)):
        case.wrong("form", word=word)
    if not isinstance(presentation, dict):
        return case.finding({})
    bare = {k: v for k, v in presentation.items() if k != "proof"}
    _meant_for(case, presentation, challenge=challenge, domain=domain)
    for proof in as_list(presentation.get("proof")):
        _proof(case, bare, proof, "authentication")
    found = []
    for one in as_list(presentation.get("verifiableCredential"))[:MOST_WITHIN]:
        inner = _Case(now, case.sources, belief=Belief.NOTHING)
        is_token = isinstance(one, str) and jwt.looks_like_one(one)
        finding = _token(inner, one) if is_token else _document(inner, one)
        found.append(finding)
        if finding.verdict is Verdict.INVALID:
            case.wrong("within_invalid", name=finding.name[:120])
        elif finding.verdict is Verdict.UNKNOWN:
            case.open("within_unknown", name=finding.name[:120])
    return case.finding(presentation, found)


__all__ = [
    "JCS",
    "Belief",
    "Finding",
    "Ground",
    "Reason",
    "Verdict",
    "Weight",
    "check",
    "check_document",
    "check_presentation",
    "written",
]
