"""Who holds a key: did:key (the key is the name) and did:web (a document at an address)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import quote, unquote

from gezel.profile.rules.dates import BadMoment, moment
from gezel.profile.rules.keys import Key, NoKey, from_jwk, from_multikey
from gezel.profile.rules.text import as_list, id_of

_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}")
DID_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]


class Ground(StrEnum):
    """What ties the key to who is said to have signed."""

    KEY = "key"  # the issuer's name is the key itself
    DOMAIN = "domain"  # the issuer's own address says that this key is theirs
    WRITTEN = "written"  # the file says so, and nobody else


class Belief(StrEnum):
    """How far a file is believed about whose key it brings along."""

    NOTHING = "nothing"  # not at all: somebody must vouch for it
    # In the one form in which standards bodies publish badges: the key stands under the issuer's
    # own https address, or is a did:key where the issuer is no address that could be asked.
    STATED = "stated"
    ANYTHING = "anything"  # as validators of form do


class Sources(Protocol):
    """Where documents of issuers come from; None where nobody could be asked."""

    def document(self, address: str) -> Any | None: ...


class Nowhere:
    """Asks nobody: what is checked without a network."""

    def document(self, address: str) -> Any | None:
        return None


class KeyProblem(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """The key cannot be had or does not count; `unknown` says it might with a network."""

    def __init__(self, code: str, *, unknown: bool = False, **told: str) -> None:
        super().__init__(code)
        self.code = code
        self.unknown = unknown
        self.told = told


@dataclass(frozen=True, slots=True)
class Found:
    """A key that counts as the issuer's, and on what ground."""

    key: Key
    ground: Ground
    # The day from which others may have had it too.
    leaked_on: str = ""


def web_did(host: str, *path: str) -> str:
    """The did:web of a host (a port is written %3A) and a path on it."""
    return ":".join(["did:web", quote(host, safe=".-"), *(quote(p, safe=".-_") for p in path)])


def web_address(did: str) -> str:
    """Where the document of a did:web stands.

    Raises:
        KeyProblem: no host that a name server knows: an address in numbers is nobody's name.
    """
    parts = did.removeprefix("did:web:").split(":")
    host, _, port = unquote(parts[0]).partition(":")
    path = [unquote(part) for part in parts[1:]]
    numbers = re.fullmatch(r"[0-9.]+|0x[0-9a-f]+", host)
    if not _HOST.fullmatch(host) or numbers or (port and not re.fullmatch(r"\d{1,5}", port)):
        raise KeyProblem("bad_did", did=did[:120])
    if any(not re.fullmatch(r"[A-Za-z0-9._~%-]+", p) or set(p) == {"."} for p in path):
        raise KeyProblem("bad_did", did=did[:120])
    where = host + (f":{port}" if port else "")
    tail = "/".join([*path, "did.json"]) if path else ".well-known/did.json"
    return f"https://{where}/{tail}"


