"""The one way to write down a document, so that everyone signs the same bytes.

JSON has RFC 8785 (`jcs`). Linked data are a graph, and a graph has RDFC-1.0: there the *meaning*
is signed and not the letters. So one has to make sure that what we read in the JSON is what was
signed: `meaning` refuses every document in which the two could differ.
"""

from collections.abc import Iterator
from functools import cache
from math import factorial
from threading import Lock
from typing import Any

import rfc8785

from gezel.kit import late
from gezel.profile.rules.contexts import context, loader, spoken_for
from gezel.profile.rules.text import as_list

CREDENTIAL = "https://www.w3.org/2018/credentials#"
# What decides about a credential. Each must stand in the JSON by its own term where it was signed.
DECISIVE = {
    "issuer": f"{CREDENTIAL}issuer",
    "validFrom": f"{CREDENTIAL}validFrom",
    "validUntil": f"{CREDENTIAL}validUntil",
    "issuanceDate": f"{CREDENTIAL}issuanceDate",
    "expirationDate": f"{CREDENTIAL}expirationDate",
    "credentialStatus": f"{CREDENTIAL}credentialStatus",
    "credentialSubject": f"{CREDENTIAL}credentialSubject",
    "credentialSchema": f"{CREDENTIAL}credentialSchema",
    "termsOfUse": f"{CREDENTIAL}termsOfUse",
    "holder": f"{CREDENTIAL}holder",
    "verifiableCredential": f"{CREDENTIAL}verifiableCredential",
}
# Without a base of ours the library takes one of its own, and a word that is no address looks as if
# it were one. This one is known again.
NOWHERE = "nowhere://here/"
MOST_WORK = 20_000
MOST_NODES = 4_000
IN_A_LANGUAGE = ("@value", "@language", "@direction")
HOLDS_CREDENTIALS = ("verifiableCredential", "endorsement")


class Unclear(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """What the JSON says and what was signed could differ; `code` says in what."""

    def __init__(self, code: str, **told: str) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


def jcs(document: Any) -> bytes:
    """RFC 8785: sorted, without white space, numbers in one form.

    Raises:
        Unclear: a number beyond what every reader can hold.
    """
    try:
        return rfc8785.dumps(document)
    except rfc8785.CanonicalizationError:
        raise Unclear("number_too_large") from None


@cache
def _bounded() -> type[Any]:
    """Canonicalising with an end: a graph of a few kilobytes can be made to take for ever."""

    class Bounded(late.pyld_canon.URDNA2015):  # type: ignore[misc] # without types
        work = 0

        def create_hash_to_related(self, id_: str, issuer: Any) -> Any:
            related = super().create_hash_to_related(id_, issuer)
            self.work += 1
            for nodes in related.values():
                self.work += factorial(min(len(nodes), 12))
            if self.work > MOST_WORK:
                raise Unclear("too_intricate")
            return related

    return Bounded


# The library keeps contexts it has worked out for all threads together.
_one_at_a_time = Lock()


def meaning(document: dict[str, Any]) -> str:
    """The document as canonical N-Quads, after making sure its JSON says just that.

    Raises:
        Unclear: the JSON and the graph could be read differently.
        UnknownContext: it stands on a vocabulary that we do not have.
    """
    expanded = _expanded(document)
    if len(expanded) != 1:
        raise Unclear("unclear_form")
    _check_decisive(document, expanded[0])
    _check_graph(expanded[0])
    return _canonical(expanded)


def plain_meaning(document: dict[str, Any]) -> str:
    """The options of a proof as N-Quads; they stand on the contexts of what they prove."""
    return _canonical(_expanded(document))


def _expanded(document: dict[str, Any]) -> list[Any]:
    _check_contexts(document.get("@context"))
    _check_keys(document, top=True)
    dropped: list[str] = []
    options = {"documentLoader": loader, "base": NOWHERE, "processingMode": "json-ld-1.1"}
    try:
        with _one_at_a_time:
            found: list[Any] = late.jsonld.expand(
                document, options, on_property_dropped=lambda name: dropped.append(str(name))
            )
    except late.jsonld.JsonLdError:
        raise Unclear("unclear_form") from None
    except RecursionError:
        raise Unclear("too_intricate") from None
    if dropped:
        raise Unclear("unsigned_word", word=dropped[0][:80])
    return found


def _canonical(expanded: list[Any]) -> str:
    try:
        with _one_at_a_time:
            dataset = late.jsonld.to_rdf(expanded, {"documentLoader": loader, "base": NOWHERE})
    except (late.jsonld.JsonLdError, RecursionError):
        raise Unclear("unclear_form") from None
    if sum(len(triples) for triples in dataset.values()) > MOST_NODES:
        raise Unclear("too_intricate")
    found: str = _bounded()().main(dataset, {"format": "application/n-quads"})
    return found


def _check_contexts(written: Any) -> None:
    """Ours by address; one written in place may only add words, never say ours anew."""
    terms, addresses = spoken_for()
    for one in as_list(written):
        if isinstance(one, str):
            context(one)
        elif isinstance(one, dict):
            for term, says in one.items():
                stands_for = says.get("@id") if isinstance(says, dict) else says
                fine = (
                    not term.startswith("@")
                    and term not in terms
                    and isinstance(stands_for, str)
                    and stands_for.startswith(("http://", "https://", "urn:"))
                    and stands_for not in addresses
                    and not (isinstance(says, dict) and set(says) - {"@id", "@type"})
                )
                if not fine and term != "@protected":
                    raise Unclear("context_in_place", word=term[:80])
        else:
            raise Unclear("unclear_form")


def _check_keys(value: Any, *, top: bool = False, holds: bool = False) -> None:
    """Every key is a word of a context: no addresses, no keywords, no nulls, no lists in lists."""
    if isinstance(value, dict):
        if "@value" in value and all(k in IN_A_LANGUAGE for k in value):
            return
        for key, inner in value.items():
            if key == "@context":
                if not (top or holds):
                    raise Unclear("context_inside")
                _check_contexts(inner)
                continue
            if key.startswith("@") or ":" in key:
                raise Unclear("key_as_address", word=key[:80])
            if inner is None:
                raise Unclear("empty_value", word=key[:80])
            _check_keys(inner, holds=key in HOLDS_CREDENTIALS)
    elif isinstance(value, list):
        for inner in value:
            if inner is None or isinstance(inner, list):
                raise Unclear("unclear_form")
            _check_keys(inner, holds=holds)


def _check_decisive(document: dict[str, Any], node: dict[str, Any]) -> None:
    for term, address in DECISIVE.items():
        there = bool(as_list(document.get(term)))
        if there != (address in node):
            raise Unclear("decisive_word", word=term)


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "@value" in value:
            return
        yield value
        for key, inner in value.items():
            if key not in ("@id", "@type"):
                yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _is_lost(address: str) -> bool:
    """Whether a word is no address, so that others drop it from what is signed."""
    return ":" not in address or address.startswith("nowhere:")


def _check_graph(top: dict[str, Any]) -> None:
    """No identifiers that the graph would lose, and the credential described in one place alone."""
    for node in _nodes(top):
        identifier = node.get("@id")
        if identifier is not None and _is_lost(identifier):
            raise Unclear("lost_word", word=identifier[:80])
        for kind in as_list(node.get("@type")):
            if _is_lost(kind):
                raise Unclear("lost_word", word=kind[:80])
        if node is not top and identifier and identifier == top.get("@id") and len(node) > 1:
            raise Unclear("described_twice")
