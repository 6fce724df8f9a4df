"""Signing what a public test suite sends, with a key that is nobody's."""

import re
import secrets
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from gezel.profile.models import SuiteStatus
from gezel.profile.queries import OurOwn
from gezel.profile.rules import model, proofs, status
from gezel.profile.rules.dates import written
from gezel.profile.rules.keys import did_key, multikey
from gezel.profile.rules.text import as_list, id_of

MOST_ENTRIES = 8
# The interface was written down twice: with words, and with what JSON has for it.
_SET: dict[bool | str, bool] = {True: True, False: False, "1": True, "0": False}


class Refused(ValueError):  # noqa: N818 - reads as what it is where it is raised
    """It is no credential to sign; the arguments are the words that are wrong."""


def _key() -> Ed25519PrivateKey:
    derived = HKDF(SHA256(), 32, salt=b"gezel", info=b"profile: key of the test suites")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.SECRET_KEY.encode()))


def issuer() -> str:
    """Who signs here: a key that is its own name, so no organisation is ever spoken for."""
    return did_key(_key().public_key())


def issue(credential: Any, options: Any) -> dict[str, Any]:
    """The credential with a proof, issued by the key of the suites whoever it names.

    A suite that was told no issuer, or another's, so still learns what was signed by whom: the
    answer names this key and never speaks for somebody else.

    Raises:
        Refused: it does not have the form or is signed already.
        Unclear, UnknownContext: it could be read in two ways.
    """
    if not isinstance(credential, dict):
        raise Refused("credential")
    wrong = list(model.problems(credential))
    if "proof" in credential:
        wrong.append("proof")
    asked = options.get("cryptosuite", proofs.RDFC) if isinstance(options, dict) else proofs.RDFC
    if asked not in (proofs.RDFC, proofs.JCS):
        wrong.append("options.cryptosuite")
    if wrong:
        raise Refused(*wrong)
    named = credential["issuer"]
    us = {**named, "id": issuer()} if isinstance(named, dict) else issuer()
    credential = {**credential, "issuer": us}
    # As the interface has it: a status is included, if the credential brings none of its own.
    if not model.is_old(credential) and "credentialStatus" not in credential:
        credential = {**credential, "credentialStatus": _entry(id_of(credential))}
    return _signed(credential, asked)


def _signed(credential: dict[str, Any], asked: str) -> dict[str, Any]:
    key = _key()
    method = f"{issuer()}#{multikey(key.public_key())}"
    return proofs.prove(credential, key, method=method, at=timezone.now(), suite=asked)


def list_address() -> str:
    return settings.BASE_URL + reverse("profile:api_status")


def _entry(identifier: str) -> dict[str, str]:
    """A place of its own in the list, remembered with the name of the credential."""
    while True:
        place = secrets.randbelow(status.LEAST_BITS)
        _, new = SuiteStatus.objects.get_or_create(place=place, defaults={"credential": identifier})
        if new:
            break
    return {
        "id": f"{list_address()}#{place}",
        "type": status.ENTRY,
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": list_address(),
    }


@transaction.atomic
def set_status(body: dict[str, Any]) -> bool:
    """Withdraw a credential that was signed here; False where there is no such credential.

    Named by its `id`, or by its entry where it has none. Setting what is set changes nothing.

    Raises:
        Refused: it says nothing that we can do. Withdrawing is not undone: the standard calls it
            final.
    """
    identifier, entries = body.get("credentialId"), as_list(body.get("credentialStatus"))
    if not isinstance(identifier, str | None) or not 1 <= len(entries) <= MOST_ENTRIES:
        raise Refused(
            "credentialId" if not isinstance(identifier, str | None) else "credentialStatus"
        )
    changes = [_change(entry, identifier, body.get("status")) for entry in entries]
    for found, is_set in changes:
        row = SuiteStatus.objects.select_for_update().filter(**found).first()
        if row is None:
            transaction.set_rollback(True)
            return False
        if row.is_set and not is_set:
            raise Refused("status")
        if is_set:
            SuiteStatus.objects.filter(pk=row.pk).update(is_set=True)
    return True


def _change(entry: Any, identifier: str | None, of_all: Any) -> tuple[dict[str, Any], bool]:
    """Which row, and what becomes of it."""
    if not isinstance(entry, dict) or as_list(entry.get("type")) != [status.ENTRY]:
        raise Refused("credentialStatus.type")
    if entry.get("statusPurpose", "revocation") != "revocation":
        raise Refused("credentialStatus.statusPurpose")
    if entry.get("statusListCredential", list_address()) != list_address():
        raise Refused("credentialStatus.statusListCredential")
    asked = entry.get("status", of_all)
    if not isinstance(asked, bool | str) or asked not in _SET:
        raise Refused("status")
    found: dict[str, Any] = {}
    index = entry.get("statusListIndex")
    if index is not None:
        if not isinstance(index, str) or not re.fullmatch(r"0|[1-9][0-9]{0,5}", index):
            raise Refused("credentialStatus.statusListIndex")
        found["place"] = int(index)
    if identifier:
        found["credential"] = identifier[:500]
    if not found:
        raise Refused("credentialId")
    return found, _SET[asked]


def status_list() -> dict[str, Any]:
    """What the suites had signed and then withdrawn."""
    now = timezone.now()
    unsigned = status.list_credential(
        address=list_address(),
        issuer=issuer(),
        purpose="revocation",
        bits=set(SuiteStatus.objects.filter(is_set=True).values_list("place", flat=True)),
        since=written(now),
        until=written(now + timedelta(days=1)),
        size=status.LEAST_BITS,
    )
    return _signed(unsigned, proofs.RDFC)


class Sources(OurOwn):
    """Knows the list of the suites too."""

    def document(self, address: str) -> Any | None:
        return status_list() if address == list_address() else super().document(address)