def document_of(did: str, methods: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The document that we serve for an organisation.

    `methods` are Multikeys with `id` and `publicKeyMultibase`, or say another `type`; and where a
    key is known to have leaked, from when it no longer counts (`revoked`).
    """
    return {
        "@context": DID_CONTEXTS,
        "id": did,
        "verificationMethod": [
            {"type": "Multikey", "controller": did, **method} for method in methods
        ],
        "assertionMethod": [method["id"] for method in methods],
    }


def find_key(
    method: str,
    *,
    issuer: str,
    purpose: str,
    signed_at: datetime | None,
    now: datetime,
    sources: Sources,
    belief: Belief,
) -> Found:
    """The key that a verification method names, if it is the issuer's.

    A key that comes in the file itself proves that nothing changed, and not who signed: anyone
    can put theirs there. So it must be the issuer's own name (did:key), or the issuer's own
    address must say so. With a `belief` the file is believed about this; what is found then says
    so in its ground. A did:web is a promise that its address tells, so nothing is believed of it
    but with `Belief.ANYTHING`.

    Raises:
        KeyProblem: it is not the issuer's, does not count (any more), or nobody could be asked.
    """
    holder, _, fragment = method.partition("#")
    if issuer.startswith("did:key:"):
        if holder != issuer or (fragment and f"did:key:{fragment}" != holder):
            raise KeyProblem("key_of_another", method=method[:200])
        return Found(_from_did_key(holder), Ground.KEY)
    if issuer.startswith(("did:web:", "https://", "http://")):
        told = _asked(issuer, sources)
        if told is not None:
            return _listed(
                told,
                method=method,
                issuer=issuer,
                purpose=purpose,
                signed_at=signed_at,
                now=now,
            )
        believed = belief is Belief.ANYTHING or (
            belief is Belief.STATED and issuer.startswith("https://")
        )
        # The name of a JWK, a digest of 43 signs, tells no key, though it may begin with z too.
        if believed and holder == issuer and fragment.startswith("z") and len(fragment) != 43:
            return Found(_written(fragment), Ground.WRITTEN)
        code = "issuer_not_reached" if holder == issuer else "key_of_another"
        raise KeyProblem(code, unknown=holder == issuer, issuer=issuer[:200])
    if belief is not Belief.NOTHING and holder.startswith("did:key:"):
        return Found(_from_did_key(holder), Ground.WRITTEN)
    raise KeyProblem("issuer_without_address", unknown=True, issuer=issuer[:200])


def _from_did_key(did: str) -> Key:
    return _written(did.removeprefix("did:key:"))


def _written(word: str) -> Key:
    try:
        return from_multikey(word)
    except NoKey:
        raise KeyProblem("no_key") from None


def _asked(issuer: str, sources: Sources) -> dict[str, Any] | None:
    if issuer.startswith("did:web:"):
        told = sources.document(web_address(issuer))
    elif issuer.startswith("https://"):
        told = sources.document(issuer)
    else:
        return None
    if told is None:
        return None
    if not isinstance(told, dict) or told.get("id") != issuer:
        raise KeyProblem("document_of_another", issuer=issuer[:200])
    return told


def _listed(
    told: dict[str, Any],
    *,
    method: str,
    issuer: str,
    purpose: str,
    signed_at: datetime | None,
    now: datetime,
) -> Found:
    """The method as the issuer's own document has it, if it may be used for this, then."""
    full = f"{issuer}{method}" if method.startswith("#") else method
    named = {f"{issuer}{i}" if i.startswith("#") else i for i in map(id_of, _uses(told, purpose))}
    every = [
        one
        for one in [*as_list(told.get("verificationMethod")), *_uses(told, purpose)]
        if isinstance(one, dict)
        and (f"{issuer}{id_of(one)}" if id_of(one).startswith("#") else id_of(one)) == full
    ]
    if not every:
        raise KeyProblem("key_not_listed", issuer=issuer[:200])
    if full not in named:
        raise KeyProblem("key_not_for_this", issuer=issuer[:200])
    one = every[0]
    if one.get("controller", issuer) != issuer:
        raise KeyProblem("key_of_another", method=method[:200])
    leaked_on = _ends(one, signed_at or now)
    try:
        if "publicKeyMultibase" in one:
            return Found(from_multikey(one["publicKeyMultibase"]), Ground.DOMAIN, leaked_on)
        return Found(from_jwk(one.get("publicKeyJwk")), Ground.DOMAIN, leaked_on)
    except NoKey:
        raise KeyProblem("no_key") from None


def _ends(one: dict[str, Any], at: datetime) -> str:
    """The day from which a key was no longer its owner's alone, if what it signed says earlier.

    A key that was put away is kept safe or destroyed, so an earlier day is believed. One that
    leaked can write any day: what it says to have signed before is in doubt, and told so.
    """
    for word, code in (("expires", "key_expired"), ("revoked", "key_compromised")):
        if word not in one:
            continue
        try:
            end = moment(one[word])
        except BadMoment:
            raise KeyProblem(code, since=str(one[word])[:30]) from None
        if at >= end:
            raise KeyProblem(code, since=end.date().isoformat())
        if word == "revoked":
            return end.date().isoformat()
    return ""


def _uses(told: dict[str, Any], purpose: str) -> list[Any]:
    return [one for one in as_list(told.get(purpose)) if isinstance(one, (str, dict))]
