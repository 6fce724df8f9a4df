"""A credential with what proves it years later, without us and without a network.

The credential itself, the status list of the day it was taken along (signed by the issuer, so it
can travel), and its place in the issuer's log under a signed checkpoint. Whose the log is, the
issuer's own document says; a file cannot.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from gezel.profile.rules.canonical import jcs
from gezel.profile.rules.did import Sources, web_address
from gezel.profile.rules.text import as_list, id_of

KIND = "GezelBundle"
LOG_SERVICE = "TransparencyLog"
# After which events a credential of that fingerprint is the one that was issued.
ISSUING = ("credential.issued", "credential.signed_again")


def fingerprint(document: dict[str, Any]) -> str:
    """One short word for a credential as it was signed, proof included."""
    return hashlib.sha256(jcs(document)).hexdigest()


def is_bundle(document: Any) -> bool:
    return isinstance(document, dict) and document.get("type") == KIND


def bundle(
    credential: dict[str, Any], *, lists: list[dict[str, Any]], proof: dict[str, Any] | None
) -> dict[str, Any]:
    return {"type": KIND, "version": 1, "credential": credential, "lists": lists, "log": proof}


class Given:
    """Believes the documents of issuers that someone fetched and hands in, and asks the rest."""

    def __init__(self, documents: Iterable[Any], others: Sources) -> None:
        self.others = others
        self.given: dict[str, Any] = {}
        for one in documents:
            self.given[web_address(id_of(one))] = one

    def document(self, address: str) -> Any | None:
        return self.given.get(address) or self.others.document(address)


class Along:
    """Asks for what came along in the bundle where nobody else knows: the lists and no more.

    A list is signed by the issuer, so one from a file is as good as one from the network, if
    older. A document that tells whose key is whose is not: it would speak for itself.
    """

    def __init__(self, told: dict[str, Any], others: Sources) -> None:
        lists = told.get("lists")
        found = [one for one in lists if _is_list(one)] if isinstance(lists, list) else []
        self.lists = {id_of(one): one for one in found[:8] if id_of(one)}
        self.others = others

    def document(self, address: str) -> Any | None:
        told = self.others.document(address)
        return self.lists.get(address) if told is None else told


def _is_list(one: Any) -> bool:
    """A signed status list and nothing else: what tells of keys as well would vouch for itself."""
    return (
        isinstance(one, dict)
        and "BitstringStatusListCredential" in as_list(one.get("type"))
        and "proof" in one
        and not {"assertionMethod", "verificationMethod", "authentication"} & one.keys()
    )


def log_keys(document: Any) -> set[str]:
    """The keys of logs that an issuer's own document names."""
    services = document.get("service") if isinstance(document, dict) else None
    return {
        one["key"]
        for one in (services if isinstance(services, list) else [])
        if isinstance(one, dict)
        and one.get("type") == LOG_SERVICE
        and isinstance(one.get("key"), str)
    }
