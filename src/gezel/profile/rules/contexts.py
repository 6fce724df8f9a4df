"""The vocabularies that signatures rest on, pinned.

What a credential says is fixed by the contexts it names. They come inside the package, each known
by what it says (a hash of its canonical JSON); nothing is ever looked up while verifying. A
context that is not here makes a credential "unknown": we cannot tell what was signed.

`tools/assets.py` brings them in, since they are others' work and not ours to commit.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import rfc8785

FOLDER = Path(__file__).resolve().parent.parent / "contexts"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
LEARNER_RECORD = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
_IMS = "https://purl.imsglobal.org/spec"

# Address → the file it is kept in, and what it says.
PINNED: dict[str, tuple[str, str]] = {
    CREDENTIALS_V2: ("credentials-v2", "b463c8d6a066"),
    CREDENTIALS_V1: ("credentials-v1", "b01e671e8739"),
    "https://www.w3.org/ns/credentials/undefined-terms/v2": ("undefined-terms-v2", "3b11e1df8c61"),
    "https://w3id.org/security/data-integrity/v1": ("data-integrity-v1", "9505bf85338a"),
    "https://w3id.org/security/data-integrity/v2": ("data-integrity-v2", "7ba3c50acf26"),
    "https://w3id.org/security/multikey/v1": ("multikey-v1", "be20c3ee6af6"),
    "https://w3id.org/security/suites/ed25519-2020/v1": ("ed25519-2020-v1", "fb517f09d990"),
    f"{_IMS}/ob/v3p0/context.json": ("ob-3.0", "2c54acaa1cff"),
    f"{_IMS}/ob/v3p0/context-3.0.1.json": ("ob-3.0.1", "8bb2354552b7"),
    f"{_IMS}/ob/v3p0/context-3.0.2.json": ("ob-3.0.2", "bdd1d11a55a6"),
    OPEN_BADGES: ("ob-3.0.3", "04b1136ddc4e"),
    f"{_IMS}/ob/v3p0/extensions.json": ("ob-extensions", "15f4c347c6fe"),
    LEARNER_RECORD: ("clr-2.0.1", "7defe702c102"),
}
# The vocabulary of examples is one line, and the specification prints it.
EXAMPLES = {
    "https://www.w3.org/ns/credentials/examples/v2": {
        "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
    }
}


class UnknownContext(LookupError):  # noqa: N818 - reads as what it is where it is raised
    """A context that is not among ours; the argument is its address."""


@cache
def context(address: str) -> dict[str, Any]:
    """A context by its address.

    Raises:
        UnknownContext: not one of ours, or the file is not what was pinned.
    """
    if address in EXAMPLES:
        return EXAMPLES[address]
    if address not in PINNED:
        raise UnknownContext(address)
    name, says = PINNED[address]
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    if not hashlib.sha256(rfc8785.dumps(found)).hexdigest().startswith(says):
        raise UnknownContext(address)
    return found


def loader(address: str, options: Any) -> dict[str, Any]:
    """How `pyld` asks for a context: from ours, or not at all."""
    return {
        "contextUrl": None,
        "documentUrl": address,
        "contentType": "application/ld+json",
        "document": context(address),
    }


@cache
def spoken_for() -> tuple[frozenset[str], frozenset[str]]:
    """The terms that our contexts define, and the addresses they stand for."""
    terms: set[str] = set()
    addresses: set[str] = set()
    for address in PINNED:
        for term, stands_for in _definitions(context(address)["@context"]):
            terms.add(term)
            addresses.add(stands_for)
    return frozenset(terms), frozenset(addresses)


def _definitions(written: Any) -> Iterator[tuple[str, str]]:
    for one in written if isinstance(written, list) else [written]:
        if not isinstance(one, dict):
            continue
        for term, says in one.items():
            if term.startswith("@"):
                continue
            if isinstance(says, str):
                yield term, says
            elif isinstance(says, dict):
                if isinstance(says.get("@id"), str):
                    yield term, says["@id"]
                yield from _definitions(says.get("@context", {}))
