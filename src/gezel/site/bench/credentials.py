"""How long it takes to check a credential without a network, and to issue one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezel.profile.rules import jwt, proofs
from gezel.profile.rules.badge import Told, badge, record
from gezel.profile.rules.did import document_of, web_address, web_did
from gezel.profile.rules.keys import multikey
from gezel.profile.rules.status import LEAST_BITS, list_credential
from gezel.profile.rules.verdict import Verdict, check_document
from gezel.profile.rules.verdict import check as check_file
from gezel.site.bench.figures import Figure, at_most, seconds

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DID = web_did("learn.example", "did", "van-dijk")
LIST = "https://learn.example/credentials/status/van-dijk/0/"


class _Bundled:
    """What an offline verifier has beside the credential: the issuer's keys and its list."""

    def __init__(self, documents: dict[str, Any]) -> None:
        self.documents = documents

    def document(self, address: str) -> Any | None:
        return self.documents.get(address)


def measure() -> Iterator[Figure]:
    """A badge with evidence and status; a learner record of twenty of them."""
    key = Ed25519PrivateKey.generate()
    method = f"{DID}#{multikey(key.public_key())}"
    told = [_told(n) for n in range(20)]
    signed = [proofs.prove(badge(t), key, method=method, at=NOW) for t in told]
    listing = list_credential(
        address=LIST, issuer=DID, purpose="revocation", bits={7, 99}, size=LEAST_BITS,
        since="2026-11-26T00:00:00Z", until="2026-11-27T00:00:00Z",
    )  # fmt: skip
    word = multikey(key.public_key())
    sources = _Bundled(
        {
            web_address(DID): document_of(DID, [{"id": method, "publicKeyMultibase": word}]),
            LIST: proofs.prove(listing, key, method=method, at=NOW),
        }
    )
    yield at_most(
        "credentials: check one offline, with its status",
        1000 * seconds(lambda: _valid(signed[0], sources), runs=60),
        "ms",
        50,
        conditions="eddsa-rdfc-2022, median of 60",
    )
    with_id = badge(told[0])
    with_id["credentialSubject"]["id"] = "urn:uuid:1"
    token = jwt.write(with_id, key, method=method, at=NOW)
    yield at_most(
        "credentials: check one token offline, with its status",
        1000 * seconds(lambda: check_file(token, now=NOW, sources=sources), runs=60),
        "ms",
        50,
        conditions="Ed25519, median of 60",
    )
    bundle = record(
        id_="urn:uuid:9", issuer=DID, issuer_name="Van Dijk", name="All", at=NOW, badges=signed
    )
    whole = proofs.prove(bundle, key, method=method, at=NOW)
    yield at_most(
        "credentials: check a record of twenty offline, for each",
        1000 * seconds(lambda: _valid(whole, sources), runs=5) / 20,
        "ms",
        50,
        conditions="CLR 2.0, each with its own status, median of 5",
    )
    yield at_most(
        "credentials: sign one",
        1000 * seconds(lambda: proofs.prove(badge(told[1]), key, method=method, at=NOW), runs=60),
        "ms",
        50,
        conditions="median of 60",
    )


def _valid(document: dict[str, Any], sources: _Bundled) -> None:
    found = check_document(document, now=NOW, sources=sources)
    if found.verdict is not Verdict.VALID:
        raise RuntimeError(f"what was just signed is {found.verdict}: {found.reasons}")


def _told(number: int) -> Told:
    return Told(
        id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        issuer=DID,
        issuer_name="Van Dijk",
        achievement_id=f"urn:uuid:00000000-0000-4000-9000-{number:012}",
        name=f"Welding {number}",
        about="Welds plate and profile to the drawing.",
        criteria="Shown at the bench, seen by who leads the workshop.",
        language="en",
        person_name="Noor Jansen",
        person_email="noor@vandijk.example",
        salt=f"{number:032}",
        since=NOW,
        until=None,
        status_lists={"revocation": LIST},
        status_index=1_000 + number,
        evidence=[("Confirmed by a lead", "Level 3 of 5.")],
    )
